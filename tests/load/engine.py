"""The loops of the load client: one thread, epoll, every request measured from the moment it was due."""

import contextlib
import ctypes
import os
import random
import select
import socket
import struct
import time
from array import array
from collections import deque

import client


class Timer:
    """A timerfd through ctypes: epoll's own timeout has only millisecond steps."""

    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self.libc.timerfd_create(1, 0o4000)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")

    def at(self, when):
        when = max(when, 1e-9)
        spec = struct.pack("qqqq", 0, 0, int(when), int((when % 1) * 1e9) or 1)
        self.libc.timerfd_settime(self.fd, 1, spec, None)

    def drain(self):
        with contextlib.suppress(BlockingIOError):
            os.read(self.fd, 8)


class Stats:
    """Latencies of the window: 'resp' from when a request was due, 'serv' from when it was sent."""

    def __init__(self):
        self.resp, self.serv, self.ops, self.lag = array("d"), array("d"), {}, array("d")
        self.errors, self.bytes, self.statuses, self.unfinished = 0, 0, {}, 0

    def add(self, name, resp, serv, ok, status, size):
        self.resp.append(resp)
        self.serv.append(serv)
        o = self.ops.get(name)
        if o is None:
            o = self.ops[name] = {"resp": array("d"), "errors": 0, "bytes": 0}
        o["resp"].append(resp)
        o["bytes"] += size
        self.bytes += size
        if not ok:
            self.errors += 1
            o["errors"] += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1


class VU:
    __slots__ = ("alive", "buf", "counted", "due", "keep", "op", "out", "sent", "session", "sessions", "sock", "step")

    def __init__(self, sessions):
        self.sessions, self.sock, self.buf, self.out = sessions, None, bytearray(), b""
        self.op = self.session = None
        self.step, self.alive, self.counted, self.keep = 0, True, False, False


