"""Whose clock is shown: lists go by the event's, a session's own stands beside it, zones are named by the moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from events.admin import words
from events.templatetags.seatwise import hours, zone_name
from registrations.links import manage_path
from registrations.mail import render
from registrations.models import EventRegistration, Notification
from sessions_app.models import Session
from tests.admin_panels.helpers import tab, text
from tests.api.conftest import api, api_client_of  # noqa: F401  (fixtures)
from tests.engine.acts import claim, person
from tests.factories import EventFactory, SessionFactory, at
from tests.website.clicks import listed

pytestmark = pytest.mark.django_db
LATE = "02:30–03:30 (Mon 20:30–21:30 EDT)"


@pytest.fixture
def event(db):
    return EventFactory(slug="harbour", timezone="Europe/Amsterdam")


@pytest.fixture
def late(event):
    """Monday 20:30 in New York is Tuesday, half past two, at the event."""
    begin = at(0, 30, day=1)
    return SessionFactory(
        event=event,
        name="From overseas",
        own_timezone="America/New_York",
        starts_at=begin,
        ends_at=begin + timedelta(hours=1),
    )


@pytest.fixture
def monday(event):
    return SessionFactory(event=event, name="On Monday", starts_at=at(18), ends_at=at(19))


@pytest.fixture
def tuesday(event):
    return SessionFactory(event=event, name="On Tuesday", starts_at=at(8, day=1), ends_at=at(9, day=1))


def in_order(page, *parts):
    places = [page.index(part) for part in parts]
    assert places == sorted(places), parts


def test_lists_by_the_events_days(client, late, monday, tuesday):
    page = text(client.get("/harbour/sessions/")).partition('id="programme"')[2]
    in_order(page, "Monday 5 May", "On Monday", "Tuesday 6 May", "From overseas", "On Tuesday")
    assert LATE in page


def test_filters_and_counts_by_the_events_days(client, late, monday, tuesday):
    def on(day):
        return [seat.session.name for seat in listed(client.get("/harbour/sessions/", {"day": day}))]

    assert (on("2031-05-05"), on("2031-05-06")) == (["On Monday"], ["From overseas", "On Tuesday"])
    days = client.get("/harbour/").context["days"]
    assert [(each.date, each.sessions) for each in days] == [(date(2031, 5, 5), 1), (date(2031, 5, 6), 2)]
    assert "?day=2031-05-06" in text(client.get(reverse("session_page", args=["harbour", late.uuid])))


def test_agenda_and_mail_go_by_the_events_days(client, late, monday, tuesday):
    for session in (tuesday, monday, late):
        claim(session, person("bob"))
    page = text(client.get(manage_path(EventRegistration.objects.get()))).partition("programme-day")[2]
    in_order(page, "Monday 5 May", "On Monday", "Tuesday 6 May", "From overseas", "On Tuesday")
    mail = render(Notification.objects.latest("id"))
    assert f"When: Tuesday 6 May, {LATE}, Europe/Amsterdam (CEST)" in mail.body
    assert mail.subject.endswith("Tue 02:30")


def test_desk_goes_by_the_events_days(client, alice, event, late, monday):
    client.force_login(alice)
    page = text(client.get(tab(event, "agenda")))
    in_order(page, "On Monday", "From overseas")
    assert f"Tue {LATE}" in page


def test_same_time_in_another_zone_is_said_once(event):
    here = SessionFactory(event=event, own_timezone="Europe/Paris", starts_at=at(10), ends_at=at(11))
    assert hours(here) == "12:00–13:00"
    assert words.hours(here, event) == "Mon 12:00–13:00"


def test_zone_without_letters_is_said_by_its_distance(event):
    there = SessionFactory(event=event, own_timezone="Asia/Dubai", starts_at=at(10), ends_at=at(11))
    assert hours(there) == "12:00–13:00 (14:00–15:00 UTC+04)"


def test_zone_is_named_by_the_moment(client):
    """The clocks of Denver go forward on the second day of the event."""
    saturday = datetime(2031, 3, 8, 17, tzinfo=UTC)
    event = EventFactory(slug="rockies", timezone="America/Denver", starts_at=saturday)
    winter, summer = (
        SessionFactory(event=event, starts_at=begin, ends_at=begin + timedelta(hours=1))
        for begin in (saturday, saturday + timedelta(days=2))
    )
    assert zone_name(winter) == "America/Denver (MST)"
    assert zone_name(summer) == "America/Denver (MDT)"
    claim(summer, person("bob"))
    assert "MST" not in render(Notification.objects.get()).body
    assert "MST" not in text(client.get("/rockies/"))


def test_day_follows_when_the_events_zone_changes(api, event, tuesday, late):  # noqa: F811
    assert api.patch(f"/events/{event.pk}", {"timezone": "Pacific/Honolulu"}).status_code == 200
    said = api.get(f"/sessions/{tuesday.pk}").json()
    assert (said["date"], said["start_time"]) == ("2031-05-05", "22:00:00")
    assert api.get(f"/sessions/{late.pk}").json()["date"] == "2031-05-05"
    assert Session.objects.all().days(event.__class__.objects.get()) == {date(2031, 5, 5): 2}
