"""The listening sockets: they outlive the web server, so that whoever has connected is answered by the next one."""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
import time
from collections.abc import Sequence

BACKLOG = 1024
# A connection that was accepted just now has this long to say what it wants.
SECONDS_TO_SPEAK = 0.3
_SO_ATTACH_FILTER = 26
_WAITING_IN_TCP_INFO = slice(24, 28)
# For the kernel, as (code, if true, if false, value): load the TCP flags, drop what opens a connection, keep the rest.
_NO_NEW_CONNECTIONS = [
    (0x30, 0, 0, 13),
    (0x54, 0, 0, 0x12),
    (0x15, 0, 1, 0x02),
    (0x06, 0, 0, 0),
    (0x06, 0, 0, 2**32 - 1),
]


def listen(host: str, port: int, number: int) -> list[socket.socket]:
    """Return so many sockets that share one address, between which the kernel divides who connects.

    One for each process: of a single shared one, the process that is quickest would take nearly everybody.
    """
    family, kind, *_rest, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = []
    for _ in range(number if hasattr(socket, "SO_REUSEPORT") else 1):
        one = socket.socket(family, kind)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(address)
        one.listen(BACKLOG)
        made.append(one)
    return made


def let_nobody_in(sockets: Sequence[socket.socket], seconds: float) -> None:
    """Leave no connection waiting: new ones are not begun, those that are there get accepted, within the time.

    To close a socket resets whoever is in its queue, request and all. Whoever is kept out tries again after a second,
    finds the socket closed and, when it is a proxy, turns to the next server: nothing of theirs was sent yet.
    Elsewhere than on Linux this only waits for the queue.
    """
    for one in sockets if sys.platform == "linux" else ():
        _attach(one)
    until = time.monotonic() + seconds
    while any(_waiting(one) for one in sockets) and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(SECONDS_TO_SPEAK)


def _attach(one: socket.socket) -> None:
    program = b"".join(struct.pack("HBBI", *line) for line in _NO_NEW_CONNECTIONS)
    held = ctypes.create_string_buffer(program)
    where = struct.pack("HP", len(_NO_NEW_CONNECTIONS), ctypes.addressof(held))
    one.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, where)


def _waiting(one: socket.socket) -> int:
    """How many connections nobody has accepted yet."""
    if sys.platform != "linux":
        return 0
    facts = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    return int.from_bytes(facts[_WAITING_IN_TCP_INFO], sys.byteorder)
