"""What the machine says about itself: memory, disk, file systems. Linux's own files, no library."""

import os
import re
import shutil
from pathlib import Path

NETWORK_DISKS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.rclone", "ceph", "glusterfs", "afs"}
FORGETFUL_DISKS = {"tmpfs", "ramfs"}


def memory_of_process() -> int:
    """Bytes of memory this process holds, 0 where that cannot be known."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def memory_of_machine() -> tuple[int, int]:
    """Bytes of memory the machine has, and bytes it could still give; 0 and 0 where that cannot be known."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return 0, 0
    found = {name: int(kilobytes) * 1024 for name, kilobytes in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
    return found.get("MemTotal", 0), found.get("MemAvailable", 0)


def disk_of(folder: Path) -> tuple[int, int]:
    """Bytes of the folder's disk, and bytes still free for us."""
    usage = shutil.disk_usage(folder)
    return usage.total, usage.free


def is_read_only(folder: Path) -> bool:
    """Whether the folder's disk was mounted, or fell back to, read-only."""
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def file_system_of(folder: Path, mounts: str | None = None) -> str:
    """The kind of file system the folder lies on, `ext4`; empty where that cannot be known."""
    if mounts is None:
        try:
            mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
    best, kind = "", ""
    target = str(folder.resolve())
    for line in mounts.splitlines():
        words = line.split(" ")
        if len(words) < 3:
            continue
        point = words[1].replace("\\040", " ")
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, words[2]
    return kind
