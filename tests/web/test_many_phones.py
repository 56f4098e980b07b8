"""Two hundred phones come home at the same moment: everybody's sales are taken in, none is refused, none counts twice."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor

from tests.browser.booth_phones import a_table

PHONES, SALES = 200, 5


def test_two_hundred_phones_send_at_once_and_again(tmp_path):
    """UX-21, PERF-04: a real server, two connections a phone; the second brings the same once more."""
    with a_table(tmp_path / "box") as table:

        def bring(number: int) -> tuple[int, list[str]]:
            device = f"{number % PHONES:x}"
            entries = [
                {
                    "id": f"{number % PHONES * 1000 + sale:032x}",
                    "device": device,
                    "counter": sale,
                    "capturedAt": "2026-02-14T17:00:00Z",
                    "offsetSeconds": 0,
                    "kind": "sale",
                    "pay": "cash",
                    "items": [{"product": "TM", "quantity": 1}],
                }
                for sale in range(SALES)
            ]
            line = http.client.HTTPConnection("127.0.0.1", table.server.port, timeout=60)
            try:
                line.request(
                    "POST",
                    f"/api/troops/1/booths/{table.booth}/entries",
                    json.dumps({"entries": entries, "device": device}),
                    {"Content-Type": "application/json", "Cookie": f"gsct_session={table.tokens['olga']}"},
                )
                answer = line.getresponse()
                return answer.status, [one["result"] for one in json.loads(answer.read())["results"]]
            finally:
                line.close()

        with ThreadPoolExecutor(PHONES) as phones:
            answers = list(phones.map(bring, range(2 * PHONES)))
        assert {status for status, _ in answers} == {200}
        results = [one for _, said in answers for one in said]
        assert (results.count("taken"), results.count("again")) == (PHONES * SALES, PHONES * SALES)
        assert table.tally() == {"TM": PHONES * SALES}
