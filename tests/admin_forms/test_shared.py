"""What several organizers share: places, tracks, addresses of staff, first words of addresses."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from events.models import EventTeamMember
from events.roles import setup_roles
from events.slugs import RESERVED_SLUGS
from tests.admin_forms.paper import change, errors, said
from tests.factories import (
    EventFactory,
    LayoutFactory,
    RoomFactory,
    SessionFactory,
    SessionTrackFactory,
    SpeakerFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def planner(client):
    """A planner, signed in."""
    setup_roles()
    user = UserFactory(email="planner@example.com")
    user.groups.add(Group.objects.get(name="Event Planner"))
    client.force_login(user)
    return user


@pytest.mark.parametrize("make", [SessionTrackFactory, SpeakerFactory])
def test_tracks_and_speakers_stay_with_their_event(desk, url, make):
    made, other = make(), EventFactory()
    before = made.event
    page = desk.get(url(made))
    assert "event" not in page.context["adminform"].form.fields
    said(desk, change(desk, url(made), f"{made._meta.model_name}_form", event=other.pk, name="New"))
    made.refresh_from_db()
    assert (made.event, made.name) == (before, "New")


def test_places_of_foreign_events_are_only_looked_at(client, url, planner):
    layout = LayoutFactory()
    places = [layout, layout.room, layout.room.building]
    SessionFactory(event=EventFactory(created_by=planner), layout=layout)
    for place in places:
        said(client, change(client, url(place), f"{place._meta.model_name}_form", capacity="70"))
    SessionFactory(layout=layout)
    for place in places:
        page = client.get(url(place))
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert client.post(url(place), {"name": "Mine"}).status_code == 403


def test_administrators_change_every_place(desk, url):
    room = RoomFactory()
    SessionFactory(room=room)
    said(desk, change(desk, url(room), "room_form", capacity="70"))


def test_reserves_every_address_that_is_taken_or_will_be():
    asked = """accounts api admin door draw embed favicon.ico health healthz i18n livez login logout me media metrics
    oauth2 pay payments pictures readyz robots.txt sitemap.xml static sw.js webhooks .well-known"""
    assert frozenset(asked.split()) == RESERVED_SLUGS


@pytest.mark.parametrize("slug", [*sorted(RESERVED_SLUGS), "Admin"])
def test_refuses_words_that_lead_elsewhere(desk, url, slug):
    event = EventFactory(slug="regatta")
    answer = change(desk, url(event), "event_form", slug=slug)
    assert list(errors(answer)) == ["slug"]


def test_planner_names_team_members_by_address_and_sees_no_list(client, url, planner):
    event = EventFactory(created_by=planner)
    dora = UserFactory(email="dora@example.com")
    UserFactory(email="hidden@example.com")
    assert "hidden@example.com" not in client.get(url(event, tab="more")).content.decode()
    answer = change(client, url(event), "event_form", **{"team-0-user": "nobody@example.com"})
    assert answer.status_code == 422
    assert "No member of staff has this address" in answer.content.decode()
    assert not EventTeamMember.objects.exists()
    said(client, change(client, url(event), "event_form", **{"team-0-user": "Dora@example.com"}))
    assert EventTeamMember.objects.get().user == dora
    assert "dora@example.com" in client.get(url(event, tab="more")).content.decode()
    said(client, change(client, url(event), "event_form", **{"team-0-role": "viewer"}))
    assert EventTeamMember.objects.get().role == "viewer"


def test_administrator_chooses_team_members_from_a_list(desk, url):
    event = EventFactory()
    UserFactory(email="dora@example.com")
    assert "dora@example.com" in desk.get(url(event, tab="more")).content.decode()
