"""What a contributor's git looks at before each commit."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parents[2]
HOOKS = {
    hook["id"]: hook
    for place in yaml.safe_load((TOP / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    for hook in place["hooks"]
}


def test_it_looks_at_style_secrets_and_fast_tests_with_our_own_tools():
    """TEST-05: ruff, format, secrets and fast tests, the same programs as tests/run; nothing is fetched for it."""
    config = yaml.safe_load((TOP / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {place["repo"] for place in config["repos"]} == {"local"}
    assert {hook["language"] for hook in HOOKS.values()} == {"system"}
    assert set(HOOKS) == {"lint", "format", "imports", "secrets", "fast"}
    everything = (TOP / "tests" / "run").read_text(encoding="utf-8")
    for hook in HOOKS.values():
        program, *words = hook["entry"].split()
        assert program.startswith(".venv/bin/") and program.removeprefix(".venv/bin/") in everything
        assert [word for word in words if word.startswith("tests/") and not (TOP / word).is_file()] == []
    assert "secrets_in" in (TOP / HOOKS["secrets"]["entry"].split()[-1]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("hook", "written"), [("lint", "import os\n"), ("format", "x = {  'a':1 }\n")], ids=["unused", "crooked"]
)
def test_what_is_not_right_is_not_committed(hook, written, tmp_path):
    program, *words = HOOKS[hook]["entry"].split()
    wrong = tmp_path / "wrong.py"
    for text, status in ((written, 1), ("x = 1\n", 0)):
        wrong.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name(Path(program).name)),
                *words,
                "--config",
                str(TOP / "pyproject.toml"),
                str(wrong),
            ],
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stdout + done.stderr
