"""Every route, called by everybody: who enters, who is sent away, and for whom there is nothing there."""

import re
from collections import Counter

import pytest

from gsctracker.domain.people import roles
from gsctracker.web.headers import FOR_CALLS, FOR_PAGES, NOT_SNIFFED
from tests.security.objects import OBJECTS, names_in, rule_of
from tests.security.world import FAMILY, MARKS, OTHERS, PEOPLE, World

NO_NUMBER = "999999"
RUNS_BOOTHS = {"leader", "cookie_leader", "admin"}
STREAM = "/booths/live/events"
ASKED_AGAIN_AND_AGAIN = "/booths/live/part"
"""A part of a page without anything of a family's: a phone that has it already asks whether it is still so."""


@pytest.fixture(scope="module")
def answers(made_world):
    """What everybody got from every route: {(method, address of the rule): {who: answer}}. What was changed is put back."""
    made_world.put_back()
    found = {}
    for method, rule, _ in made_world.routes():
        found[method, rule.rule] = {who: asked(made_world, who, method, made_world.address(rule)) for who in PEOPLE}
    return found


def asked(world: World, who: str, method: str, address: str):
    """The answer to one call with an empty body; what it changed is taken back."""
    sent = {"json": {}} if address.startswith("/api/") and method != "GET" else {}
    answer = world.browser(who).open(address, method=method, buffered=address != STREAM, **sent)
    if method != "GET" and answer.status_code < 400:
        world.put_back()
    if address == STREAM:
        answer.close()
    return answer


def is_sent_to_sign_in(answer) -> bool:
    return (
        answer.status_code == 401
        or answer.headers.get("Location", "").startswith("/sign-in?")
        or (answer.status_code == 302 and answer.headers.get("Location") == "/sign-in")
    )


def may(world: World, who: str, allowed: str) -> bool:
    return who in world.people and (
        allowed in ("public", "anyone") or world.people[who].role in roles.PERMISSIONS[allowed]
    )


def test_every_name_in_an_address_has_its_rule(made_world):
    """SEC-31: default deny: a new name in an address says in tests/security/objects.py whose it is, or this fails."""
    named = {name for _, rule, _ in made_world.routes() for name in names_in(rule.rule)}
    assert not named - set(OBJECTS), "say whose these are"


def test_every_route_enters_whom_its_permission_names_and_nobody_else(made_world, answers, caplog):
    """SEC-31 AUTH-01: strangers are asked to sign in, roles without the permission get 403, the others come in."""
    wrong = []
    for method, rule, allowed in made_world.routes():
        for who, answer in answers[method, rule.rule].items():
            sent_away = is_sent_to_sign_in(answer)
            if allowed == "public":
                fits = not answer.headers.get("Location", "").startswith("/sign-in?")
            elif who not in made_world.people:
                fits = sent_away and answer.status_code == (401 if rule.rule.startswith("/api/") else 302)
            elif not may(made_world, who, allowed):
                fits = answer.status_code == 403
            else:
                fits = not sent_away
            if not fits or answer.status_code >= 500:
                wrong.append(f"{who}: {method} {rule.rule} ({allowed}) gave {answer.status}")
    assert not wrong, "\n".join(wrong)


def test_what_is_another_familys_is_not_there(made_world, answers, caplog):
    """SEC-31 AUTH-05: to another family a girl, her sales, boxes and places answer as a number that was never given."""
    wrong, tried = [], Counter()
    for method, rule, allowed in made_world.routes():
        if rule_of(rule.rule) not in ("family", "own") or allowed == "public":
            continue
        nothing = made_world.address(re.sub(r"<id:\w+>", NO_NUMBER, rule.rule))
        for who in OTHERS:
            if not may(made_world, who, allowed):
                continue
            tried[who] += 1
            hers, none = answers[method, rule.rule][who], asked(made_world, who, method, nothing)
            if hers.status_code not in (404, 422) or without_id(hers) != without_id(none):
                wrong.append(f"{who}: {method} {rule.rule} gave {hers.status}, of nothing {none.status}")
        is_there = not set(names_in(rule.rule)) - set(made_world.numbers) and rule.rule not in NOTHING_YET
        for who in FAMILY if rule_of(rule.rule) == "family" and is_there else ():
            if may(made_world, who, allowed) and answers[method, rule.rule][who].status_code in (401, 403, 404):
                wrong.append(f"{who}: {method} {rule.rule} gave {answers[method, rule.rule][who].status}")
    assert not wrong, "\n".join(wrong)
    assert min(tried["another girl"], tried["another mother"]) > 15


NOTHING_YET = {"/scouts/<id:scout_id>/data/deletion/take-back"}
"""What her family comes to as well only after it did something else first."""


def without_id(answer) -> tuple[int, str]:
    """What she sees of an answer, without what is different each time and the address that she asked for herself."""
    return answer.status_code, answer.text.replace(answer.headers["X-Request-ID"], "").replace(answer.request.path, "")


def test_what_is_done_at_a_booth_is_for_who_stands_there(made_world, answers, caplog):
    """SEC-31 BOOTH-30: the mother who signed up for the booth comes in; another mother and all girls do not."""
    wrong, tried = [], 0
    for method, rule, allowed in made_world.routes():
        if rule_of(rule.rule) != "table" or not may(made_world, "another mother", allowed):
            continue
        tried += 1
        got = {who: answer.status_code for who, answer in answers[method, rule.rule].items()}
        if got["another mother"] not in (403, 404, 422) or got["another girl"] not in (403, 404, 422):
            wrong.append(f"{method} {rule.rule} let others in: {got}")
        if got["Ava's mother"] == 403:
            wrong.append(f"{method} {rule.rule} refused who stands there: {got}")
    assert not wrong, "\n".join(wrong)
    assert tried > 8


