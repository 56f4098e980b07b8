"""Memory that the C library keeps beside what is used."""

import subprocess
import sys

from tests.running import clean_environment

EIGHT_THREADS = """
import re, sys, threading
from gsctracker.ops import heaps
if sys.argv[1] == "few":
    heaps.keep_few()
together = threading.Barrier(8)
def work():
    together.wait()
    kept = [bytes(2000) for _ in range(500)]
    together.wait()
    return kept
threads = [threading.Thread(target=work) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
begins = (line.split("-")[0] for line in open("/proc/self/maps") if re.match(r"\\S+ rw-p \\S+ 00:00 0 *$", line))
print(sum(int(place, 16) % (64 << 20) == 0 for place in begins))
"""


def test_threads_share_their_heaps():
    """Each heap of a thread begins at a multiple of 64 MB."""
    counted = {}
    for which in ("few", "many"):
        command = [sys.executable, "-c", EIGHT_THREADS, which]
        done = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, timeout=60)
        counted[which] = int(done.stdout)
    assert counted["few"] <= 1 < counted["many"]
