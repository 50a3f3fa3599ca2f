"""One HTTP request to somebody else's server, who may be slow, hostile or both.

The standard library's HTTP, on a socket of our own: the name is asked once, each answer is checked, and the socket
goes to what was checked. No proxy of the environment, no redirect and no cookie can lead it elsewhere.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from http import HTTPStatus

from events.errors import Invalid
from registrations.actions.sending.deliveries import Answer
from registrations.addresses import Receiver, addresses_of, taken_apart

# For connecting, sending and the whole answer together, however slowly it drips.
SECONDS = 10
# Of the answer only so much is read, to be shown in the log.
READ_BYTES = 200
LONGEST_RETRY_AFTER = 3600
_ADDRESSES_TRIED = 2


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send the body to the address once, and return what became of it; raises nothing."""
    try:
        receiver = taken_apart(url)
        return _post(receiver, addresses_of(receiver), body, headers)
    except Invalid as refusal:
        return Answer(error=f"Not sent: {refusal.message}")
    except TimeoutError:
        return Answer(error=f"No answer within {SECONDS} seconds")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(error=f"{type(error).__name__}: {error}")


def _post(receiver: Receiver, addresses: list[str], body: bytes, headers: dict[str, str]) -> Answer:
    with _deadline() as deadline, _connected(receiver, addresses) as plain:
        sock = plain
        deadline.holds(sock)
        try:
            if receiver.scheme == "https":
                # The name, not the address, is what the certificate has to be for.
                sock = _tls().wrap_socket(sock, server_hostname=receiver.host, do_handshake_on_connect=False)
                deadline.holds(sock)
                sock.do_handshake()
            answer = _exchange(receiver, sock, body, headers)
        except Exception:
            if deadline.is_over:
                raise TimeoutError from None
            raise
        finally:
            # Wrapped for TLS it is another object than the one that was connected.
            sock.close()
    if deadline.is_over:
        # Cut short in the midst of its headers, an answer looks complete.
        raise TimeoutError
    return answer


def _exchange(receiver: Receiver, sock: socket.socket, body: bytes, headers: dict[str, str]) -> Answer:
    connection = http.client.HTTPConnection(receiver.host, receiver.port)
    connection.sock = sock
    try:
        connection.request("POST", receiver.target, body, {**headers, "Host": receiver.authority})
        return _answer(connection.getresponse())
    finally:
        connection.close()


def _answer(response: http.client.HTTPResponse) -> Answer:
    if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(response.status)
    said = response.read(READ_BYTES).decode("utf-8", "replace")
    # What another system says goes into a log that people read, and into a database that takes no null bytes.
    shown = "".join(character if character.isprintable() else " " for character in said).strip()
    words = f"Answered {response.status}" + (f": {shown}" if shown else "")
    return Answer(response.status, words, _retry_after(response))


def _retry_after(response: http.client.HTTPResponse) -> int:
    given = response.getheader("Retry-After") or ""
    if response.status not in {429, 503} or not (given.isascii() and given.isdigit()):
        return 0
    return min(int(given[:9]), LONGEST_RETRY_AFTER)


@contextlib.contextmanager
def _connected(receiver: Receiver, addresses: list[str]) -> Iterator[socket.socket]:
    """Connect to the first of the checked addresses that answers."""
    *others, last = addresses[:_ADDRESSES_TRIED]
    for address in others:
        with contextlib.suppress(OSError):
            sock = socket.create_connection((address, receiver.port), timeout=SECONDS / _ADDRESSES_TRIED)
            break
    else:
        sock = socket.create_connection((last, receiver.port), timeout=SECONDS)
    sock.settimeout(SECONDS)
    try:
        yield sock
    finally:
        sock.close()


class _Deadline:
    """Cuts the line when the time is over: a timeout on the socket begins anew with each byte that drips in."""

    def __init__(self) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None

    def holds(self, sock: socket.socket) -> None:
        self._socket = sock

    def cut(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Below TLS: a farewell of TLS would wait for the other side once more.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


@contextlib.contextmanager
def _deadline() -> Iterator[_Deadline]:
    deadline = _Deadline()
    timer = threading.Timer(SECONDS, deadline.cut)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()


@functools.cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
