"""What each report costs in a full season, and how many times as much as in a tenth of one.

    python -m tests.bench.reports [--scouts 25] [--sales 6000] [--booths 60] [--times 10] [--most-milliseconds 200]

Makes each report as rows, in milliseconds of this process alone, the least of three times. Exits 1 where one took longer, or
cost more than 1.2 times as many times as the data grew.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import tables
from tests.db.filled import season_of

ADMIN = Person(id=1, role="admin", first_name="Olga")
MORE_THAN_LINEAR = 1.2
LEAST_MILLISECONDS = 1.0
"""What is quicker than this is no measure for a growth."""


def measured(scouts: int, sales: int, booths: int) -> dict[str, float]:
    """Milliseconds by report."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for season in season_of(Path(folder), scouts, sales, booths):
            for report in tables.reports(ADMIN) * 3:
                with season.db.read() as tx:
                    began = time.process_time()
                    tables.make(tx, report.name, ADMIN)
                    spent = (time.process_time() - began) * 1000
                found[report.name] = min(spent, found.get(report.name, spent))
    return found


def main() -> int:
    """Measure and say."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("scouts", 25), ("sales", 6000), ("booths", 60), ("times", 10), ("most-milliseconds", 200)):
        asked.add_argument(f"--{name}", type=int, default=default)
    given = asked.parse_args()
    small = measured(given.scouts, given.sales // given.times, max(1, given.booths // given.times))
    full, bad = measured(given.scouts, given.sales, given.booths), 0
    for name, spent in sorted(full.items(), key=lambda one: -one[1]):
        ratio = spent / max(small[name], LEAST_MILLISECONDS)
        wrong = spent > given.most_milliseconds or ratio > given.times * MORE_THAN_LINEAR
        bad += wrong
        print(f"{small[name]:8.1f} ms {spent:8.1f} ms  x{ratio:5.1f}  {name}{'  TOO SLOW' if wrong else ''}")
    print(f"{len(full)} reports, {bad} too slow")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
