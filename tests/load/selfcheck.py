#!/usr/bin/env python3
"""Checks the harness against a server whose behaviour is known beforehand.

Starts that server on a loopback port of its own, runs short loads against it and compares what the
harness reports with what queueing arithmetic says. Exits 1 when one is off. Takes two minutes when the
machine is quiet; while other programs run it waits for them.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import client
import load


class Known(asyncio.Protocol):
    hits = 0
    stalled = False

    def connection_made(self, transport):
        self.t, self.buf = transport, b""

    def data_received(self, data):
        self.buf += data
        while True:
            end = self.buf.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.buf[:end]
            at = head.lower().find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n")[0]) if at >= 0 else 0
            if len(self.buf) < end + 4 + size:
                return
            self.buf = self.buf[end + 4 + size :]
            self.answer(head)

    def answer(self, head):
        path = head.split(b" ", 2)[1].decode()
        status, extra, body = b"200 OK", b"", b'{"ok":true}'
        if path.startswith("/busy/"):
            until = time.process_time() + float(path[6:]) / 1000
            while time.process_time() < until:
                pass
        elif path == "/stall":
            Known.hits += 1
            if Known.hits == 200:
                time.sleep(1.0)
        elif path == "/fail":
            Known.hits += 1
            if Known.hits % 10 == 0:
                status = b"500 No"
        elif path == "/etag":
            extra = b'ETag: "v1"\r\n'
            if b'If-None-Match: "v1"' in head:
                self.t.write(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n')
                return
        elif path == "/chunks":
            self.t.write(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"
            )
            return
        elif path == "/login":
            extra = b"Set-Cookie: sid=abc; Path=/; HttpOnly\r\n"
        elif path == "/private" and b"Cookie: sid=abc" not in head:
            status = b"401 Who"
        elif path == "/close":
            extra = b"Connection: close\r\n"
        self.t.write(
            b"HTTP/1.1 "
            + status
            + b"\r\n"
            + extra
            + b"Content-Type: application/json\r\nContent-Length: "
            + str(len(body)).encode()
            + b"\r\n\r\n"
            + body
        )
        if path == "/close":
            self.t.close()


async def serve(port):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Known, "127.0.0.1", port)
    await server.serve_forever()


def spec(port, paths):
    return {
        "name": "known",
        "base_url": f"http://127.0.0.1:{port}",
        "users": {"any": [{}]},
        "login": [{"method": "POST", "path": "/login", "body": {"a": 1}}],
        "ops": {n: {"path": p, "expect": 200} for n, p in paths.items()},
    }


def main():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    server = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--serve", str(port)])
    paths = {
        "fast": "/fast",
        "busy2": "/busy/2",
        "busy5": "/busy/5",
        "stall": "/stall",
        "fail": "/fail",
        "etag": "/etag",
        "chunks": "/chunks",
        "private": "/private",
        "close": "/close",
    }
    bad = 0

    def check(what, got, low, high):
        nonlocal bad
        ok = got is not None and low <= got <= high
        bad += not ok
        print(f"{'ok  ' if ok else 'OFF '} {what}: {got} (expected {low} to {high})", flush=True)

    def run(op, mode, users=50, rate=None, seconds=5, arrivals="fixed", conditional=False, stages=None):
        s = {
            "mode": mode,
            "users": users,
            "rate": rate,
            "seconds": seconds,
            "mix": {op: 1},
            "steps": ["login", op],
            "think": 0.5,
            "stages": stages,
        }
        a = SimpleNamespace(
            proc=[f"known={server.pid}"],
            only=None,
            seed=1,
            conditional=conditional,
            timeout=10.0,
            warmup=0.0,
            arrivals=arrivals,
        )
        for _ in range(4):  # other programs' load would spoil the arithmetic: wait for quiet, repeat a disturbed run
            load.wait_for_quiet(12, 60)
            r = load.run_once(client.Target(spec(port, paths)), op, s, a)[0]
            if r["other_cpu_pct"] < 10:
                break
        return r

    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.05)
        r = run("busy2", "open", rate=100)
        check("CPU s per 1000 requests of a server that burns 2 ms each", r["cpu_s_per_1000"], 1.95, 2.7)
        check("rate achieved when 100/s are due", r["rps"], 99, 101)
        check("median latency of that server, ms", r["p50_ms"], 1.9, 3.0)
        r = run("busy5", "closed", users=4)
        check("closed loop against a 5 ms serial server, requests/s", r["rps"], 185, 201)
        check("its mean with 4 users in the queue, ms (Little: 20)", r["mean_ms"], 19, 22)
        r = run("busy5", "open", rate=150, seconds=15, arrivals="poisson")
        check("M/D/1 at load 0.75: mean response, ms (theory 12.5)", r["mean_ms"], 9.0, 18.0)
        r = run("busy5", "open", rate=300, seconds=4, users=50)
        check("overload: 300/s due, 200/s possible; median latency, ms (theory 1000)", r["p50_ms"], 850, 1150)
        check("overload: worst latency, ms (theory 2000)", r["max_ms"], 1700, 3000)
        r = run("stall", "open", rate=100, users=1)
        check("one stall of 1 s in 5 s: 90th percentile, ms (theory 500)", r["p90_ms"], 400, 600)
        check("the same, as a closed-loop client would see it (service median), ms", r["service_p50_ms"], 0, 3)
        r = run("fail", "open", rate=200)
        check("error rate of a server that fails every tenth", r["error_rate"], 0.099, 0.101)
        r = run("etag", "closed", users=4, seconds=1, conditional=True)
        check("304 answers when If-None-Match is sent, share", r["statuses"].get("304", 0) / r["requests"], 0.99, 1)
        r = run("chunks", "closed", users=4, seconds=1)
        check("chunked bodies: errors", r["errors"], 0, 0)
        r = run("private", "closed", users=4, seconds=1)
        check("cookie from the login reaches the server: errors", r["errors"], 0, 0)
        r = run("close", "closed", users=4, seconds=1)
        check("a server that closes after every answer: errors", r["errors"], 0, 0)
        r = run("private", "journey", users=10, stages=[[1, 10], [3, 10], [1, 0]])
        check("journey: requests per iteration", r["requests"] / r["iterations"], 2, 2)
        check("journey: iterations of 10 users at 0.5 s each over 5 s (theory 80)", r["iterations"], 70, 92)
        r = run("fast", "open", rate=800, users=200)
        check("client's own CPU at 800/s, % of a core", r["client_cpu_pct_of_core"], 0, 12)
        check("client's delay in sending, 99th percentile, ms", r["client_lag_p99_ms"], 0, 2)
        r = run("fast", "closed", users=16, seconds=4)
        print(
            f"     ceiling: {r['rps']} requests/s against this one-process Python server; the client's own cost "
            f"{r['client_us_per_request']} us a request, so about {1e6 / r['client_us_per_request']:.0f} requests/s of one core at most"
        )
    finally:
        server.terminate()
        server.wait()
    return 1 if bad else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        asyncio.run(serve(int(sys.argv[2])))
    else:
        sys.exit(main())
