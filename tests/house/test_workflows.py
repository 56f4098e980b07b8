"""The workflows, read as a linter would: what they may do, what they use, and that they do what we say they do."""

import re
from pathlib import Path

import pytest
import yaml

TOP = Path(__file__).parents[2]
WORKFLOWS = sorted((TOP / ".github" / "workflows").glob("*.yml"))
TYPED = re.compile(r"\$\{\{\s*github\.(event\.|head_ref)")


def read(path: Path) -> dict:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    found["on"] = found.pop(True, None) or found.get("on")  # YAML 1.1 takes the word for a yes
    return found


def steps(workflow: dict):
    return [(name, step) for name, job in workflow["jobs"].items() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read_unless_a_job_says_what_it_writes(path):
    """SEC-29: least permissions: reading at the top, findings alone in a job, no secret, no pull request's code with rights."""
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert set(job.get("permissions", {}).items()) <= {("contents", "read"), ("security-events", "write")}
        assert 0 < job["timeout-minutes"] <= 60
        runners = {each["runner"] for each in job.get("strategy", {}).get("matrix", {}).get("include", ())}
        assert runners or job["runs-on"] != "${{ matrix.runner }}"
        assert all(re.fullmatch(r"ubuntu-\d\d\.\d\d(-arm)?", runner) for runner in runners or {job["runs-on"]})
    assert "pull_request_target" not in workflow["on"]
    assert "secrets." not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_a_workflow_uses_is_pinned_and_nothing_typed_reaches_a_shell(path):
    """SEC-29: an action is named by its commit with its version beside it; what anybody wrote is not put into a command."""
    for line in re.findall(r"uses: .*", path.read_text(encoding="utf-8")):
        assert re.fullmatch(r"uses: [\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+(\.\d+)*", line), line
    for _, step in steps(read(path)):
        assert ("run" in step) != ("uses" in step), step
        assert set(step) <= {"name", "if", "run", "uses", "with", "env"}, step
        assert not TYPED.search(step.get("run", "")), step
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        for pinned in re.findall(r"pip install (?!--)(\S+)", step.get("run", "")):
            assert "==" in pinned or pinned == ".", step


@pytest.mark.parametrize(
    ("name", "every", "words"),
    [
        ("checks", "push", (".ci/run",)),
        ("dependencies", "schedule", ("pip-audit --strict --require-hashes", "requirements/sbom.py")),
        ("code", "schedule", ("github/codeql-action/analyze@", "python")),
        (
            "image",
            "schedule",
            ("aquasecurity/trivy-action@", "zaproxy/action-baseline@", "CRITICAL,HIGH", 'exit-code: "1"'),
        ),
    ],
)
def test_each_workflow_does_what_it_is_for(name, every, words):
    """SEC-25 SEC-26 SEC-27 SEC-29 SEC-30: the audit of the lock, CodeQL, Trivy and ZAP are there, and run by themselves."""
    path = TOP / ".github" / "workflows" / f"{name}.yml"
    assert every in read(path)["on"]
    text = path.read_text(encoding="utf-8")
    assert [word for word in words if word not in text] == []


def test_a_release_stops_where_something_critical_is_open():
    """SEC-37: before anything is built for others: the parts, the image, what the scanners found in our code, and every test."""
    said = [
        f"{step.get('run', '')}{step.get('uses', '')}{step.get('with', '')}"
        for _, step in steps(read(WORKFLOWS[0].parent / "release.yml"))
    ]
    gates = (
        "pip-audit --strict",
        "'severity': 'CRITICAL'",
        "code-scanning/alerts?state=open&severity=critical",
        ".ci/run",
    )
    found = [next(place for place, one in enumerate(said) if gate in one) for gate in gates]
    kept = next(place for place, one in enumerate(said) if "upload-artifact" in one)
    assert max(found) < kept
    assert "'exit-code': '1'" in said[found[1]]
    assert "error(" in said[found[2]]


def test_every_promised_python_is_tried():
    """DEP-44 DEP-17: from the oldest that setup.cfg allows to the one of the image."""
    tried = read(TOP / ".github" / "workflows" / "checks.yml")["jobs"]["tests"]["strategy"]["matrix"]["python"]
    oldest = re.search(r"python_requires = >=([\d.]+)", (TOP / "setup.cfg").read_text(encoding="utf-8"))
    image = re.search(r"FROM python:([\d.]+)-slim", (TOP / "Dockerfile").read_text(encoding="utf-8"))
    assert oldest and oldest[1] in tried
    assert image and image[1] in tried


def release():
    """The jobs of release.yml."""
    return read(TOP / ".github" / "workflows" / "release.yml")["jobs"]


def test_a_release_has_an_image_for_each_platform_that_was_started():
    """DEP-14: amd64 and arm64, each built and started on a machine of its own kind, and looked at whether it is of that kind."""
    job = release()["image"]
    assert {each["platform"]: each["runner"] for each in job["strategy"]["matrix"]["include"]} == {
        "amd64": "ubuntu-24.04",
        "arm64": "ubuntu-24.04-arm",
    }
    said = "\n".join(step.get("run", "") for step in job["steps"])
    assert "{{.Os}}/{{.Architecture}}" in said and '= "linux/$PLATFORM"' in said
    assert "docker exec box gsctracker smoke" in said and "{{.State.ExitCode}}" in said


def test_what_was_built_is_kept_with_digest_bill_and_lock():
    """DEP-43 DEP-16: only after the gate; the wheel, the lock, the bill, an image and its digest, and the sums of all."""
    jobs = release()
    assert jobs["image"]["needs"] == "gate"
    kept = {
        line.strip()
        for job in jobs.values()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/upload-artifact@")
        for line in step["with"]["path"].splitlines()
    }
    assert kept == {
        "gsctracker-*.whl",
        "requirements.lock",
        "sbom.json",
        "SHA256SUMS",
        "gsctracker-image-*.tar.gz",
        "image-digest-*.txt",
        "SHA256SUMS-*",
    }
    said = "\n".join(step.get("run", "") for job in jobs.values() for step in job["steps"])
    for made in ("--wheel-dir .", ">sbom.json", "requirements.lock sbom.json >SHA256SUMS", "{{.Id}}", ".ci/run"):
        assert made in said


def test_the_size_of_an_image_has_a_bound():
    """DEP-02: what is fetched is measured where images are built; a larger one is no release."""
    sizes = [step["run"] for step in release()["image"]["steps"] if "stat --format %s" in step.get("run", "")]
    assert len(sizes) == 1 and sizes[0].endswith("-lt 90000000")


def test_who_reviews_a_change_has_a_list():
    """TEST-24: what a machine cannot see is ticked by a person, and the first line is that the machine is content."""
    text = (TOP / ".github" / "pull_request_template.md").read_text(encoding="utf-8")
    ticks = re.findall(r"^- \[ \] (.+)$", text, re.MULTILINE)
    assert ticks[0].startswith("`tests/run` passes")
    words = ("refusal", "child", "cents", "migration", "CHANGELOG.md", "360 px")
    assert [word for word in words if not any(word in tick for tick in ticks)] == []
