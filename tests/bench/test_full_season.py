"""What a full season costs: 25 girls, 6,000 sales, 60 booths. Nothing here is timed, so it is the same on every machine."""

import re
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from gsctracker.db.changes import SECONDS_UNWATCHED
from tests.bench.queries import listening, look_at_everything
from tests.db.filled import season_of

MOST_STEPS = 1_200_000
"""Of SQLite's virtual machine, for one query: about 15 ms on a small computer. The dearest reads the ledgers of a season once."""

ANSWERS = Path(__file__).with_name("answers.txt")
"""Each call of the API with its fields in a full season, and the most bytes it may have. Written by people: it is the promise."""


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """The season, and what was asked of SQLite while everybody looked at everything."""
    with listening() as listener:
        for season in season_of(tmp_path_factory.mktemp("full"), 25, 6000, 60):
            listener.queries.clear()
            look_at_everything(season)
            yield season, dict(listener.queries)


def test_no_query_of_any_page_reads_more_than_it_may(full):
    """PERF-03: each query of the pages, calls and exports stays under a number of steps."""
    _, queries = full
    reading = [query for query in queries.values() if re.match(r"\s*(SELECT|WITH)\b", query.sql)]
    assert len(reading) > 60
    assert [(query.asked_by, query.steps) for query in reading if query.steps > MOST_STEPS] == []
    assert max(query.steps for query in reading) > MOST_STEPS / 4, "the number says nothing any more: lower it"


def test_the_list_of_queries_can_be_had_with_their_times():
    """PERF-03: the script lists each query with its time, and says so where one is too slow."""
    small = [sys.executable, "-m", "tests.bench.queries", "--scouts", "5", "--sales", "60", "--booths", "4"]
    done = subprocess.run([*small, "--most-milliseconds", "60000"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"reports/summary\.products: SELECT", done.stdout)
    assert re.search(r"\d+ queries, 0 of them over 60000 ms", done.stdout)
    slow = subprocess.run([*small, "--most-milliseconds", "0"], capture_output=True, text=True, timeout=120)
    assert slow.returncode == 1
    assert "TOO SLOW" in slow.stdout


@pytest.mark.parametrize("address", ["/api/troops/1/summary", "/api/troops/1/reports/summary"])
def test_the_summary_asked_for_again_says_nothing_to_sqlite(full, address):
    """PERF-12: zero statements for the second call; after a write they are said again."""
    season, _ = full
    leader = season.browser("cookie_leader")
    time.sleep(2 * SECONDS_UNWATCHED)
    season.db.generation()  # SQLite, too, has noticed that she signed in
    assert leader.get(address).status_code == 200
    season.said.spoken.clear()
    assert leader.get(address).status_code == 200
    assert [sql for sql in season.said.spoken if sql != "PRAGMA data_version"] == []
    assert leader.post("/api/sales", json={"cookieType": "Thin Mints", "quantity": 1}).status_code == 201
    season.said.spoken.clear()
    leader.get(address)
    assert any("troop_sold" in sql for sql in season.said.spoken)


def promised():
    """address -> (fields, most bytes)."""
    found = {}
    for line in ANSWERS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            address, most, fields = line.split(maxsplit=2)
            found[address] = fields, int(most)
    return found


def fields_of(answer) -> str:
    """The names in an answer by the alphabet; of a list those of any entry: `items[id name] next total`."""
    if isinstance(answer, list):
        together: dict[str, object] = {}
        for one in answer:
            together |= one if isinstance(one, dict) else {}
        return f"[{fields_of(together)}]"
    inner = {name: fields_of(value) if isinstance(value, list) else _braced(value) for name, value in answer.items()}
    return " ".join(f"{name}{inside}" for name, inside in sorted(inner.items()))


def _braced(inner) -> str:
    return f"{{{fields_of(inner)}}}" if isinstance(inner, dict) else ""


def nothings_in(answer, name="") -> set[str]:
    """The names of fields that are null."""
    if isinstance(answer, dict):
        return {found for inner, value in answer.items() for found in nothings_in(value, inner)}
    if isinstance(answer, list):
        return {found for value in answer for found in nothings_in(value, name)}
    return {name} if answer is None else set()


@pytest.mark.parametrize("address", promised())
def test_an_answer_has_the_promised_fields_and_stays_small(full, address):
    """PERF-16: the fields of each answer of the API, and its size for a full season."""
    fields, most = promised()[address]
    season, _ = full
    answer = season.browser("cookie_leader").get(season.pages().get(address, address))
    said = msgspec.json.decode(answer.data)
    assert answer.status_code == 200
    assert fields_of(said) == fields
    assert nothings_in(said) <= {"next", "goalBoxes"}, "a field without a value is left out"
    assert len(answer.data) <= most


def test_every_answer_that_can_be_read_is_promised(full):
    """PERF-16: a new call needs its line; previews of imports are as large as their file, and have pages."""
    season, _ = full
    own = re.compile(r"/troops/(1|<troop:tid>)")
    kept = {re.sub(r"<[^>]+>", "<n>", own.sub("", address.partition("?")[0])) for address in promised()}
    served = {
        re.sub(r"<[^>]+>", "<n>", own.sub("", rule))
        for rule in season.pages()
        if rule.startswith("/api/")
        and rule not in ("/api/docs", "/api/openapi.json")
        and "/imports" not in rule
        and not rule.endswith("/receipts/<id:receipt_id>")  # nobody was given a receipt in this season
    }
    assert served == kept
