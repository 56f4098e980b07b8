"""The figures of a migration can be had, and the way back leaves nothing behind."""

from tests.bench import migration


def test_how_long_a_heavy_migration_takes_can_be_measured(tmp_path):
    """DB-19: seconds of a heavy step on a season's file, its copy and its way back; far below what a person would notice."""
    found = migration.measure(tmp_path / "data", scouts=5, sales=60, booths=4)
    assert set(found) == {"megabytes", "step", "start", "back"}
    assert 0 < found["step"] < migration.MOST_SECONDS
    assert found["step"] < found["start"]
