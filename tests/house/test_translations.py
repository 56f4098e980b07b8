"""Every sentence a person sees has its Spanish, says the same in both languages, and none is left outside."""

import ast
import gettext
import io
import re
from collections import Counter
from html import escape
from html.parser import HTMLParser

import jinja2
import pytest
from jinja2 import nodes

from gsctracker.translations import __main__ as catalogues
from tests.house.source import PACKAGE, calls, dotted, modules

TEMPLATES = PACKAGE / "web" / "templates"
SAID = catalogues.said()
SPANISH = catalogues.read("es")
ENTRIES = catalogues.sentences(SPANISH)
PLACE = re.compile(r"%(?:\((\w+)\))?[#0 +-]*\d*(?:\.\d+)?([a-zA-Z%])")


def _forms(words: object) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, (list, tuple)) else (str(words or ""),)


def test_the_catalogue_has_every_sentence_and_no_other():
    """UX-24: run `python -m gsctracker.translations` after a change of a sentence."""
    marked = {(entry.context, _forms(entry.id)) for entry in catalogues.sentences(SAID)}
    kept = {(entry.context, _forms(entry.id)) for entry in ENTRIES}
    assert marked - kept == set()
    assert kept - marked == set()
    assert not SPANISH.obsolete


def test_every_sentence_has_its_spanish_in_all_plural_forms():
    """UX-24: complete, and nothing guessed."""
    assert [entry.id for entry in catalogues.untranslated(SPANISH)] == []
    assert [entry.id for entry in ENTRIES if entry.fuzzy] == []
    assert [
        entry.id for entry in ENTRIES if entry.pluralizable and len(_forms(entry.string)) != SPANISH.num_plurals
    ] == []


def test_both_languages_fill_in_the_same_places():
    """A place that is missing loses a figure, one too many breaks the page."""
    wrong = []
    for entry in ENTRIES:
        wanted = Counter(PLACE.findall(_forms(entry.id)[-1]))
        given = [Counter(PLACE.findall(form)) for form in _forms(entry.string)]
        spared = [
            Counter({(name, kind): 1}) for name in ("num", "count", "n") for kind in "sd"
        ]  # "one thing" needs none
        if given[-1] != wanted or any(one != wanted and all(one != wanted - each for each in spared) for one in given):
            wrong.append((entry.id, entry.string))
    assert wrong == []


def test_what_is_read_is_what_was_written():
    """messages.mo stands beside messages.po: run `python -m gsctracker.translations` after each change of one."""

    def words(content: bytes) -> dict:
        read = gettext.GNUTranslations(io.BytesIO(content))
        return {key: words for key, words in read._catalog.items() if key}

    assert words(catalogues.file_of("es", "mo").read_bytes()) == words(catalogues.compiled(catalogues.read("es")))


def test_the_command_writes_the_same_again():
    """So that a change of one sentence is a change of a few lines."""
    assert catalogues.file_of("es", "po").read_bytes() == catalogues.written(catalogues.updated("es", SAID))


SAME_BUT_CASE = {
    "boxes": "the unit behind a figure, Boxes heads a column",
    "grade %(n)s": "inside a line",
    "cases": "the unit behind a figure, Cases heads a choice",
    "damaged": "over a field, beside cases and boxes; Damaged heads a column",
    "brought": "over a field, beside damaged; Brought heads a column",
    "packages": "the unit behind a figure, Packages names a line",
    "earned": "a badge beside a name, Earned heads a card",
    "held until paid": "a badge beside a step, Held until paid heads a column",
    "none yet": "inside a sentence",
    "yes": "inside a sentence",
    "no": "inside a sentence",
    "minutes": "the unit behind a field, Minutes heads a column",
    "lines": "the unit behind a figure, Lines heads a card",
    "sold": "over a field, beside start and end; Sold heads a column",
}


