"""Scripts, statements and formulas through every field of every form, every call and every address: none does anything."""

import json
import re

import pytest

from tests.security.forms import Form, forms_of
from tests.security.hostile import (
    FORMULAS,
    MORE_STATEMENTS,
    SCRIPTS,
    SECRET,
    STATEMENTS,
    SUSPECT,
    WORDS,
    alive_in,
    formulas_in_csv,
    formulas_in_workbook,
)
from tests.security.test_matrix import STREAM, may
from tests.security.world import MARKS, World

USUAL = {
    "amount": "5.00", "reason": "typed twice", "title": "The plug", "said": "It is back", "also": "minty ones", "code": "ZZ",
    "price": "6.00", "packsPerCase": "12", "name": "Corner", "customerName": "Someone", "n-1": "2", "boxes-1": "1", "first": "Olga",
    "second": "Ines", "counted_by": "Lea", "checked_by": "Mia", "guardianName": "Nia", "guardianEmail": "nia.x@example.org",
    "firstName": "Zoe", "lastName": "Z", "email": "new@example.org", "day": "2026-03-20", "date": "2026-03-20", "from": "10:00",
    "to": "12:00", "starts": "10:00", "ends": "12:00", "start": "10:00", "end": "12:00", "boxes": "3", "reference": "7", "note": "so",
    "label": "before", "paid": "", "days": "", "learned": "", "year": "2027", "pasted": "Scout,Thin Mints\nAva B.,3\n",
}  # fmt: skip
"""What fits a field of that name, so that the field beside it gets as far as the file."""

NOT_TRIED = re.compile(
    r"/(styleguide|api/docs|sign-out|jobs/|people/\d+/disable|settings/next-season|recovery-sheet$|copies)"
)
"""Forms that make no difference, take long or end the test: none of them has words of its own but a label of a copy."""


ENOUGH = 4
"""After so many words in a row a field that refused all is left: more than it takes of those that only dislike a sign."""


def pages(world: World) -> list[str]:
    """The address of everything that is asked for with GET."""
    return [world.address(rule) for method, rule, _ in world.routes() if method == "GET" and rule.rule != STREAM]


def forms(world: World) -> list[Form]:
    """Every form that writes, as the admin finds it, of those that are alike but for a number the first."""
    found: dict[tuple, Form] = {}
    for form in forms_of(world.browser("admin"), [path for path in pages(world) if not NOT_TRIED.match(path)]):
        if form.method == "POST" and not NOT_TRIED.match(form.action) and form.action.startswith("/"):
            found.setdefault((re.sub(r"\d+", "N", form.action), tuple(stems(form))), form)
    return list(found.values())


def stems(form: Form) -> dict[str, str]:
    """One field of each kind: of a grid's thirty boxes the first."""
    found: dict[str, str] = {}
    for name in form.kinds:
        found.setdefault(re.sub(r"\d+", "N", name), name)
    return found


def filled(form: Form) -> dict[str, str]:
    """The form as somebody would send it."""
    return {name: text.strip() or USUAL.get(name, "") for name, text in form.values.items()}


def figures(world: World) -> tuple:
    """What no text in a field may change: the schema, the secrets, who has an account."""
    return tuple(
        tuple(world.file.execute(sql))
        for sql in (
            "SELECT name, sql FROM sqlite_schema ORDER BY name",
            "SELECT id, password_hash, role FROM accounts ORDER BY id",
            "SELECT name, file FROM pragma_database_list WHERE name <> 'temp'",  # which SQLite itself may open
            "SELECT count(*) FROM scouts WHERE id <= 4",
        )
    )


