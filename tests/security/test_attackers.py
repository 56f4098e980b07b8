"""Five people who want what is not theirs, or what is, each against a server that runs: what each could do and what not."""

import contextlib
import http.client
import json
import re
import shutil
import subprocess
import sys
from urllib.parse import urlencode

import apsw
import pytest

from gsctracker.web.pages import sign_in
from tests.running import clean_environment, started

PASSWORD = "thin mints for all"
AVA, CLEO = "Ava", "Cleo"


class Visitor:
    """Somebody with a browser: it keeps her cookies and says where its requests come from."""

    def __init__(self, server):
        self.server, self.cookies = server, {}

    def ask(self, method, path, fields=None, *, call=None, headers=()):
        """Status and text of the answer to a form, or to a call with JSON."""
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            sent = {"Cookie": "; ".join(f"{name}={word}" for name, word in self.cookies.items()), **dict(headers)}
            body = None
            if call is not None:
                body, sent["Content-Type"] = json.dumps(call), "application/json"
            elif fields is not None:
                body, sent["Content-Type"] = urlencode(fields), "application/x-www-form-urlencoded"
            line.request(method, path, body, sent)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or ():
                name, _, rest = cookie.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            line.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers=tuple(headers.items()))

    def post(self, path, **fields):
        return self.ask("POST", path, fields)

    def signed_in(self, name, password=PASSWORD):
        status, said = self.post("/sign-in", email=name, password=password)
        assert status == 303, said
        return self


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """The example troop of six girls behind a server that runs."""
    folder = tmp_path_factory.mktemp("attacked") / "data"
    command = [sys.executable, "-m", "gsctracker", "demo", "--scouts", "6", "--sales", "60", "--booths", "4", "--yes"]
    subprocess.run([*command, "--data-dir", str(folder)], env=clean_environment(), check=True, capture_output=True)
    with started(folder) as server:
        yield server


