"""Two queues in front of the app: one for everybody, and one for those who sign in, which costs a hash each.

A password's hash keeps a core busy for some hundredths of a second. A whole troop that signs in at the same minute would hold every
thread with it, and nobody at a booth would get an answer. So sign-ins wait for threads of their own, and leave a core to the others.
"""

import logging
import os
from typing import Any

from waitress.task import ThreadedTaskDispatcher

HASHES = frozenset({"/sign-in", "/api/auth/login"})
AT_ONCE = max(1, min(2, (os.cpu_count() or 1) - 1))  # passwords.py lets no more than two at it in any case


class Queues(ThreadedTaskDispatcher):
    """Waitress's threads, with those that take sign-ins beside them."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self._sign_ins = ThreadedTaskDispatcher()
        self._sign_ins.queue_logger = logging.getLogger("gsctracker.sign_in_queue")
        self._sign_ins.queue_logger.setLevel(logging.ERROR)  # that some wait here is what it is for
        self._sign_ins.set_thread_count(AT_ONCE)
        self.set_thread_count(threads)

    def add_task(self, task: Any) -> None:
        """Put a connection with a whole request in the queue that it belongs to."""
        if is_sign_in(task.requests[0]):
            self._sign_ins.add_task(task)
        else:
            super().add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """End all threads; gives whether those of everybody ended."""
        self._sign_ins.shutdown(cancel_pending, timeout)
        return bool(super().shutdown(cancel_pending, timeout))


def is_sign_in(request: Any) -> bool:
    """Whether a parsed request brings a name and a password."""
    return not request.error and request.command == "POST" and request.path in HASHES
