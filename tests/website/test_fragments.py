"""Drawn rows are kept by all that they say: no page differs by a byte from one that was drawn anew."""

from __future__ import annotations

import contextlib
import os
import random
import re
import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import models
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM
from events.errors import Full, Refusal
from events.models import Event, Room, User
from registrations.actions import cancel_session_registrations, submit_agenda
from registrations.models import SessionRegistration
from registrations.rules.people import Attendee
from registrations.website import (
    blank_forms,
    known_rows,
    personal_parts,
    result,
    rows,
    session_page,
    skeletons,
    states,
    stormed,
    summary,
)
from registrations.website.fragments import Fragments
from registrations.website.grid import Cell
from registrations.website.refusals import refused
from registrations.website.rows import cell_of, rows_of
from registrations.website.seats import seats_for
from registrations.website.visitor import Visitor
from sessions_app.models import Session, Speaker
from tests.admin_forms.paper import change, said
from tests.api.conftest import Api, make_api_client, make_token
from tests.factories import RoomFactory, SessionFactory, SessionTrackFactory, SpeakerFactory, at
from tests.schedule.files import SMALL_XML, changed, imported
from tests.website.clicks import choose, mine, registered

pytestmark = pytest.mark.django_db
# `HYPOTHESIS_PROFILE=nightly` lets three hundred things happen, and looks at every page after each.
IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
LIST, GRID = "/harbour/sessions/", "/harbour/sessions/grid/"
KEEPING = (rows, known_rows, states, result, personal_parts, summary, session_page, blank_forms, stormed)
# What Django makes anew for each answer.
OF_ANSWER = re.compile(rb'(csrfmiddlewaretoken" value="|nonce=")[^"]+')
MARK = re.compile(
    rb"(csrf|here|token|hole|seat|uuid|name|slug|words|note|url|link|options|giveup|lines|plain|button|wishes|email|qr|said)[0-9a-f]{32}"
)


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Fragments:
    """A process that has drawn nothing yet."""
    return begun(monkeypatch)


def begun(monkeypatch: pytest.MonkeyPatch) -> Fragments:
    fresh = Fragments()
    for module in KEEPING:
        monkeypatch.setattr(module, "fragments", fresh)
    monkeypatch.setattr(skeletons, "skeletons", skeletons.Skeletons())
    return fresh


