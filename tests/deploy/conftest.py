"""What stands behind a proxy under test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from tests.deploy.forging import Echo


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says what it was sent; gives its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
