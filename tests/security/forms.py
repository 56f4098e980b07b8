"""The forms of the website, read from its pages as a browser would: where each goes, its fields, and what stands in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient

TEXT = ("text", "search", "email", "tel", "url", "textarea", "")
"""The kinds of field that take any words."""


@dataclass
class Form:
    """Where it goes and by which method, what it would send as it stands, and which fields take words or anything at all."""

    action: str
    method: str = "GET"
    values: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    is_upload: bool = False

    def texts(self) -> list[str]:
        """The fields that take any words."""
        return [name for name, kind in self.kinds.items() if kind in TEXT]


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, []
        self._form: Form | None = None
        self._choice = self._area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: text or "" for name, text in attributes}
        name = said.get("name", "")
        if tag == "form":
            action = said.get("action", "").split("#")[0] or self.page
            kind = said.get("enctype", "") == "multipart/form-data"
            self._form = Form(action, said.get("method", "get").upper(), is_upload=kind)
            self.found.append(self._form)
        elif self._form is not None and name and tag in ("input", "select", "textarea", "button"):
            self._field(tag, name, said)
        elif self._form is not None and tag == "option" and self._choice:
            before = self._form.values.get(self._choice)
            self._form.values[self._choice] = said.get("value", "") if "selected" in said or not before else before

    def _field(self, tag: str, name: str, said: dict[str, str]) -> None:
        assert self._form is not None
        kind = said.get("type", "text" if tag == "input" else tag).lower()
        if kind == "file" or (tag == "button" and name in self._form.values):
            return
        if kind in ("radio", "checkbox") and "checked" not in said and self._form.values.get(name):
            return
        self._form.kinds[name] = kind
        self._form.values[name] = said.get("value", "")
        self._choice = name if tag == "select" else self._choice
        self._area = name if tag == "textarea" else ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._choice = ""
        if tag == "textarea":
            self._area = ""


def forms_in(html: str, page: str) -> list[Form]:
    """Every form of a page at that address."""
    reader = _Reader(page)
    reader.feed(html)
    return reader.found


def forms_of(browser: FlaskClient, addresses: list[str]) -> list[Form]:
    """Every different form on these pages."""
    found: dict[tuple[str, str, tuple[str, ...]], Form] = {}
    for address in addresses:
        answer = browser.get(address)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            for form in forms_in(answer.text, address):
                found.setdefault((form.action, form.method, tuple(sorted(form.kinds))), form)
    return list(found.values())
