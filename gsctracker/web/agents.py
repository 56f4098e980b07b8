"""What a browser says of itself, as a person would: Firefox, Android. That much is kept, and no more."""

import re

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "Chromebook"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def spoken(agent: str) -> str:
    """Browser and machine, else the harmless start of what was said, else nothing."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    machine = next((name for sign, name in _MACHINES if sign in agent), "")
    return ", ".join(filter(None, (browser, machine))) or re.sub(r"[^A-Za-z0-9./ _-]", "", agent)[:40]
