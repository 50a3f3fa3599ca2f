"""A backup brings everything back into an empty database; whatever is not right is refused before a row is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from registrations.backup import postgresql
from registrations.backup.manifest import BackupRefused
from registrations.links import manage_path
from registrations.models import EventRegistration
from tests.empty_database import empty_database
from tests.engine.acts import claim, person
from tests.factories import SessionFactory


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    """An upload of ours, in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "events").mkdir(parents=True)
    (settings.MEDIA_ROOT / "events" / "harbour.png").write_bytes(b"a picture")
    return settings.MEDIA_ROOT


@pytest.fixture
def backup(transactional_db: None, media: Path, tmp_path: Path) -> tuple[Path, str]:
    """A backup of one person with a seat; return it and their personal link."""
    claim(SessionFactory(capacity=1), person("Bob"))
    [bob] = EventRegistration.objects.all()
    call_command("backup", tmp_path / "backup", stdout=StringIO())
    return tmp_path / "backup", manage_path(bob)


@pytest.fixture
def new_machine(backup, settings, tmp_path: Path) -> Iterator[None]:
    """An empty database and no uploads, until the end of the test."""
    settings.MEDIA_ROOT = tmp_path / "new" / "media"
    with empty_database(tmp_path):
        yield


def test_restores_seats_links_and_uploads(backup, new_machine, settings):
    folder, link = backup
    said = StringIO()
    call_command("restore", folder, stdout=said, stderr=said)
    assert said.getvalue().splitlines()[1:] == ["All seats are true."]
    assert Client().get(link).status_code == 200
    assert (settings.MEDIA_ROOT / "events" / "harbour.png").read_bytes() == b"a picture"
    with pytest.raises(CommandError, match="database is not empty"):
        call_command("restore", folder)


def test_says_that_mailed_links_need_the_old_secret(backup, new_machine, settings):
    settings.SECRET_KEY = "another one"
    said = StringIO()
    call_command("restore", backup[0], stdout=StringIO(), stderr=said)
    assert "SECRET_KEY is another one" in said.getvalue()


def test_holds_no_secret_and_lets_no_other_user_read(backup, settings):
    text = (backup[0] / "manifest.json").read_text()
    assert settings.SECRET_KEY not in text
    assert "Keep SECRET_KEY too" in text
    assert backup[0].stat().st_mode & 0o077 == 0


def _damage(folder: Path) -> None:
    (folder / "media" / "events" / "harbour.png").write_bytes(b"another")


def _lose(folder: Path) -> None:
    next(folder.glob("database.*")).unlink()


def _add(folder: Path) -> None:
    (folder / "media" / "more.txt").write_text("more")


def _halve(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _rewrite(**values: object):
    def rewrite(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    return rewrite


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_damage, "harbour.png is damaged"),
        (_lose, "is missing in the backup"),
        (_add, "more.txt does not belong"),
        (_halve, "has no manifest.json"),
        (_rewrite(format=2), "form 2; this version reads 1"),
        (_rewrite(more=1), "cannot be read"),
        (_rewrite(database="oracle"), "The backup is of oracle"),
        (_rewrite(migrations=["events.9999_future"]), "newer version .*9999_future"),
    ],
)
def test_refuses_what_is_no_whole_backup_of_ours(backup, new_machine, spoil, words):
    spoil(backup[0])
    with pytest.raises(CommandError, match=words):
        call_command("restore", backup[0])
    assert connection.introspection.table_names() == []


def test_refuses_to_overwrite_a_backup_or_uploads(backup, new_machine, settings):
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", backup[0])
    settings.MEDIA_ROOT.mkdir(parents=True)
    (settings.MEDIA_ROOT / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="media is not empty"):
        call_command("restore", backup[0])


@pytest.mark.postgres
def test_leaves_nothing_where_no_program_is_new_enough(backup, tmp_path, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite needs no program")
    monkeypatch.setattr(postgresql, "server_version", lambda: 99)
    with pytest.raises(CommandError, match=r"pg_dump of PostgreSQL 99 or newer \(found: .*\d"):
        call_command("backup", tmp_path / "second")
    assert list(tmp_path.glob("second*")) == []
    with pytest.raises(BackupRefused, match="pg_restore failed"):
        postgresql.load(tmp_path / "backup" / "manifest.json", 10)
