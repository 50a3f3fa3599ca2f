"""Kept pages: whatever is written, by whatever door, the next page says it, and two processes say the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import shown
from events.models import Event, Room, Sponsor
from registrations import sql
from registrations.website import skeletons
from sessions_app.models import Session
from tests.factories import PassFactory, RoomFactory, SessionFactory, SessionTrackFactory, SpeakerFactory, at
from tests.website.test_fragments import OF_ANSWER, _other

pytestmark = pytest.mark.django_db
PAGES = ("/harbour/", "/harbour/sessions/", "/harbour/sessions/grid/", "/harbour/speakers/")


@pytest.fixture
def programme(event: Event) -> Session:
    """One session with all that a page may show of it, and an event with all that its page may show."""
    room, track = RoomFactory(), SessionTrackFactory(event=event)
    session: Session = SessionFactory(
        event=event, starts_at=at(9), ends_at=at(10), room=room, building=room.building, track=track
    )
    session.speakers.add(SpeakerFactory(event=event))
    session.passes.add(PassFactory(event=event))
    Event.objects.filter(pk=event.pk).update(building=RoomFactory().building, room=RoomFactory())
    Sponsor.objects.create(event=event, name="Rope works")
    return session


def revision() -> object:
    return sql.revision_of(Event.objects.earliest("pk"))


def said(client: Client, *more: str) -> list[bytes]:
    return [OF_ANSWER.sub(b"", client.get(page).content) for page in (*PAGES, *more)]


def rows_shown() -> Iterator[models.Model]:
    for each in shown._watched.values():
        yield from each.model._default_manager.order_by("pk")[:1]


def test_every_column_of_every_watched_table_raises_the_revision(programme: Session) -> None:
    """By SQL, behind all doors; what is the same afterwards raises nothing."""
    seen = set()
    for row in rows_shown():
        one = type(row)._default_manager.filter(pk=row.pk)
        for field in row._meta.concrete_fields:
            value, before = getattr(row, field.attname), revision()
            other = _other(value, field)
            other = other[: field.max_length] if isinstance(other, str) else other
            if field.attname == "updated_at" or other is None:
                continue
            one.update(**{field.attname: value})
            assert revision() == before, field
            one.update(**{field.attname: other})
            assert revision() != before, field
            one.update(**{field.attname: value})
            seen.add(row._meta.model_name)
    assert {"event", "session", "speaker", "sessiontrack", "room", "building", "pass", "sponsor"} <= seen


def test_rows_that_come_and_go_raise_it_and_seats_do_not(event: Event, programme: Session) -> None:
    known = {revision()}
    speaker = SpeakerFactory(event=event)
    for act in (
        lambda: programme.speakers.add(speaker),
        lambda: programme.speakers.remove(speaker),
        programme.passes.clear,
        lambda: SessionFactory(event=event),
        lambda: Session.objects.exclude(pk=programme.pk).delete(),
        lambda: Room.objects.create(name="Attic", building=programme.building),
        lambda: event.sponsors.all().delete(),
    ):
        act()
        assert revision() not in known
        known.add(revision())
    before = revision()
    type(programme.seats).objects.update(taken=3, waiting=2)
    assert revision() == before
    SessionFactory(event__slug="another")
    assert revision() == before


def test_page_says_what_was_written_and_another_process_says_the_same(
    client: Client, programme: Session, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for change in (
        lambda: Session.objects.update(name="Knots & <b>"),
        lambda: Room.objects.update(name="Quay"),
        lambda: type(programme.seats).objects.update(taken=1, capacity=2),
        lambda: Event.objects.update(name="Harbour", accent_colour="#0f766e"),
        lambda: Event.objects.update(registration_closes_at=at(0), registration_opens_at=None),
        lambda: programme.speakers.all().update(name="Ada & Co"),
    ):
        change()
        first = said(client)
        assert said(client) == first
        monkeypatch.setattr(skeletons, "skeletons", skeletons.Skeletons())
        assert said(client) == first
        settings.FRAGMENTS_KEPT = 0
        assert said(client) == first
        settings.FRAGMENTS_KEPT = 8000


def test_tables_that_only_a_first_look_reads_are_watched(client: Client, programme: Session) -> None:
    """What is kept was read from nothing else than what raises the revision."""

    def read(page: str) -> set[str]:
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        return {table for table in tables if any(f'"{table}"' in each["sql"] for each in queries)}

    tables = set(connection.introspection.table_names())
    fresh = {"events_seatcount", shown.TABLE}
    for page in (*PAGES, f"/harbour/sessions/{programme.uuid}/"):
        cold, warm = read(page), read(page)
        assert cold - warm - fresh <= shown.watched_tables(), page


@pytest.mark.once
def test_nothing_is_kept_of_what_changes_while_it_is_drawn(
    client: Client, programme: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = skeletons.Skeletons()
    monkeypatch.setattr(skeletons, "skeletons", fresh)
    monkeypatch.setattr(skeletons, "revision_of", lambda event: "another by now")
    client.get("/harbour/sessions/")
    assert not fresh._kept
    monkeypatch.setattr(skeletons, "revision_of", sql.revision_of)
    client.get("/harbour/sessions/")
    assert len(fresh._kept) == 1


def test_kept_skeletons_are_bounded(
    client: Client, programme: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = skeletons.Skeletons()
    monkeypatch.setattr(skeletons, "skeletons", fresh)
    one = len(client.get("/harbour/sessions/").content)
    monkeypatch.setattr(skeletons, "MOST_KEPT", 3 * one)
    for number in range(9):
        client.get(f"/harbour/sessions/?track=Track{number}")
    assert fresh.weight <= 3 * one
    assert fresh.weight == sum(each.weight for each in fresh._kept.values())
    assert 0 < len(fresh._kept) < 9


@pytest.mark.once
def test_without_triggers_nothing_is_kept_and_migrate_brings_them_back(
    client: Client, programme: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = skeletons.Skeletons()
    monkeypatch.setattr(skeletons, "skeletons", fresh)
    if connection.vendor == "sqlite":
        shown.disarm("default")
        assert revision() is None
        client.get("/harbour/sessions/")
        assert not fresh._kept
    shown.arm("default")
    before = revision()
    Session.objects.update(name="Tides")
    assert before is not None
    assert revision() != before
