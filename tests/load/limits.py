#!/usr/bin/env python3
"""What this machine allows at best: the floor under every figure of the load harness.

Times, in one process and without a server of anyone's: a loopback request, SQLite reads and commits on
this disk, fsync, JSON and gzip of a typical answer, password hashing, and one pass through Flask where it
is installed. Usage: limits.py DATASET.json [--dir FOLDER]   (FOLDER decides which disk is measured)
"""

import argparse
import gzip
import hashlib
import json
import os
import socket
import sqlite3
import tempfile
import threading
import time


def rate(fn, seconds=1.0, batch=1):
    """(microseconds a call, best of three rounds)"""
    best = None
    for _ in range(3):
        n, start = 0, time.perf_counter()
        while True:
            for _ in range(batch):
                fn()
            n += batch
            took = time.perf_counter() - start
            if took >= seconds / 3:
                break
        best = min(best or 9e9, took / n * 1e6)
    return best


def show(what, us, note=""):
    print(f"| {what} | {us:,.1f} | {1e6 / us:,.0f} | {note} |", flush=True)


def loopback():
    """A request and its answer over one kept-alive loopback connection, no HTTP parsing at either end."""
    srv = socket.create_server(("127.0.0.1", 0))

    def serve():
        c, _ = srv.accept()
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            if not c.recv(4096):
                return
            c.sendall(b"x" * 1000)

    threading.Thread(target=serve, daemon=True).start()
    s = socket.create_connection(srv.getsockname())
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def once():
        s.sendall(b"y" * 300)
        s.recv(4096)

    us = rate(once, batch=100)
    s.close()
    return us