@pytest.fixture(scope="module")
def planted(made_world):
    """The box after every hostile word went through every field; gives what was answered to each."""
    made_world.put_back()
    browser, answers, before = made_world.browser("admin"), [], figures(made_world)
    for form in forms(made_world):
        usual, taken = filled(form), 0
        for place, name in enumerate(stems(form).values()):
            refused = 0
            for word in WORDS if name in form.texts() else WORDS[place % len(WORDS) :: len(WORDS)]:
                if "form_key" in usual:
                    usual["form_key"] = f"key-{len(answers)}"
                if usual.get("version", "").isdecimal():
                    usual["version"] = str(int(form.values["version"]) + taken)
                answer = browser.post(form.action, data=usual | {name: word})
                answers.append((form.action, name, word, answer))
                taken += answer.status_code < 400
                refused = refused + 1 if answer.status_code == 422 else 0
                if refused == ENOUGH:  # a number, a day: it takes no words
                    break
    assert figures(made_world)[0] == before[0]
    yield answers
    made_world.put_back()


def columns_with(world: World, words: tuple[str, ...]) -> set[str]:
    """Where the file holds one of these words."""
    found = set()
    for table, column in world.file.execute(
        """SELECT made.name, had.name FROM sqlite_schema AS made JOIN pragma_table_info(made.name) AS had
            WHERE made.type = 'table' AND had.type = 'TEXT'"""
    ).fetchall():
        for word in words:
            if world.file.execute(f'SELECT 1 FROM "{table}" WHERE instr("{column}", ?) LIMIT 1', (word,)).fetchone():
                found.add(f"{table}.{column}")
    return found


def test_every_field_answers_hostile_words_and_none_is_carried_out(planted, caplog):
    """SEC-18 SEC-17 SEC-19: through every field of every form: no 500, and what comes back in the page is text."""
    broken = [
        f"{action} {name}={word!r}: {answer.status}"
        for action, name, word, answer in planted
        if answer.status_code >= 500
    ]
    broken += [
        f"{action} {name}={word!r}: {alive}"
        for action, name, word, answer in planted
        if answer.mimetype == "text/html" and SUSPECT.search(answer.text) and (alive := alive_in(answer.text))
    ]
    assert not broken, "\n".join(broken[:20])
    assert len({(action, name) for action, name, *_ in planted}) > 100


@pytest.mark.parametrize("who", ["admin", "leader", "Ava's mother", "Ava", "a stranger"])
def test_what_was_stored_is_text_on_every_page(made_world, planted, caplog, who):
    """SEC-18: after that, no page of anybody's holds anything that a browser would carry out."""
    assert len(columns_with(made_world, SCRIPTS[:2])) > 12, "the words are really in the file"
    browser, broken, shown = made_world.browser(who), [], 0
    for path in pages(made_world):
        answer = browser.get(path)
        assert answer.status_code < 500, path
        if answer.mimetype == "text/html" and answer.status_code == 200:
            shown += "&lt;script&gt;xm()" in answer.text
            broken += [f"{path}: {alive}" for alive in alive_in(answer.text)]
    assert not broken, "\n".join(broken[:20])
    assert shown or who == "a stranger", "some page shows one, as text"


def test_what_was_stored_is_text_in_every_export(made_world, planted, caplog):
    """SEC-18: no cell of a table that is taken away is a formula, no workbook holds one, no PDF a script; CSV guards them."""
    assert columns_with(made_world, FORMULAS), "the formulas are really in the file"
    browser, seen, guarded = made_world.browser("admin"), set(), 0
    for address in sorted(
        set(re.findall(r'href="(/reports/[\w-]+\.(?:csv|xlsx|pdf|json))', browser.get("/reports").text))
    ):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Content-Disposition"].startswith("attachment"), address
        kind = address.rpartition(".")[2]
        seen.add(kind)
        if kind == "csv":
            assert not formulas_in_csv(answer.text), address
            guarded += any(word in answer.text for word in ("xm.example", "+xm", "@SUM"))
        elif kind == "xlsx":
            assert not formulas_in_workbook(answer.data), address
        elif kind == "json":
            json.loads(answer.text)
            assert answer.mimetype == "application/json"
        else:
            assert not re.search(rb"/(JavaScript|JS|Launch)\b", answer.data), address
    assert {"csv", "xlsx"} <= seen
    assert guarded, "some table holds one, as text"


