"""What the machine says of its own health: heat, voltage, wear of the card, its clock. Linux's own files; none where it is silent."""

import ctypes
import os
import re
from collections.abc import Iterator
from pathlib import Path

UNDER_VOLTAGE, THROTTLED = 0x1, 0x4
_UNSYNCHRONISED = 0x0040  # STA_UNSYNC of adjtimex(2)
_SECTOR = 512  # bytes, whatever the disk's own are
_STATUS_AT = 40  # where `status` stands in struct timex on 64-bit Linux


def numbers(root: Path = Path("/")) -> Iterator[tuple[str, str, float]]:
    """(metric, what it is, value) of everything that this machine can say."""
    heat = _number(root / "sys/class/thermal/thermal_zone0/temp")
    if heat is not None:
        yield "gsctracker_host_temperature_celsius", "Heat of the processor.", heat / 1000
    flags = _text(root / "sys/devices/platform/soc/soc:firmware/get_throttled")
    if flags and re.fullmatch(r"(0x)?[0-9a-f]{1,8}", flags):
        bits = int(flags, 16)
        yield "gsctracker_host_undervoltage", "Whether the supply is too weak now.", int(bool(bits & UNDER_VOLTAGE))
        yield "gsctracker_host_throttled", "Whether the machine slows itself down now.", int(bool(bits & THROTTLED))
    worn = [
        tenth / 10
        for card in sorted((root / "sys/block").glob("mmcblk*"))
        for tenth in _tenths(_text(card / "device/life_time"))
    ]
    if worn:
        yield "gsctracker_emmc_life_used_ratio", "How much of the card's life is used, at most.", max(worn)
    if root == Path("/"):
        unset = clock_unsynchronised()
        if unset is not None:
            yield "gsctracker_clock_unsynchronised", "Whether nobody sets this machine's clock.", int(unset)


def clock_unsynchronised() -> bool | None:
    """Whether the kernel knows of nobody who sets the clock; None where it cannot be asked, as inside most containers."""
    if os.uname().machine not in {"x86_64", "aarch64"} or Path("/.dockerenv").exists():
        return None
    asked = ctypes.create_string_buffer(512)  # modes 0: it is only read
    try:
        if ctypes.CDLL(None, use_errno=True).adjtimex(asked) < 0:
            return None
    except (OSError, AttributeError):
        return None
    status = int.from_bytes(asked.raw[_STATUS_AT : _STATUS_AT + 4], "little")
    return bool(status & _UNSYNCHRONISED)


def written_bytes(folder: Path, root: Path = Path("/")) -> int | None:
    """Bytes that were written to the folder's disk since the machine was started; None where nobody counts them."""
    try:
        device = folder.stat().st_dev
    except OSError:
        return None
    counted = _text(root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}/stat").split()
    return int(counted[6]) * _SECTOR if len(counted) > 6 and counted[6].isdigit() else None


def _tenths(text: str) -> list[int]:
    found = re.fullmatch(r"0x([0-9a-f]{2}) 0x([0-9a-f]{2})", text)
    return [int(part, 16) for part in found.groups()] if found else []


def _number(file: Path) -> float | None:
    text = _text(file)
    return float(text) if re.fullmatch(r"-?\d{1,9}", text) else None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
