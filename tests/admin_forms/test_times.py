"""Times are typed and shown in the event's or session's own zone; impossible ones are refused at their field."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from events.models import Event
from sessions_app.models import Session
from tests.admin_forms.paper import change, errors, read, said
from tests.factories import EventFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)

AMSTERDAM = {"timezone": "Europe/Amsterdam"}


@pytest.fixture
def event():
    return EventFactory(**AMSTERDAM)


def test_saves_event_typed_in_its_own_zone(desk, url, event):
    typed = {
        "starts_at_0": "2031-07-01",
        "starts_at_1": "09:30",
        "ends_at_0": "2031-07-02",
        "ends_at_1": "17:00",
    }
    said(desk, change(desk, url(event), "event_form", **typed))
    event.refresh_from_db()
    assert event.starts_at == datetime(2031, 7, 1, 7, 30, tzinfo=UTC)
    shown = read(desk.get(url(event)), "event_form").data
    assert {name: shown[name] for name in typed} == {name: [value] for name, value in typed.items()}


def test_changes_nothing_when_saved_as_shown(desk, url, event):
    session = SessionFactory(event=event, own_timezone="Asia/Tokyo")
    before = (event.starts_at, event.ends_at, session.starts_at, session.ends_at, session.date)
    said(desk, change(desk, url(event), "event_form"))
    said(desk, change(desk, url(session), "session_form"))
    event.refresh_from_db()
    session = Session.objects.get(pk=session.pk)
    assert (event.starts_at, event.ends_at, session.starts_at, session.ends_at, session.date) == before


def test_saves_session_typed_in_its_zone(desk, url, event):
    session = SessionFactory(event=event)
    said(
        desk,
        change(desk, url(session), "session_form", date="2031-05-06", start_time="10:00", end_time="11:30"),
    )
    session.refresh_from_db()
    assert session.starts_at == datetime(2031, 5, 6, 8, 0, tzinfo=UTC)
    said(desk, change(desk, url(session), "session_form", own_timezone="Asia/Tokyo"))
    session.refresh_from_db()
    assert session.starts_at == datetime(2031, 5, 6, 1, 0, tzinfo=UTC)


def test_saves_session_past_midnight_with_end_date(desk, url, event):
    session = SessionFactory(event=event)
    typed = {"date": "2031-05-06", "start_time": "23:00", "end_time": "01:00"}
    answer = change(desk, url(session), "session_form", **typed)
    assert list(errors(answer)) == ["end_time"]
    said(desk, change(desk, url(session), "session_form", **typed, end_date="2031-05-07"))
    session.refresh_from_db()
    assert session.ends_at == datetime(2031, 5, 6, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (
            {"starts_at_0": "2031-03-30", "starts_at_1": "02:30"},
            "starts_at",
            "2031-03-30 02:30 does not exist in Europe/Amsterdam: the clocks skip it. Choose another time.",
        ),
        (
            {"ends_at_0": "2031-10-26", "ends_at_1": "02:30"},
            "ends_at",
            "2031-10-26 02:30 happens twice in Europe/Amsterdam: the clocks go back. Choose another time.",
        ),
        ({"ends_at_0": "2031-05-05", "ends_at_1": "08:00"}, "ends_at", "The event must end after it starts."),
        (
            {"timezone": "Europe/Atlantis"},
            "timezone",
            "“Europe/Atlantis” is not a known time zone. Give one such as Europe/Brussels.",
        ),
        (
            {
                "registration_opens_at_0": "2031-02-02",
                "registration_opens_at_1": "10:00",
                "registration_closes_at_0": "2031-02-01",
                "registration_closes_at_1": "10:00",
            },
            "registration_closes_at",
            "This must be later than Registration opens.",
        ),
        ({"name": "x" * 201}, "name", "Ensure this value has at most 200 characters (it has 201)."),
        ({"capacity": "-1"}, "capacity", "Ensure this value is greater than or equal to 0."),
        ({"capacity": "60000"}, "capacity", "Ensure this value is less than or equal to 50000."),
    ],
)
def test_refuses_event_at_field(desk, url, event, typed, field, sentence):
    answer = change(desk, url(event), "event_form", **typed)
    assert errors(answer) == {field: [sentence]}
    assert Event.objects.get(pk=event.pk).updated_at == event.updated_at


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"date": "2031-03-30", "start_time": "02:30", "end_time": "04:00"}, "start_time", "skipped_time"),
        ({"date": "2031-10-26", "start_time": "01:00", "end_time": "02:30"}, "end_time", "repeated_time"),
        ({"own_timezone": "Mars/Olympus"}, "own_timezone", "unknown_zone"),
        ({"start_time": "12:00", "end_time": "11:00"}, "end_time", ""),
        ({"end_time": ""}, "end_time", ""),
        ({"capacity": "60000"}, "capacity", "max_value"),
        ({"name": "x" * 256}, "name", "max_length"),
    ],
)
def test_refuses_session_at_field(desk, url, event, typed, field, code):
    session = SessionFactory(event=event)
    answer = change(desk, url(session), "session_form", **typed)
    found = answer.context["adminform"].form.errors.as_data()
    assert {name: [error.code or "" for error in these] for name, these in found.items()} == {field: [code]}
    assert Session.objects.get(pk=session.pk).updated_at == session.updated_at


def test_adds_event_and_session(desk, assert_seats_true):
    page = reverse("admin:events_event_add")
    typed = {
        "name": "Regatta",
        "slug": "regatta",
        "timezone": "Europe/Amsterdam",
        "starts_at_0": "2031-06-01",
        "starts_at_1": "10:00",
        "ends_at_0": "2031-06-01",
        "ends_at_1": "18:00",
        "capacity": "200",
        "allow_custom_agenda": "on",
    }
    desk.post(page, {**read(desk.get(page), "event_form").data, **typed})
    event = Event.objects.get()
    assert (event.seats.capacity, event.created_by.email, event.publish_status) == (
        200,
        "alice@example.com",
        "draft",
    )
    page = f"{reverse('admin:sessions_app_session_add')}?event={event.pk}"
    typed = {"name": "Start", "date": "2031-06-01", "start_time": "10:00", "end_time": "11:00"}
    answer = desk.post(page, {**read(desk.get(page), "session_form").data, **typed})
    assert list(errors(answer)) == ["capacity"]
    desk.post(page, {**read(desk.get(page), "session_form").data, **typed, "capacity": "12"})
    session = Session.objects.get()
    assert (session.seats.capacity, session.session_status) == (12, "approved")
    assert_seats_true()


@pytest.mark.parametrize("year", ["0001", "1969", "2201", "9999"])
def test_refuses_years_that_cannot_be_right(desk, url, event, year):
    session = SessionFactory(event=event)
    answer = change(desk, url(event), "event_form", starts_at_0=f"{year}-12-31", starts_at_1="23:59")
    assert "cannot be right" in errors(answer)["starts_at"][0]
    answer = change(desk, url(session), "session_form", date=f"{year}-12-31")
    assert "cannot be right" in errors(answer)["date"][0]
    answer = change(desk, url(session), "session_form", end_date=f"{year}-12-31")
    assert answer.status_code == 422
