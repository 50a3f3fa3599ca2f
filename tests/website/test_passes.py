"""A pass says what it opens, and what it opens is its holder's agenda: on the page, in the calendar, in the counts."""

from __future__ import annotations

import icalendar
import pytest
from django.test import Client

from events.actors import SYSTEM
from events.models import Event
from registrations.actions import cancel_session, mark_paid, place_order, register_for_event
from registrations.calendar import agenda_ics
from registrations.links import manage_token
from registrations.models import EventRegistration
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import EventFactory, PassFactory, SessionFactory, at
from tests.website.clicks import finish, listed, mine, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Event:
    return EventFactory(name="Summit", slug="summit", session_level=False)


@pytest.fixture
def registration(summit: Event, bob: Attendee) -> EventRegistration:
    """Bob's, with a pass that opens Knots and Tides, and not Ropes."""
    day_pass = PassFactory(event=summit, name="Day pass")
    for hour, name in ((11, "Tides"), (9, "Knots"), (14, "Ropes")):
        session = SessionFactory(event=summit, name=name, starts_at=at(hour), ends_at=at(hour + 1))
        if name != "Ropes":
            session.passes.add(day_pass)
    return register_for_event(summit, bob, day_pass)


def test_sessions_of_a_pass_are_its_holders_agenda(client: Client, registration: EventRegistration) -> None:
    page = client.get(mine("manage", registration))
    [(_day, seats)] = page.context["days"]
    assert [seat.session.name for seat in seats] == ["Knots", "Tides"]
    assert page.context["next"].name == "Knots"
    assert "My page 2 Bob Baker" in text(page)
    assert text(page).count("With your pass") == 2
    # The programme says so as well, once the link was opened here.
    said = {seat.session.name: seat.words for seat in listed(client.get("/summit/sessions/"))}
    assert said == {"Knots": "With your pass", "Tides": "With your pass", "Ropes": ""}


def test_calendar_of_a_pass_holder_holds_what_the_pass_opens(registration: EventRegistration) -> None:
    def entries() -> list[tuple[str, str]]:
        calendar = icalendar.Calendar.from_ical(agenda_ics(registration))
        return [(str(each["SUMMARY"]), str(each["STATUS"])) for each in calendar.events]

    assert entries() == [("Knots", "CONFIRMED"), ("Tides", "CONFIRMED")]
    cancel_session(Session.objects.get(name="Knots"), actor=SYSTEM)
    assert entries() == [("Knots", "CANCELLED"), ("Tides", "CONFIRMED")]
    registration.attendee_passes.update(cancelled_at=at(0))
    assert entries() == []


def test_pass_says_what_it_opens_before_it_is_chosen(client: Client, registration: EventRegistration) -> None:
    PassFactory(event=registration.event, name="Everything")
    for address in ("/summit/", "/summit/register/"):
        said = text(Client().get(address))
        assert "2 sessions: Knots, Tides" in said
        assert "Opens the whole programme" in said


def test_where_people_choose_a_pass_gives_no_agenda(client: Client, registration: EventRegistration) -> None:
    Event.objects.update(allow_custom_agenda=True, passes_with_agenda=True)
    page = client.get(f"/summit/me/{manage_token(registration)}/")
    assert page.context["days"] == []
    assert "My page Bob Baker" in text(page)


PAY = "By invoice, within two days."


def test_pass_with_a_price_is_on_offer_only_where_it_is_said_how_to_pay(
    client: Client, summit: Event, bob: Attendee
) -> None:
    patron = PassFactory(event=summit, name="Patron", price=90)
    assert "Not on offer yet" in text(client.get("/summit/"))
    refused = finish(client, summit, bob, event_pass=str(patron.uuid))
    assert list(refused.context["passes"].errors) == ["event_pass"]
    assert "disabled" in client.get("/summit/register/").content.decode()
    Event.objects.update(how_to_pay=PAY)
    assert PAY in text(client.get("/summit/"))
    for address in ("/summit/", "/summit/register/"):
        assert "EUR 90" in text(client.get(address))
    # It is ordered, not given: whoever sends the form sees first what it comes to.
    page = finish(client, summit, bob, event_pass=str(patron.uuid))
    assert "Order by invoice: EUR 90.00" in text(page)
    assert not EventRegistration.objects.exists()
    mark_paid(place_order(summit, bob, [Bought(bob, patron)]), actor=SYSTEM)
    registration = EventRegistration.objects.select_related("event").get()
    assert "Paid" in text(client.get(mine("manage", registration)))
