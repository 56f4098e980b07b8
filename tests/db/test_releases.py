"""What every release left behind can be read by this program: the file itself, its plain copy, its sealed one."""

import json
import shutil

import pytest

from gsctracker.config import Config
from gsctracker.db import contents, migrate
from gsctracker.ops import standby, upgrade
from gsctracker.ops.copies import places, restoring, staging
from tests.db.releases import make

KEPT = sorted(make.HERE.glob("schema-*"))


@pytest.fixture(scope="module")
def this_release(tmp_path_factory):
    """What will be kept of the schema of today, as long as it is not released."""
    return make.make(tmp_path_factory.mktemp("releases"))


@pytest.fixture(params=[*[folder.name for folder in KEPT], "today"])
def release(request, this_release):
    """The folder of a release."""
    return this_release if request.param == "today" else make.HERE / request.param


def require_same(config, release):
    """The figures of the release, in every table and column that is still there."""
    db = upgrade.opened(config)
    try:
        assert standby.now(db) is None
        with db.read() as tx:
            assert migrate.number_of(tx) == migrate.newest()
            found = contents.summary(tx)
    finally:
        db.close()
    wanted = json.loads((release / make.FIGURES).read_text())
    assert len(wanted) > 20
    for table, facts in wanted.items():
        if table not in found or table == "audit_log":  # a restore is itself a line of the audit log
            continue
        assert found[table]["rows"] == facts["rows"], table
        for column, total in facts["sums"].items():
            assert found[table]["sums"].get(column, total) == total, (table, column)


def test_every_schema_before_this_one_was_kept():
    """Fault 28: a schema is released together with what this folder keeps of it."""
    released = {f"schema-{number}" for number in range(migrate.FIRST, migrate.newest())}
    assert released <= {folder.name for folder in KEPT}


def test_the_file_of_a_release_is_brought_up_with_every_figure(release, tmp_path):
    """Fault 28: an old box starts with this program, after a copy of what it was."""
    config = Config(data_dir=tmp_path / "data")
    config.data_dir.mkdir()
    shutil.copy(release / make.FILE, config.database)
    require_same(config, release)


@pytest.mark.parametrize("label", ["plain", "sealed"])
def test_a_copy_of_a_release_restores_with_every_figure(release, label, tmp_path):
    """Fault 28: an old copy in an empty box, with the printed key."""
    (copy,) = [copy for copy in places.Folder(release).listed() if copy.label == label]
    assert copy.is_sealed == (label == "sealed")
    config = Config(data_dir=tmp_path / "data")
    with staging.stage(config, release / copy.file, [(release / make.KEY).read_text().strip()]) as staged:
        restoring.restore(config, None, staged)
    require_same(config, release)
