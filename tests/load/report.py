#!/usr/bin/env python3
"""Tables from the runs that load.py --out has kept: per target, label and scenario, the medians of the quietest runs.

Usage: report.py RESULTS.jsonl... [--keep 3] [--ops]
On a shared machine single runs are worth little; run the scenarios in several rounds and let this choose.
"""

import argparse
import json

import load


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("files", nargs="+")
    ap.add_argument("--keep", type=int, default=3, help="how many of the quietest runs the median is taken over")
    ap.add_argument("--ops", action="store_true", help="also a line for each operation within a mix")
    a = ap.parse_args()
    groups = {}
    for name in a.files:
        with open(name) as f:
            for line in f:
                r = json.loads(line)
                groups.setdefault((r["target"], r.get("label", "")), {}).setdefault(
                    (r["scenario"], r["conditional"]), []
                ).append(r)
    for (target, label), by in groups.items():
        print(f"\n### {target}" + (f", {label}" if label else "") + "\n")
        out = []
        for (scenario, cond), runs in by.items():
            best = sorted(runs, key=lambda r: r["other_cpu_pct"])[: a.keep]
            m = load.median_of(best)
            m["scenario"] = scenario + (" +304" if cond else "") + f" ({len(best)}/{len(runs)})"
            out.append(m)
            if a.ops and len(m["ops"]) > 1:
                for op, v in m["ops"].items():
                    out.append(
                        {
                            "scenario": f"- {op}",
                            "p50_ms": v.get("p50_ms"),
                            "p95_ms": v.get("p95_ms"),
                            "p99_ms": v.get("p99_ms"),
                            "kb_per_response": v.get("kb"),
                        }
                    )
        print(load.table(out))


if __name__ == "__main__":
    main()
