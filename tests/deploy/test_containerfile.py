"""The Containerfile's very commands, run in a fresh folder: there is no engine here that could build it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.db import connection

from tests.deploy.test_files import DEPLOY, ROOT
from tests.serving.load import free_port

SECONDS = 120
PLACES = ("/srv/seatwise", "/var/lib/seatwise")


def instructions(text: str) -> list[tuple[str, str]]:
    """The Containerfile's instructions, in their order."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(name, " ".join(rest.split())) for name, _space, rest in (line.partition(" ") for line in whole)]


class Container:
    """A folder that stands for the image; the machine's own Python stands for the image's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", folder / "python"], check=True)
        kept = {
            name: os.environ[name]
            for name in os.environ
            if name.startswith(("PIP_", "UV_", "HTTP", "SSL", "http"))
        }
        self.environment = kept | {"HOME": str(folder), "PATH": f"{folder}/python/bin:{os.environ['PATH']}"}
        self.command: list[str] = []

    def obey(self, name: str, rest: str) -> None:
        """Do what one instruction says; those about the image alone say nothing here."""
        for place in PLACES:
            rest = rest.replace(place, f"{self.folder}{place}")
        if name == "ENV":
            told = dict(word.split("=", 1) for word in rest.split())
            # The machine's own store of packages saves fetching them.
            self.environment |= {key: value for key, value in told.items() if key != "UV_NO_CACHE"}
        elif name == "COPY":
            *sources, target = rest.split()
            for source in sources:
                _copy(ROOT / source, Path(target))
        elif name == "RUN":
            self.run(rest)
        elif name == "CMD":
            self.command = json.loads(rest)

    def run(self, line: str) -> None:
        """Run one line of a shell, which must not fail."""
        where = self.folder / "srv/seatwise"
        done = subprocess.run(
            line, shell=True, cwd=where, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


@pytest.mark.skipif(
    os.environ.get("REQUIRE_SERVICES") != "1", reason="takes half a minute: CI runs it, or REQUIRE_SERVICES=1"
)
@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="gives a folder to the image's own user: needs root"
)
@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs once, on SQLite")
def test_image_is_built_and_serves(tmp_path, transactional_db):
    container = Container(tmp_path)
    told = instructions((DEPLOY / "Containerfile").read_text())
    for name, rest in told:
        container.obey(name, rest)
    assert {name for name, _rest in told} == {
        "FROM",
        "ENV",
        "WORKDIR",
        "COPY",
        "RUN",
        "USER",
        "VOLUME",
        "EXPOSE",
        "CMD",
    }
    container.environment |= {
        "SECRET_KEY": "x" * 50,
        "SITE_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    container.environment |= {"BEHIND_PROXY": "1"}
    # With tables already: to go through every migration takes longer than all else here, and `tests/upgrades` does.
    with sqlite3.connect(tmp_path / "var/lib/seatwise/db.sqlite3") as database:
        connection.connection.backup(database)
    container.run(".venv/bin/python manage.py migrate --verbosity 0")
    port = str(free_port())
    command = [port if word == "8000" else word for word in container.command]
    assert port in command
    served = subprocess.Popen(command, cwd=tmp_path / "srv/seatwise", env=container.environment)
    try:
        assert _answer(int(port)) == 200
    finally:
        served.terminate()
    assert served.wait(SECONDS) == 0


def _answer(port: int) -> int:
    """The first page's status, as a proxy that ended TLS would get it."""
    until = time.monotonic() + SECONDS
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-Proto": "https"})
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
