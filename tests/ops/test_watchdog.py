"""A server that hangs ends with 70; one that lives goes on."""

import subprocess
import sys
import textwrap

PROGRAM = textwrap.dedent("""
    import logging, sys, threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from gsctracker.ops.watchdog import Watchdog

    hangs = threading.Event()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            if hangs.is_set():
                threading.Event().wait()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *said):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    dog = Watchdog("0.0.0.0", server.server_port, every=0.1, patience=0.3)
    dog.start()
    threading.Event().wait(1.5)
    print("it lives", flush=True)
    if sys.argv[1] == "hang":
        hangs.set()
        threading.Event().wait(20)
    dog.stop()
""")


def run(how):
    return subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, timeout=60)


def test_a_server_that_hangs_is_ended_and_says_where_it_hung():
    """Whoever started it sees exit status 70 and starts it again."""
    done = run("hang")
    assert done.returncode == 70
    assert "it lives" in done.stdout
    assert "Thread" in done.stderr


def test_a_server_that_answers_is_left_alone():
    assert run("live").returncode == 0