def test_no_answer_tells_another_family_anything_of_hers(made_world, answers, caplog):
    """SEC-31 AUTH-14: her customer, her mother's address, her notes and receipts stand in no answer to anybody else."""
    told = [
        f"{who}: {method} {address} holds {mark}"
        for (method, address), by_whom in answers.items()
        for who in OTHERS
        for mark in MARKS
        if address != STREAM and mark.encode() in by_whom[who].data
    ]
    assert not told, "\n".join(told)
    seen = {mark for by_whom in answers.values() for mark in MARKS if mark.encode() in _all_text(by_whom)}
    assert seen == set(MARKS), "the marks are really in the box, and its leaders read them"


def _all_text(by_whom) -> bytes:
    return b"" if by_whom["cookie leader"].is_streamed else by_whom["cookie leader"].data


def test_every_answer_carries_the_headers_of_its_kind(made_world, answers, caplog):
    """SEC-13 SEC-15: pages, calls and files each have their set, for everybody and with any status, and none opens to another origin."""
    for (method, address), by_whom in answers.items():
        is_call = address.startswith("/api/") and address != "/api/docs"
        for who, answer in by_whom.items():
            headers = answer.headers
            is_page = headers.get("Content-Type", "").startswith("text/html")
            for name, text in FOR_CALLS if is_call else FOR_PAGES if is_page else NOT_SNIFFED:
                assert headers.getlist(name).count(text) == 1 or name in ("Cache-Control", "Vary"), (
                    method,
                    address,
                    name,
                )
            assert not [name for name, _ in headers if name.lower().startswith("access-control-")], address
            assert not {"Server", "X-Powered-By"} & set(dict(headers))
            if who in made_world.people and is_page and answer.status_code == 200:
                kept = "private, no-cache" if address == ASKED_AGAIN_AND_AGAIN else "no-store"
                assert headers["Cache-Control"] == kept, (who, method, address)
            for cookie in headers.getlist("Set-Cookie"):
                assert "HttpOnly" in cookie, (method, address)
                assert "SameSite=" in cookie, (method, address)


def test_no_get_changes_anything(made_world, caplog):
    """SEC-16: what is asked for is only looked at: no GET leaves the box other than it was."""
    made_world.put_back()
    ignored = {"sessions", "once_answers"}
    before, changed = rows_of(made_world, ignored), []
    for method, rule, _ in made_world.routes():
        if method == "GET" and rule.rule not in ("/metrics", STREAM):
            asked(made_world, "admin", method, made_world.address(rule))
    after = rows_of(made_world, ignored)
    changed = [name for name in before if before[name] != after[name]]
    assert changed in ([], ["audit_log"]), changed


def rows_of(world: World, ignored: set[str]) -> dict[str, int]:
    """A figure for the content of every table."""
    names = [name for (name,) in world.file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {name: hash(tuple(world.file.execute(f'SELECT * FROM "{name}"'))) for name in names if name not in ignored}


HER_FIELDS = ("scout", "scoutId", "scout_id", "girl", "girls", "account", "accountId", "who", "seller", "scouts")
FITTING = {
    "quantity": "2", "boxes": "3", "cookieType": "Thin Mints", "product": "1", "customerName": "Someone", "amountCents": 500,
    "amount": "5.00", "method": "cash", "kind": "T2G", "version": "1", "done": "yes", "check": "yes",
    "items": [{"product": "TM", "quantity": 2}],
    "first_name": "Cleo", "name": "Cleo", "note": "x", "notes": "x", "status": "delivered", "came": "16:00", "left": "17:00", "b1": "2",
    "p1": "2", "box1": "2",
}  # fmt: skip


@pytest.mark.parametrize("who", ["another girl", "another mother"])
def test_no_write_of_another_family_touches_her(world, who):
    """SEC-31 SEC-36: with Ava's numbers in every address and every field, nothing of Ava's is changed, and nothing becomes hers."""
    ava, changed, took = int(world.numbers["scout_id"]), [], 0
    before = hers(world, ava)
    said = dict.fromkeys(HER_FIELDS, world.numbers["scout_id"])
    for method, rule, allowed in world.routes():
        if method == "GET" or not may(world, who, allowed) or rule.rule.startswith("/api/auth/"):
            continue
        address = world.address(rule)
        if address.startswith("/api/"):
            body = {"json": FITTING | dict.fromkeys(("scoutId", "scout", "girl"), ava)}
        else:
            body = {"data": {name: text for name, text in (FITTING | said).items() if isinstance(text, str)}}
        answer = world.browser(who).open(address, method=method, **body)
        took += answer.status_code < 400
        if hers(world, ava) != before:
            changed.append(f"{method} {rule.rule} gave {answer.status}")
        if answer.status_code < 400:
            world.put_back()
    assert not changed, "\n".join(changed)
    assert took, "some of what was sent fits, so the door itself is not what kept it out"


def hers(world: World, ava: int) -> dict[str, list]:
    """Every row that names her, in every table that names girls."""
    return {
        table: list(world.file.execute(f'SELECT * FROM "{table}" WHERE {column} = ?', (ava,)))
        for table, column in world.file.execute(
            """SELECT made.name, had.name FROM sqlite_schema AS made JOIN pragma_table_info(made.name) AS had
                WHERE made.type = 'table' AND (had.name = 'scout_id' OR made.name = 'scouts' AND had.name = 'id')"""
        )
    }
