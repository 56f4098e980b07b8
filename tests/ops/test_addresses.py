"""Which addresses are offered to open."""

from gsctracker import config
from gsctracker.ops import addresses


def offered(tmp_path, **settings):
    return addresses.to_open(config.load(settings, tmp_path))


def test_the_address_that_is_set_is_the_one_to_open(tmp_path):
    assert offered(tmp_path, APP_URL="https://cookies.example.org/") == ["https://cookies.example.org"]


def test_a_server_for_this_machine_alone_offers_only_that(tmp_path):
    assert offered(tmp_path, HOST="127.0.0.1", PORT="8080") == ["http://127.0.0.1:8080"]
    assert offered(tmp_path, HOST="::1", PORT="80") == ["http://[::1]"]


def test_a_server_for_everybody_offers_the_network_first_and_this_machine_last(tmp_path):
    found = offered(tmp_path)
    assert found[-1] == "http://localhost:3000"
    assert not any("127.0.0.1" in address or "0.0.0.0" in address for address in found)
    assert found[: len(addresses.on_the_network())] == [f"http://{each}:3000" for each in addresses.on_the_network()]


def test_a_service_that_may_not_ask_for_its_addresses_starts(tmp_path, monkeypatch):
    """A hardened unit forbids the question: it then says where it is on this machine, and does not fail."""

    def refused():
        raise OSError(97, "Address family not supported by protocol")

    monkeypatch.setattr(addresses.socket, "if_nameindex", refused)
    assert addresses.to_open(config.load({}, tmp_path)) == ["http://localhost:3000"]
