"""nginx with our snippet, before a server that says what it was sent."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.forging import FORGED
from tests.deploy.services import needs
from tests.deploy.test_files import DEPLOY
from tests.serving.load import free_port

SECONDS = 20


@pytest.fixture
def nginx(tmp_path: Path, echo: int) -> Iterator[int]:
    """Our snippet on free ports, with a certificate of its own; gives the port that speaks TLS."""
    program = needs("nginx")
    plain, secure = free_port(), free_port()
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "page.0123456789ab.css").write_text("p {}")
    _certificate(tmp_path)
    _configuration(tmp_path, plain, secure, echo)
    command = [
        program,
        "-p",
        str(tmp_path),
        "-c",
        str(tmp_path / "nginx.conf"),
        "-e",
        str(tmp_path / "errors"),
    ]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    running = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    yield secure
    running.terminate()
    running.wait(SECONDS)


def _certificate(folder: Path) -> None:
    subject = ["-subj", "/CN=events.example.org", "-days", "2", "-nodes"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    command = [needs("openssl"), "req", "-x509", "-newkey", "rsa:2048", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)


def _configuration(folder: Path, plain: int, secure: int, upstream: int) -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    for there, here in {
        "/etc/ssl/events.example.org.pem": f"{folder}/certificate.pem",
        "/etc/ssl/private/events.example.org.key": f"{folder}/key.pem",
        "/etc/nginx/seatwise_headers.conf": f"{DEPLOY}/seatwise_headers.conf",
        "/var/lib/seatwise": str(folder),
        "listen 80": f"listen 127.0.0.1:{plain}",
        "listen 443": f"listen 127.0.0.1:{secure}",
        "127.0.0.1:8000": f"127.0.0.1:{upstream}",
    }.items():
        assert there in text
        text = text.replace(there, here)
    # The second server of the example is not there: whoever is refused by it must not notice.
    text = re.sub(r"127\.0\.0\.1:8001", f"127.0.0.1:{free_port()}", text)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    http = f"http {{ access_log off; types {{ text/css css; }} {paths}\n{text}\n}}"
    (folder / "nginx.conf").write_text(f"pid {folder}/pid; user root; events {{}} {http}")


def fetch(port: int, path: str, **headers: str) -> tuple[str, dict[str, str]]:
    """The body and headers of one answer."""
    context = ssl._create_unverified_context()
    asked = urllib.request.Request(
        f"https://127.0.0.1:{port}{path}", headers={"Host": "events.example.org", **headers}
    )
    until = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=SECONDS, context=context) as answer:
                return answer.read().decode(), dict(answer.headers)
        except ConnectionRefusedError:
            assert time.monotonic() < until
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > until:
                raise
        time.sleep(0.05)


def test_nginx_believes_no_visitor_and_lets_static_files_be_kept(nginx):
    for _ in range(4):
        sent = json.loads(fetch(nginx, "/", **FORGED)[0])
        believed = {name: sent[name] for name in ("Host", "X-Forwarded-For", "X-Forwarded-Proto")}
        assert believed == {
            "Host": "events.example.org",
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Proto": "https",
        }
        assert not sent.keys() & {"X-Forwarded-Host", "Forwarded", "X-Real-IP"}
    text, headers = fetch(nginx, "/static/page.0123456789ab.css")
    assert (text, headers["Cache-Control"]) == ("p {}", "public, max-age=31536000, immutable")
