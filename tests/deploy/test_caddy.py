"""Caddy with our file, before a server that says what it was sent and another that is not there."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.forging import FORGED
from tests.deploy.services import needs, running
from tests.deploy.test_files import DEPLOY
from tests.serving.load import free_port

# Nobody may steer the server.
HERE = "{\n\tadmin off\n}\n"


@pytest.fixture
def caddy(tmp_path: Path, echo: int) -> Iterator[int]:
    """Our file on a free port; gives the port."""
    file = tmp_path / "Caddyfile"
    site = "{$SITE_ADDRESS} {"
    text = (DEPLOY / "Caddyfile").read_text()
    assert site in text
    # A certificate cannot be had here.
    file.write_text(HERE + text.replace(site, f"http://{site}", 1))
    port = free_port()
    environment = os.environ | {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "SITE_ADDRESS": f"127.0.0.1:{port}",
        "SEATWISE_SERVERS": f"127.0.0.1:{free_port()} 127.0.0.1:{echo}",
    }
    command = [needs("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]
    with running(command, port, env=environment):
        yield port


def test_caddy_believes_no_visitor_and_asks_another_server_when_one_is_gone(caddy):
    for _ in range(4):
        asked = urllib.request.Request(f"http://127.0.0.1:{caddy}/", headers=FORGED)
        with urllib.request.urlopen(asked, timeout=20) as answer:
            sent = json.loads(answer.read())
        believed = {
            name: sent[name] for name in ("Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host")
        }
        assert believed == {
            "Host": f"127.0.0.1:{caddy}",
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Proto": "http",
            "X-Forwarded-Host": f"127.0.0.1:{caddy}",
        }
