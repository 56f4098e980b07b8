"""The image, as far as it can be looked at without an engine: its recipe, and the wheel it is made of."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.running import Running, clean_environment, free_port, until_it_answers

TOP = Path(__file__).parents[2]


def instructions():
    """The Dockerfile as (instruction, rest) pairs, continued lines joined."""
    text = re.sub(r"(?m)^#.*\n", "", (TOP / "Dockerfile").read_text())
    joined = re.sub(r"\\\n\s*", " ", text)
    return [tuple(line.split(None, 1)) for line in joined.splitlines() if line.strip()]


def final_stage():
    found = instructions()
    last = max(place for place, (name, _) in enumerate(found) if name == "FROM")
    return found[last:]


def the(name):
    """What the final stage says last under that instruction."""
    return [rest for each, rest in final_stage() if each == name][-1]


def test_the_image_is_slim_and_has_no_compiler():
    """DEP-01: two stages; the last has Debian slim, no build tool, and takes over only what was built."""
    assert len([1 for name, _ in instructions() if name == "FROM"]) == 2
    assert re.fullmatch(r"python:3\.\d+-slim", the("FROM"))
    runs = " ".join(rest for name, rest in final_stage() if name == "RUN")
    assert not re.search(r"\b(apt|apt-get|gcc|build-essential|pip|curl|wget)\b", runs)
    assert [rest for name, rest in final_stage() if name == "COPY"] == ["--from=build /venv /venv"]


def test_the_image_runs_as_nobody_in_particular():
    """DEP-01: user 1000, and the data lies in a volume."""
    assert the("USER") == "1000:1000"
    assert the("VOLUME") == "/data"
    assert "DATA_DIR=/data" in the("ENV")
    names = [name for name, _ in final_stage()]
    assert "RUN" not in names[names.index("USER") :]


def test_the_image_starts_the_program_itself_so_that_signals_reach_it():
    """DEP-03: exec form, no shell between."""
    assert json.loads(the("ENTRYPOINT")) == ["gsctracker"]
    assert json.loads(the("CMD")) == ["serve"]


def test_the_image_asks_for_its_own_health():
    """DEP-04: with the command of the program, in exec form."""
    _, _, command = the("HEALTHCHECK").partition("CMD ")
    assert json.loads(command) == ["gsctracker", "healthcheck"]


def slimmed(folder):
    """Carry out in a folder of packages what the first stage takes out of them."""
    (said,) = (rest for name, rest in instructions() if name == "RUN" and "-delete" in rest)
    command = said.replace("/venv/lib/python3*/site-packages", str(folder))
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_image_leaves_out_what_nobody_asks_for(tmp_path):
    """DEP-02: of the libraries' data what the program asks for stays: the services it calls, its two languages."""
    site = Path(sysconfig.get_path("purelib"))
    for folder in ("botocore/data", "babel/locale-data"):
        for found in (site / folder).iterdir():
            here = tmp_path / folder / found.name
            here.parent.mkdir(parents=True, exist_ok=True)
            if found.is_dir():
                here.mkdir()
            else:
                here.touch()
    (tmp_path / "apsw" / "sqlite_extra_binaries").mkdir(parents=True)
    slimmed(tmp_path)
    services = {path.name for path in (tmp_path / "botocore" / "data").iterdir() if path.is_dir()}
    code = "".join(path.read_text(encoding="utf-8") for path in (TOP / "gsctracker").rglob("*.py"))
    asked = set(re.findall(r"""Session\(\)\.client\(\s*"(\w+)\"""", code))
    assert asked == {"s3", "secretsmanager"}
    assert services == asked | {"sts"}, "sts is asked by boto itself, for a role"
    assert (tmp_path / "botocore" / "data" / "endpoints.json").exists()
    languages = {path.stem.split("_")[0] for path in (tmp_path / "babel" / "locale-data").glob("*.dat")}
    assert languages == {"root", "en", "es"}


def test_what_the_image_adds_to_its_beginning_is_small(tmp_path):
    """DEP-02: the packages of the lock with what is taken out; a large new one is met here, before anybody waits for it."""
    from importlib import metadata

    bytes_of = 0
    for name in re.findall(r"(?m)^([a-z0-9-]+)==", (TOP / "requirements" / "image.txt").read_text(encoding="utf-8")):
        for file in metadata.files(name) or []:
            said = file.as_posix()
            left_out = re.match(
                r"botocore/data/(?!s3/|sts/|secretsmanager/|[^/]+$)|babel/locale-data/(?!root|en|es)"
                r"|apsw/sqlite_extra_binaries/|.*\.(pyc|c)$",
                said,
            )
            bytes_of += 0 if left_out or said.startswith("..") else Path(file.locate()).stat().st_size
    assert 50_000_000 < bytes_of < 130_000_000


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, built from what the Dockerfile copies and installed into an environment of its own."""
    place = tmp_path_factory.mktemp("image")
    source, made, fresh = place / "src", place / "wheels", place / "venv"
    source.mkdir()
    copied = [rest.split()[:-1] for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    for name in (name for names in copied for name in names):
        path = TOP / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
    offline = ["--no-deps", "--no-index"]
    subprocess.run(
        [*pip, "wheel", *offline, "--no-build-isolation", "--wheel-dir", made, source], check=True, cwd=place
    )
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", fresh], check=True)
    python = fresh / "bin" / "python"
    subprocess.run([*pip, "--python", python, "install", *offline, *made.glob("*.whl")], check=True, cwd=place)
    # the libraries come from this environment; the program itself does not
    site = next(fresh.glob("lib/python*/site-packages"))
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return fresh / "bin" / "gsctracker", site


def test_the_wheel_brings_everything_the_program_reads(installed):
    _, site = installed
    ours = TOP / "gsctracker"
    wanted = {
        path.relative_to(ours)
        for path in ours.rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".po", ".pot") and "__pycache__" not in path.parts
    }
    missing = sorted(str(path) for path in wanted if not (site / "gsctracker" / path).is_file())
    assert not missing


def test_the_installed_command_serves(installed, tmp_path):
    """DEP-01 DEP-04: started as in the image, it answers, its health check passes, and it ends well."""
    command, _ = installed
    port, said = free_port(), tmp_path / "said"
    settings = clean_environment(DATA_DIR=str(tmp_path / "data"), PORT=str(port), HOST="127.0.0.1", LOG_FORMAT="json")
    with said.open("wb") as out:
        process = subprocess.Popen([command, "serve"], env=settings, stdout=out, stderr=out, cwd=tmp_path)
    running = Running(process, port, said, tmp_path / "data")
    try:
        until_it_answers(running)
        checked = subprocess.run([command, "healthcheck"], env=settings, capture_output=True, text=True, timeout=60)
        assert (checked.returncode, checked.stdout) == (0, "healthy\n")
        assert running.stop() == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
