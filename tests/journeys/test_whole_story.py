"""One story from an imported programme to the eleventh seat of ten, told through HTTP and in Chromium.

A programme is imported and goes live; an attendee picks five sessions, one of them full, and waits for that one;
staff cancel somebody, the attendee is promoted and mailed; staff add an eleventh person to a session of ten.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import reverse

from events.models import Event, SeatCount, User
from registrations import actions
from registrations.models import Activity, EventRegistration, SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.admin_panels.helpers import add_url, see_what_happens, typed
from tests.journeys.programme import write_schedule
from waitlists.models import WaitlistItem

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Page

FULL, *OTHERS = "Lighthouses", "Harbour pilots", "Reading the tide", "Rope and knots", "Charts"


@pytest.fixture
def imported(transactional_db: None, tmp_path: Path) -> Event:
    """The programme as `import_schedule` leaves it: ready, not live."""
    call_command("import_schedule", str(write_schedule(tmp_path)), capacity=10, verbosity=0)
    event = Event.objects.get()
    assert (event.publish_status, Session.objects.live().count()) == (Event.PublishStatus.READY, 0)
    return event


def named(name: str) -> Session:
    """One session of the programme."""
    return Session.objects.select_related("event", "seats").get(name=name)


def fill(name: str, count: int) -> None:
    """Others take seats."""
    session = named(name)
    for number in range(count):
        person = Attendee(f"early{number}@example.com", "Early", f"Bird {number}")
        actions.submit_agenda(session.event, person, [session], notify=False)


def send_mail() -> list[str]:
    """Let the worker do its round; return the subjects of what it sent."""
    mail.outbox.clear()
    call_command("worker", once=True, verbosity=0)
    return [message.subject for message in mail.outbox]


def seats_of(name: str) -> tuple[int | None, int]:
    """Capacity and seats taken."""
    seats = SeatCount.objects.get(pk=named(name).seats_id)
    return seats.capacity, seats.taken


def change_url(target: Event | Session, tab: str) -> str:
    """One tab of the desk."""
    name = f"admin:{target._meta.app_label}_{target._meta.model_name}_change"
    return f"{reverse(name, args=[target.pk])}?tab={tab}"


def assert_promoted() -> None:
    """Bob has the seat that he waited for."""
    holders = SessionRegistration.objects.active().filter(session=named(FULL))
    assert holders.filter(contact__email="bob@example.com").count() == 1
    assert WaitlistItem.objects.open().count() == 0


def assert_eleventh_recorded(staff: User) -> None:
    """The capacity stays ten; the ledger has who and why."""
    assert seats_of(OTHERS[0]) == (10, 11)
    entry = Activity.objects.get(verb=Activity.Verb.ADDED_PAST_CAPACITY)
    assert (entry.user, entry.reason, entry.capacity, entry.taken) == (staff, "Speaker", 10, 11)


def assert_mailed_once(recipient: str, word: str) -> None:
    """The worker sends one mail with the word in its subject to the recipient, however often it runs."""
    send_mail()
    wanted = [sent for sent in mail.outbox if sent.to == [recipient] and word in sent.subject]
    assert len(wanted) == 1
    assert send_mail() == []


def test_whole_story_through_http(
    client: Client, imported: Event, alice: User, assert_seats_true: Callable[..., None]
) -> None:
    client.force_login(alice)
    client.post(reverse("admin:events_event_go_live", args=[imported.pk]), {"choice": "with_sessions"})
    imported.refresh_from_db()
    assert (imported.is_live, Session.objects.live().count()) == (True, 6)
    fill(FULL, 10)
    client.logout()

    result = register_bob(client, imported)
    page = result.content.decode()
    assert result.status_code == 200
    assert page.count("You have a seat") >= 4
    assert WaitlistItem.objects.get().session == named(FULL)
    assert_mailed_once("bob@example.com", "You have")

    client.force_login(alice)
    victim = SessionRegistration.objects.get(session=named(FULL), contact__email="early3@example.com")
    cancel = reverse("admin:panel_verb", args=["session", named(FULL).pk, "session_registrations", "cancel"])
    client.post(cancel, {"row": [victim.pk], "confirmed": "1", "notify": "on"})
    assert_promoted()
    assert_mailed_once("bob@example.com", FULL)

    fill(OTHERS[0], 9)
    assert seats_of(OTHERS[0]) == (10, 10)
    extra = typed(
        Attendee("eve@example.com", "Eve", "Extra"), step="add", deed="past", reason_choice="Speaker"
    )
    client.post(add_url(named(OTHERS[0])), extra)
    assert_eleventh_recorded(alice)
    panel = client.get(change_url(named(OTHERS[0]), "registration")).content.decode()
    assert "11 of 10, 1 past capacity" in panel
    assert_seats_true(imported, swept=True)


def register_bob(client: Client, event: Event) -> HttpResponse:
    """Bob chooses five sessions, finishes, and, impatient, sends the same form again."""
    for name in (FULL, *OTHERS):
        url = reverse("draft_seat", args=[event.slug, named(name).uuid, "add"])
        assert client.post(url).status_code == 302
    url = reverse("finish_registration", args=[event.slug])
    key = re.search(r'name="key" value="([^"]+)"', client.get(url).content.decode())
    assert key is not None
    details = {
        "first_name": "Bob",
        "last_name": "Baker",
        "email": "bob@example.com",
        "wait": "on",
        "key": key[1],
    }
    client.post(url, details)
    result = client.post(url, details, follow=True)
    assert EventRegistration.objects.filter(contact__email="bob@example.com").count() == 1
    return result


@pytest.mark.browser
def test_whole_story_in_chromium(
    open_browser: Callable[..., Page],
    sign_in: Callable[[Page, Any], None],
    imported: Event,
    alice: User,
    assert_seats_true: Callable[..., None],
    assert_accessible: Callable[[Page], None],
) -> None:
    desk = open_browser(width=1440)
    sign_in(desk, alice)
    desk.goto(change_url(imported, "general"))
    desk.get_by_role("link", name="Go live").click()
    desk.get_by_role("button", name="Go live").click()
    desk.wait_for_load_state()
    fill(FULL, 10)

    phone = open_browser(width=320)
    phone.goto(reverse("session_list", args=[imported.slug]))
    phone.get_by_role("button", name=f"Join waitlist: {FULL}").click()
    phone.get_by_role("button", name=f"Remove: {FULL}").wait_for()
    for name in OTHERS:
        phone.get_by_role("button", name=f"Add: {name}").click()
        phone.get_by_role("button", name=f"Remove: {name}").wait_for()
    phone.get_by_role("link", name="Finish registration").first.click()
    phone.get_by_label("First name").fill("Bob")
    phone.get_by_label("Last name").fill("Baker")
    phone.get_by_label("E-mail").fill("bob@example.com")
    phone.get_by_role("button", name="Register").click()
    phone.get_by_text("You have a seat").first.wait_for()
    assert WaitlistItem.objects.get().session == named(FULL)
    assert_accessible(phone)

    desk.goto(change_url(named(FULL), "registration"))
    row = desk.get_by_role("row").filter(has_text="early3@example.com")
    row.get_by_role("checkbox").check()
    desk.get_by_role("button", name="Cancel", exact=True).first.click()
    desk.get_by_role("button", name="Cancel 1").click()
    desk.wait_for_load_state()
    assert_promoted()
    assert_mailed_once("bob@example.com", FULL)

    fill(OTHERS[0], 9)
    desk.goto(change_url(named(OTHERS[0]), "registration"))
    desk.get_by_role("link", name="Add registration").click()
    desk.get_by_label("E-mail", exact=True).first.wait_for()
    desk.wait_for_load_state()
    desk.get_by_label("E-mail", exact=True).first.fill("eve@example.com")
    see_what_happens(desk, "eve@example.com")
    desk.get_by_text("Speaker", exact=True).click()
    desk.get_by_role("button", name="Add 1 past capacity").click()
    desk.get_by_text("11 of 10, 1 past capacity").first.wait_for()
    assert_eleventh_recorded(alice)
    assert_seats_true(imported, swept=True)
