"""What a log line holds, and what it never holds."""

import contextlib
import io
import json
import logging
import socket
from pathlib import Path

import pytest

from gsctracker import log


@pytest.fixture
def written(monkeypatch):
    """Start logging into a text that can be read back; the root logger is put back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level

    def start(shape, level="info"):
        out = io.StringIO()
        monkeypatch.setattr("sys.stdout", out)
        log.start(level, shape)
        return out

    yield start
    logging.captureWarnings(False)
    root.handlers[:] = before
    root.setLevel(level)
    log.request_id.set("")


def test_a_json_line_has_its_fields(written):
    """LOG-03: UTC with milliseconds, service, version, env, and the id of the request."""
    out = written("json")
    log.request_id.set("abc-123")
    logging.getLogger("gsctracker.test").warning("the cupboard is %s", "empty", extra={"event": "cupboard"})
    line = json.loads(out.getvalue())
    assert line["message"] == "the cupboard is empty"
    assert (line["level"], line["service"], line["env"]) == ("warning", "gsctracker", "production")
    assert (line["event"], line["request_id"]) == ("cupboard", "abc-123")
    assert len(line["timestamp"]) == len("2026-02-14T18:05:00.123Z")


def test_an_exception_is_one_field_of_one_line(written):
    """LOG-03: the stack trace does not fall apart into lines."""
    out = written("json")
    try:
        raise ValueError("no\nsuch cookie")
    except ValueError:
        logging.getLogger("gsctracker.test").exception("that broke")
    assert out.getvalue().count("\n") == 1
    assert "ValueError: no\nsuch cookie" in json.loads(out.getvalue())["exception"]


@pytest.mark.parametrize("shape", ["json", "text"])
def test_an_e_mail_address_is_covered(written, shape):
    out = written(shape)
    try:
        raise ValueError("unknown: leader@example.org")
    except ValueError:
        logging.getLogger("gsctracker.test").exception("mail to %s", "ana.b+x@example.org")
    assert "example.org" not in out.getvalue()


def test_a_text_line_cannot_be_forged(written):
    """A control character in what somebody typed does not begin a new line."""
    out = written("text")
    logging.getLogger("gsctracker.test").info("asked for %s", "x\n2026-01-01T00:00:00Z ERROR forged\x1b[2J")
    assert out.getvalue().count("\n") == 1
    assert "\x1b" not in out.getvalue()


def test_the_level_is_kept(written):
    out = written("text", "error")
    logging.getLogger("gsctracker.test").warning("not this")
    logging.getLogger("gsctracker.test").error("but this")
    assert "not this" not in out.getvalue() and "but this" in out.getvalue()


def test_two_files_are_kept_where_a_folder_is_named_and_begun_anew_when_full(written, tmp_path, monkeypatch):
    """LOG-04: all lines in one, errors in the other; none without the setting."""
    monkeypatch.setattr(log, "LARGEST_FILE", 2000)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    log.start("info", "json", folder=tmp_path / "logs")
    logger, files = logging.getLogger("gsctracker.test"), logging.getLogger().handlers[1:]
    for number in range(20):
        logger.info("line %s for ana@example.org", number)
    logger.error("that broke")
    logging.getLogger(log.ACCESS).info("GET /")
    for file in files:
        file.close()
    kept = sorted(file.name for file in (tmp_path / "logs").iterdir())
    assert kept[:2] == ["all.log", "all.log.1"] and kept[-1] == "errors.log"
    assert len(kept) <= 2 + log.MOST_FILES
    everything = "".join(file.read_text() for file in (tmp_path / "logs").glob("all.log*"))
    assert [json.loads(line)["message"] for line in everything.splitlines()].count("GET /") == 1
    assert "example.org" not in everything
    (error,) = (tmp_path / "logs" / "errors.log").read_text().splitlines()
    assert json.loads(error)["message"] == "that broke"


def test_a_disk_without_room_costs_lines_and_nothing_else(written, tmp_path, monkeypatch, capsys):
    """LOG-04, fault 13: neither a file of lines nor standard output on a full disk breaks a request, or tells of each line."""
    with contextlib.ExitStack() as held:
        full = held.enter_context(Path("/dev/full").open("w", encoding="utf-8"))
        (tmp_path / "logs").mkdir()
        for name in (log.ALL, log.ERRORS):
            (tmp_path / "logs" / name).symlink_to("/dev/full")
        monkeypatch.setattr("sys.stdout", full)
        log.start("info", "text", folder=tmp_path / "logs")
        logger, access = logging.getLogger("gsctracker.test"), logging.getLogger(log.ACCESS)
        for number in range(100):
            logger.error("that broke %s", number)
            access.info("GET /%s", number)
        logging.getLogger().handlers[0].flush()
        assert len(log.recent) == 200
        for handler in logging.getLogger().handlers[1:]:
            with contextlib.suppress(OSError):
                handler.close()
        monkeypatch.undo()
        with contextlib.suppress(OSError):
            full.close()
    assert "Logging error" not in capsys.readouterr().err


def test_a_stack_trace_cannot_forge_a_line_either(written):
    """LOG-03: what an exception says keeps to its own lines."""
    out = written("text")
    try:
        raise ValueError("bad\r2026-01-01 INFO all is well\x1b[2J\n2026-01-01 INFO all is well")
    except ValueError:
        logging.getLogger("gsctracker.test").exception("that broke")
    said = out.getvalue()
    assert "\r" not in said and "\x1b" not in said
    assert [line for line in said.splitlines() if "all is well" in line and not line.startswith("    ")] == []


def test_lines_are_forwarded_to_a_syslog(written, monkeypatch):
    """LOG-08: each line as it stands here, to a collector elsewhere."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
        collector.bind(("127.0.0.1", 0))
        collector.settimeout(30)
        monkeypatch.setattr("sys.stdout", io.StringIO())
        log.start("info", "json", forward=("127.0.0.1", collector.getsockname()[1]))
        log.request_id.set("tell-this-0001")
        logging.getLogger("gsctracker.test").warning("the cupboard is empty")
        said = collector.recv(4000).decode()
        logging.getLogger().handlers[1].close()
    assert json.loads(said[said.index("{") :].rstrip("\0"))["request_id"] == "tell-this-0001"


def test_the_newest_lines_are_kept_in_bounds(written):
    """LOG-08: so that somebody can search in them; the oldest go."""
    written("json")
    for number in range(log.MOST_RECENT + 10):
        logging.getLogger(log.ACCESS).info("line %s", number)
    assert len(log.recent) == log.MOST_RECENT
    assert "line 10" in log.recent[0].text
