"""What the program is made of: every file is named by its hash, the bill names every part, and no secret lies about."""

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest
from setuptools.config.setupcfg import read_configuration

from tests.house.source import ROOT

LOCK = ROOT / "requirements" / "image.txt"


@pytest.fixture(scope="module")
def sbom():
    """requirements/sbom.py."""
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "requirements" / "sbom.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wanted() -> list:
    """What setup.cfg asks for, with what the image adds."""
    from packaging.requirements import Requirement

    options = read_configuration(ROOT / "setup.cfg")["options"]
    return [Requirement(line) for line in (*options["install_requires"], *options["extras_require"]["redis"])]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::setuptools.warnings.SetuptoolsDeprecationWarning")
def test_the_lock_has_everything_the_program_asks_for(sbom):
    """SEC-25 DEP-01: each requirement of setup.cfg is locked to a version that fits it: else run requirements/make."""
    locked = sbom.locked(LOCK.read_text(encoding="utf-8"))
    lacking = [
        str(one)
        for one in wanted()
        if one.name.lower() not in locked or locked[one.name.lower()][0] not in one.specifier
    ]
    assert not lacking


@pytest.mark.parametrize("name", ["image.txt", "build.txt"])
def test_every_package_of_a_lock_has_hashes_and_no_place(sbom, name):
    """SEC-25: an exact version, the sha256 of each file, and no registry, path or option that would lead elsewhere."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    locked = sbom.locked(text)
    assert locked
    assert all(hashes for _, hashes in locked.values())
    assert not re.search(r"://|^-|@ |file:|/", re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE), re.MULTILINE)


def test_the_image_installs_nothing_that_was_not_locked():
    """SEC-25 DEP-01: both installs from outside are by hash; the program itself comes from the wheel that was just made."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"pip (?:install|wheel|download)[^\\\n]*", text):
        assert "--require-hashes" in line or (
            "--no-deps" in line and ("--no-index" in line or "--no-build-isolation" in line)
        ), line


def test_the_bill_names_every_part_with_its_version(sbom):
    """SEC-25: CycloneDX: the program, and each locked package with its address in the registry's own notation."""
    text = LOCK.read_text(encoding="utf-8")
    bill = sbom.bill(text)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "gsctracker"
    assert {part["name"] for part in bill["components"]} == set(sbom.locked(text))
    assert all(part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}" for part in bill["components"])
    assert sum("licenses" in part for part in bill["components"]) > 20
    assert len({part["bom-ref"] for part in bill["components"]}) == len(bill["components"])


SECRETS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY",
    "an age identity": r"AGE-SECRET-KEY-1[0-9A-Z]{58}",
    "a key of Amazon's": r"\bA(?:KI|SI)A[0-9A-Z]{16}\b",
    "a token of GitHub's": r"\bgh[pousr]_[A-Za-z0-9]{36,}",
    "a token of Slack's": r"\bxox[abprs]-[A-Za-z0-9-]{20,}",
    "a key of Stripe's": r"\b[rs]k_live_[A-Za-z0-9]{20,}",
    "a token of ours": r"\bgsct_[A-Za-z0-9_-]{30,}",
    "a key of Google's": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "an address with a password": r"://[^/\s:@{}\"'<>]+:[^/\s:@{}\"'<>$%]{8,}@(?!example|localhost|127\.)",
    "a secret that is set": r"(?:SECRET|PASSWORD|TOKEN|ENCRYPTION_KEY|SMTP_PASS)[A-Z_]*\s*=\s*[\"']?[A-Za-z0-9+/_-]{24,}",
}
MADE_UP = re.compile(r"EXAMPLE|example|made.?up|a1B2c3D4|not-a|x{8}|0123456789abcdef|(.)\1{7}")
"""What says of itself that it opens nothing."""


def secrets_in(text: str) -> list[str]:
    """What looks like a secret of anybody's in a text."""
    return [
        f"{what}: {found[0][:12]}..."
        for what, pattern in SECRETS.items()
        for found in re.finditer(pattern, text)
        if not MADE_UP.search(found[0])
    ]


def test_no_secret_lies_in_the_repository():
    """SEC-28 SEC-03: no file that is kept holds a key, a token or a password."""
    kept = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    names = (
        kept.stdout.split("\0") if kept.returncode == 0 else [str(path.relative_to(ROOT)) for path in ROOT.rglob("*.*")]
    )
    found = []
    for name in filter(None, names):
        file = ROOT / name
        if (
            not file.is_file()
            or file.suffix in (".png", ".mo", ".xlsx", ".pdf", ".ico", ".gz")
            or file == Path(__file__)
        ):
            continue
        found += [f"{name}: {secret}" for secret in secrets_in(file.read_text(encoding="utf-8", errors="replace"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
        "AGE-SECRET-KEY-1" + "Q2W3E4R5T6Y7U8" * 4 + "AB",
        "key = 'AKIA" + "Q7W8E9R1T2Y3U4I5'",
        "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6",
        "sk" + "_live_" + "aB3dE6gH9jK2mN5pQ8sT",
        "gs" + "ct_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF",
        "redis" + "://cache:Qw8er7Ty6ui@cache.troop.net/0",
        "SESSION_" + "SECRET=aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF",
    ],
)
def test_a_planted_secret_is_found(planted):
    """SEC-28: the scan is able to fail."""
    assert secrets_in(f"before\n{planted}\nafter")
