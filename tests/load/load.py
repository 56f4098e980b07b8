#!/usr/bin/env python3
"""Runs load scenarios against one target and prints what it cost. See README.md."""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time

import client
import engine as engine_of
import procs

HERE = os.path.dirname(os.path.abspath(__file__))


def percentile(values, p):
    """The smallest value that at least p percent of the values do not exceed."""
    if not values:
        return None
    s = sorted(values)
    return s[max(0, -(-len(s) * p // 100) - 1)]


def ms(values, p):
    v = percentile(values, p)
    return None if v is None else round(v * 1000, 2)


def read_pid(text):
    if os.path.exists(text):
        with open(text) as f:
            return int(f.readline())
    return int(text)


def open_sessions(target, groups, need, fresh=False):
    rng, out = random.Random(7), {}
    for g in groups:
        people = target.users[g][:need]
        out[g] = []
        for u in people:
            s = client.Session(target, g, u)
            if not fresh:
                client.log_in(target, s, rng)
            out[g].append(s)
    return out


def smoke(target, sessions, ops):
    """Every operation once, before any load: a target that answers rubbish fast must not look fast."""
    rng, sizes = random.Random(11), {}
    for op in ops:
        s = sessions[op.group][0]
        status, head, body, _ = client.fetch(target, s.request(op, rng), op.method)
        s.learn(head, body, op)
        if (
            status not in op.expect
            or len(body) < op.min_bytes
            or (op.contains and op.contains.encode() not in client.plain(head, body))
        ):
            raise SystemExit(f"{target.name}: {op.name} answered {status} with {len(body)} bytes: {body[:300]!r}")
        sizes[op.name] = len(body)
    return sizes


def summarise(name, spec, stats, watch, seconds, extra):
    done = len(stats.resp)
    failed = stats.errors + stats.unfinished
    total = done + stats.unfinished
    out = {
        "scenario": name,
        "mode": spec["mode"],
        "users": spec.get("users"),
        "rate": spec.get("rate"),
        "requests": done,
        "rps": round((done - stats.errors) / seconds, 1),
        "errors": failed,
        "error_rate": round(failed / total, 5) if total else None,
        "unfinished": stats.unfinished,
        "statuses": {str(k): v for k, v in stats.statuses.items()},
        "mean_ms": round(sum(stats.resp) / done * 1000, 2) if done else None,
        "p50_ms": ms(stats.resp, 50),
        "p90_ms": ms(stats.resp, 90),
        "p95_ms": ms(stats.resp, 95),
        "p99_ms": ms(stats.resp, 99),
        "max_ms": ms(stats.resp, 100),
        "service_p50_ms": ms(stats.serv, 50),
        "service_p99_ms": ms(stats.serv, 99),
        "client_lag_p50_ms": ms(stats.lag, 50),
        "client_lag_p99_ms": ms(stats.lag, 99),
        "kb_per_response": round(stats.bytes / done / 1024, 2) if done else None,
        "cpu_s_per_1000": round(watch["cpu_total_s"] / done * 1000, 3) if done else None,
        "cpu_by_process": {k: round(v / done * 1000, 3) for k, v in watch["cpu_s"].items()} if done else {},
        "server_cpu_pct_of_core": round(100 * watch["cpu_total_s"] / watch["span_s"], 1),
        "client_cpu_pct_of_core": round(100 * watch["client_cpu_s"] / watch["span_s"], 1),
        "client_us_per_request": round(watch["client_cpu_s"] / done * 1e6, 1) if done else None,
        "other_cpu_pct": round(watch["other_cpu_pct"], 1),
        "steal_pct": round(watch["steal_pct"], 2),
        "rss_mb": round(watch["rss_total"] / 2**20, 1),
        "pss_mb": round(watch["pss_total"] / 2**20, 1),
        "rss_by_process": {k: round(v / 2**20, 1) for k, v in watch["rss"].items()},
        "written_kb_per_1000": round(watch["written"] / done * 1000 / 1024, 1) if done else None,
        "ops": {
            k: {
                "n": len(o["resp"]),
                "p50_ms": ms(o["resp"], 50),
                "p95_ms": ms(o["resp"], 95),
                "p99_ms": ms(o["resp"], 99),
                "errors": o["errors"],
                "kb": round(o["bytes"] / len(o["resp"]) / 1024, 2),
            }
            for k, o in stats.ops.items()
        },
        **extra,
    }
    lim = spec.get("limits")
    if lim and done:
        ok = out["p95_ms"] < lim["p95_ms"] and out["error_rate"] < lim["errors"]
        if spec["mode"] == "open":
            ok = ok and out["rps"] >= 0.98 * spec["rate"]
        out["limits"], out["met"], out["allowed_ms"] = lim, ok, lim["p95_ms"]
    return out


def parts_of(spec, ops):
    """What is measured for itself, as (name, spec): each operation, each phase, or all of it without a name."""
    if spec["mode"] == "each":
        allowed = {
            op.name: {"limits": {"p95_ms": op.allowed_ms, "errors": 0.001}} if op.allowed_ms else {} for op in ops
        }
        return [(op.name, spec | allowed[op.name]) for op in ops]
    if spec["mode"] == "phases":
        named = {number: f"{number} {rate}/s" for number, (_, rate) in enumerate(spec["phases"], 1)}
        return [
            (named[number], spec | {"mode": "open", "seconds": seconds, "rate": rate})
            for number, (seconds, rate) in enumerate(spec["phases"], 1)
        ]
    return [("", spec)]


def run_once(target, name, spec, args):
    roots = {}
    for item in args.proc:
        label, _, where = item.partition("=")
        roots[label] = read_pid(where)
    watch = procs.Watch(roots)
    try:
        mode = spec["mode"]
        each = mode == "each"
        names = list(args.only or target.ops) if each else list(spec.get("mix") or spec["steps"])
        ops = [target.ops[n] for n in names if n in target.ops]
        groups = {o.group for o in ops} | ({o.group for o in target.login} if "login" in names else set())
        sessions = open_sessions(target, groups, spec["users"])
        sizes = smoke(target, sessions, ops)
        box = {}

        def mark(what):
            if what == "begin":
                watch.begin()
            else:
                box["watch"] = watch.end()

        results = []
        for part, told in parts_of(spec, ops):
            engine = engine_of.Engine(target, sessions, told["users"], args.seed, args.conditional, args.timeout)
            extra = {"target": target.name, "conditional": args.conditional, "body_bytes": sizes}
            if told["mode"] == "open":
                warmup = 0.0 if part else args.warmup  # a phase begins where the one before it ended
                secs = engine.open_loop(told["mix"], told["rate"], warmup, told["seconds"], args.arrivals, mark)
            elif mode == "closed":
                secs = engine.closed_loop(told["mix"], args.warmup, told["seconds"], mark)
            elif mode == "journey":
                secs, n = engine.journey(told["steps"], told["stages"], told["think"], mark)
                extra.update(iterations=n, iterations_per_s=round(n / secs, 2))
            else:
                secs = engine.closed_loop({part: 1}, min(args.warmup, 1.0), told["seconds"], mark)
            extra["reconnects"] = engine.reconnects
            engine.close()
            full = f"{name}:{part}" if part else name
            results.append(summarise(full, told, engine.stats, box["watch"], secs, extra))
        return results
    finally:
        watch.close()


def wait_for_quiet(limit, patience):
    """Returns once less than limit percent of the machine's CPU is in use, for 2 s together."""
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        b0, _, a0 = procs.machine()
        time.sleep(2.0)
        b1, _, a1 = procs.machine()
        if 100 * (b1 - b0) / (a1 - a0) < limit:
            return
    print(f"  the machine stayed busier than {limit}% for {patience:.0f} s; going on", file=sys.stderr)


def quiet_run(doc, name, spec, args):
    """One run; with --max-other, again (up to --tries) while others used more CPU than that meanwhile."""
    best = None
    for _ in range(args.tries if args.max_other else 1):
        if args.reset:
            subprocess.run(args.reset, shell=True, check=True, stdout=subprocess.DEVNULL)
        if args.max_other:
            wait_for_quiet(args.max_other, args.patience)
        target = client.Target(doc, {"base_url": args.base_url} if args.base_url else None)
        got = run_once(target, name, spec, args)
        noise = max(r["other_cpu_pct"] for r in got)
        if best is None or noise < best[0]:
            best = noise, got
        if not args.max_other or noise <= args.max_other:
            break
    return best[1]


def median_of(runs):
    """Field-wise medians over runs of one scenario."""
    out = dict(runs[0])
    for k, v in runs[0].items():
        if isinstance(v, bool) or v is None:
            continue
        if isinstance(v, (int, float)):
            vals = [r[k] for r in runs if r.get(k) is not None]
            out[k] = round(statistics.median(vals), 4)
        elif isinstance(v, dict) and k in ("cpu_by_process", "rss_by_process"):
            out[k] = {n: round(statistics.median([r[k][n] for r in runs]), 3) for n in v}
        elif k == "ops":
            out[k] = {
                n: {
                    f: (round(statistics.median([r[k][n][f] for r in runs if n in r[k] and r[k][n][f] is not None]), 3))
                    for f in v[n]
                    if v[n][f] is not None
                }
                for n in v
            }
    if "met" in out:
        out["met"] = sum(bool(r["met"]) for r in runs) * 2 > len(runs)
    out["runs"] = len(runs)
    out["spread_cpu"] = [min(r["cpu_s_per_1000"] or 0 for r in runs), max(r["cpu_s_per_1000"] or 0 for r in runs)]
    out["spread_p95"] = [min(r["p95_ms"] or 0 for r in runs), max(r["p95_ms"] or 0 for r in runs)]
    return out


COLUMNS = [
    ("scenario", "scenario"),
    ("rps", "rps"),
    ("p50_ms", "p50 ms"),
    ("p95_ms", "p95 ms"),
    ("p99_ms", "p99 ms"),
    ("allowed_ms", "p95 allowed"),
    ("error_rate", "errors"),
    ("cpu_s_per_1000", "cpu s/1000"),
    ("rss_mb", "rss MB"),
    ("pss_mb", "pss MB"),
    ("kb_per_response", "kB/resp"),
    ("server_cpu_pct_of_core", "srv %core"),
    ("client_cpu_pct_of_core", "cli %core"),
    ("other_cpu_pct", "other %"),
    ("met", "met"),
]


def table(results):
    rows = [[h for _, h in COLUMNS]]
    for r in results:
        rows.append(["" if r.get(k) is None else str(r[k]) for k, _ in COLUMNS])
    widths = [max(len(x[i]) for x in rows) for i in range(len(COLUMNS))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=False)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (w + 2) for w in widths) + "|")
    return "\n".join(lines)


def main():
    with open(os.path.join(HERE, "scenarios.json")) as f:
        scenarios = json.load(f)
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("target", help="the target's JSON file")
    ap.add_argument(
        "-s",
        "--scenario",
        action="append",
        help=f"one of {', '.join(scenarios)}; may repeat; default: the four with limits",
    )
    ap.add_argument("--runs", type=int, default=1, help="repeat each scenario and report medians")
    ap.add_argument("--seconds", type=float, help="length of the measured window")
    ap.add_argument("--warmup", type=float, default=3.0, help="seconds of load before it")
    ap.add_argument("--users", type=int, help="connections, each with its own session")
    ap.add_argument("--rate", type=float, help="requests per second (open loop)")
    ap.add_argument("--arrivals", choices=["fixed", "poisson"], default="fixed")
    ap.add_argument(
        "--conditional", action="store_true", help="send If-None-Match with the last ETag seen, as browsers do"
    )
    ap.add_argument("--only", action="append", help="with ops or one: just these operations")
    ap.add_argument(
        "--proc",
        action="append",
        default=[],
        metavar="NAME=PID|PIDFILE",
        help="a server process to account for; may repeat",
    )
    ap.add_argument("--reset", help="shell command run before every run (restore the data, restart the server)")
    ap.add_argument(
        "--max-other",
        type=float,
        metavar="PCT",
        help="on a shared machine: wait for quiet, and run again when other "
        "programs used more than this share of the CPUs during a run",
    )
    ap.add_argument(
        "--tries", type=int, default=4, help="with --max-other: the most attempts at one run; the quietest counts"
    )
    ap.add_argument(
        "--patience", type=float, default=300.0, help="with --max-other: seconds to wait for quiet before a run"
    )
    ap.add_argument("--base-url", help="in place of the target file's")
    ap.add_argument("--timeout", type=float, default=30.0)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument(
        "--label", default="", help="a word kept with each result, such as the data's scale; report.py groups by it"
    )
    ap.add_argument("--out", help="append every run to this JSON-lines file, for report.py")
    args = ap.parse_args()
    with open(args.target) as f:
        doc = json.load(f)
    for name in args.scenario or ["read-heavy", "write-heavy", "mixed", "peak"]:
        spec = dict(scenarios[name])
        for k in ("seconds", "users", "rate"):
            if getattr(args, k) is not None:
                spec[k] = getattr(args, k)
        if args.rate or args.users:
            spec.pop("limits", None)
        runs = []
        for i in range(args.runs):
            got = quiet_run(doc, name, spec, args)
            runs.append(got)
            if args.out:
                with open(args.out, "a") as f:
                    for r in got:
                        f.write(json.dumps({"at": time.strftime("%Y-%m-%dT%H:%M:%S"), "label": args.label, **r}) + "\n")
            if args.runs > 1:
                for r in got:
                    print(
                        f"  run {i + 1}: {r['scenario']} {r['rps']} rps p95 {r['p95_ms']} ms"
                        f" cpu {r['cpu_s_per_1000']} other {r['other_cpu_pct']}%",
                        file=sys.stderr,
                        flush=True,
                    )
        results = [median_of([r[k] for r in runs]) for k in range(len(runs[0]))]
        print(f"{doc['name']} - {name}" + (" (conditional)" if args.conditional else "") + f" - median of {args.runs}")
        print(table(results), flush=True)


if __name__ == "__main__":
    main()
