"""Earlier versions of the code, out of the repository's history."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

MIGRATIONS = ":(glob)*/migrations/0*.py"
# Commits that add migrations and lie closer together than this belong to one version.
GAP = timedelta(hours=3)
SECONDS = 300


def git(*words: str) -> bytes:
    """Return what git says; fail, with what it regrets, when there is no such history."""
    done = subprocess.run(["git", *words], cwd=settings.BASE_DIR, capture_output=True, check=False)
    assert done.returncode == 0, (
        f"this needs the repository's whole history (git clone without --depth): {done.stderr!r}"
    )
    return done.stdout


def commits_with_migrations() -> list[tuple[str, datetime]]:
    """Each commit that added a migration, the newest first, with when it was written."""
    said = git("log", "--no-renames", "--diff-filter=A", "--format=%H %aI", "--", MIGRATIONS).decode()
    found = [(line.split()[0], datetime.fromisoformat(line.split()[1])) for line in said.splitlines()]
    return sorted(found, key=lambda one: one[1], reverse=True)


def version_before() -> str:
    """Return the last commit that did not have the newest version's migrations."""
    if git("status", "--porcelain", "--untracked-files=all", "--", MIGRATIONS).strip():
        # Migrations that are being written.
        return git("rev-parse", "HEAD").decode().strip()
    (oldest, when), *earlier = commits_with_migrations()
    for commit, written in earlier:
        if when - written > GAP:
            break
        oldest, when = commit, written
    return git("rev-parse", f"{oldest}^").decode().strip()


def first_version() -> str:
    """Return the last commit that had the first migrations only."""
    second = (
        git(
            "log",
            "--diff-filter=A",
            "--format=%H",
            "--",
            "registrations/migrations/0002_kept_answers_and_doors.py",
        )
        .decode()
        .split()
    )
    return git("rev-parse", f"{second[-1]}^").decode().strip()


def code_of(commit: str, folder: Path) -> Path:
    """Lay the code of that commit into the folder."""
    with tarfile.open(fileobj=io.BytesIO(git("archive", commit))) as archive:
        archive.extractall(folder, filter="data")
    return folder


def run_old(code: Path, script: str, environment: dict[str, str]) -> str:
    """Run the script with that code; return what it printed, fail when it fails."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=code,
        env=environment | {"PYTHONPATH": str(code), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
