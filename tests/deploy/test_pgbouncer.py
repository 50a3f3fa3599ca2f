"""Claims through Debian's PgBouncer with our settings: two connections of the database for eight people at once."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections

from config.databases import database_from_environment
from events.errors import Refusal
from events.models import Contact
from registrations.models import SessionRegistration
from registrations.queries.recount import recount
from tests.deploy.services import needs, open_folder, running
from tests.deploy.test_files import DEPLOY
from tests.engine.acts import claim, people
from tests.factories import ContactFactory, SessionFactory
from tests.serving.load import free_port

CONNECTIONS = 2
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


@pytest.fixture
def its_folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def pooled(transactional_db: None, its_folder: Path, monkeypatch) -> Iterator[int]:
    """This test's database, by way of PgBouncer with our settings file; how many others are connected to it."""
    if connection.vendor != "postgresql":
        pytest.skip("PgBouncer is for PostgreSQL")
    program, port, usual = needs("pgbouncer"), free_port(), dict(connections.settings["default"])
    file = _configured(its_folder, port)
    # It refuses to be root, and has to reach the socket of the server.
    host = Path(usual["HOST"])
    owner = pwd.getpwuid(host.stat().st_uid).pw_name if host.is_dir() else "nobody"
    user = [f"--user={owner}"] if os.geteuid() == 0 else []
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{usual['USER']}@127.0.0.1:{port}/seatwise")
    monkeypatch.setenv("DATABASE_POOLER", "1")
    with connection.cursor() as cursor:
        cursor.execute(f"{CONNECTED} AND pid <> pg_backend_pid()")
        others = cursor.fetchone()[0]
    with running([program, "--quiet", *user, str(file)], port):
        connection.close()
        connections.settings["default"].update(database_from_environment(its_folder / "none", durable=False))
        yield others
        connection.close()
        connections.settings["default"].update(usual)
        connections.settings["default"].pop("DISABLE_SERVER_SIDE_CURSORS", None)


def _configured(folder: Path, port: int) -> Path:
    """Our settings, but for where things are and how people prove who they are."""
    facts = connections.settings["default"]
    where = f"host={facts['HOST']} dbname={facts['NAME']} user={facts['USER']}"
    if facts["PORT"]:
        where += f" port={facts['PORT']}"
    text = (DEPLOY / "pgbouncer.ini").read_text()
    for there, here in [
        (r"host=127.0.0.1 port=5432 dbname=seatwise", where),
        (r"listen_port = 6432", f"listen_port = {port}"),
        (r"auth_type = scram-sha-256", "auth_type = any"),
        (r"auth_file = .*", f"unix_socket_dir = {folder}"),
        (r"default_pool_size = 20", f"default_pool_size = {CONNECTIONS}"),
    ]:
        text, found = re.subn(there, here, text)
        assert found == 1, there
    (folder / "pgbouncer.ini").write_text(text)
    return folder / "pgbouncer.ini"


def try_to_claim(session, who) -> str:
    """One person's answer, on a connection of their own."""
    try:
        return str(claim(session, who).lines[0].outcome)
    except Refusal as refusal:
        return type(refusal).__name__
    finally:
        connection.close()


def test_seats_are_true_behind_a_pooler(pooled):
    session = SessionFactory(capacity=5)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda who: try_to_claim(session, who), people(24)))
    assert SessionRegistration.objects.active().count() == 5
    # On a busy machine somebody may be told to ask again; nobody is given a seat that is not there.
    assert set(answers) - {"Busy"} == {"registered", "full"}
    assert recount() == []
    ContactFactory.create_batch(5)
    # Read in pieces, while other transactions come and go on the same connections.
    assert (
        sum(1 for _ in Contact.objects.iterator(chunk_size=2) if Contact.objects.exists())
        == Contact.objects.count()
    )
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)
        cursor.execute(CONNECTED)
        assert cursor.fetchone()[0] - pooled <= CONNECTIONS
