"""Sessions that are chosen for everybody from the start, and those that everybody is given."""

from __future__ import annotations

import pytest
from django.test import Client

from registrations.models import AgendaDraft
from tests.factories import SessionFactory, at
from tests.website.clicks import choose, chosen, finish, held, listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def keynote(event):
    """Chosen for everybody, at nine."""
    return SessionFactory(
        event=event, name="Keynote", selected_by_default=True, starts_at=at(9), ends_at=at(10)
    )


@pytest.fixture
def tides(event):
    """Chosen by nobody yet, in the afternoon."""
    return SessionFactory(event=event, name="Tides", starts_at=at(14), ends_at=at(15))


def states(client):
    return {seat.session.name: seat.state for seat in listed(client.get("/harbour/sessions/"))}


def test_newcomer_sees_defaults_as_chosen_and_nothing_is_written(client, event, keynote, tides):
    assert states(client) == {"Keynote": "chosen", "Tides": "add"}
    assert chosen(client, event) == ["Keynote"]
    assert AgendaDraft.objects.count() == 0


def test_new_draft_begins_with_the_defaults(client, event, keynote, tides):
    choose(client, tides)
    assert chosen(client, event) == ["Keynote", "Tides"]


def test_default_may_be_unticked_and_stays_so(client, event, keynote, tides):
    choose(client, keynote, verb="remove")
    assert chosen(client, event) == []
    choose(client, tides)
    assert chosen(client, event) == ["Tides"]


def test_default_is_swapped_for_what_it_overlaps(client, event, keynote, tides):
    beside = SessionFactory(event=event, name="Beside", starts_at=at(9), ends_at=at(10))
    choose(client, beside, verb="swap", give_up=str(keynote.uuid))
    assert chosen(client, event) == ["Beside"]
    assert AgendaDraft.objects.count() == 1


def test_defaults_are_registered_without_a_click(client, event, bob, keynote):
    assert finish(client, event, bob).status_code == 302
    assert held(bob) == ["Keynote"]


def test_earlier_default_wins_and_an_included_session_before_all(client, event, keynote):
    SessionFactory(event=event, name="Late", selected_by_default=True, starts_at=at(9, 30), ends_at=at(11))
    SessionFactory(event=event, name="Lunch", selection_control="included", starts_at=at(12), ends_at=at(13))
    SessionFactory(event=event, name="Noon", selected_by_default=True, starts_at=at(12), ends_at=at(13))
    assert chosen(client, event) == ["Keynote"]


def test_defaults_that_cannot_be_had_are_not_chosen(client, event):
    for settings in ({"session_status": "approved"}, {"capacity": None, "format": "on_site"}):
        SessionFactory(event=event, selected_by_default=True, **settings)
    assert chosen(client, event) == []


def test_included_session_cannot_be_added(event):
    lunch = SessionFactory(event=event, selection_control="included")
    assert choose(Client(), lunch).status_code == 409
    assert AgendaDraft.objects.count() == 0


def test_default_chosen_later_is_in_the_next_draft(client, event, tides):
    choose(client, tides)
    assert chosen(client, event) == ["Tides"]
    keynote = SessionFactory(
        event=event, name="Keynote", selected_by_default=True, starts_at=at(9), ends_at=at(10)
    )
    other = Client()
    choose(other, tides)
    assert chosen(other, event) == ["Keynote", "Tides"]
    keynote.selected_by_default = False
    keynote.save()
    third = Client()
    assert states(third) == {"Keynote": "add", "Tides": "add"}
    choose(third, tides)
    assert chosen(third, event) == ["Tides"]
