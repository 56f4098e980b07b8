"""Who really asks, when proxies stand between."""

import ipaddress

import pytest

from gsctracker.web import access_line, doorstep

PROXY = (ipaddress.ip_network("172.16.0.0/12"),)


def asked(remote="172.17.0.2", **claims):
    """The environment of a request after the doorstep."""
    environ = {"REMOTE_ADDR": remote, "wsgi.url_scheme": "http", "HTTP_HOST": "box:3000", "REQUEST_METHOD": "GET"}
    environ |= {f"HTTP_X_FORWARDED_{name}": value for name, value in claims.items()}
    doorstep.believe(environ, PROXY)
    return environ


def test_a_trusted_proxy_names_the_visitor_her_scheme_and_the_host():
    environ = asked(FOR="198.51.100.7", PROTO="https", HOST="cookies.example.org")
    assert environ["REMOTE_ADDR"] == "198.51.100.7"
    assert environ["wsgi.url_scheme"] == "https"
    assert environ["HTTP_HOST"] == "cookies.example.org"


def test_only_what_the_last_trusted_proxy_saw_is_believed():
    assert asked(FOR="127.0.0.1, 198.51.100.7, 172.18.0.9")["REMOTE_ADDR"] == "198.51.100.7"


@pytest.mark.parametrize("claim", ["nonsense", "", "999.1.1.1", "<script>"])
def test_a_claim_that_is_no_address_changes_nothing(claim):
    assert asked(FOR=claim)["REMOTE_ADDR"] == "172.17.0.2"


@pytest.mark.parametrize("host", ["a b", "evil.example\r\nX: y", "a/b", "user@host", ""])
def test_a_host_that_is_none_changes_nothing(host):
    assert asked(HOST=host)["HTTP_HOST"] == "box:3000"


def test_a_strange_proxy_is_not_believed_and_its_visitors_are_no_neighbours():
    environ = asked("127.0.0.1", FOR="192.168.1.5", PROTO="https", HOST="evil.example")
    assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == ("127.0.0.1", "http")
    assert environ["HTTP_HOST"] == "box:3000"
    assert not any(name.startswith("HTTP_X_FORWARDED") for name in environ)
    assert not doorstep.is_neighbour(environ)


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("127.0.0.1", True),
        ("192.168.178.20", True),
        ("10.1.2.3", True),
        ("::1", True),
        ("::ffff:192.168.1.2", True),
        ("fd12::1", True),
        ("203.0.113.9", False),
        ("8.8.8.8", False),
        ("2001:db8::1", False),
        ("::ffff:8.8.8.8", False),
        ("", False),
        ("unix", False),
    ],
)
def test_neighbours_are_this_machine_and_private_networks(address, near):
    """MON-05."""
    assert doorstep.is_neighbour({"REMOTE_ADDR": address}) is near


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/scouts/17", "/scouts/17"),
        ("/join/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6", "/join/*"),
        ("/a\nb\x1b", "/a%0Ab%1B"),
    ],
)
def test_a_logged_path_holds_no_secret_and_no_control_character(path, written):
    """LOG-05."""
    assert access_line.shown(path) == written
    assert len(access_line.shown("/" + "x/" * 5000)) <= 1200