def test_no_sentence_is_said_twice_in_different_capitals():
    """Two entries that differ in capitals alone are one sentence by two hands."""
    seen: dict[tuple, list[str]] = {}
    for entry in ENTRIES:
        if entry.id not in SAME_BUT_CASE:
            seen.setdefault((entry.context, _forms(entry.id)[0].casefold()), []).append(str(entry.id))
    assert [twice for twice in seen.values() if len(twice) > 1] == []
    said = {_forms(entry.id)[0] for entry in ENTRIES}
    assert [word for word in SAME_BUT_CASE if word not in said] == []


# ---- templates -------------------------------------------------------------------------------------------------------

EXEMPT = {
    "styleguide.html": "drawings of the pieces, for those who build pages; English only, outside the menu",
}
ALLOWED = {
    "GSCTracker": "the name of the program",
    "English": "a language is offered in its own words",
    "Español": "a language is offered in its own words",
}
ATTRIBUTES = {"wide": "a class of the page's frame", "described": "ids that an input points to"}
SHOWN = ("title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label", "summary")
SHOWN_BY_MACROS = {"label", "title", "text", "hint", "legend", "note", "about", "question", "button_label", "caption",
                   "prefix", "suffix", "tagline", "unit"}  # fmt: skip
GAP = "⁂"
ENVIRONMENT = jinja2.Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, autoescape=True)
PAGES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*.html")
    if path.relative_to(TEMPLATES).as_posix() not in EXEMPT
)


class _Words(HTMLParser):
    """Collects the words of HTML that somebody reads or hears."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The attributes that are shown; what scripts, styles and code hold is not."""
        given = dict(attrs)
        shown = [given.get(name) for name in SHOWN]
        if tag == "input" and given.get("type") in ("submit", "button", "reset"):
            shown.append(given.get("value"))
        self.found += [words for words in shown if words]
        self.silent += tag in ("script", "style", "code")

    def handle_endtag(self, tag: str) -> None:
        """The end of what is not shown."""
        self.silent -= tag in ("script", "style", "code")

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if not self.silent:
            self.found.append(data)


def _words_outside(source: str) -> list[str]:
    """What a template shows that is not in a call of gettext: plain text, shown attributes, literals in expressions."""
    tree = ENVIRONMENT.parse(source)
    parser = _Words()
    parser.feed(_page(tree))
    parser.close()
    said = [piece for text in parser.found for piece in text.split(GAP)]
    said += [word for call in tree.find_all(nodes.Call) for word in _literals_of_call(call)]
    return [word for word in map(str.strip, said) if re.search(r"[^\W\d_]{2,}", word) and not _is_for_machines(word)]


def _is_for_machines(word: str) -> bool:
    """Whether it is a name, an address, or a piece of a tag that a macro puts together."""
    return word in ALLOWED or '="' in word or re.fullmatch(r"[\w/.<>-]*/[\w/.<>-]*", word) is not None


def _page(node: nodes.Node) -> str:
    """The template as HTML with every branch in it; an expression is a gap, and in it what it itself may become."""
    if isinstance(node, nodes.Block | nodes.Macro) and node.name in ATTRIBUTES:
        return ""
    if not isinstance(node, nodes.Output):
        return "".join(_page(child) for child in node.iter_child_nodes())
    return "".join(
        part.data if isinstance(part, nodes.TemplateData) else GAP + GAP.join(map(escape, _shown_literals(part))) + GAP
        for part in node.nodes
    )


def _shown_literals(node: nodes.Node) -> list[str]:
    """The texts that an expression itself may become."""
    match node:
        case nodes.Const(value=str(text)):
            return [text]
        case nodes.CondExpr(expr1=one, expr2=other):
            return _shown_literals(one) + (_shown_literals(other) if other else [])
        case nodes.Or(left=one, right=other):
            return _shown_literals(one) + _shown_literals(other)
        case nodes.Concat(nodes=parts):
            return [word for part in parts for word in _shown_literals(part)]
        case nodes.List(items=parts) | nodes.Tuple(items=parts):
            return [word for part in parts for word in _shown_literals(part)]
        case nodes.Filter(node=inner) if inner is not None:
            return _shown_literals(inner)
    return []


