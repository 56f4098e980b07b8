"""Makes the README's pictures of the example troop: python docs/pictures/make.py, with Chromium and the test packages there."""

import io
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))  # run as a file, it does not find the tests; so the imports below come late

from PIL import Image  # noqa: E402 - after the path above

from gsctracker.ops.demo_people import PASSWORD  # noqa: E402 - likewise
from tests.browser.conftest import CHROMIUM, PEOPLE, QUIET  # noqa: E402 - likewise
from tests.running import started  # noqa: E402 - likewise

PICTURES = {"today.png": ("/", 1280, 800), "phone.png": ("/", 390, 844)}
COLOURS = 128  # plenty for flat colours, and a quarter of the bytes


def main() -> None:
    """Write each picture beside this file."""
    with (
        tempfile.TemporaryDirectory() as folder,
        started(Path(folder) / "box", "--demo") as box,
        sync_playwright() as p,
    ):
        browser = p.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(color_scheme="light", reduced_motion="reduce")
        page.goto(f"{box.address}/sign-in")
        page.locator("main input[autocomplete='username']").fill(PEOPLE["cookie leader"])
        page.locator("main input[type=password]").fill(PASSWORD)
        page.locator("main form button.main[type=submit]").click()
        page.wait_for_url(f"{box.address}/")
        for name, (path, width, height) in PICTURES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(box.address + path)
            taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            taken.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / name, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
