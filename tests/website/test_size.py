"""What a first look at a programme costs a phone, and that no secret can be guessed by how small its page becomes."""

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

from events.middleware import SMALLEST
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


def is_compressed(client: Client, address: str) -> bool:
    """Whether the page behind the address is made small for a browser of today."""
    answer: Any = client.get(address, headers=BROTLI)
    assert len(answer.content) >= SMALLEST
    return bool(answer.has_header("Content-Encoding"))


PERSONAL = ("manage", "manage_details", "manage_calendar", "manage_cancel")


@pytest.mark.django_db
def test_no_page_with_a_secret_is_compressed_beside_words_of_the_request(
    client: Client, event: Event, bob: Attendee
) -> None:
    session = SessionFactory(event=event)
    registration = registered(event, bob, session)
    programme, form = "/harbour/sessions/?q=knots", "/harbour/register/?q=knots"
    choose(client, session)
    assert is_compressed(client, programme)
    assert not is_compressed(client, form)
    assert is_compressed(client, "/?q=knots")
    for name in PERSONAL:
        assert not is_compressed(client, f"{mine(name, registration)}?q=knots"), name
    # Now the browser holds the personal link: it stands on the programme too.
    assert not is_compressed(client, programme)
    assert not is_compressed(client, "/admin/login/")
    # An address that leads nowhere is itself somebody's word.
    for path in (
        "me/knots/",
        "me/knots/and/bends",
        "orders/knots/",
        "reminders/knots/",
        "wishes/group/knots/",
    ):
        assert not is_compressed(client, f"/harbour/{path}"), path


@pytest.mark.django_db
def test_page_with_a_secret_is_compressed_where_nothing_came_along(
    client: Client, event: Event, bob: Attendee
) -> None:
    session = SessionFactory(event=event)
    registration = registered(event, bob, session)
    choose(client, session)
    assert is_compressed(client, "/harbour/register/")
    for name in PERSONAL:
        assert is_compressed(client, mine(name, registration)), name
    for path in ("", "sessions/", "sessions/grid/", f"sessions/{session.uuid}/", "speakers/"):
        assert is_compressed(client, f"/harbour/{path}"), path
    token = mine("manage", registration).split("/")[-2]
    answer: Any = client.get("/harbour/sessions/", headers=BROTLI)
    page = brotli.decompress(answer.content).decode()
    assert token in page
    # The form's token is masked: no two pages have the same.
    other: Any = client.get("/harbour/sessions/", headers=BROTLI)
    found = {
        re.findall(r'csrfmiddlewaretoken" value="(\w+)"', text)[0]
        for text in (page, brotli.decompress(other.content).decode())
    }
    assert len(found) == 2


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
