"""What attackers write into fields, and what a page, a table or a sheet must look like for it to have done nothing."""

import csv
import io
import re
import zipfile
from html.parser import HTMLParser

SCRIPTS = (
    "\"'></textarea></title><xm onload=xm()>",
    "<script>xm()</script>",
    "javascript:xm()//",
    "<!--<xm>--!><svg/onload=xm()>{{31337*3}}",
)
STATEMENTS = ("'; DROP TABLE scouts; --", "' OR '1'='1", "') UNION SELECT password_hash FROM accounts --", "1 OR 1=1")
FORMULAS = ('=HYPERLINK("http://xm.example")', "+xm", "@SUM(1+1)")
WORDS = (*SCRIPTS, *STATEMENTS, *FORMULAS)
MORE_STATEMENTS = (*STATEMENTS, '" OR ""="', "%' ESCAPE '", "1; ATTACH DATABASE '/tmp/x' AS x")

WORKED_OUT = "94011"
SECRET = "$argon2id$"
_STARTS_A_FORMULA = re.compile(r"[\t\r]|[=@+-](?!\s*[$]?[0-9][0-9.,]*$)")


class _Alive(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: (text or "").strip().lower() for name, text in attributes}
        if tag == "xm" or any(name.startswith("on") for name in said):
            self.found.append(f"<{tag} {said}>")
        for name in ("href", "src", "action", "formaction"):
            if re.match(r"(javascript|vbscript|data:text/html)", said.get(name, "")):
                self.found.append(f"{name}={said[name]}")
        self._script = tag if tag in ("script", "style") and "src" not in said else None

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.found.append(f"inline {self._script}: {data.strip()[:60]}")

    def handle_endtag(self, tag: str) -> None:
        self._script = None


SUSPECT = re.compile(r"<xm|<script>xm|<svg/|=[\"']?javascript:|94011", re.IGNORECASE)
"""A first look at an answer, for there are thousands: what is text has none of these."""


def alive_in(html: str) -> list[str]:
    """What a browser would carry out, of all that stands in a page: our pages have none of it, whoever wrote it."""
    reader = _Alive()
    reader.feed(html)
    reader.close()
    return reader.found + ([WORKED_OUT] if WORKED_OUT in html else [])


def formulas_in_csv(text: str) -> list[str]:
    """The cells that a spreadsheet would work out."""
    return [
        cell for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))) for cell in row if _STARTS_A_FORMULA.match(cell)
    ]


def formulas_in_workbook(content: bytes) -> list[str]:
    """The formulas, links and macros of an xlsx file."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        texts = {name: parts.read(name).decode("utf-8", "replace") for name in parts.namelist()}
    odd = [name for name in texts if re.search(r"vba|external|macro|embed", name, re.IGNORECASE)]
    return odd + [name for name, text in texts.items() if re.search(r"<f[ >]|<hyperlink|<!ENTITY", text)]
