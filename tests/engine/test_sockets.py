"""The kernel's socket tables are read."""

from __future__ import annotations

from imgslim.engine.sockets import Listener, listeners

TCP = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21 1 0 100 0 0 10 0
   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 22 1 0 100 0 0 10 0
   2: 020011AC:0050 010011AC:D5C4 01 00000000:00000000 00:00000000 00000000     0        0 23 1 0 100 0 0 10 0
"""
TCP6 = """  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
   1: 00000000000000000000000001000000:1F92 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
   2: 0000000000000000FFFF00000100007F:1F93 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
"""
UDP = """   sl  local_address rem_address   st tx_queue rx_queue
  12: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000
"""


def test_listening_sockets_of_tcp() -> None:
    """Only sockets in LISTEN count; 127/8 is told from the rest."""
    assert listeners(TCP, "tcp") == {Listener(80, "tcp", is_loopback=False), Listener(8080, "tcp", is_loopback=True)}


def test_ipv6_and_mapped_addresses() -> None:
    """``::1`` and mapped 127/8 are loopback, ``::`` is any."""
    assert listeners(TCP6, "tcp") == {
        Listener(8081, "tcp", is_loopback=False),
        Listener(8082, "tcp", is_loopback=True),
        Listener(8083, "tcp", is_loopback=True),
    }


def test_udp_sockets_without_a_peer() -> None:
    """A bound UDP socket waits as well."""
    assert listeners(UDP, "udp") == {Listener(53, "udp", is_loopback=False)}
    assert listeners("", "udp") == frozenset()
