"""What the machine says of its own health."""

import os
import ssl
from datetime import timedelta

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.ops import box_metrics, certificates, host, readiness, runs
from gsctracker.ops.alerts import rules
from tests import factories


def write(root, name, text):
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_heat_voltage_and_wear_are_read_where_the_machine_tells(tmp_path):
    """MON-16: a weak supply is a flag."""
    write(tmp_path, "sys/class/thermal/thermal_zone0/temp", "61234\n")
    write(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n")
    write(tmp_path, "sys/block/mmcblk0/device/life_time", "0x01 0x09\n")
    found = {name: number for name, _, number in host.numbers(tmp_path)}
    assert found == {
        "gsctracker_host_temperature_celsius": 61.234,
        "gsctracker_host_undervoltage": 1,
        "gsctracker_host_throttled": 1,
        "gsctracker_emmc_life_used_ratio": 0.9,
    }


def test_a_machine_that_tells_nothing_or_nonsense_gives_no_number(tmp_path):
    write(tmp_path, "sys/class/thermal/thermal_zone0/temp", "hot\n")
    write(tmp_path, "sys/block/mmcblk0/device/life_time", "\n")
    assert list(host.numbers(tmp_path)) == []
    assert host.clock_unsynchronised() in (True, False, None)


@pytest.mark.parametrize(("rule", "says"), [("UnderVoltage", "power supply"), ("Hot", "slows itself down")])
def test_a_weak_supply_and_heat_are_warned_of_with_what_to_do(tmp_path, box, rule, says):
    """Fault 64, 65: by the files in which a Raspberry Pi tells of them; writing goes on meanwhile."""
    write(tmp_path, "sys/class/thermal/thermal_zone0/temp", "85000\n")
    write(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n")
    found = {name: number for name, _, number in host.numbers(tmp_path)}
    warns = next(one for one in rules.parse(rules.OURS.read_text(encoding="utf-8")) if one.name == rule)
    (condition,) = warns.when
    assert condition.holds(found[condition.metric]) and not condition.holds(0)
    assert warns.severity == "warning" and says in warns.says and len(warns.steps) == 3
    with box.write() as tx:
        factories.make_scout(tx, "Ava")


def test_jobs_disks_and_the_last_look_at_the_file_are_measured(box, tmp_path):
    """What the rules look at is there."""
    config = Config(data_dir=tmp_path)
    with box.write() as tx:
        runs.record(tx, "check", clock.now(), "failed", "Page 7 is damaged.", "")
    runs.count(box, "check", "failed")
    with box.read() as tx:
        inside = list(box_metrics.inside(tx, config, box, 12.0))
    found = {
        (one.name, *one.labels.values()): one.value
        for family in (*box_metrics.outside(config, box), *inside)
        for one in family.samples
    }
    assert found["gsctracker_db_integrity_ok",] == 0
    assert found["gsctracker_jobs_failing",] == 1
    assert found["gsctracker_job_runs_total", "check", "failed"] == 1
    assert 0 <= found["gsctracker_timetable_idle_seconds",] <= 12
    assert found["gsctracker_disk_free_bytes", "data"] <= found["gsctracker_disk_size_bytes", "data"]
    assert found["gsctracker_disk_writable", "backups"] == 1
    assert found["gsctracker_only_read", "damaged"] == 0
    assert found["gsctracker_backup_off_box",] == 0
    assert found["gsctracker_booths_under_way",] == 0


def test_what_was_written_to_the_disk_is_counted_where_the_machine_does(tmp_path):
    device = tmp_path.stat().st_dev
    assert host.written_bytes(tmp_path, tmp_path) is None
    write(tmp_path, f"sys/dev/block/{os.major(device)}:{os.minor(device)}/stat", " 1 0 8 1 5 0 2000 9 0 3 4\n")
    assert host.written_bytes(tmp_path, tmp_path) == 2000 * 512
    assert host.written_bytes(tmp_path / "nowhere", tmp_path) is None


def test_what_waits_what_was_given_up_and_what_was_missed_is_counted(box, tmp_path):
    """Three failures in a row make a job dead; a success among them does not."""
    config = Config(data_dir=tmp_path, s3_backup_bucket="copies")
    with box.write() as tx:
        for job, results in {
            "ship": ("failed",) * 3,
            "copy": ("done", "failed", "failed"),
            "drill": ("failed",) * 2,
        }.items():
            for result in results:
                runs.record(tx, job, clock.now(), result, "", "")
    runs.miss(box, "daily-copy")
    with box.read() as tx:
        found = {
            (one.name, *one.labels.values()): one.value
            for family in box_metrics.inside(tx, config, box, 12.0)
            for one in family.samples
        }
    assert found["gsctracker_job_dead",] == 1
    assert found["gsctracker_job_missed_total",] == 1
    assert found["gsctracker_job_queue_depth", "uploads", "waiting"] == 0
    assert found["gsctracker_job_queue_depth", "family_files", "waiting"] == 0


def test_the_certificate_of_the_own_address_is_looked_at(box, tmp_path, monkeypatch):
    """CertExpiry: how long it lasts, 0 where phones refuse it; an address that does not answer changes nothing."""
    config = Config(data_dir=tmp_path, app_url="https://cookies.example.org")
    said = {}
    monkeypatch.setattr(readiness, "end_of_certificate", lambda host, port: said[host, port]())
    left = lambda: [one.value for family in certificates.collect(config) for one in family.samples]  # noqa: E731

    def refuse(error):
        raise error

    assert left() == []
    said["cookies.example.org", 443] = lambda: clock.moment() + timedelta(days=10)
    assert certificates.look(config, box) is None
    assert left()[0] == pytest.approx(10 * 86_400, abs=60)
    said["cookies.example.org", 443] = lambda: refuse(ConnectionRefusedError())
    certificates.look(config, box)
    assert left()[0] == pytest.approx(10 * 86_400, abs=60)
    said["cookies.example.org", 443] = lambda: refuse(ssl.SSLError())
    certificates.look(config, box)
    assert left() == [0]
    certificates.look(Config(data_dir=tmp_path), box)
    assert list(certificates.collect(Config(data_dir=tmp_path))) == []
