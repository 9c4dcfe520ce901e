"""Which ports a container listens on, read from its network namespace: /proc/PID/net (proc(5))."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address

from imgslim.records import dataclass
from imgslim.regex import regex

#: ``sl local_address rem_address st …``: addresses in hex, each 32-bit word in host order.
_ROW = regex(
    r"^\s*\d+:\s+([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})\s+[0-9A-F]+:[0-9A-F]+\s+([0-9A-F]{2})\b", re.MULTILINE
)
#: TCP_LISTEN of include/net/tcp_states.h.
_LISTEN = "0A"
#: A bound UDP socket without a peer shows TCP_CLOSE.
_UNCONNECTED = "07"


@dataclass(frozen=True, slots=True, order=True)
class Listener:
    """A socket that waits for peers."""

    port: int
    protocol: str
    #: True where only programs in the same container reach it.
    is_loopback: bool


def listeners(table: str, protocol: str) -> frozenset[Listener]:
    """The waiting sockets of one /proc/net table; ``protocol`` is tcp or udp (the tables of IPv6 look alike)."""
    waiting = _LISTEN if protocol == "tcp" else _UNCONNECTED
    return frozenset(
        Listener(int(port, 16), protocol, _address(address).is_loopback)
        for address, port, state in _ROW.findall(table)
        if state == waiting
    )


def _address(text: str) -> IPv4Address | IPv6Address:
    """The address behind the hex words of a little-endian machine (all that Docker runs on but s390x)."""
    raw = b"".join(bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8))
    if len(raw) == len(IPv4Address(0).packed):
        return IPv4Address(raw)
    address = IPv6Address(raw)
    return address.ipv4_mapped or address
