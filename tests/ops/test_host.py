"""What the machine says of its own health."""

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.ops import box_metrics, host, runs
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
