"""What a machine can keep of docs/design-language.md: contrast, size, nothing inline, nothing from elsewhere."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "gsctracker" / "web"
SHEET = (WEB / "static" / "app.css").read_text()
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))

TEXT = [
    *[("ink", ground) for ground in ("paper", "card", "sunk", "mint-wash", "amber-wash", "brick-wash", "sky-wash")],
    *[("ink", "berry-wash"), ("on-awning", "awning"), ("on-berry", "berry"), ("on-berry", "berry-deep")],
    *[("soft", ground) for ground in ("paper", "card", "sunk", "berry-wash")],
    *[("berry", ground) for ground in ("paper", "card", "berry-wash")],
    *[("brick", ground) for ground in ("paper", "card", "brick-wash")],
    *[(f"{one}", f"{one}-wash") for one in ("mint", "amber", "sky")],
]
SHAPES = [
    ("edge", "card"),
    ("edge", "paper"),
    ("sky", "paper"),
    ("sky", "card"),
    *[(f"c{n}", "card") for n in range(1, 9)],
]


def tokens(block):
    return {name: _six(colour) for name, colour in re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)}


def _six(colour):
    return colour if len(colour) == 7 else "#" + "".join(letter * 2 for letter in colour[1:])


LIGHT, SYSTEM_DARK, CHOSEN_DARK = [
    tokens(block) for block in re.findall(r":root[^{]*\{\s*color-scheme:([^}]*)\}", SHEET)
]


def contrast(one, other):
    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, SYSTEM_DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(theme):
    """UX-29: contrast of WCAG AA for text."""
    faint = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in TEXT}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", [LIGHT, SYSTEM_DARK], ids=["light", "dark"])
def test_every_border_and_chart_colour_stands_out_from_its_ground(theme):
    """UX-29: contrast of WCAG AA for what is not text."""
    faint = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in SHAPES}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < 3} == {}


def test_dark_by_choice_is_the_dark_of_the_system():
    assert SYSTEM_DARK == CHOSEN_DARK
    assert set(LIGHT) == set(SYSTEM_DARK)


def test_every_colour_of_the_sheet_is_a_token():
    rules = re.sub(r":root[^{]*\{[^}]*\}", "", SHEET)
    assert re.findall(r"#[0-9a-f]{3,8}\b", rules) == []


def test_every_token_that_is_used_exists():
    known = set(re.findall(r"(--[\w-]+):", SHEET))
    assert set(re.findall(r"var\((--[\w-]+)\)", SHEET)) - known == set()


def test_the_shell_of_a_page_stays_small():
    assert len(SHEET.encode()) < 30_000
    parts = [WEB / "static" / name for name in ("app.css", "app.js", "icons.svg", "favicon.svg")]
    assert sum(part.stat().st_size for part in parts) < 40_000


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: str(one.relative_to(WEB / "templates")))
def test_a_template_holds_nothing_inline_and_nothing_from_elsewhere(template):
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: str(one.relative_to(WEB / "templates")))
def test_every_icon_that_is_named_is_drawn(template):
    drawn = set(re.findall(r'symbol id="(\w+)"', (WEB / "static" / "icons.svg").read_text()))
    text = template.read_text()
    named = re.findall(r'ui\.icon\("(\w+)"', text) + re.findall(r'icon_name="(\w+)"', text)
    assert set(named) - drawn == set()
