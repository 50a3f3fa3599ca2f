"""`manage.py` without settings says in one line what to set."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SETTINGS = ("SEATWISE", "SECRET_KEY", "SITE_URL", "DATABASE_URL", "ALLOWED_HOSTS", "DJANGO_SETTINGS_MODULE")


def run(command: str, manage: Path = ROOT / "manage.py", **more: str) -> subprocess.CompletedProcess[str]:
    """Run it with an environment that says nothing but what is given."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    where = {"PYTHONPATH": str(ROOT), "SEATWISE_DATA": str(manage.parent / "data")}
    return subprocess.run(
        [sys.executable, str(manage), command],
        env=environment | where | more,
        cwd=manage.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def manage(tmp_path) -> Path:
    """The command line in a folder of its own, in which nobody has started a demo."""
    return Path(shutil.copy(ROOT / "manage.py", tmp_path))


@pytest.mark.parametrize("command", ["check", "migrate", "worker"])
def test_says_in_one_line_what_to_set(manage, command):
    done = run(command, manage)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "Set SECRET_KEY: there is no default outside the demo. See .env.example.\n"


def test_names_the_profile_of_the_demo_where_its_folder_is(manage):
    (manage.parent / ".demo").mkdir()
    done = run("check", manage)
    assert done.returncode == 1
    assert done.stderr.endswith("To work on the demo's data instead, set SEATWISE_PROFILE=demo.\n")
    assert done.stderr.count("\n") == 1


def test_says_what_else_is_missing(manage):
    done = run("check", manage, SECRET_KEY="x" * 60)
    assert done.returncode == 1
    assert done.stderr.startswith("Set SITE_URL, such as https://events.example.org")
    assert "Traceback" not in done.stderr