class Engine:
    def __init__(self, target, sessions, users, seed=1, conditional=False, timeout=30.0):
        """sessions: {group: [Session, ...]}; each of the users takes one of each group in turn."""
        self.t, self.rng, self.conditional, self.timeout = target, random.Random(seed), conditional, timeout
        self.vus = [VU({g: s[i % len(s)] for g, s in sessions.items()}) for i in range(users)]
        self.ep, self.by_fd, self.timer = select.epoll(), {}, Timer()
        self.ep.register(self.timer.fd, select.EPOLLIN)
        self.stats = Stats()
        self.reconnects = 0

    def _connect(self, vu):
        s = socket.create_connection((self.t.host, self.t.port), timeout=self.timeout)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.setblocking(False)
        vu.sock = s
        self.by_fd[s.fileno()] = vu
        self.ep.register(s.fileno(), select.EPOLLIN)

    def _drop(self, vu):
        if vu.sock is not None:
            fd = vu.sock.fileno()
            self.ep.unregister(fd)
            del self.by_fd[fd]
            vu.sock.close()
            vu.sock = None
        vu.buf.clear()
        vu.out = b""

    def _send(self, vu, op, due, counted, conditional=None):
        if vu.sock is None:
            self._connect(vu)
            self.reconnects += 1
        vu.op, vu.due, vu.counted = op, due, counted
        vu.session = vu.sessions[op.group]
        cond = self.conditional if conditional is None else conditional
        raw = vu.session.request(op, self.rng, cond)
        vu.sent = time.monotonic()
        if counted:
            self.stats.lag.append(vu.sent - due)
        try:
            n = vu.sock.send(raw)
        except OSError:
            # an idle keep-alive connection the server has closed: once more on a new one, as browsers do
            self._drop(vu)
            self._connect(vu)
            self.reconnects += 1
            n = vu.sock.send(raw)
        if n < len(raw):
            vu.out = raw[n:]
            self.ep.modify(vu.sock.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def _finish(self, vu, status, ok, size):
        now = time.monotonic()
        if vu.counted:
            self.stats.add(vu.op.name, now - vu.due, now - vu.sent, ok, status, size)
        vu.op = None

    def _readable(self, vu):
        """True when the request in hand is done."""
        op = vu.op
        try:
            chunk = vu.sock.recv(262144)
        except BlockingIOError:
            return False
        except OSError:
            chunk = b""
        if op is None:  # the server closed an idle connection (or spoke out of turn)
            self._drop(vu)
            return False
        if not chunk:
            stale = not vu.buf and vu.keep
            self._drop(vu)
            if stale and op.method == "GET":  # it closed just as we sent: retry once on a new connection
                vu.keep = False
                self._send(vu, op, vu.due, vu.counted)
                return False
            self._finish(vu, "closed", False, 0)
            return True
        vu.buf += chunk
        got = client.parse(vu.buf, op.method)
        if got is None:
            return False
        status, head, body, close = got
        size = len(vu.buf)
        vu.buf.clear()
        vu.keep = True
        if op.capture or b"ookie:" in head:
            vu.session.learn(head, body, op)
        if self.conditional and op.method == "GET":
            m = client.ETAG.search(head)
            if m:
                vu.session.etags[op.name] = m[1].decode()
        ok = status in op.expect or (status == 304 and self.conditional)
        if ok and op.min_bytes and status != 304 and len(body) < op.min_bytes:
            ok = False
        if close:
            self._drop(vu)
        self._finish(vu, status, ok, size)
        return True

    def _poll(self, until):
        """Waits for events or the moment `until`; yields the users whose request just finished."""
        now = time.monotonic()
        if until > now:
            self.timer.at(until)
            events = self.ep.poll(1.0)
        else:
            events = self.ep.poll(0)
        done = []
        for fd, ev in events:
            if fd == self.timer.fd:
                self.timer.drain()
                continue
            vu = self.by_fd.get(fd)
            if vu is None:
                continue
            if ev & select.EPOLLOUT and vu.out:
                n = vu.sock.send(vu.out)
                vu.out = vu.out[n:]
                if not vu.out:
                    self.ep.modify(fd, select.EPOLLIN)
            if ev & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR) and self._readable(vu):
                done.append(vu)
        return done

    def connect_all(self):
        for vu in self.vus:
            if vu.sock is None:
                self._connect(vu)

    def close(self):
        for vu in self.vus:
            self._drop(vu)
        os.close(self.timer.fd)
        self.ep.close()

    def _picker(self, mix):
        names = [n for n in mix if n in self.t.ops]
        ops, weights = [self.t.ops[n] for n in names], [mix[n] for n in names]
        total, edges = sum(weights), []
        acc = 0
        for w in weights:
            acc += w / total
            edges.append(acc)
        rnd = self.rng.random

        def pick():
            x = rnd()
            for op, e in zip(ops, edges, strict=False):
                if x < e:
                    return op
            return ops[-1]

        return pick

    def open_loop(self, mix, rate, warmup, seconds, arrivals="fixed", on_mark=None, drain=20.0):
        """Requests fall due at a fixed rate whatever the server does."""
        self.connect_all()
        pick, idle, queue = self._picker(mix), deque(self.vus), deque()
        gap = 1.0 / rate
        start = time.monotonic() + 0.05
        mark, stop = start + warmup, start + warmup + seconds
        due, marked = start, False
        while True:
            now = time.monotonic()
            if not marked and now >= mark:
                marked = True
                if on_mark:
                    on_mark("begin")
            while due <= now and due < stop:
                queue.append((due, pick(), due >= mark))
                due += gap if arrivals == "fixed" else self.rng.expovariate(rate)
            while queue and idle:
                when, op, counted = queue.popleft()
                self._send(idle.popleft(), op, when, counted)
            if due >= stop and not queue and len(idle) == len(self.vus):
                break
            if now > stop + drain:
                for _, _, counted in queue:
                    self.stats.unfinished += counted
                for vu in self.vus:
                    if vu.op is not None:
                        self.stats.unfinished += vu.counted
                        self._drop(vu)
                        vu.op = None
                break
            idle.extend(self._poll(due if due < stop else now + 0.2))
        if on_mark:
            on_mark("end")
        return max(seconds, time.monotonic() - mark)

    def closed_loop(self, mix, warmup, seconds, on_mark=None):
        """Every user sends its next request as soon as the last is answered: the most the server can do."""
        self.connect_all()
        pick = self._picker(mix)
        start = time.monotonic()
        mark, stop, marked = start + warmup, start + warmup + seconds, False
        for vu in self.vus:
            self._send(vu, pick(), start, False)
        busy = len(self.vus)
        while busy:
            now = time.monotonic()
            if not marked and now >= mark:
                marked = True
                if on_mark:
                    on_mark("begin")
            for vu in self._poll(now + 0.2):
                now = time.monotonic()
                if now < stop:
                    self._send(vu, pick(), now, now >= mark)
                else:
                    busy -= 1
            if now > stop + self.timeout:
                self.stats.unfinished += busy
                break
        if on_mark:
            on_mark("end")
        return time.monotonic() - mark

    def journey(self, steps, stages, think, on_mark=None, login_step="login"):
        """k6's model: users come and go by stages; each runs the steps in order, sleeps, starts anew.

        stages: [[seconds, users], ...]; the number of users moves in a straight line within a stage.
        A step named login_step replays the target's login requests on a fresh cookie jar, as k6 does.
        """
        total = sum(s for s, _ in stages)
        plan = []
        for name in steps:
            plan += self.t.login if name == login_step else ([self.t.ops[name]] if name in self.t.ops else [])
        first_login = self.t.login[0] if login_step in steps else None
        iterations, start, idle, sleeping, active = 0, time.monotonic(), deque(self.vus), [], 0
        if on_mark:
            on_mark("begin")

        def wanted(t):
            before, users = 0.0, 0
            for length, goal in stages:
                if t < before + length:
                    return round(users + (goal - users) * (t - before) / length)
                before, users = before + length, goal
            return 0

        def go(vu):
            op = plan[vu.step]
            if op is first_login:
                vu.sessions[op.group] = s = client.Session(self.t, op.group, vu.sessions[op.group].user)
                s.clear()
            self._send(vu, op, time.monotonic(), True)

        import heapq

        seq = 0
        while True:
            now = time.monotonic()
            t = now - start
            goal = wanted(t)
            while active < goal and idle:
                vu = idle.popleft()
                vu.step = 0
                active += 1
                go(vu)
            while sleeping and sleeping[0][0] <= now:
                _, _, vu = heapq.heappop(sleeping)
                if active > goal or t >= total:
                    active -= 1
                    idle.append(vu)
                else:
                    vu.step = 0
                    go(vu)
            if t >= total and active == 0:
                break
            if t > total + self.timeout:
                self.stats.unfinished += active
                break
            wake = min(sleeping[0][0] if sleeping else now + 0.05, now + 0.05)
            for vu in self._poll(wake):
                vu.step += 1
                if vu.step < len(plan):
                    go(vu)
                else:
                    iterations += 1
                    seq += 1
                    heapq.heappush(sleeping, (time.monotonic() + think, seq, vu))
        if on_mark:
            on_mark("end")
        return time.monotonic() - start, iterations
