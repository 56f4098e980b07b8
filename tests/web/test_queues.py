"""Those who sign in wait for one another, and nobody else waits for them."""

import threading
from types import SimpleNamespace

import pytest

from gsctracker.web.queues import AT_ONCE, Queues, is_sign_in


class Asked:
    """A connection with a request on it; being served, it waits for `until`."""

    def __init__(self, command, path, until=None):
        self.requests = [SimpleNamespace(command=command, path=path, error=None)]
        self.until, self.begun, self.served = until, threading.Event(), threading.Event()

    def service(self):
        self.begun.set()
        if self.until:
            assert self.until.wait(30)
        self.served.set()

    def cancel(self):
        pass


@pytest.fixture
def queues():
    made = Queues(2)
    yield made
    made.shutdown()


def test_a_troop_that_signs_in_at_once_keeps_nobody_from_an_answer(queues):
    """SEC-14: twenty sign-ins wait, as many as may hash at once are at it, and both threads of everybody are free."""
    hashed = threading.Event()
    signing_in = [Asked("POST", "/api/auth/login" if number % 2 else "/sign-in", hashed) for number in range(20)]
    for asked in signing_in:
        queues.add_task(asked)
    others = [Asked("GET", "/api/sales"), Asked("GET", "/sign-in"), Asked("POST", "/api/sales")]
    for asked in others:
        queues.add_task(asked)
    assert all(asked.served.wait(30) for asked in others)
    assert sum(asked.begun.is_set() for asked in signing_in) <= AT_ONCE
    hashed.set()
    assert all(asked.served.wait(30) for asked in signing_in)


def test_a_sign_in_is_known_by_its_first_line(queues):
    """What could not be read as a request, and the form itself, go with everybody's."""
    assert is_sign_in(Asked("POST", "/sign-in").requests[0])
    assert not is_sign_in(Asked("GET", "/sign-in").requests[0])
    assert not is_sign_in(Asked("POST", "/sign-in/code").requests[0])
    assert not is_sign_in(SimpleNamespace(error="bad request"))