def looked_up(box, sql, *values):
    """What a statement finds in the live file, read from outside."""
    reader = apsw.Connection(str(box.folder / "gsctracker.db"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return reader.execute(sql, values).fetchall()
    finally:
        reader.close()


def girl(box, name):
    ((number,),) = looked_up(box, "SELECT id FROM scouts WHERE first_name = ?", name)
    return number


def test_an_attacker_on_the_network_gets_no_further_than_the_door(box):
    """SEC-14 SEC-16 SEC-31: no account, a guessed password, a second set-up, a foreign page, a foreign name of the box."""
    stranger = Visitor(box)
    for path in ("/", "/scouts", "/audit", "/copies", "/api/sales", "/api/troops/1/summary", "/health/detailed"):
        assert stranger.get(path)[0] in (302, 401), path
    assert stranger.get("/set-up?code=aaaa-bbbb-cccc")[0] == 302
    assert stranger.post("/set-up", code="aaaa-bbbb-cccc", email="x@example.org")[0] in (403, 404, 409, 422)
    assert stranger.get("/", Host="evil.example.com")[0] == 400
    for path in (
        "/static/../gsctracker.db",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/../data/gsctracker.db",
        "/.env",
        "/secrets/session",
    ):
        assert stranger.get(path)[0] in (302, 400, 404), path
    met = [stranger.post("/sign-in", email="leader@example.org", password=f"guess {n}")[0] for n in range(7)]
    assert met[:5] == [422] * 5 or met[:5] == [401] * 5, met
    assert met[-1] == 429
    leader = Visitor(box).signed_in("cookies@example.org")
    foreign = {"Origin": "http://evil.example.com", "Sec-Fetch-Site": "cross-site"}
    status, _ = leader.ask(
        "POST", "/api/sales", call={"cookieType": "Thin Mints", "quantity": 9}, headers=tuple(foreign.items())
    )
    assert status == 403
    assert Visitor(box).ask("TRACE", "/")[0] == 405
    assert stranger.get("/health")[0] == 200


def test_a_curious_scout_sees_herself_and_changes_nothing_of_others(box):
    """SEC-31 AUTH-01: other girls' pages, lists and calls; a role of her own making; what her family owes."""
    ava, cleo = girl(box, AVA), girl(box, CLEO)
    scout = Visitor(box).signed_in("ava-b")
    before = looked_up(box, "SELECT group_concat(id || role || state || first_name) FROM accounts")
    for path in (f"/scouts/{cleo}", f"/scouts/{cleo}/data", f"/scouts/{ava}/data", f"/consents/{ava}", "/people", "/audit", "/copies",
                 "/money", "/imports", "/settings", f"/why/balance/{cleo}", f"/why/balance/{ava}", f"/goals?scout={cleo}"):  # fmt: skip
        status, said = scout.get(path)
        assert status in (403, 404) or CLEO not in said, (path, status)
    for path in (
        f"/api/sales?scoutId={cleo}",
        "/api/troops/1/scouts",
        "/api/troops/1/summary",
        "/api/troops/1/balances",
        "/api/sales",
    ):
        status, said = scout.get(path)
        assert status in (403, 404) or (CLEO not in said and 'customerPhone":"5' not in said), path
    sale = {"cookieType": "Thin Mints", "quantity": 3, "customerName": "A neighbour", "scoutId": cleo}
    assert scout.ask("POST", "/api/sales", call=sale)[0] in (403, 404, 422)
    assert scout.post(f"/people/{looked_up(box, 'SELECT min(id) FROM accounts')[0][0]}/role", role="admin")[0] in (
        403,
        404,
    )
    assert scout.post("/account/name", firstName="Ava", lastName="Birnbaum", role="admin", scout_id=cleo)[0] == 303
    assert scout.post(f"/consents/{ava}/withdraw")[0] == 403
    assert scout.post("/account/tokens", name="mine", scopes="sales:read", days="30")[0] == 403
    assert looked_up(box, "SELECT group_concat(id || role || state || first_name) FROM accounts") == before
    assert looked_up(box, "SELECT count(*) FROM accounts WHERE last_name = 'Birnbaum'") == [(0,)]


def test_a_parent_of_another_family_finds_nothing_of_hers(box):
    """SEC-31 AUTH-05: what is another family's answers as what was never there, read or written, and her own is there."""
    ava, cleo = girl(box, AVA), girl(box, CLEO)
    other = Visitor(box).signed_in("dana.n3@example.org")  # Cleo's mother
    assert other.get(f"/scouts/{cleo}/data")[0] == 200
    nothing = girl(box, AVA) + 9000
    for path in (
        "/scouts/{}",
        "/scouts/{}/data",
        "/scouts/{}/data/files/1",
        "/consents/{}",
        "/consents/{}/letter",
        "/why/balance/{}",
    ):
        hers, none = other.get(path.format(ava)), other.get(path.format(nothing))
        assert hers[0] == none[0] == 404, path
    for path in (
        "/consents/{}/withdraw",
        "/consents/{}/letters",
        "/consents/{}/account",
        "/scouts/{}/data/deletion",
        "/scouts/{}/data/files",
    ):
        assert (
            other.post(path.format(ava), asked="1", nickname="taken", password=PASSWORD, repeat=PASSWORD)[0] == 404
        ), path
    for (sale,) in looked_up(box, "SELECT id FROM orders WHERE scout_id = ? LIMIT 3", ava):
        assert other.get(f"/api/sales/{sale}")[0] == 404
        assert other.ask("PATCH", f"/api/sales/{sale}", call={"notes": "mine"})[0] == 404
        assert other.ask("DELETE", f"/api/sales/{sale}")[0] == 404
    status, said = other.get("/api/troops/1/summary")
    assert status == 200
    assert {row["scoutId"] for row in json.loads(said)["scouts"]} == {cleo}
    assert looked_up(box, "SELECT count(*) FROM deletion_requests WHERE scout_id = ?", ava) == [(0,)]


def test_a_thief_with_the_card_reads_it_and_comes_into_the_living_box_with_nothing_on_it(box, tmp_path):
    """SEC-38 SEC-01: she has the file and the keys: she reads names, and no secret that opens a door stands there. The proof that a
    password was right, which she signs herself with each key that lies there, is no proof.
    """
    admin = Visitor(box).signed_in("admin@example.org")
    card = tmp_path / "card"
    with contextlib.closing(apsw.Connection(str(box.folder / "gsctracker.db"))) as live:
        card.mkdir()
        live.execute("VACUUM INTO ?", (str(card / "gsctracker.db"),))
    shutil.copytree(box.folder / "secrets", card / "secrets")
    raw = (card / "gsctracker.db").read_bytes()
    assert admin.cookies["gsct_session"].encode() not in raw
    assert PASSWORD.encode() not in raw
    words = {word.decode() for word in re.findall(rb"[A-Za-z0-9_-]{32,64}", raw)}
    stolen = apsw.Connection(str(card / "gsctracker.db"))
    hashes = {
        word for (word,) in stolen.execute("SELECT token_hash FROM sessions UNION SELECT token_hash FROM invitations")
    }
    ((account, kept),) = stolen.execute("SELECT id, password_hash FROM accounts WHERE role = 'admin'").fetchall()
    stolen.close()
    assert hashes <= words
    thief = Visitor(box)
    for word in sorted(hashes)[:6] + sorted(words - hashes)[:6]:
        thief.cookies = {"gsct_session": word}
        assert thief.get("/api/auth/me")[0] == 401
        assert thief.get("/api/sales", Authorization=f"Bearer gsct_{word}")[0] == 401
        assert (
            thief.get(f"/reset/{word}")[0] == thief.get(f"/join/{word}")[0] == thief.get(f"/consent/{word}")[0] == 404
        )
    from itsdangerous import URLSafeTimedSerializer

    for file in (card / "secrets").iterdir():
        ticket = URLSafeTimedSerializer(file.read_text().strip(), salt="gsctracker second step")
        thief.cookies = {}
        status, _ = thief.post("/sign-in/code", ticket=ticket.dumps([account, sign_in._mark(kept)]), code="123456")
        assert (status, "gsct_session" in thief.cookies) == (303, False), "she is asked to sign in once more"
    assert thief.get("/api/auth/me")[0] == 401


def test_a_guardian_who_wants_her_daughters_data_gone_sees_it_gone(box):
    """AUTH-06 AUTH-08: she asks, a leader confirms with her password, the answer says where the name was looked for; then she and the
    girl cannot come in, the boxes are still counted, and no byte of the file or its log holds what was hers.
    """
    number = girl(box, "Esme")
    mother, daughter = Visitor(box).signed_in("kim.f5@example.org"), Visitor(box).signed_in("esme-f")
    ((boxes,),) = looked_up(box, "SELECT coalesce(sum(boxes), 0) FROM orders WHERE scout_id = ?", number)
    assert boxes
    status, said = mother.get(f"/scouts/{number}/data")
    assert (status, "Esme" in said) == (200, True)
    assert mother.post(f"/scouts/{number}/data/deletion")[0] == 303
    assert mother.post(f"/scouts/{number}/data/deletion/confirm", password=PASSWORD)[0] == 403
    leader = Visitor(box).signed_in("cookies@example.org")
    form = leader.get(f"/scouts/{number}/data/deletion")[1]
    assert 'name="password"' in form
    assert leader.post(f"/scouts/{number}/data/deletion/confirm", password="not her password")[0] in (403, 422)
    status, said = leader.post(f"/scouts/{number}/data/deletion/confirm", password=PASSWORD)
    assert status == 200, said
    for gone in (mother, daughter):
        assert gone.get("/api/auth/me")[0] == 401
    assert Visitor(box).post("/sign-in", email="esme-f", password=PASSWORD)[0] in (401, 422)
    assert looked_up(box, "SELECT first_name, last_initial FROM scouts WHERE id = ?", number) == [
        ("Scout", str(number))
    ]
    assert looked_up(box, "SELECT sum(boxes) FROM orders WHERE scout_id = ?", number) == [(boxes,)]
    for table, column in looked_up(
        box,
        """SELECT made.name, had.name FROM sqlite_schema AS made JOIN pragma_table_info(made.name) AS had
            WHERE made.type = 'table' AND had.type IN ('TEXT', 'BLOB')""",
    ):
        found = looked_up(box, f'SELECT count(*) FROM "{table}" WHERE instr(lower(CAST("{column}" AS TEXT)), \'esme\')')
        assert found == [(0,)], (table, column)
    assert "esme" not in box.said().lower()
