"""Passes and "Allow registrants to create their own agenda" exclude each other."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.urls import reverse

from events.errors import WrongLevel
from events.models import Pass, SeatCount
from registrations.actions import submit_agenda
from registrations.models import Activity, SessionRegistration
from registrations.rules.people import Attendee
from tests.admin_forms.paper import change, confirm, errors, read, said
from tests.factories import EventFactory, PassFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)

WARNING = (
    "Own agenda was switched off because passes register people at event level. 5 registrations are kept."
)
NEW_PASS = {
    "passes-TOTAL_FORMS": "1",
    "passes-0-name": "Day ticket",
    "passes-0-price": "10",
    "passes-0-currency": "eur",
    "passes-0-capacity": "100",
}


@pytest.fixture
def event():
    """Own agenda on, five seats held."""
    event = EventFactory(session_level=True)
    session = SessionFactory(event=event, capacity=10)
    for number in range(5):
        submit_agenda(event, Attendee(f"p{number}@example.com", "Pia", "Person"), [session])
    return event


def add_first_pass(desk, url, event, door):
    """Add it, and press the button of the page that says what it switches off."""
    if door == "inline":
        page = url(event, tab="registration")
        return confirm(desk, page, change(desk, page, "event_form", **NEW_PASS))
    return confirm(desk, reverse("admin:events_pass_add"), add_pass_on_own_page(desk, event))


def add_pass_on_own_page(desk, event):
    page = reverse("admin:events_pass_add")
    data = read(desk.get(page), "pass_form").data
    typed = {"event": event.pk, "name": "Day ticket", "price": "10", "currency": "EUR", "capacity": "100"}
    return desk.post(page, {**data, **typed, "_continue": "1"})


def is_on(event) -> bool:
    event.refresh_from_db()
    return event.allow_custom_agenda


@pytest.mark.parametrize("door", ["inline", "own page"])
def test_switches_off_with_first_pass(desk, url, event, door, assert_seats_true):
    answer = add_first_pass(desk, url, event, door)
    assert WARNING in said(desk, answer)
    assert not is_on(event)
    assert_seats_true()
    assert Pass.objects.get().seats.capacity == 100
    assert SessionRegistration.objects.active().count() == 5
    assert Activity.objects.filter(verb=Activity.Verb.AGENDA_SWITCHED).count() == 1
    with pytest.raises(WrongLevel):
        submit_agenda(event, Attendee("late@example.com"), list(event.sessions.all()))


@pytest.mark.parametrize("door", ["inline", "own page"])
def test_undoes_pass_and_switch_when_save_fails(desk, url, event, door):
    """The last row written in the transaction cannot be: neither pass nor switch remains."""
    counts = SeatCount.objects.count()

    def fail_at_log(execute, sql, params, many, context):
        if sql.startswith("INSERT INTO") and "django_admin_log" in sql:
            raise OperationalError("disk full")
        return execute(sql, params, many, context)

    desk.raise_request_exception = False
    with connection.execute_wrapper(fail_at_log):
        answer = add_first_pass(desk, url, event, door)
    assert answer.status_code == 500
    assert is_on(event)
    assert (Pass.objects.count(), SeatCount.objects.count()) == (0, counts)
    assert not Activity.objects.filter(verb=Activity.Verb.AGENDA_SWITCHED).exists()


def test_shows_switch_disabled_with_reason_beside_pass(desk, url):
    event = PassFactory().event
    page = desk.get(url(event, tab="agenda"))
    assert "allow_custom_agenda" in read(page, "event_form").disabled
    text = page.content.decode()
    assert "Off, because this event has passes (1): passes register people at event level." in text
    assert f'href="{url(event)}?tab=registration#passes-group"' in text


def test_refuses_crafted_switch_beside_pass(desk, url):
    event = PassFactory().event
    answer = change(desk, url(event), "event_form", allow_custom_agenda="on", name="Crafted")
    assert list(errors(answer)) == ["allow_custom_agenda"]
    assert not is_on(event)
    assert event.name != "Crafted"


def test_leaves_switch_off_but_enabled_after_last_pass_is_deleted(desk, url, event):
    add_first_pass(desk, url, event, "inline")
    desk.post(url(Pass.objects.get(), "delete"))
    assert not Pass.objects.offered().exists()
    page = read(desk.get(url(event, tab="agenda")), "event_form")
    assert "allow_custom_agenda" not in page.disabled
    assert "allow_custom_agenda" not in page.data
    change(desk, url(event), "event_form", allow_custom_agenda="on")
    assert is_on(event)


def test_says_nothing_of_switch_when_it_was_off(desk, url):
    event = EventFactory(session_level=False)
    messages = said(desk, change(desk, url(event), "event_form", **NEW_PASS))
    assert [message for message in messages if "Own agenda" in message] == []


def test_shows_refusal_of_a_pass_that_came_meanwhile(desk, url):
    """The form was opened before somebody else added a pass."""
    event = EventFactory(session_level=False)
    data = read(desk.get(url(event)), "event_form").data
    PassFactory(event=event)
    answer = desk.post(url(event), {**data, "allow_custom_agenda": "on", "_continue": "1"})
    assert list(errors(answer)) == ["allow_custom_agenda"]
    assert not is_on(event)


# Passes and own agenda together


@pytest.fixture
def together():
    """Passes beside own agendas."""
    event = EventFactory(session_level=True, passes_with_agenda=True)
    PassFactory(event=event)
    return event


def test_leaves_switch_on_when_passes_go_with_agendas(desk, url, together):
    second = {key.replace("-0-", "-1-"): value for key, value in NEW_PASS.items()}
    said(desk, change(desk, url(together), "event_form", **{**second, "passes-TOTAL_FORMS": "2"}))
    assert Pass.objects.count() == 2
    assert is_on(together)
    page = read(desk.get(url(together)), "event_form")
    assert "allow_custom_agenda" not in page.disabled


def test_switches_off_when_passes_and_agendas_part(desk, url, together):
    messages = said(desk, change(desk, url(together), "event_form", passes_with_agenda=None))
    assert WARNING.split(". ", maxsplit=1)[0] + "." in messages
    assert not is_on(together)


def test_switches_on_together_with_setting(desk, url):
    event = PassFactory().event
    said(
        desk,
        change(desk, url(event), "event_form", passes_with_agenda="on", allow_custom_agenda="on"),
    )
    assert is_on(event)


def test_mends_switch_that_is_on_beside_passes(desk, url):
    """Rows written by hand may say both; the form shows it off, and saving makes it so."""
    event = PassFactory(event=EventFactory(session_level=True)).event
    assert read(desk.get(url(event)), "event_form").data["allow_custom_agenda"] == ["false"]
    said(desk, change(desk, url(event), "event_form"))
    assert not is_on(event)


@pytest.mark.browser
def test_switches_off_with_pass_added_in_a_pop_up(open_browser, sign_in, alice, url, event):
    page = open_browser()
    sign_in(page, alice)
    session = event.sessions.get()
    page.goto(url(session, tab="agenda"))
    with page.context.expect_page() as opened:
        page.click("#add_id_passes")
    popup = opened.value
    popup.fill("#id_name", "Day ticket")
    popup.click("input[name=_save]")
    popup.click("button[name=_confirmed]")
    page.locator("#id_passes option", has_text="Day ticket").wait_for(state="attached")
    page.goto(url(event, tab="agenda"))
    assert WARNING in page.locator(".messagelist").inner_text()
    assert not is_on(event)