def test_no_statement_in_a_field_reached_the_database(made_world, planted, caplog):
    """SEC-17: the tables, the accounts and their passwords are what they were; no answer holds a password's hash."""
    assert len(columns_with(made_world, STATEMENTS[:1])) > 8, "they were stored, as text"
    after = figures(made_world)
    made_world.file.execute("PRAGMA integrity_check")
    assert len(after[2]) == 1, "nothing was attached"
    assert after[3] == ((4,),)
    assert not [action for action, _, _, answer in planted if SECRET.encode() in answer.data]


ASKED = (
    "q", "girl", "scout", "scoutId", "product", "status", "orderType", "from", "to", "after", "before", "cursor", "limit", "trail",
    "outcome", "kind", "in", "day", "site", "code", "show", "view", "mix", "like", "next", "guardian", "way", "type", "device", "total",
)  # fmt: skip


@pytest.mark.parametrize("who", ["another mother", "admin"])
def test_no_statement_in_an_address_reaches_the_database(world, who):
    """SEC-17: in every parameter and every word of every address: no 500, nothing of another family's, no hash of a password."""
    browser, before = world.browser(who), figures(world)
    for word in MORE_STATEMENTS if who != "admin" else STATEMENTS[1:3]:
        for method, rule, allowed in world.routes():
            if (
                method != "GET"
                or not may(world, who, allowed)
                or rule.rule in (STREAM, "/metrics", "/sw.js")
                or rule.rule.startswith("/static")
            ):
                continue
            address = re.sub(r"<(?!id|troop)(?:\w+:)?\w+>", word.replace("/", ""), rule.rule)
            answer = browser.get(world.address(address), query_string=dict.fromkeys(ASKED, word))
            assert answer.status_code < 500, (address, word)
            assert SECRET.encode() not in answer.data, (address, word)
            if who != "admin":
                assert not [mark for mark in MARKS if mark.encode() in answer.data], (address, word)
    assert figures(world) == before
    assert len(world.browser("admin").get("/api/sales?limit=1").json["items"]) == 1
    for word in MORE_STATEMENTS:
        assert world.browser("admin").get("/api/sales", query_string={"q": word}).json.get("items", []) == [], word


def test_no_statement_in_a_call_or_a_header_reaches_the_database(world):
    """SEC-17: in every field of every call as it is described, and in the headers and cookies that are looked up."""
    browser, before = world.browser("admin"), figures(world)
    described = browser.get("/api/openapi.json").json
    for address, methods in described["paths"].items():
        for method, call in methods.items():
            names = fields_of(described, call)
            path = re.sub(r"{(\w+)}", lambda part: world.numbers.get(part[1], "1"), address)
            for name in names:
                for word in STATEMENTS[:2]:
                    answer = browser.open(
                        path, method=method.upper(), json={name: word}, headers={"Idempotency-Key": word}
                    )
                    assert answer.status_code in (200, 201, 400, 401, 403, 404, 409, 415, 422, 429), (
                        address,
                        name,
                        word,
                    )
                    assert SECRET not in answer.text
    for word in MORE_STATEMENTS:
        client = world.site.test_client()
        client.set_cookie("gsct_session", word)
        for headers in ({}, {"X-Request-ID": word}, {"Authorization": f"Bearer {word}"}, {"Accept-Language": word}):
            assert client.get("/api/auth/me", headers=headers).status_code == 401, (word, headers)
    assert figures(world)[:3] == before[:3]


def fields_of(described: dict, call: dict) -> set[str]:
    """The names of everything a call's body may hold, whatever it holds them in."""
    found: set[str] = set()
    waiting = [call.get("requestBody", {})]
    seen: set[str] = set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            found |= set(part.get("properties", {}))
            link = part.get("$ref", "")
            if isinstance(link, str) and link.startswith("#/") and link not in seen:
                seen.add(link)
                target = described
                for step in link[2:].split("/"):
                    target = target[step]
                waiting.append(target)
            waiting += list(part.values())
    return found
