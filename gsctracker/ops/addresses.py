"""Which addresses a phone on the same network can open."""

import fcntl
import socket
import struct
from ipaddress import ip_address

from gsctracker.config import Config

_ASK_ADDRESS = 0x8915  # SIOCGIFADDR, from Linux's sockios.h


def to_open(config: Config) -> list[str]:
    """The addresses to open in a browser, the best one for a phone first."""
    if config.app_url:
        return [config.app_url]
    host = config.host.strip("[]")
    if host not in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        return [_address(host, config.port)]
    found = [_address(each, config.port) for each in on_the_network()]
    name = socket.gethostname()
    if found and "." not in name:
        found.append(_address(f"{name}.local", config.port))
    return [*found, _address("localhost", config.port)]


def on_the_network() -> list[str]:
    """This machine's own IPv4 addresses, without loopback; those of home networks first. None where nobody may ask for them."""
    found = []
    try:
        interfaces = socket.if_nameindex()
    except OSError:  # a service that may not ask the kernel for them (RestrictAddressFamilies without AF_NETLINK)
        return []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in interfaces:
            question = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(asking.fileno(), _ASK_ADDRESS, question)
            except OSError:  # an interface without an address
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    outside = [each for each in dict.fromkeys(found) if not ip_address(each).is_loopback]
    return sorted(outside, key=_rank)


def _rank(address: str) -> int:
    # 172.17 and up is where Docker puts its own bridges
    return next((place for place, start in enumerate(("192.168.", "10.")) if address.startswith(start)), 2)


def _address(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}" if port == 80 else f"http://{shown}:{port}"
