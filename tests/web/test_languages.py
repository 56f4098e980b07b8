"""The website speaks English and Spanish: words, plural forms, days and money."""

import re
from html.parser import HTMLParser

import pytest
from flask import g, render_template_string
from flask_babel import gettext, ngettext, refresh

from gsctracker.domain.people import accounts
from gsctracker.ops import demo
from gsctracker.translations import __main__ as catalogues
from gsctracker.web import locale, trade_words, wording
from gsctracker.web.app import create_app
from tests.web.conftest import PASSWORD

SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}


@pytest.fixture
def speak(site):
    """Gives what a function says in a request in that language."""

    def in_language(language, say):
        with site.test_request_context(headers={"Accept-Language": language}):
            g.time_zone = "America/Chicago"
            return say()

    return in_language


def test_there_is_a_catalogue_for_every_language_but_english(site):
    """UX-24: English and Spanish."""
    assert ("en", *catalogues.languages()) == locale.LANGUAGES
    with site.app_context():
        known = {found.language for found in site.extensions["babel"].instance.list_translations()}
    assert known == set(locale.LANGUAGES)


def test_the_sign_in_page_is_spanish_for_who_reads_spanish(browser):
    page = browser.get("/sign-in", headers=SPANISH).text

    assert '<html lang="es"' in page
    for words in (
        "Iniciar sesión",
        "Correo electrónico o apodo",
        "Contraseña",
        "Solo tienen cuenta las personas invitadas",
    ):
        assert words in page
    for words in ("Sign in", "Password", "nickname"):
        assert words not in page


def test_the_button_on_the_sign_in_page_changes_the_language_and_it_stays(browser):
    answer = browser.post("/language", data={"language": "es", "next": "/sign-in"})

    assert answer.status_code == 303
    assert "Contraseña" in browser.get("/sign-in").text
    browser.post("/language", data={"language": "en", "next": "/sign-in"})
    assert "Contraseña" not in browser.get("/sign-in", headers=SPANISH).text


def test_a_language_that_nobody_translated_is_english(browser):
    assert '<html lang="en"' in browser.get("/sign-in", headers={"Accept-Language": "fr-FR, de;q=0.5"}).text


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("es-MX, en;q=0.5", "es"),
        ("es-419,es;q=0.9,en;q=0.8", "es"),
        ("en;q=0.5, es-US", "es"),
        ("en-GB, es;q=0.9", "en"),
        ("fr, es-PR;q=0.3", "es"),
        ("es-MX;q=0, en;q=0.1", "en"),
        ("*, es;q=0", "en"),
        ("escalona", "en"),
        (";;;q=x,,", "en"),
    ],
)
def test_the_language_liked_best_is_spoken_whatever_its_region(asked, language):
    """UX-24: phones of families from Mexico ask for es-MX and name English second."""
    assert locale.choose(None, "", asked) == language


def test_a_no_is_said_in_the_readers_language(browser):
    page = browser.get("/no-such-page", headers=SPANISH)
    call = browser.get("/api/sales", headers=SPANISH)

    assert page.status_code == 404
    assert "Aquí no hay nada, o usted no puede verlo." in page.text
    assert call.json["error"]["message"] == "Inicie sesión primero."
    assert call.json["error"]["code"] == browser.get("/api/sales").json["error"]["code"]


def test_an_account_keeps_its_language(leader):
    """The account goes before what the browser asks for."""
    assert "Stock" in _menu(leader)

    leader.post("/account/language", data={"language": "es"})

    assert {"Inventario", "Dinero"} <= set(_menu(leader))
    assert "Stock" not in _menu(leader)


def _menu(client):
    return re.findall(r"</svg>([^<]+)</a></li>", client.get("/").text)


def test_a_language_chosen_at_the_door_goes_along_and_leaves_the_door_as_it_was(box, site, browser, password_hash):
    """Who chose Spanish before signing in reads on in Spanish; the next one at the same device does not have to."""
    with box.write() as tx:
        accounts.open_account(
            tx, sign_in_name="lea@example.org", first_name="Lea", role="leader", password_hash=password_hash
        )
    browser.post("/language", data={"language": "es", "next": "/sign-in"})
    browser.post("/sign-in", data={"email": "lea@example.org", "password": PASSWORD})
    assert "Inventario" in _menu(browser)

    browser.post("/sign-out")
    assert '<html lang="en"' in browser.get("/sign-in").text


