"""Makes the pictures that a phone's home screen shows from favicon.svg: python docs/pictures/icons.py, with Chromium there."""

import io
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))  # run as a file, it does not find the tests; so the imports below come late

from PIL import Image  # noqa: E402 - after the path above

from tests.browser.conftest import CHROMIUM, QUIET  # noqa: E402 - likewise

STATIC = HERE.parents[1] / "gsctracker" / "web" / "static"
BRAND = "#8c1d4f"
SIZES = {"icon-192.png": (192, 1.0), "icon-512.png": (512, 1.0), "icon-maskable.png": (512, 0.86)}
"""Edge in pixels, and how much of it the drawing takes: a phone may cut a fifth off a maskable one."""
COLOURS = 64


def main() -> None:
    """Write each picture beside the drawing."""
    drawing = (STATIC / "favicon.svg").read_text(encoding="utf-8")
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        for name, (edge, part) in SIZES.items():
            ground = "transparent" if part == 1 else BRAND
            inside = f"<div style='width:{edge * part}px;height:{edge * part}px'>{drawing}</div>"
            page.set_viewport_size({"width": edge, "height": edge})
            page.set_content(
                f"<body style='margin:0;height:{edge}px;display:grid;place-items:center;background:{ground}'>{inside}"
            )
            taken = Image.open(io.BytesIO(page.screenshot(omit_background=True))).convert("RGBA")
            taken.quantize(COLOURS, dither=Image.Dither.NONE).save(STATIC / name, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