def _parameters() -> dict[str, list[str]]:
    """The macros of every page with the names of their parameters."""
    found = {}
    for path in TEMPLATES.rglob("*.html"):
        for macro in ENVIRONMENT.parse(path.read_text(encoding="utf-8")).find_all(nodes.Macro):
            found[macro.name] = [arg.name for arg in macro.args]
    return found


def _literals_of_call(call: nodes.Call) -> list[str]:
    """Literals that are handed to a macro in a place that it shows."""
    name = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
    names = PARAMETERS.get(name)
    if names is None:
        return []
    given = dict(zip(names, call.args, strict=False)) | {one.key: one.value for one in call.kwargs}
    return [word for key, node in given.items() if key in SHOWN_BY_MACROS for word in _shown_literals(node)]


PARAMETERS = _parameters()


@pytest.mark.parametrize("page", PAGES)
def test_a_template_shows_no_words_outside_the_translations(page):
    """UX-24: text, shown attributes and what is handed to the pieces of a page all go through _()."""
    assert _words_outside((TEMPLATES / page).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<p title="Hello">1</p>',
        '<input type="submit" value="Hello">',
        '<img alt="Hello" src="/a.png">',
        '{{ "Hello" if x else _("Good day") }}',
        '{{ ui.button("Hello") }}',
        '{{ forms.field("name", _("Name"), hint="Hello") }}',
        "{% if x %}Hello{% endif %}",
        '<a aria-label="Hello {{ name }}">1</a>',
    ],
)
def test_words_outside_the_translations_are_found(source):
    assert _words_outside(source) != []


def test_words_inside_the_translations_and_plain_signs_are_let_through():
    assert (
        _words_outside(
            '<p class="lede" title="{{ _("Hello") }}">{{ _("Hello") }} · $1.00</p>{% trans %}Hi{% endtrans %}'
        )
        == []
    )


# ---- Python ----------------------------------------------------------------------------------------------------------

REFUSALS = ("Refusal", "Invalid", "NotAllowed", "NotFound", "Conflict")
MARKS = ("N_", "counted", "gettext", "ngettext", "pgettext", "_")
SHOWN_BY = {"flash": 0, "wrong": 1} | dict.fromkeys(REFUSALS, 0)
"""Calls whose argument of that number is read by somebody."""


def _bare(node: ast.expr) -> bool:
    """Whether an expression can be a text that was not marked."""
    match node:
        case ast.Constant(value=str(text)):
            return bool(re.search(r"[^\W\d_]{2,}", text))
        case ast.JoinedStr():
            return True
        case ast.IfExp(body=one, orelse=other):
            return _bare(one) or _bare(other)
        case ast.BinOp(left=one, right=other):
            return _bare(one) or _bare(other)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()))):
            return True
    return False


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_what_code_says_to_people_is_marked(module):
    """UX-24: a no, what it says of fields, and the notice after an action are all marked for the translators."""
    found = []
    for name, call in calls(module):
        if name not in SHOWN_BY or (name in REFUSALS and dotted(call.func).split(".")[-1] not in REFUSALS):
            continue
        at = SHOWN_BY[name]
        said = [call.args[at]] if len(call.args) > at else []
        if name in REFUSALS:
            fields = [key.value for key in call.keywords if key.arg == "fields"] + list(call.args[2:3])
            for each in fields:
                if isinstance(each, ast.Dict):
                    said += [one.elts[0] if isinstance(one, ast.Tuple) else one for one in each.values]
        found += [f"{module.name}:{one.lineno} {ast.unparse(one)}" for one in said if _bare(one)]
    assert found == []


@pytest.mark.parametrize(
    "module", [module for module in modules() if module.within("web", "cli")], ids=lambda it: it.name
)
def test_a_no_is_translated_before_it_is_shown(module):
    """UX-24: the words of a refusal reach a page or the console by way of `say`, which knows the reader's language."""
    said = {id(part) for name, call in calls(module) if name in ("say", "wrong") for part in ast.walk(call)}
    raw = [
        f"{module.name}:{node.lineno}"
        for name, call in calls(module)
        for node in ast.walk(call)
        if isinstance(node, ast.Attribute)
        and dotted(node) in ("no.message", "refusal.message")
        and id(node) not in said
    ]
    assert raw == []
