"""Where the data folder lies, by what the kernel says of its mounts."""

from pathlib import Path

import pytest

from gsctracker.ops import volumes

NAME = "4f1c" * 16
PLAIN = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n30 22 0:26 / /proc rw - proc proc rw\n"


def mounted(root, point, kind, source="/dev/sdb1"):
    """What /proc/self/mountinfo says with one more mount."""
    return PLAIN + f"99 22 0:55 {root} {point} rw,relatime master:1 - {kind} {source} rw\n"


@pytest.mark.parametrize(
    ("root", "kind", "network", "anonymous", "forgetful"),
    [
        ("/", "ext4", False, False, False),
        ("/", "btrfs", False, False, False),
        ("/", "fuseblk", False, False, False),
        ("/", "nfs4", True, False, False),
        ("/", "cifs", True, False, False),
        ("/", "9p", True, False, False),
        ("/", "fuse.sshfs", True, False, False),
        ("/", "fuse.grpcfuse", True, False, False),
        ("/", "tmpfs", False, False, True),
        ("/var/lib/docker/volumes/gsctracker/_data", "ext4", False, False, False),
        (f"/var/lib/docker/volumes/{NAME}/_data", "ext4", False, True, False),
        (f"/volumes/{NAME}/_data", "xfs", False, True, False),
        (f"/var/lib/containers/storage/volumes/{NAME}/_data", "ext4", False, True, False),
        (f"/home/olga/{NAME}/_data", "ext4", False, False, False),
    ],
)
def test_a_volume_is_known_for_what_it_is(root, kind, network, anonymous, forgetful):
    """Fault 19."""
    found = volumes.of(Path("/data"), mounted(root, "/data", kind))
    assert (found.is_network, found.is_anonymous, found.is_forgetful) == (network, anonymous, forgetful)


def test_the_innermost_mount_counts():
    text = mounted("/", "/srv", "nfs4") + "100 99 8:2 / /srv/cookies rw - ext4 /dev/sdc1 rw\n"
    assert volumes.of(Path("/srv/cookies/data"), text).kind == "ext4"
    assert volumes.of(Path("/srv/other"), text).kind == "nfs4"
    assert volumes.of(Path("/srvother"), text).kind == "ext4"


def test_a_mount_with_a_blank_in_its_name_is_found():
    assert volumes.of(Path("/media/My Stick/data"), mounted("/", r"/media/My\040Stick", "exfat")).kind == "exfat"


def test_the_layer_of_a_container_is_forgetful():
    text = "22 1 0:40 / / rw - overlay overlay rw,lowerdir=/a\n"
    assert volumes.of(Path("/data"), text).is_forgetful


@pytest.mark.parametrize("text", ["", "nonsense\n", "1 2 3 - \n", "a - ext4"])
def test_what_cannot_be_read_is_not_known(text):
    assert volumes.of(Path("/data"), text) is None


def test_this_machine_can_be_asked(tmp_path):
    found = volumes.of(tmp_path)
    assert found is None or str(tmp_path.resolve()).startswith(found.point)
