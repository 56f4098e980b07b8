"""Writes what the image is made of as CycloneDX 1.6: python requirements/sbom.py >sbom.json, in the image's own environment.

Names, versions and hashes come from requirements/image.txt, licences and authors from what is installed; no network is used.
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path

LOCK = Path(__file__).with_name("image.txt")
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def locked(text: str) -> dict[str, tuple[str, list[str]]]:
    """Each package of a lock with its version and the sha256 of every file it may come from."""
    parts = re.split(r"(?m)^(?=[A-Za-z0-9])", text)
    found = {}
    for part in parts:
        named = _PINNED.match(part)
        if named:
            found[named[1].lower()] = (named[2], re.findall(r"--hash=sha256:([0-9a-f]{64})", part))
    return found


def component(name: str, version: str) -> dict:
    """One package as CycloneDX describes it."""
    said: dict = {
        "type": "library",
        "bom-ref": f"pkg:pypi/{name}@{version}",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
    }
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return said
    licence = about.get("License-Expression") or (about.get("License") or "").splitlines()[:1] or ""
    licence = licence if isinstance(licence, str) else licence[0]
    if licence:
        said["licenses"] = [{"license": {"name": licence[:100]}}]
    return said


def bill(text: str) -> dict:
    """The whole bill of materials of a lock."""
    ours = metadata.version("gsctracker")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": f"gsctracker@{ours}", "name": "gsctracker", "version": ours}
        },
        "components": [component(name, version) for name, (version, _) in sorted(locked(text).items())],
    }


if __name__ == "__main__":
    json.dump(bill(LOCK.read_text(encoding="utf-8")), sys.stdout, indent=1)
    sys.stdout.write("\n")
