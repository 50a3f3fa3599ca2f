"""What a draw publishes, from the first wish to the check by a stranger: the files agree, and name nobody."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from registrations.models import Ticket
from tests.draws.acts import NUMBER, World

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def files(world: World, client: Client, tmp_path: Path) -> Path:
    """The folder into which a stranger downloaded the files of a draw in which four people wished."""
    guests = [world.guest(name) for name in ("alma", "bruno", "cleo", "dora")]
    for number, guest in enumerate(guests):
        world.wish(guest, *((0, 1, 2), (1, 0), (0, 2), (0,))[number])
    draw = world.published()
    for name in ("wishes.json", "decisions.json"):
        address = reverse(f"draw_{name.removesuffix('.json')}", args=[world.event.slug, draw.uuid])
        (tmp_path / name).write_bytes(client.get(address).content)
    return tmp_path


def check(folder: Path, commitment: str) -> str:
    """Run the command on the files."""
    said = io.StringIO()
    options: dict[str, Any] = {"commitment": commitment, "decisions": str(folder / "decisions.json")}
    call_command("check_draw", str(folder / "wishes.json"), NUMBER, stdout=said, **options)
    return said.getvalue()


def test_a_stranger_finds_the_same_decisions(world: World, files: Path) -> None:
    world.draw.refresh_from_db()
    assert "The same 8 decisions, to the byte." in check(files, world.draw.commitment)
    wishes = files / "wishes.json"
    wishes.write_bytes(wishes.read_bytes().replace(b"lottery", b"Lottery", 1))
    with pytest.raises(CommandError, match="not the one whose commitment was published"):
        check(files, world.draw.commitment)


def test_the_files_name_nobody(world: World, files: Path) -> None:
    text = "".join((files / name).read_text() for name in ("wishes.json", "decisions.json")).lower()
    assert not re.search("alma|bruno|cleo|dora|@", text)
    for ticket in Ticket.objects.filter(draw=world.draw):
        assert text.count(ticket.code) == 1 + ticket.wishes.count()
        assert ticket.invitation.lower() not in text
