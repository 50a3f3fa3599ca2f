"""Similar sessions: alike in speakers, track and rare words; what fits and has seats first; five at most."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Event
from registrations.queries import similar_to
from sessions_app.models import Session
from tests.factories import FIRST_DAY, SessionFactory, SessionTrackFactory, SpeakerFactory, at
from tests.website.clicks import choose, text

pytestmark = pytest.mark.django_db


def make(event: Event, name: str, hour: int, description: str = "", **more: object) -> Session:
    return SessionFactory(
        event=event, name=name, description=description, starts_at=at(hour), ends_at=at(hour + 1), **more
    )


@pytest.fixture
def programme(event: Event) -> dict[str, Session]:
    """One session about knots; others like it by speaker, rare words, and track; and one like nothing."""
    track = SessionTrackFactory(event=event, name="Ropes")
    plan = [
        make(event, "Practical knots", 9, "How a bowline holds when everything sails.", track=track),
        make(event, "Bowline for beginners", 10, "A bowline, and how everything sails."),
        make(event, "Rigging in winter", 11, "Cold hands.", track=track),
        make(event, "Harbour soup", 13, "Cooked by the same hand."),
        make(event, "Accounting", 14, "Figures and balances of ledgers, from everything that pays."),
    ]
    alma = SpeakerFactory(event=event, name="Alma")
    for session in (plan[0], plan[3]):
        session.speakers.add(alma)
    return {session.name.split()[0]: session for session in plan}


def names(session: Session, *held: Session) -> list[str]:
    return [each.name.split()[0] for each in similar_to(session, held=held, at=FIRST_DAY)]


def test_speakers_words_and_track_count_and_rare_words_more(programme):
    found = names(programme["Practical"])
    assert found[:3] == ["Harbour", "Bowline", "Rigging"]
    assert "Practical" not in found


def test_what_fits_and_has_seats_comes_first_and_what_is_mine_or_begun_is_left_out(event, programme):
    overlapping = make(event, "Elsewhere", 13, "Soup of nobody.")
    assert names(programme["Practical"], overlapping)[-1] == "Harbour"
    assert "Bowline" not in names(programme["Practical"], programme["Bowline"])
    full = programme["Bowline"]
    type(full.seats).objects.filter(pk=full.seats_id).update(capacity=0)
    assert names(programme["Practical"])[-1] == "Bowline"
    later = similar_to(programme["Practical"], held=[], at=at(13, 30))
    assert "Harbour" not in [each.name.split()[0] for each in later]


def test_a_changed_programme_is_read_again(event, programme):
    knots = programme["Practical"]
    assert "Splices" not in names(knots)
    other = make(event, "Splices", 15, "A bowline holds again.")
    assert "Splices" in names(knots)
    Session.objects.filter(pk=other.pk).update(session_status=Session.Status.APPROVED)
    assert "Splices" not in names(knots)


def test_page_shows_them_and_nothing_twice(client: Client, event, programme):
    choose(client, programme["Rigging"])
    page = client.get(reverse("session_page", args=["harbour", programme["Practical"].uuid]))
    assert "Similar sessions" in text(page)
    assert "Rigging in winter" not in [each.name for each in page.context["similar"]]


@pytest.mark.once
def test_a_known_programme_is_answered_at_once(event, django_assert_num_queries):
    first = make(event, "Alpha beacon", 10, "beacon words")
    for n in range(12):
        make(event, f"Beacon {n}", 11, "beacon words alike")
    assert len(similar_to(first, held=[], at=FIRST_DAY)) == 5
    with django_assert_num_queries(2):
        similar_to(first, held=[], at=FIRST_DAY)
