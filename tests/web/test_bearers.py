"""Programs with a token at the doors: narrowed to scopes, from named sites alone, and out when revoked."""

import re

import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain.people import tokens
from gsctracker.ops import revocation
from tests import factories
from tests.db.one_of_each import good, insert

SALE = {"cookieType": "Thin Mints", "quantity": 1}
SITE = "https://flows.example.org"


@pytest.fixture
def lea(box):
    with box.write() as tx:
        return factories.make_person(tx, "cookie_leader", "Lea")


@pytest.fixture
def program(site, box, lea):
    """Gives a client that carries a token with these scopes."""

    def carrying(*scopes, origins=""):
        with box.write() as tx:
            token = tokens.make(tx, "n8n", scopes, 30, lea, origins)
        client = site.test_client(use_cookies=False)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return carrying


def test_a_token_reads_and_writes_what_its_scopes_say_and_nothing_else(program):
    """COOKIE-36: narrowed to scopes."""
    reader, writer = program("sales:read"), program("sales:write", "season:read")
    assert reader.get("/api/sales").status_code == 200
    refused = reader.post("/api/sales", json=SALE)
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "token_scope")
    assert "sales:write" in refused.json["error"]["message"]
    assert writer.post("/api/sales", json=SALE).status_code == 201
    assert writer.get("/api/sales").status_code == 403
    assert writer.get("/api/troops/1/products").status_code == 200
    for closed in ("/api/troops/1/balances", "/api/troops/1/summary", "/api/troops/1/imports", "/health/detailed"):
        assert reader.get(closed).status_code == 403, closed
    assert reader.get("/api/auth/me").json["user"]["firstName"] == "Lea"


def test_every_call_is_closed_to_a_token_without_its_scope(site, program):
    """A new group of calls is closed to tokens until somebody says which scope opens it."""
    client = program("season:read")
    for rule in site.url_map.iter_rules():
        allowed = site.view_functions[rule.endpoint].allowed
        group = rule.endpoint.partition(".")[0]
        if allowed == "public" or rule.endpoint == "auth_calls.me" or group == "products_calls":
            continue
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            if not site.url_map.bind("localhost").test(address, method):
                continue
            assert client.open(address, method=method).status_code == 403, (method, address)


def test_a_token_goes_no_further_than_its_owners_role(box, site, lea, program, admin):
    from gsctracker.domain.people import accounts

    client = program("stock:write")
    assert client.post("/api/troops/1/transfers", json={}).status_code == 422
    with box.write() as tx:
        accounts.change_role(tx, lea.id, "leader", admin)
    assert client.post("/api/troops/1/transfers", json={}).status_code == 403


@pytest.mark.parametrize("header", ["Bearer gsct_", "Bearer gsct_" + "x" * 43, "Bearer gsct_ x", "Bearer gsct_\u00e9"])
def test_a_token_of_another_box_is_refused_even_beside_a_good_cookie(leader, header):
    """SEC-22: token of another instance refused; it is never mended by a cookie."""
    answer = leader.get("/api/sales", headers={"Authorization": header})
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "not_signed_in")


def test_a_token_that_ran_out_is_refused(box, program):
    client = program("sales:read")
    with box.write() as tx:
        run(tx, "UPDATE api_tokens SET expires_at = :past", past=clock.after(seconds=-1))
    assert client.get("/api/sales").status_code == 401


def test_no_other_site_reads_anything(leader, program):
    """SEC-15: no CORS by default; a foreign Origin gets no allow header."""
    for client in (leader, program("sales:read"), program("sales:read", "sales:write", origins=SITE)):
        answer = client.get("/api/sales", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in answer.headers
        asked = client.options(
            "/api/sales", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
        )
        assert "Access-Control-Allow-Origin" not in asked.headers
        assert client.post("/api/sales", json=SALE, headers={"Origin": "https://evil.example"}).status_code == 403


def test_a_site_that_a_token_names_reads_with_that_token_alone(leader, program):
    client = program("sales:read", "sales:write", origins=SITE)
    before = client.options("/api/sales", headers={"Origin": SITE, "Access-Control-Request-Method": "POST"})
    assert before.status_code == 204
    assert before.headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Credentials" not in before.headers
    headers = {"Origin": SITE, "Sec-Fetch-Site": "cross-site"}
    answer = client.post("/api/sales", json=SALE, headers=headers)
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert leader.post("/api/sales", json=SALE, headers=headers).status_code == 403
    assert "Access-Control-Allow-Origin" not in leader.get("/api/sales", headers=headers).headers
    assert program("sales:write").post("/api/sales", json=SALE, headers=headers).status_code == 403


def test_its_last_day_of_use_is_noted_once_a_day(box, program):
    client = program("sales:read")
    client.get("/api/sales")
    with box.read() as tx:
        assert value(tx, "SELECT used_on FROM api_tokens") == clock.now()[:10]
    before = box.generation()
    client.get("/api/sales")
    assert box.generation() == before


def test_one_step_shuts_everybody_out(box, site, leader, program, admin):
    """SEC-06: after it every cookie and token gets 401, and every link is gone."""
    from gsctracker.domain.people import invitations, resets

    client = program("sales:read")
    with box.write() as tx:
        link = invitations.invite(tx, "new@example.org", "leader", admin)
        reset = resets.start(tx, leader.person.id, admin)
        insert(tx, "passkeys", good("passkeys", account_id=leader.person.id))
        insert(tx, "push_subscriptions", good("push_subscriptions", account_id=leader.person.id))
    assert {one.get("/api/sales").status_code for one in (leader, client)} == {200}
    ended = revocation.revoke_everything(box)
    assert {ended[what] for what in ("sessions", "invitations", "tokens", "resets", "passkeys", "pushes")} == {1}
    assert {one.get("/api/sales").status_code for one in (leader, client)} == {401}
    assert {site.test_client().get(each).status_code for each in (f"/join/{link}", f"/reset/{reset}")} == {404}
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM audit_log WHERE action = 'access.revoked'") == 1


def test_she_makes_a_token_on_a_page_and_revokes_it(leader, site):
    form = {"name": "n8n", "scopes": ["sales:read"], "days": "30", "origins": ""}
    page = leader.post("/account/tokens", data=form)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    token = re.search(r"gsct_[\w-]{43}", page.text)[0]
    again = leader.get("/account/tokens")
    assert token not in again.text
    assert "n8n" in again.text
    client = site.test_client()
    assert client.get("/api/sales", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert leader.post("/account/tokens", data=form | {"scopes": []}).status_code == 422
    action = re.search(r"/account/tokens/\d+/revoke", again.text)[0]
    assert leader.post(action).status_code == 303
    assert client.get("/api/sales", headers={"Authorization": f"Bearer {token}"}).status_code == 401
