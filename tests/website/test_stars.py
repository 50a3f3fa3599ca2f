"""Stars: somebody's interest beside seats, kept with the draft and then with the registration. They hold no seat."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Event
from registrations.models import AgendaDraft, EventRegistration, Star
from registrations.queries import interested_in
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import SessionFactory, at
from tests.website.clicks import choose, finish, held, listed, mine, registered, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(event: Event) -> list[Session]:
    """Two sessions, one after the other."""
    return [
        SessionFactory(event=event, name=name, starts_at=at(hour), ends_at=at(hour + 1))
        for name, hour in (("Knots", 10), ("Tides", 12))
    ]


def press(client: Client, session: Session, star: str = "1", **headers: str) -> Any:
    address = reverse("star", args=[session.event.slug, session.uuid])
    return client.post(address, {"star": star, "next": "/harbour/sessions/"}, headers=headers)


def starred(client: Client) -> list[str]:
    """The sessions that the list shows as starred, by its filter."""
    seats = listed(client.get("/harbour/sessions/?starred=true"))
    assert all(seat.is_starred for seat in seats)
    return [seat.session.name for seat in seats]


def test_star_is_given_and_taken_and_holds_no_seat(client, event, programme):
    knots, tides = programme
    assert press(client, tides)["Location"] == f"/harbour/sessions/#star-{tides.uuid}"
    press(client, tides)
    assert starred(client) == ["Tides"]
    assert interested_in([knots.pk, tides.pk]) == {tides.pk: 1}
    assert "Tides" in text(client.get("/harbour/agenda/"))
    tides.seats.refresh_from_db()
    assert (tides.seats.taken, tides.seats.held, tides.seats.waiting) == (0, 0, 0)
    press(client, tides, "0")
    assert starred(client) == []
    assert "Interested" not in text(client.get("/harbour/agenda/"))


def test_htmx_gets_the_new_button_alone(client, event, programme):
    answer = press(client, programme[0], **{"HX-Request": "true"})
    html = answer.content.decode()
    assert 'aria-pressed="true"' in html
    assert 'value="0"' in html
    assert "<html" not in html


def test_draft_s_stars_are_the_registration_s_and_each_person_counts_once(
    client, event, programme, bob: Attendee
):
    knots, tides = programme
    choose(client, knots)
    press(client, tides)
    finish(client, event, bob)
    assert held(bob) == ["Knots"]
    registration = EventRegistration.objects.get()
    # The browser knows them by their personal page now.
    page = client.get(mine("manage", registration))
    assert "Tides" in text(page)
    assert "A star holds no seat" in text(page)
    assert starred(client) == ["Tides"]
    press(client, tides)
    other = AgendaDraft.objects.create(event=event, registration=registration)
    Star.objects.create(draft=other, session=tides)
    assert interested_in([tides.pk]) == {tides.pk: 1}
    press(client, tides, "0")
    assert interested_in([tides.pk]) == {}


def test_who_was_registered_without_a_draft_gives_stars_too(client, event, programme, bob: Attendee):
    knots, tides = programme
    registration = registered(event, bob, knots)
    client.get(mine("manage", registration))
    press(client, tides)
    press(client, knots)
    assert starred(client) == ["Knots", "Tides"]
    assert AgendaDraft.objects.filter(registration=registration).count() == 1
    # What is held already stands in the agenda alone.
    seats = client.get(mine("manage", registration)).context["interesting"]
    assert [seat.session.name for seat in seats] == ["Tides"]


def test_stars_of_what_is_not_shown_are_refused_and_change_nothing(client, event, programme):
    hidden = SessionFactory(event=event, session_status=Session.Status.APPROVED)
    assert press(client, hidden).status_code == 404
    assert client.get(reverse("star", args=["harbour", programme[0].uuid])).status_code == 405
    assert not Star.objects.exists()


@pytest.mark.once
def test_desk_says_how_many_are_interested(client, alice, event, programme):
    knots, tides = programme
    for _browser in range(3):
        press(Client(), tides)
    press(Client(), knots)
    client.force_login(alice)
    page = client.get(
        reverse("admin:events_event_change", args=[event.pk]), {"tab": "agenda", "sessions-o": "-5"}
    )
    html = page.content.decode()
    assert html.index("Tides") < html.index("Knots")
    session = client.get(reverse("admin:sessions_app_session_change", args=[tides.pk]))
    assert "3 interested" in text(session)


@pytest.mark.once
def test_a_claim_asks_the_database_nothing_about_stars(client, event, programme, bob):
    registration = registered(event, bob, programme[1])
    address = mine("manage_seat", registration, programme[0].uuid, "add")
    Star.objects.create(
        draft=AgendaDraft.objects.create(event=event, registration=registration), session=programme[0]
    )
    with CaptureQueriesContext(connection) as asked:
        client.post(address, headers={"HX-Request": "true"})
    assert not [each["sql"] for each in asked if "registrations_star" in each["sql"]]
