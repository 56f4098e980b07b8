"""CPU time and memory of the server's processes, children included, from /proc."""

import contextlib
import os
import time
from multiprocessing import Pipe, Process

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def _stat(pid):
    with open(f"/proc/{pid}/stat") as f:
        text = f.read()
    return text[text.rindex(")") + 2 :].split()


def tree(root):
    """root and all that descend from it, now alive."""
    kids = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                kids.setdefault(int(_stat(name)[1]), []).append(int(name))
    out, todo = [], [root]
    while todo:
        p = todo.pop()
        if os.path.exists(f"/proc/{p}"):
            out.append(p)
            todo += kids.get(p, [])
    return out


def cpu_seconds(root):
    """User and system time of the tree, with the children it has already waited for."""
    total = 0
    for p in tree(root):
        with contextlib.suppress(OSError):
            total += sum(int(x) for x in _stat(p)[11:15])
    return total / TICK


def memory(root):
    """(resident, proportional) bytes of the tree; proportional counts shared pages once."""
    rss = pss = 0
    for p in tree(root):
        try:
            with open(f"/proc/{p}/statm") as f:
                rss += int(f.read().split()[1]) * PAGE
            with open(f"/proc/{p}/smaps_rollup") as f:
                for line in f:
                    if line.startswith("Pss:"):
                        pss += int(line.split()[1]) * 1024
                        break
        except OSError:
            pass
    return rss, pss


def io_bytes(root):
    """Bytes the tree has sent to storage so far (live processes only)."""
    total = 0
    for p in tree(root):
        try:
            with open(f"/proc/{p}/io") as f:
                for line in f:
                    if line.startswith("write_bytes:"):
                        total += int(line.split()[1])
        except OSError:
            pass
    return total


def machine():
    """(busy, stolen, all) seconds of the machine's CPUs since boot."""
    with open("/proc/stat") as f:
        v = [int(x) / TICK for x in f.readline().split()[1:9]]
    idle = v[3] + v[4]
    return sum(v) - idle - v[7], v[7], sum(v)


def _sampler(roots, conn, far_end, every):
    far_end.close()  # else the parent's death would go unnoticed
    with contextlib.suppress(EOFError):
        _sample(roots, conn, every)


def _sample(roots, conn, every):
    while True:
        if conn.recv() == "quit":
            return
        peak, both = {n: [0, 0] for n in roots}, [0, 0]
        while True:
            rs = ps = 0
            for n, p in roots.items():
                r, s = memory(p)
                peak[n] = [max(peak[n][0], r), max(peak[n][1], s)]
                rs, ps = rs + r, ps + s
            both = [max(both[0], rs), max(both[1], ps)]
            if conn.poll(every):
                conn.recv()
                conn.send((peak, both))
                break


class Watch:
    """CPU over a window and the memory peak in it.

    Make it before the load's sockets exist: its sampler is a forked process and would hold them open.
    """

    def __init__(self, roots, every=0.5):
        self.roots = roots
        self.conn, other = Pipe()
        self.child = Process(target=_sampler, args=(roots, other, self.conn, every), daemon=True)
        self.child.start()
        other.close()

    def begin(self):
        self.cpu0 = {n: cpu_seconds(p) for n, p in self.roots.items()}
        self.io0 = sum(io_bytes(p) for p in self.roots.values())
        self.machine0, self.self0, self.t0 = machine(), sum(os.times()[:2]), time.monotonic()
        self.conn.send("begin")

    def end(self):
        cpu = {n: cpu_seconds(p) - self.cpu0[n] for n, p in self.roots.items()}
        io = sum(io_bytes(p) for p in self.roots.values()) - self.io0
        own = sum(os.times()[:2]) - self.self0
        span = time.monotonic() - self.t0
        busy, steal, total = (y - x for x, y in zip(self.machine0, machine(), strict=False))
        self.conn.send("end")
        peak, both = self.conn.recv()
        return {
            "span_s": span,
            "cpu_s": cpu,
            "cpu_total_s": sum(cpu.values()),
            "written": io,
            "client_cpu_s": own,
            "other_cpu_pct": 100 * max(0.0, busy - sum(cpu.values()) - own) / total if total else 0.0,
            "steal_pct": 100 * steal / total if total else 0.0,
            "busy_pct": 100 * busy / total if total else 0.0,
            "rss": {n: v[0] for n, v in peak.items()},
            "pss": {n: v[1] for n, v in peak.items()},
            "rss_total": both[0],
            "pss_total": both[1],
        }

    def close(self):
        self.conn.send("quit")
        self.child.join()