@pytest.mark.parametrize("role", ["admin", "caregiver"])
def test_no_page_of_a_whole_season_says_an_english_sentence(db, config, role):
    """UX-24: every page that can be reached in the example troop, read by somebody who reads Spanish."""
    person = next(one for one in demo.fill(db, scouts=5, sales=60, booths=4) if one["role"] == role)
    client = create_app(config, db, "a secret for tests, forty characters long").test_client()
    client.post("/sign-in", data={"email": person["email"], "password": person["password"]})
    client.post("/account/language", data={"language": "es"})

    seen, waiting, english = set(), ["/"], {}
    while waiting:
        address = waiting.pop(0)
        page = client.get(address)
        assert page.status_code < 500, address
        if page.mimetype != "text/html" or page.status_code != 200:
            continue
        reading = _Reading()
        reading.feed(page.text)
        assert reading.language == "es", address
        found = [words for words in reading.words if _is_english(words)]
        english |= {address: found} if found else {}
        for href in reading.links:
            shape = re.sub(r"\d+", "1", href.split("#")[0]).split("&")[0]
            if href.startswith("/") and not href.startswith(("/api", "/static", "//")) and shape not in seen:
                seen.add(shape)
                waiting.append(href.split("#")[0])

    assert len(seen) > (25 if role == "admin" else 8)
    assert english == {}


class _Reading(HTMLParser):
    """The words of a page, its language and where its links lead; a row shown as it is kept (`translate="no"`) is left out."""

    def __init__(self):
        super().__init__()
        self.words, self.links, self.language = [], [], ""
        self.as_kept, self.depth = None, 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if self.as_kept is None and given.get("translate") == "no":
            self.as_kept = tag
        self.depth += tag == self.as_kept
        self.language = self.language or given.get("lang", "")
        self.links += [given["href"]] if tag == "a" and given.get("href") else []
        self.words += [given[name] for name in ("title", "alt", "placeholder", "aria-label") if given.get(name)]

    def handle_endtag(self, tag):
        self.depth -= tag == self.as_kept
        if not self.depth:
            self.as_kept = None

    def handle_data(self, data):
        if self.as_kept is None:
            self.words.append(data)


def _english():
    plain, filled = set(), []
    for entry in catalogues.sentences(catalogues.read("es")):
        for one, other in zip(_forms(entry.id), _forms(entry.string), strict=False):
            if one == other:
                continue
            if "%(" not in one:
                plain.add(one)
            elif len(re.findall(r"[a-z]{2,}", re.sub(r"%\(\w+\)\w", "", one))) >= 2:
                places = re.split(r"%\(\w+\)\d*[sd]", one)
                filled.append(re.compile(".+".join(map(re.escape, places))))
    plain -= {form for entry in catalogues.read("es") for form in _forms(entry.string)}  # the same word in both
    return plain, filled


def _forms(words):
    return words if isinstance(words, tuple) else (words,)


ENGLISH, ENGLISH_FILLED = _english()


def _is_english(words):
    words = " ".join(words.split())
    return words in ENGLISH or any(sentence.fullmatch(words) for sentence in ENGLISH_FILLED)


@pytest.mark.parametrize(
    ("count", "english", "spanish"),
    [(1, "1 case", "1 cartón"), (2, "2 cases", "2 cartones"), (0, "0 cases", "0 cartones")],
)
def test_one_is_not_many(speak, count, english, spanish):
    def say():
        return ngettext("%(num)s case", "%(num)s cases", count)

    assert speak("en", say) == english
    assert speak("es", say) == spanish


def test_boxes_are_stacked_in_both_languages(speak):
    assert speak("en", lambda: trade_words.packs(29)) == "2 cases + 5"
    assert speak("es", lambda: trade_words.packs(29)) == "2 cartones + 5"


@pytest.mark.parametrize(
    ("said", "english", "spanish"),
    [
        (lambda: locale.day("2026-02-14"), "Feb 14, 2026", "14 feb 2026"),
        (lambda: locale.money(123456), "$1,234.56", "$1,234.56"),
        (lambda: locale.money(-5), "-$0.05", "-$0.05"),
        (lambda: locale.number(6000), "6,000", "6,000"),
        (lambda: wording.said(wording.PLACES, "transit"), "On the way", "En camino"),
        (lambda: locale.role_name("cookie_leader"), "Cookie leader", "Líder de galletas"),
    ],
    ids=("a day", "money", "a debt", "a number", "a place", "a role"),
)
def test_days_money_and_kinds_are_written_as_each_language_writes_them(speak, said, english, spanish):
    assert speak("en", said) == english
    assert speak("es", said) == spanish


def test_an_instant_is_said_in_the_troops_zone(speak):
    def say():
        return locale.moment("2026-02-14T18:05:00Z").replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ")

    assert speak("en", say) == "Feb 14, 2026, 12:05 PM"
    assert speak("es", say) == "14 feb 2026, 12:05 p.m."


def test_a_figure_and_a_button_of_the_same_name_have_each_their_own_word(speak):
    def say():
        refresh()
        return render_template_string('{{ _("Change") }} {{ pgettext("figure", "Change") }}'), gettext("Change")

    assert speak("es", say) == ("Cambiar Cambio", "Cambiar")
