"""The index by which a programme is searched: never behind what was written, bounded, and cheap to ask."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from events.models import Event, Room
from events.ranking import Index
from sessions_app.models import Session, SessionTrack, Speaker
from sessions_app.queries import find_names, find_sessions, find_speakers, found
from tests.admin_forms.paper import change, said
from tests.api.conftest import Api, make_api_client, make_token
from tests.factories import EventFactory, RoomFactory, SessionFactory, SessionTrackFactory, SpeakerFactory
from tests.schedule.files import SMALL_XML, changed, imported
from tests.website.clicks import listed

# The state, the speakers, the texts, and the state again.
TO_READ = 4


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Any:
    """As a process has it that was just started: rows of other tests may well be the same as these."""
    monkeypatch.setattr(found, "_kept", kept := found._Kept())
    return kept


@pytest.fixture
def session(event: Event) -> Session:
    row = SessionFactory(
        event=event,
        name="Knots",
        track=SessionTrackFactory(event=event, name="Rigging"),
        room=RoomFactory(name="Janson"),
        description="Bring gloves.",
    )
    row.speakers.add(SpeakerFactory(event=event, name="Grete"))
    SessionFactory(event=event, name="Anchors")
    return row


def _by_the_api(path: str, row: Any) -> None:
    api = Api(owner := make_api_client(), make_token(owner, "read write"), Client())
    assert api.patch(f"/{path}/{row.pk}", {"name": "Zephyr"}).status_code == 200


def _at_the_desk(row: Any, alice: Any) -> None:
    desk, model = Client(), row._meta
    desk.force_login(alice)
    url = reverse(f"admin:{model.app_label}_{model.model_name}_change", args=[row.pk])
    said(desk, change(desk, url, f"{model.model_name}_form", name="Zephyr"))


EDITS: list[Callable[[Session, Any], object]] = [
    lambda session, _alice: Session.objects.filter(pk=session.pk).update(name="Zephyr"),
    lambda session, _alice: Session.objects.filter(pk=session.pk).update(description="A **zephyr**."),
    lambda _session, _alice: Speaker.objects.update(name="Zephyr"),
    lambda _session, _alice: SessionTrack.objects.update(name="Zephyr"),
    lambda session, _alice: Room.objects.filter(pk=session.room_id).update(name="Zephyr"),
    lambda session, _alice: session.speakers.add(SpeakerFactory(event=session.event, name="Zephyr")),
    lambda session, _alice: _by_the_api("sessions", session),
    lambda session, _alice: _by_the_api("speakers", session.speakers.get()),
    lambda session, _alice: _by_the_api("tracks", session.track),
    lambda session, alice: _at_the_desk(session.speakers.get(), alice),
    lambda session, alice: _at_the_desk(session.track, alice),
]


@pytest.mark.django_db
@pytest.mark.parametrize("edit", range(len(EDITS)))
def test_what_was_just_written_is_found_by_every_process(
    client: Client, session: Session, alice: Any, monkeypatch: pytest.MonkeyPatch, edit: int
) -> None:
    processes = [found._Kept(), found._Kept()]

    def names() -> list[list[str]]:
        names = []
        for kept in processes:
            monkeypatch.setattr(found, "_kept", kept)
            seats = listed(client.get("/harbour/sessions/", {"q": "zephyr"}))
            names.append([seat.session.pk for seat in seats])
        return names

    assert names() == [[], []]
    EDITS[edit](session, alice)
    assert names() == [[session.pk], [session.pk]]


@pytest.mark.django_db
def test_what_is_gone_is_found_no_more(event: Event, session: Session) -> None:
    assert find_sessions(event, "grete gloves").keys == [session.pk]
    session.speakers.clear()
    assert find_sessions(event, "grete").keys == []
    Session.objects.filter(pk=session.pk).update(session_status="approved")
    assert find_sessions(event, "gloves").keys == []
    Session.objects.update(session_status="approved")
    assert find_sessions(event, "knots").keys == find_sessions(event, "").keys == []


@pytest.mark.django_db
def test_same_letters_at_another_place_are_another_text(event: Event, session: Session) -> None:
    other = Session.objects.exclude(pk=session.pk).get()
    assert find_sessions(event, "knots").keys == [session.pk]
    Session.objects.filter(pk=session.pk).update(name="Anchors")
    Session.objects.filter(pk=other.pk).update(name="Knots")
    assert find_sessions(event, "knots").keys == [other.pk]
    # Only their places in the programme change.
    Session.objects.update(name="Knots")
    first, second = find_sessions(event, "knots").keys
    Session.objects.filter(pk=first).update(starts_at=None, ends_at=None)
    assert find_sessions(event, "knots").keys == [second, first]


@pytest.mark.django_db
def test_import_is_found_at_once() -> None:
    event = imported(SMALL_XML.read_bytes()).event
    Session.objects.update(session_status="live")
    assert find_sessions(event, "zephyr").keys == []
    imported(changed(SMALL_XML, ("Oaks &amp; their friends", "Zephyr"), ("Willow Zweig", "Willow Reed")))
    assert len(find_sessions(event, "zephyr reed").keys) == 1


@pytest.mark.django_db
def test_texts_written_while_they_were_read_are_not_taken_for_those_before(
    event: Event, session: Session
) -> None:
    statements = []

    def write(execute: Any, sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        statements.append(sql)
        if len(statements) == 1:
            Session.objects.filter(pk=session.pk).update(name="Zephyr")
        return answer

    with connection.execute_wrapper(write):
        assert find_sessions(event, "zephyr").keys == [session.pk]
    Session.objects.filter(pk=session.pk).update(name="Knots")
    assert find_sessions(event, "zephyr").keys == []
    assert find_sessions(event, "knots").keys == [session.pk]


@pytest.mark.django_db
def test_one_statement_asks_whether_the_texts_are_the_same(
    event: Event, session: Session, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(TO_READ):
        find_sessions(event, "knots")
    for words in ("knots", "gretl gloves", "zebra", ""):
        with django_assert_num_queries(1):
            find_sessions(event, words)


@pytest.mark.django_db
def test_speakers_are_searched_by_an_index_too(
    client: Client, event: Event, session: Session, django_assert_num_queries: Any
) -> None:
    speaker, silent = session.speakers.get(), SpeakerFactory(event=event, name="Greta")

    def on_page(words: str) -> list[str]:
        return [each.name for each in client.get("/harbour/speakers/", {"q": words}).context["speakers"]]

    assert (on_page("gret"), on_page("zephyr"), find_names(event, "zephyr").keys) == (["Grete"], [], [])
    assert set(find_names(event, "gret").keys) == {speaker.pk, silent.pk}
    Speaker.objects.filter(pk=speaker.pk).update(name="Zephyr", company="Rope Works", job_title="Rigger")
    assert on_page("zephyr") == on_page("rope rigger") == ["Zephyr"]
    assert find_names(event, "zephyr").keys == [speaker.pk]
    for find in (find_speakers, find_names):
        with django_assert_num_queries(1):
            find(event, "zephyr")
    session.speakers.set([silent])
    assert (on_page("zephyr"), on_page("greta")) == ([], ["Greta"])


@pytest.mark.django_db
def test_the_events_searched_last_are_kept_as_far_as_the_bound(
    kept: Any, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(found, "MOST_KEPT", 3)
    first, second, third = (EventFactory() for _ in range(3))
    for event in (first, second, third, third):
        SessionFactory(event=event, name="Knots")
    for event in (first, second, first, third):
        assert find_sessions(event, "knots").keys
        assert kept.rows <= found.MOST_KEPT
    # The second was asked for the longest time ago.
    for event, statements in ((first, 1), (third, 1), (second, TO_READ)):
        with django_assert_num_queries(statements):
            find_sessions(event, "knots")
    # One that is larger than the bound is kept alone.
    monkeypatch.setattr(found, "MOST_KEPT", 1)
    for statements in (TO_READ, 1):
        SessionFactory(event=third) if statements == TO_READ else None
        with django_assert_num_queries(statements):
            find_sessions(third, "knots")
    assert kept.rows == 3


@pytest.mark.once
def test_what_is_looked_up_is_what_reading_through_finds() -> None:
    chance = random.Random(5)

    def text(letters: str, most: int) -> str:
        return "".join(chance.choices(letters, k=chance.randint(1, most)))

    found_at_all = 0
    for _ in range(300):
        index = Index((row, [text("abøc é_·.日プ½", 9) for _ in range(4)]) for row in range(4))
        for beginning in (text("aboc", 3) for _ in range(5)):
            looked_up: dict[int, int] = {}
            for place, weight in index._looked_up(beginning):
                looked_up[place] = max(weight, looked_up.get(place, 0))
            assert looked_up == dict(index._read_through(beginning)), (index._texts, beginning)
            found_at_all += len(looked_up)
    assert found_at_all > 500


@pytest.mark.once
def test_letter_that_is_only_an_accent_ends_and_finds_nothing() -> None:
    rows = [(1, ["Rust for sailors"]), (2, ["Knots"])]
    assert Index(rows).best_first("\u06e5").keys == []
    assert Index(rows).best_first("\u06e5 rust").keys == [1]