def make_db(path, data, journal, sync):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(f"PRAGMA journal_mode={journal}")
    db.execute(f"PRAGMA synchronous={sync}")
    db.execute("CREATE TABLE IF NOT EXISTS people(id INTEGER PRIMARY KEY, name TEXT)")
    db.execute(
        "CREATE TABLE IF NOT EXISTS sales(id INTEGER PRIMARY KEY, seller INTEGER, product TEXT, quantity INTEGER, unit TEXT, day TEXT,"
        " customer TEXT, address TEXT, phone TEXT, collected INTEGER, due INTEGER, method TEXT, order_no TEXT, status TEXT)"
    )
    db.execute("CREATE INDEX IF NOT EXISTS sales_seller_day ON sales(seller, day)")
    if not db.execute("SELECT 1 FROM sales LIMIT 1").fetchone():
        sellers = {u["key"]: i for i, u in enumerate(data["users"])}
        db.execute("BEGIN")
        db.executemany("INSERT INTO people VALUES(?,?)", [(i, u["first"]) for i, u in enumerate(data["users"])])
        db.executemany(
            "INSERT INTO sales(seller,product,quantity,unit,day,customer,address,phone,collected,due,method,order_no,status)"
            " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [
                (
                    sellers[s["seller"]],
                    s["product"],
                    s["quantity"],
                    s["unit"],
                    s["date"],
                    s["customer"],
                    s["address"],
                    s["phone"],
                    s["collected_cents"],
                    s["due_cents"],
                    s["method"],
                    s["order_no"],
                    s["status"],
                )
                for s in data["sales"]
            ],
        )
        db.execute("COMMIT")
        db.execute("ANALYZE")
    return db


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("dataset")
    ap.add_argument("--dir")
    a = ap.parse_args()
    with open(a.dataset) as f:
        data = json.load(f)
    print(
        f"sqlite {sqlite3.sqlite_version}, {len(data['sales'])} sales\n\n| operation | us each | per second | note |\n|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory(dir=a.dir) as tmp:
        show("loopback round trip, two threads, no HTTP", loopback(), "a floor for latency, not for throughput")
        fd = os.open(os.path.join(tmp, "f"), os.O_CREAT | os.O_WRONLY)
        show(
            "4 kB append + fdatasync",
            rate(lambda: (os.write(fd, b"x" * 4096), os.fdatasync(fd)), 2),
            "what one durable commit waits for",
        )
        os.close(fd)
        db = make_db(os.path.join(tmp, "wal.db"), data, "WAL", "NORMAL")
        seller = db.execute("SELECT seller FROM sales LIMIT 1").fetchone()[0]
        n = len(data["sales"])
        show(
            "SQLite point read by key",
            rate(lambda: db.execute("SELECT * FROM sales WHERE id=?", (n // 2,)).fetchone(), batch=100),
            "Python sqlite3, cached statement",
        )
        rows = db.execute("SELECT * FROM sales WHERE seller=? ORDER BY day DESC", (seller,)).fetchall()
        show(
            f"SQLite list of one seller's {len(rows)} sales",
            rate(lambda: db.execute("SELECT * FROM sales WHERE seller=? ORDER BY day DESC", (seller,)).fetchall()),
            "",
        )
        show(
            "SQLite first 50 of them",
            rate(
                lambda: db.execute(
                    "SELECT * FROM sales WHERE seller=? ORDER BY day DESC LIMIT 50", (seller,)
                ).fetchall()
            ),
            "",
        )
        total = (
            "SELECT p.id, p.name, COUNT(s.id), COALESCE(SUM(CASE s.unit WHEN 'case' THEN s.quantity*12 ELSE s.quantity END),0),"
            " COALESCE(SUM(s.collected),0)"
            " FROM people p LEFT JOIN sales s ON s.seller=p.id GROUP BY p.id ORDER BY 4 DESC"
        )
        show(
            f"SQLite troop summary over {n} sales",
            rate(lambda: db.execute(total).fetchall()),
            "one joined query, uncached",
        )
        put = "INSERT INTO sales(seller,product,quantity,unit,day,customer,collected,due,status) VALUES(?,?,?,?,?,?,?,?,?)"
        row = (seller, "TM", 2, "box", "2026-03-01", "Test Customer", 1200, 0, "Complete")
        show(
            "SQLite insert+commit, WAL, synchronous=NORMAL",
            rate(lambda: db.execute(put, row), 2),
            "no fsync per commit",
        )
        db.close()
        db = make_db(os.path.join(tmp, "full.db"), data, "WAL", "FULL")
        show(
            "SQLite insert+commit, WAL, synchronous=FULL", rate(lambda: db.execute(put, row), 2), "one fsync per commit"
        )
        db.close()
        db = make_db(os.path.join(tmp, "del.db"), data, "DELETE", "FULL")
        show("SQLite insert+commit, rollback journal, FULL", rate(lambda: db.execute(put, row), 2), "SQLite's default")
        db.close()
    names = [
        "id",
        "seller",
        "product",
        "quantity",
        "unit",
        "day",
        "customer",
        "address",
        "phone",
        "collected",
        "due",
        "method",
        "order_no",
        "status",
    ]
    docs = [dict(zip(names, r, strict=False)) for r in rows]
    body = json.dumps(docs).encode()
    show(f"json.dumps of that list ({len(body) // 1024} kB)", rate(lambda: json.dumps(docs).encode()), "")
    try:
        import orjson

        show("orjson.dumps of it", rate(lambda: orjson.dumps(docs)), "")
    except ImportError:
        pass
    for level in (1, 6):
        z = gzip.compress(body, level)
        show(f"gzip level {level} of it, to {len(z) / 1024:.1f} kB", rate(lambda lv=level: gzip.compress(body, lv)), "")
    show("sha256 of it (a strong ETag)", rate(lambda: hashlib.sha256(body).hexdigest()), "")
    show(
        "scrypt n=2^14 r=8 p=1",
        rate(lambda: hashlib.scrypt(b"TestPass123!", salt=b"s" * 16, n=2**14, r=8, p=1, maxmem=2**26)),
        "a login; releases the GIL",
    )
    show(
        "scrypt n=2^15 r=8 p=1",
        rate(lambda: hashlib.scrypt(b"TestPass123!", salt=b"s" * 16, n=2**15, r=8, p=1, maxmem=2**27)),
        "Werkzeug's default",
    )
    show(
        "pbkdf2-sha256, 600,000 rounds",
        rate(lambda: hashlib.pbkdf2_hmac("sha256", b"TestPass123!", b"s" * 16, 600_000)),
        "OWASP's figure; releases the GIL",
    )
    try:
        import flask
    except ImportError:
        return
    app = flask.Flask("x")
    fixed = b'{"ok":true}'
    app.add_url_rule("/a", view_func=lambda: app.response_class(fixed, mimetype="application/json"))
    env = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/a",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "SERVER_PROTOCOL": "HTTP/1.1",
    }

    def through_flask():
        b"".join(app(dict(env), lambda s, h, e=None: None))

    def bare_wsgi(e, start):
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", "11")])
        return [fixed]

    show(
        "one request through Flask, fixed bytes, no server",
        rate(through_flask, batch=20),
        f"Flask {__import__('importlib.metadata').metadata.version('flask')}",
    )
    show(
        "the same through a bare WSGI function",
        rate(lambda: b"".join(bare_wsgi(dict(env), lambda s, h, e=None: None)), batch=100),
        "",
    )


if __name__ == "__main__":
    main()
