#!/usr/bin/env python3
"""Talks to a running box as any program can: signs in, reads the sales and the summary, records a sale.

    python3 examples/api_calls.py http://127.0.0.1:3000 leader@example.org "the password"

Nothing but Python is needed.
"""

import json
import sys
import urllib.request
import uuid
from http.cookiejar import CookieJar


def main() -> int:
    """Make the calls one after another and say what came back."""
    if len(sys.argv) != 4:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    address, email, password = sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3]
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))  # keeps the session's cookie

    def call(method: str, path: str, body: dict | None = None, **headers: str) -> dict:
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(  # noqa: S310 - the address is the one you typed
            address + path, data, {"Content-Type": "application/json", **headers}, method=method
        )
        with opener.open(asked, timeout=30) as answer:
            return json.load(answer)

    who = call("POST", "/api/auth/login", {"email": email, "password": password})["user"]
    print(f"signed in as {who['firstName']}, {who['role']}")

    sales = call("GET", "/api/sales?limit=5")
    print(f"{sales['total']} sales, the newest:")
    for sale in sales["items"]:
        print(f"  {sale['date']}  {sale['boxes']:>3} packages  {sale['customerName']}")

    before = call("GET", "/api/troops/1/reports/summary")
    print(f"{before['totals']['boxes']} packages sold by {len(before['scouts'])} girls")

    # the key makes it safe to send the same sale again when no answer came: it is recorded once
    new = {"cookieType": "Thin Mints", "quantity": 2, "customerName": "Test Customer"}
    key = str(uuid.uuid4())
    sale = call("POST", "/api/sales", new, **{"Idempotency-Key": key})
    again = call("POST", "/api/sales", new, **{"Idempotency-Key": key})
    print(f"recorded sale {sale['id']}" + ("" if again["id"] == sale["id"] else " twice"))

    after = call("GET", "/api/troops/1/reports/summary")
    print(f"now {after['totals']['boxes']} packages")
    return 0 if after["totals"]["boxes"] == before["totals"]["boxes"] + 2 else 1


if __name__ == "__main__":
    sys.exit(main())
