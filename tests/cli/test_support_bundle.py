"""gsctracker support-bundle: made on the console, also while the server runs."""

import zipfile

from click.testing import CliRunner

from gsctracker import cli


def test_the_bundle_is_written_where_it_is_wanted(box, tmp_path):
    path = tmp_path / "bundle.zip"
    done = CliRunner().invoke(cli.main, ["support-bundle", "--data-dir", str(tmp_path), "-o", str(path)])
    assert done.exit_code == 0, done.output
    assert "Look into it before you send it." in done.output
    with zipfile.ZipFile(path) as bundle:
        assert "doctor.json" in bundle.namelist()
        assert "Olga" not in "".join(bundle.read(name).decode() for name in bundle.namelist())


def test_without_a_box_there_is_none(tmp_path):
    done = CliRunner().invoke(cli.main, ["support-bundle", "--data-dir", str(tmp_path / "nowhere")])
    assert done.exit_code == 1
    assert "There is no troop" in done.output
