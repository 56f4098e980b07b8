"""From the console's link to the first sale, as a volunteer's browser goes there."""

import html
import re
import time
import urllib.parse
import urllib.request
import uuid
from http.cookiejar import CookieJar
from pathlib import Path

from tests.running import started

ROSTER = Path(__file__).parents[2] / "examples" / "files" / "roster.csv"
TROOP = {
    "troop": "4321",
    "name": "",
    "council": "Example Hills",
    "timeZone": "America/Chicago",
    "season": "2026",
    "baker": "abc",
    "firstName": "Olga",
    "lastName": "",
    "email": "olga@example.org",
    "password": "a short sentence",
    "repeat": "a short sentence",
}
SECONDS = 600


class Browser:
    """Opens pages, follows redirects, sends what a page's form holds together with what is typed."""

    def __init__(self, address: str) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._address = address
        self.at = ""
        self.page = ""

    def open(self, path: str, data: bytes | None = None, kind: str = "application/x-www-form-urlencoded") -> str:
        asked = urllib.request.Request(self._address + path, data, {"Content-Type": kind, "Origin": self._address})
        with self._opener.open(asked, timeout=30) as answer:
            self.at, self.page = urllib.parse.urlsplit(answer.url).path, html.unescape(answer.read().decode())
        return self.page

    def send(self, path: str, **typed: str) -> str:
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        return self.open(path, urllib.parse.urlencode(hidden | typed).encode())

    def upload(self, path: str, file: Path) -> str:
        line = uuid.uuid4().hex
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        parts = [f'--{line}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in hidden.items()]
        head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'
        body = ("".join(parts) + head).encode() + file.read_bytes() + f"\r\n--{line}--\r\n".encode()
        return self.open(path, body, f"multipart/form-data; boundary={line}")


def test_a_fresh_box_comes_to_its_first_sale(tmp_path):
    """UX-04: the console's link, the set-up page, the roster's file, a sale; then every page knows it."""
    began = time.monotonic()
    with started(tmp_path / "data") as box:
        link = re.search(r"http://\S+(/setup\?code=\S+)", box.said())[1]
        browser = Browser(box.address)

        browser.open(link)
        assert browser.at == "/set-up"
        code = re.search(r"<input[^>]*name=\"code\"[^>]*>", browser.page)[0]
        browser.send("/set-up", code=re.search(r'value="([^"]+)"', code)[1], **TROOP)
        assert browser.at == "/"
        assert "First steps" in browser.page

        browser.open("/imports")
        browser.upload("/imports", ROSTER)
        assert re.fullmatch(r"/imports/\d+", browser.at)
        assert "Ava" in browser.page
        browser.send(f"{browser.at}/apply")
        assert "Ava" in browser.open("/scouts")

        form = browser.open("/sales/new")
        ava = re.search(r'<option value="(\d+)"[^>]*>\s*Ava', form)[1]
        cookie = re.search(r'name="(n-\d+)"', form)[1]
        sold = {"scoutId": ava, "orderType": "in_hand", "paymentMethod": "cash", "customerName": "Mrs. Alvarez"}
        browser.send("/sales/new", **sold, **{cookie: "3"})
        assert re.fullmatch(r"/sales/\d+", browser.at)
        assert "Mrs. Alvarez" in browser.page
        assert "Mrs. Alvarez" in browser.open("/sales")
        assert re.search(r"Boxes sold</dt>\s*<dd[^>]*><a[^>]*>3<", browser.open("/"))
    assert time.monotonic() - began < SECONDS
