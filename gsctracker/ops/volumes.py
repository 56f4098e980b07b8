"""Where the data folder lies: what kind of disk it is, and whether Docker forgets it with the container."""

import re
from dataclasses import dataclass
from pathlib import Path

from gsctracker.ops.machine import FORGETFUL_DISKS, NETWORK_DISKS

_ANONYMOUS = re.compile(r"/volumes/[0-9a-f]{64}/_data(/|$)")
_ESCAPED = re.compile(r"\\([0-7]{3})")
_LOCAL_FUSE = {"fuseblk", "fuse.ntfs-3g", "fuse.exfat"}


@dataclass(frozen=True)
class Volume:
    """The mount that a folder lies in: where it is mounted, the kind of file system, and which part of it that is."""

    point: str
    kind: str
    root: str

    @property
    def is_network(self) -> bool:
        """Whether the disk is another machine's, or a program's: SQLite's locks do not hold there."""
        return self.kind in NETWORK_DISKS or (self.kind.startswith("fuse") and self.kind not in _LOCAL_FUSE)

    @property
    def is_anonymous(self) -> bool:
        """Whether it is a Docker volume without a name, which nobody finds again once the container is removed."""
        return bool(_ANONYMOUS.search(self.root))

    @property
    def is_forgetful(self) -> bool:
        """Whether it is gone when the machine stops, or is the container's own layer and goes with the container."""
        return self.kind in FORGETFUL_DISKS or (self.kind == "overlay" and self.point == "/")


def of(folder: Path, mountinfo: str | None = None) -> Volume | None:
    """The volume that the folder lies on, by /proc/self/mountinfo or a text of that form; None where that cannot be known."""
    if mountinfo is None:
        try:
            mountinfo = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
    target, best = str(folder.resolve()), None
    for line in mountinfo.splitlines():
        mount, _, source = line.partition(" - ")
        words, kind = mount.split(" "), source.split(" ")[0]
        if len(words) < 5 or not kind:
            continue
        root, point = _plain(words[3]), _plain(words[4])
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and (best is None or len(point) >= len(best.point)):
            best = Volume(point, kind, root)
    return best


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), text)