@pytest.fixture
def programme(event: Event) -> list[Session]:
    """Sessions of every kind: few seats, one, none for newcomers, unlimited, overlapping, without a time."""
    room, track = RoomFactory(name="Quay <1>"), SessionTrackFactory(event=event)
    speaker = SpeakerFactory(event=event, name="Ada & Co")
    made = [
        SessionFactory(
            event=event,
            name=f"Knots & <b>{number}</b>",
            capacity=capacity,
            starts_at=at(9 + number // 2),
            ends_at=at(10 + number // 2),
            room=room if number % 3 else None,
            track=track if number % 2 else None,
        )
        for number, capacity in enumerate((1, 2, 3, 40, 1, 12))
    ]
    made.append(SessionFactory(event=event, name="Some day", starts_at=None, ends_at=None, date=at(9).date()))
    for session in made[::2]:
        session.speakers.add(speaker)
    return made


def visitors(event: Event, programme: list[Session]) -> dict[str, Client]:
    """Browsers of a newcomer, two with a draft, somebody registered, somebody who waits, and of two languages."""
    found = {name: Client() for name in ("new", "draft", "star", "seated", "waiting", "german")}
    for name, language in (("german", "de"), ("waiting", "fr"), ("draft", "es")):
        found[name].defaults["HTTP_ACCEPT_LANGUAGE"] = language
    choose(found["draft"], programme[1], programme[3])
    found["star"].post(f"/harbour/stars/{programme[0].uuid}/", {"star": "1", "next": LIST})
    people = [Attendee(f"{name}@example.com", name, "Case") for name in ("seated", "waiting")]
    for who, wanted in zip(people, ([programme[0], programme[3]], [programme[4]]), strict=True):
        if who.first_name == "waiting":
            registered(event, Attendee("first@example.com", "First", "Case"), programme[4])
        registration = registered(event, who, *wanted, wait=True)
        found[who.first_name].get(mine("manage", registration))
    # What was done is said once: by the first page after it.
    for client in found.values():
        client.get(LIST)
    return found


def own_pages(client: Client) -> list[str]:
    """The pages of what somebody has, or has chosen."""
    if link := client.cookies.get("seatwise_me"):
        return [f"/harbour/me/{link.value}/", f"/harbour/me/{link.value}/result/"]
    if "seatwise_draft" not in client.cookies:
        return []
    # Without a session chosen the form sends back to the list.
    is_choice = b'data-state="chosen"' in client.get(LIST).content
    return ["/harbour/agenda/", *(["/harbour/register/"] if is_choice else [])]


def pages(asked: Iterable[tuple[str, str]], clients: dict[str, Client]) -> dict[tuple[str, str], bytes]:
    answers = {}
    for name, page in asked:
        content = clients[name].get(page).content
        assert not MARK.search(content)
        answers[name, page] = OF_ANSWER.sub(b"", content)
    return answers


def kept_and_anew(
    settings: LazySettings, asked: Collection[tuple[str, str]], clients: dict[str, Client]
) -> list[dict[tuple[str, str], bytes]]:
    """The pages as a process has them that keeps what it draws, and as they are drawn anew, in one and the same minute.

    Where something is on, lists say the time.
    """
    found, minute = [], None
    while minute != (minute := timezone.now().replace(second=0, microsecond=0)):
        found = []
        for settings.FRAGMENTS_KEPT in (8000, 0):
            found.append(pages(asked, clients))
    return found


def test_kept_pages_equal_those_drawn_anew_whatever_happens(
    event: Event,
    programme: list[Session],
    alice: User,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seats move, and every door edits, before people of four languages, in two processes."""
    clients = visitors(event, programme)
    other = imported(SMALL_XML.read_bytes()).event
    Event.objects.filter(pk=other.pk).update(publish_status="live")
    Session.objects.filter(event=other).update(session_status="live")
    own = [(name, page) for name, client in clients.items() for page in own_pages(client)]
    processes = [begun(monkeypatch), begun(monkeypatch)]
    pages_of = [skeletons.Skeletons(), skeletons.Skeletons()]
    chance = random.Random(16)
    for number, move in enumerate([*MOVES, *chance.choices(MOVES, k=300 if IS_NIGHTLY else 0)]):
        move(event, programme, chance, number)
        for module in KEEPING:
            monkeypatch.setattr(module, "fragments", processes[number % 2])
        monkeypatch.setattr(skeletons, "skeletons", pages_of[number % 2])
        session = f"{LIST}{chance.choice(programme).uuid}/"
        asked = [*own, *product(clients, (LIST, GRID, "/harbour/", "/harbour/speakers/", session))]
        some = asked if IS_NIGHTLY else chance.sample(asked, 7)
        kept, anew = kept_and_anew(settings, [*some, ("new", f"/{other.slug}/sessions/")], clients)
        for page, drawn in kept.items():
            assert drawn.decode().splitlines() == anew[page].decode().splitlines(), (page, move)
    assert all(len(each) > len(programme) for each in processes)
    assert all(each.weight for each in pages_of)


def _stay(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    """Nothing changes."""


def _take(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    """Somebody claims a session; where it is over or registration is closed they get nothing."""
    who = Attendee(f"taker{number}@example.com", "Taker", "Case")
    with contextlib.suppress(Refusal):
        submit_agenda(event, who, [chance.choice(programme[:6])], wait=True)


def _give_back(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    seats = SessionRegistration.objects.filter(event=event, cancelled_at=None).order_by("pk")
    if seats:
        cancel_session_registrations([chance.choice(list(seats))], actor=SYSTEM)


def _rename(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    """Behind all doors: what is shown is what the database says, whoever wrote it."""
    Session.objects.filter(pk=chance.choice(programme).pk).update(name=f"Tides {number}")
    Room.objects.filter(pk=programme[1].room_id).update(name=f"Pier {number}")
    Speaker.objects.filter(event=event).update(name=f"Bo {number}")


def _begin(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    Session.objects.filter(pk=programme[5].pk).update(
        starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(hours=1)
    )


def _close(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    Event.objects.filter(pk=event.pk).update(registration_closes_at=timezone.now())


def _choose(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    """Somebody without a registration presses a button; the answer is not looked at."""
    choose(Client(), chance.choice(programme))


def _by_api(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    api = Api(owner := make_api_client(), make_token(owner, "read write"), Client())
    session = chance.choice(programme[:5])
    assert api.patch(f"/sessions/{session.pk}", {"name": f"Sails {number}"}).status_code == 200


def _at_desk(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    desk, row = Client(), chance.choice([Speaker.objects.filter(event=event).get(), programme[1].track])
    desk.force_login(User.objects.get(is_superuser=True))
    name = row._meta.model_name
    url = reverse(f"admin:{row._meta.app_label}_{name}_change", args=[row.pk])
    said(desk, change(desk, url, f"{name}_form", name=f"Zephyr {number}"))


def _import(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    imported(changed(SMALL_XML, ("Oaks &amp; their friends", f"Oaks {number}")))


def _open(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    Event.objects.filter(pk=event.pk).update(registration_closes_at=None)


MOVES = (
    *(_stay, _stay, _take, _rename, _by_api, _take, _at_desk, _choose, _give_back, _import, _begin, _close),
    *(_open, _take),
)


def _brand(event: Event, programme: list[Session], chance: random.Random, number: int) -> None:
    """What stands above and below every page of the event."""
    Event.objects.filter(pk=event.pk).update(
        name=f"Harbour & <{number}>",
        contact_email=chance.choice(["", f"desk{number}@example.com"]),
        accent_colour=chance.choice(["", "#aa3300"]),
        languages=chance.choice(["", "en,de"]),
    )


def press(event: Event, client: Client, session: Session) -> HttpResponse:
    """The button "Add" of whoever has this browser, without scripts."""
    args: list[Any] = [event.slug, session.uuid, "add"]
    if link := client.cookies.get("seatwise_me"):
        args.insert(1, link.value)
    address = reverse("manage_seat" if link else "draft_seat", args=args)
    return client.post(address, {"next": LIST})


def test_refused_press_says_the_same_kept_or_drawn_anew(
    event: Event, programme: list[Session], alice: User, settings: LazySettings
) -> None:
    """What is refused changes nothing, so the same press can be made twice."""
    clients, chance, told = visitors(event, programme), random.Random(5), set()
    for number, move in enumerate([_stay, _brand, *MOVES[:-2], _brand, *MOVES[-2:], _brand]):
        move(event, programme, chance, number)
        for name, session in chance.sample([*product(("seated", "waiting", "draft"), programme)], 10):
            settings.FRAGMENTS_KEPT = 8000
            kept = press(event, clients[name], session)
            if kept.status_code != 409:
                # What was done is said once: by the first page after it.
                clients[name].get(LIST)
                continue
            assert not MARK.search(kept.content)
            settings.FRAGMENTS_KEPT = 0
            anew = press(event, clients[name], session)
            assert anew.status_code == 409
            drawn = [OF_ANSWER.sub(b"", one.content).decode().splitlines() for one in (kept, anew)]
            assert drawn[0] == drawn[1], (name, session, move)
            told.add((name, b'class="alternatives' in kept.content))
    assert {("seated", False), ("waiting", True), ("draft", False)} <= told


def test_whoever_only_asks_whether_a_page_is_there_spoils_it_for_nobody(
    event: Event, programme: list[Session], settings: LazySettings
) -> None:
    """Link checkers ask so. The page tells those who choose a language where to come back to."""
    clients = visitors(event, programme)
    asked = [("new", page) for page in (LIST, GRID, "/harbour/", "/harbour/speakers/")]
    asked += [
        ("new", f"{LIST}{programme[0].uuid}/"),
        *(("seated", page) for page in own_pages(clients["seated"])),
    ]
    for name, page in asked:
        clients[name].head(page)
        assert f'name="next" value="{page}"' in clients[name].get(page).content.decode(), page


def test_row_is_drawn_once_for_everybody_however_its_seats_move(
    event: Event, programme: list[Session]
) -> None:
    def drawn() -> tuple[int, int]:
        page = Client().get(LIST)
        names = [each.name for each in page.templates]
        return names.count("website/partials/_session_row.html"), page.content.count(b'data-state="add"')

    free = len(programme)
    assert drawn() == (free, free)
    registered(event, Attendee("bob@example.com", "Bob", "Case"), programme[0])
    assert [drawn(), drawn()] == [(0, free - 1), (0, free - 1)]


def test_what_is_kept_belongs_to_nobody(event: Event, programme: list[Session], kept: Fragments) -> None:
    clients = visitors(event, programme)
    own_of = [(name, page) for name in ("seated", "waiting") for page in own_pages(clients[name])]
    seen = pages([*product(clients, (LIST, GRID)), *own_of], clients)
    address = re.compile(rb"/harbour/me/([^/]+)/")
    for name in ("seated", "waiting"):
        own = {*address.findall(seen[name, LIST])}
        assert len(own) == 1
        assert not own & {*address.findall(seen["new", LIST])}
    words = " ".join(kept._kept.values())
    for sketch in skeletons.skeletons._kept.values():
        words += " ".join(sketch.pieces)
    assert {"What next", "My registration"} <= {*re.findall("What next|My registration", words)}
    assert "seated@example.com" not in words
    assert "/harbour/sessions/?" not in words
    assert not address.search(re.sub(MARK.pattern.decode(), "", words).encode())
    assert (
        b'value="/harbour/sessions/?track=&amp;x=%22"' in clients["new"].get(LIST + "?track=&x=%22").content
    )


def test_kept_fragments_are_bounded(
    event: Event, programme: list[Session], kept: Fragments, settings: LazySettings
) -> None:
    settings.FRAGMENTS_KEPT = 3
    asked = [("new", LIST), ("new", GRID)]
    first = pages(asked, {"new": Client()})
    assert len(kept) == 3
    assert pages(asked, {"new": Client()}) == first


def _other(value: Any, field: models.Field[Any, Any]) -> Any:
    """Another value that the column may have; None where this test knows none."""
    if field.is_relation or field.primary_key:
        return None
    if field.choices:
        return next((key for key, _label in field.choices if key not in {value, "", "cancelled"}), None)
    if field.name.endswith("timezone"):
        return "Asia/Tokyo"
    others = {bool: lambda: not value, int: lambda: value + 1, str: lambda: "other", uuid.UUID: uuid.uuid4}
    times = {datetime: lambda: value + timedelta(minutes=5), date: lambda: value + timedelta(days=1)}
    return {**others, **times}.get(type(value), lambda: None)()


@pytest.mark.once
def test_row_reads_no_column_that_its_key_has_not(
    event: Event, programme: list[Session], settings: LazySettings
) -> None:
    """Each column of each model changes behind all doors: a process that has kept rows says the same as a new one."""
    Session.objects.filter(pk=programme[1].pk).update(building=RoomFactory().building)
    programme[1].speakers.add(Speaker.objects.get())
    related = Session.objects.select_related("seats", "room", "building", "track", "event")

    def drawn(most: int) -> tuple[str, str, str]:
        settings.FRAGMENTS_KEPT = most
        session = related.get(pk=programme[1].pk)
        event, visitor = session.event, Visitor(session.event, timezone.now())
        [seat] = seats_for(visitor, [session])
        request = RequestFactory().post("/harbour/press/")
        request.csp_nonce = "nonce"  # type: ignore[attr-defined]
        answer = refused(request, event, Full(), visitor, [session])
        page = OF_ANSWER.sub(b"", answer.content).decode()
        assert "Instead:" in page
        return rows_of([seat], event, LIST, ""), cell_of(Cell(seat, 1, 2, 3), event), page

    session, before = related.get(pk=programme[1].pk), drawn(8000)
    seen = set()
    every = (session, session.seats, session.room, session.building, session.track, session.event)
    for row in (*every, Speaker.objects.get()):
        one = type(row)._default_manager.filter(pk=row.pk)
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            other = _other(value, field)
            if other is None:
                continue
            one.update(**{field.attname: other})
            warm = drawn(8000)
            assert drawn(0) == warm, field
            if warm != before:
                seen.add(f"{row._meta.model_name}.{field.name}")
            one.update(**{field.attname: value})
    assert {"session.name", "session.starts_at", "seatcount.taken", "room.name", "event.timezone"} <= seen
    assert {"event.name", "event.contact_email", "event.slug"} <= seen
    assert {"building.name", "sessiontrack.colour", "speaker.name", "speaker.code"} <= seen
