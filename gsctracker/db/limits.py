"""How long one statement of a writer may take: whoever writes holds the turn of all others."""

import apsw

from gsctracker import clock

SECONDS = 5.0
_STEPS = 50_000  # of SQLite's machine between two looks at the clock: about a millisecond


def end_long_statements(writer: apsw.Connection, seconds: float = SECONDS) -> None:
    """From now on a statement of this connection that takes longer than `seconds` is ended: apsw.InterruptError."""
    began = clock.ticks()

    def begins(*_: object) -> bool:
        nonlocal began
        began = clock.ticks()
        return True

    writer.exec_trace = begins
    writer.set_progress_handler(lambda: clock.ticks() - began > seconds, _STEPS)
