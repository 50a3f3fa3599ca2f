"""What a first look at a programme costs a phone, and that no page with a secret is compressed."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from events.models import Event, SeatCount
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import RoomFactory, SessionFactory, SessionTrackFactory, SpeakerFactory, at
from tests.website import stylesheet
from tests.website.clicks import choose, mine, registered

GZIP, BROTLI = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "gzip, deflate, br"}


def parts_of(page: str) -> list[str]:
    """The files of our own that the page names."""
    return re.findall(r'(?:href|src)="/static/([^"#]+)', page)


def conference(event: Event) -> None:
    """One day of 470 sessions in 29 rooms, each with a speaker and hardly a word that another has."""
    rooms = [RoomFactory(name=f"Room K.{number}.201") for number in range(29)]
    tracks = [SessionTrackFactory(event=event, name=f"Track number {number}") for number in range(70)]
    seats = SeatCount.objects.bulk_create([SeatCount(event=event, capacity=80) for _number in range(470)])
    sessions = []
    for number, count in enumerate(seats):
        begins = at(9) + timedelta(minutes=30 * (number // 29) + 5 * (number % 3))
        sessions.append(
            Session(
                event=event,
                name=f"{number * 7919 % 9973} ways of {number * 104729 % 99991} and how to sail through them",
                seats=count,
                room=rooms[number % 29],
                building=rooms[number % 29].building,
                track=tracks[number % 70],
                starts_at=begins,
                ends_at=begins + timedelta(minutes=20),
                date=begins.date(),
                session_status=Session.Status.LIVE,
            )
        )
    Session.objects.bulk_create(sessions)
    for number, session in enumerate(sessions[:60]):
        session.speakers.add(SpeakerFactory(event=event, name=f"Name{number} Surname{number * 31}"))


@pytest.mark.django_db
def test_first_view_of_a_conference_is_at_most_60_kilobytes(client: Client, event: Event) -> None:
    conference(event)
    for address in ("/harbour/sessions/", "/harbour/sessions/grid/"):
        answer = client.get(address, headers=GZIP)
        assert answer["Content-Encoding"] == "gzip"
        page = gzip.decompress(answer.content).decode()
        files = {name: Path(str(finders.find(name))).read_bytes() for name in set(parts_of(page))}
        sizes = {name: len(gzip.compress(held)) for name, held in files.items()} | {
            address: len(answer.content)
        }
        assert sum(sizes.values()) <= 60_000, sizes


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "taken"), [("gzip, br", "br"), ("br;q=0, gzip", "gzip"), ("identity", None)]
)
def test_browsers_get_what_they_can_read(
    client: Client, event: Event, header: str, taken: str | None
) -> None:
    SessionFactory.create_batch(20, event=event)
    plain, answer = (
        client.get("/harbour/", headers={"Accept-Encoding": each}) for each in ("identity", header)
    )
    assert answer.get("Content-Encoding") == taken
    assert "Accept-Encoding" in answer["Vary"]
    read = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[taken]
    whole = re.compile(rb'(nonce|value)="[^"]+"')
    assert whole.sub(b"", read(answer.content)) == whole.sub(b"", plain.content)


@pytest.mark.django_db
def test_no_page_with_a_secret_is_compressed(client: Client, event: Event, bob: Attendee) -> None:
    session = SessionFactory(event=event)
    registration = registered(event, bob, session)

    def is_compressed(address: str) -> bool:
        answer: Any = client.get(address, {"q": "knots"}, headers=BROTLI)
        return answer.has_header("Content-Encoding")

    programme, form = "/harbour/sessions/", "/harbour/register/"
    choose(client, session)
    assert (is_compressed(programme), is_compressed(form), is_compressed("/")) == (True, False, True)
    for name in ("manage", "manage_details", "manage_calendar", "manage_cancel"):
        assert not is_compressed(mine(name, registration)), name
    # Now the browser holds the personal link: it stands on the programme too.
    assert Session.objects.count() == 1
    assert not is_compressed(programme)
    assert not is_compressed("/accounts/login/")


@pytest.mark.once
def test_own_part_of_bootstrap_holds_what_the_templates_use() -> None:
    """Where it lacks something, `uv run python -m tests.website.stylesheet` writes it anew."""
    kept = set(stylesheet.selectors(stylesheet.PART.read_text()))
    assert set(stylesheet.selectors(stylesheet.written())) - kept == set()
    assert ("", ".form-check-input:checked") in kept


@pytest.mark.once
@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_servers_in_front_compress_no_page(name: str) -> None:
    """Whether a page may be compressed only Seatwise knows."""
    words = (Path(__file__).parents[2] / "config" / "deploy" / name).read_text()
    assert "gzip on" not in words
    assert "text/html" not in words
    kinds = [line.split()[-1] for line in words.splitlines() if "header Content-Type" in line]
    assert kinds == (["application/json*"] if "encode" in words else [])
