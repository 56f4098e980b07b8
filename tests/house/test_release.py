"""A version is released when everything says the same of it, and CHANGELOG.md says what it is."""

import runpy
import shutil

import pytest

from tests.house.source import ROOT

release = runpy.run_path(str(ROOT / ".ci" / "release"))


@pytest.fixture
def top(tmp_path):
    """Files of a program that may be released as 2.1.0."""
    (tmp_path / "gsctracker").mkdir()
    (tmp_path / "gsctracker" / "__init__.py").write_text('__version__ = "2.1.0"\n')
    (tmp_path / "setup.cfg").write_text("[metadata]\nversion = 2.1.0\n")
    (tmp_path / "CHANGELOG.md").write_text(
        "# What changed\n\n## 2.1.0, 2026-03-01\n\n- Larger letters.\n\n## 2.0.0\n\n- First.\n"
    )
    return tmp_path


def test_a_version_with_its_section_is_released_with_its_tags(top, monkeypatch, capsys):
    """UX-31 DEP-15 DEP-40 DEP-14: tag, image tags x.y.z, x.y, x and latest, each a list of both platforms, and its label."""
    monkeypatch.setattr("sys.argv", ["release", "2.1.0"])
    assert release["main"](top) == 0
    said = capsys.readouterr().out
    for tag in (
        "v2.1.0",
        "--platform linux/amd64 -t gsctracker:2.1.0-amd64",
        "--platform linux/arm64 -t gsctracker:2.1.0-arm64",
        "docker manifest create gsctracker:2.1.0 gsctracker:2.1.0-amd64 gsctracker:2.1.0-arm64",
        "docker manifest create gsctracker:2.1 gsctracker:2.1.0-amd64 gsctracker:2.1.0-arm64",
        "docker manifest create gsctracker:2 gsctracker:2.1.0-amd64 gsctracker:2.1.0-arm64",
        "docker manifest create gsctracker:latest gsctracker:2.1.0-amd64 gsctracker:2.1.0-arm64",
        "image.version=2.1.0",
    ):
        assert tag in said


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("CHANGELOG.md", "# What changed\n\n## 2.0.0\n\n- First.\n", "has no section 2.1.0"),
        ("CHANGELOG.md", "## 2.1.0 (not released yet)\n\n- Larger letters.\n", "not released yet"),
        ("CHANGELOG.md", "## 2.1.0\n\nSoon.\n\n## 2.0.0\n\n- First.\n", "says nothing of 2.1.0"),
        ("setup.cfg", "[metadata]\nversion = 2.0.0\n", "setup.cfg says 2.0.0"),
        ("gsctracker/__init__.py", "", "gsctracker/__init__.py says nothing"),
    ],
)
def test_what_does_not_agree_is_not_released(top, monkeypatch, capsys, file, text, sentence):
    """UX-31: a release without its section fails."""
    (top / file).write_text(text)
    monkeypatch.setattr("sys.argv", ["release", "2.1.0"])
    assert release["main"](top) == 1
    assert sentence in capsys.readouterr().err


def test_our_own_files_are_understood(tmp_path):
    """UX-31: of the version that is worked on nothing is wrong but that it is not released yet."""
    for name in ("CHANGELOG.md", "setup.cfg", "gsctracker/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    from gsctracker import __version__

    assert [
        sentence for sentence in release["wrong"](tmp_path, __version__) if "not released yet" not in sentence
    ] == []
    assert release["wrong"](tmp_path, "two") == ["two is no version: it looks like 2.0.0."]
