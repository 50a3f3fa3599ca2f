"""The written guide: each of its lines is run, in its order, and what it says is printed is what is printed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as used
from django.db import connection

from registrations.imports.running import work_on_imports
from registrations.webhooks.signing import signed_headers
from tests.api.test_guide import ROOT, UV
from tests.factories import EventFactory

GUIDE = ROOT / "templates/api/guide.md"
BLOCK = re.compile(r"```(sh|python)\n(.*?)```(?:\n+```text\n(.*?)```)?", re.S)
END = "--- the block has ended"


def blocks() -> list[tuple[str, str, str]]:
    """Language, lines and stated output of each block; the shell comes before Python."""
    found = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    assert [language for language, *_rest in found] == sorted((each[0] for each in found), reverse=True)
    return found


def script(site: str, language: str) -> str:
    """All blocks in this language, each of which waits for leave to go on after it."""
    wait = {"sh": f'echo "{END}"; read -r leave', "python": f'print("{END}", flush=True); input()'}[language]
    lines = [f"{text}{wait}" for each, text, _said in blocks() if each == language]
    return "\n".join(lines).replace("http://127.0.0.1:8000", site)


class Guide:
    """The guide as it is run; between two blocks there is time for what a worker would do."""

    def __init__(self, site: str, folder: Path) -> None:
        (folder / "uv").write_text(UV.format(python=sys.executable))
        (folder / "uv").chmod(0o755)
        (folder / "guide.py").write_text(script(site, "python"))
        whole = f'{script(site, "sh")}\nexec "{sys.executable}" guide.py'
        environment = {
            "PATH": f"{folder}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "SEATWISE_GUIDE_DATABASE": str(connection.settings_dict["NAME"]),
        }
        self.process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", whole],
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def next_block(self) -> str:
        """What the next block printed."""
        assert self.process.stdout
        assert self.process.stderr
        said = []
        for line in self.process.stdout:
            if line.strip() == END:
                return "".join(said)
            said.append(line)
        raise AssertionError("".join(said) + self.process.stderr.read()[-2_000:])

    def go_on(self) -> None:
        """Let the block after it begin."""
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def __enter__(self) -> Guide:
        return self

    def __exit__(self, *_: Any) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash")
@pytest.mark.django_db(transaction=True)
def test_prints_what_it_says(live_server, settings, tmp_path):
    # The command hashes its secret as in production, not in the tests' quick way.
    settings.PASSWORD_HASHERS = [*used.PASSWORD_HASHERS, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.API_REQUESTS_PER_MINUTE = 10_000
    EventFactory(
        name="Harbour Conf", slug="harbour-conf", waitlist_enabled=True, auto_register_waitlisted=True
    )
    with Guide(live_server.url, tmp_path) as guide:
        for _language, text, stated in blocks():
            pattern = re.escape(stated).replace("…", ".*")
            assert re.fullmatch(pattern, printed := guide.next_block()), f"{text}\nprinted:\n{printed}"
            work_on_imports()
            guide.go_on()


def test_checks_signatures_that_we_write():
    """The guide's own function takes what we send, and nothing that was changed."""
    [text] = [text for _language, text, _said in blocks() if "def is_genuine" in text]
    known: dict[str, Any] = {}
    exec(text.partition("secret, body =")[0], known)  # the text is our own
    from registrations.models.webhooks import new_secret

    old, new = new_secret(), new_secret()
    at = EventFactory.build().starts_at
    headers = signed_headers([new, old], "msg_1", at, b"{}")
    for secret in (old, new):
        assert known["is_genuine"](secret, headers, b"{}", at.timestamp())
        assert not known["is_genuine"](secret, headers, b"{} ", at.timestamp())
        assert not known["is_genuine"](secret, headers, b"{}", at.timestamp() + 301)


@pytest.mark.django_db
def test_is_a_page_that_anybody_may_read(client):
    page = client.get("/api/v1/guide")
    assert page.status_code == 200
    said = page.content.decode()
    assert said.count("<section") == GUIDE.read_text(encoding="utf-8").count("\n## ")
    assert 'id="keep-a-copy"' in said
    assert 'href="#keep-a-copy"' in said
