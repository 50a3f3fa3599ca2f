"""Several people by one form: added and removed without JavaScript, told each alone, and nothing learned of others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from events.actors import ATTENDEE
from events.models import Event
from registrations.actions import answer_link_requests, cancel_session_registrations
from registrations.mail import render
from registrations.models import EventRegistration, Notification, SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import fill, holders, mails
from tests.factories import CustomRegistrationFieldFactory, EventFactory, PassFactory, SessionFactory, at
from tests.website.clicks import choose, held, key_of, registered, text, use_up, waits
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db
REGISTER = "/harbour/register/"
ME = {"first_name": "Bob", "last_name": "Baker", "email": "bob@example.com", "wait": "on"}


def other(number: int, name: str, email: str = "", **more: Any) -> dict[str, Any]:
    """What is typed for one more person."""
    typed = {"first_name": name, "last_name": "Test", "email": email or f"{name.lower()}@example.com", **more}
    return {f"p{number}-{key}": value for key, value in typed.items()}


def three(**more: Any) -> dict[str, Any]:
    """Bob, Carol and Dave."""
    return {**ME, "person": ["2", "3"], **other(2, "Carol"), **other(3, "Dave"), **more}


def send(client: Client, **form: Any) -> Any:
    """Send the form, and go where it leads."""
    return client.post(REGISTER, form, follow=True)


@pytest.fixture
def knots(event: Event) -> Session:
    return SessionFactory(event=event, name="Knots", capacity=5, starts_at=at(9), ends_at=at(10))


@pytest.fixture
def tides(event: Event) -> Session:
    return SessionFactory(event=event, name="Tides", capacity=5, starts_at=at(11), ends_at=at(12))


def test_adds_and_removes_people_and_keeps_what_was_typed(
    client: Client, event: Event, knots: Session
) -> None:
    question = CustomRegistrationFieldFactory(event=event, label="Meal", is_required=True)
    choose(client, knots)
    page = send(client, **{**ME, "last_name": ""}, do="add")
    assert page.redirect_chain == [(REGISTER, 303)]
    assert page.status_code == 200
    assert page.context["form"]["first_name"].value() == "Bob"
    assert "Please look at this again" not in text(page)
    html = page.content.decode()
    assert 'name="p2-email"' in html
    assert re.search(r'name="p2-first_name"[^>]*autofocus|autofocus[^>]*name="p2-first_name"', html)
    assert page.context["together"]["otherwise"].value() == "wait"
    form = {
        **ME,
        "person": "2",
        "otherwise": "leave",
        **other(2, "Carol", **{f"question_{question.pk}": "Soup"}),
    }
    page = send(client, **form, do="add")
    assert [one.number for one in page.context["companions"]] == [2, 3]
    assert 'value="Soup"' in page.content.decode()
    assert page.context["together"]["otherwise"].value() == "leave"
    page = send(client, **{**form, "person": ["2", "3"]}, do="remove-2")
    assert [one.number for one in page.context["companions"]] == [3]
    assert "Carol" not in text(page)
    assert not EventRegistration.objects.exists()


def test_offers_as_many_as_the_event_allows(client: Client, event: Event, knots: Session) -> None:
    Event.objects.update(people_in_one_go=2)
    choose(client, knots)
    assert "Add another person" in text(client.get(REGISTER))
    page = send(client, **ME, do="add")
    assert "Add another person" not in text(page)
    assert len(send(client, **three(), do="add").context["companions"]) == 1
    Event.objects.update(multi_attendee_registration=False)
    assert "Add another person" not in text(client.get(REGISTER))
    send(client, **three())
    assert EventRegistration.objects.count() == 1


def test_everybody_is_registered_and_has_a_mail_of_their_own(
    client: Client, event: Event, knots: Session
) -> None:
    choose(client, knots)
    page = send(client, **three())
    assert holders(knots) == {"bob", "carol", "dave"}
    assert mails() == [("registered", name) for name in ("bob", "carol", "dave")]
    assert "3 people are registered" in text(page)
    assert [person.name for person in page.context["people"]] == ["Bob Baker", "Carol Test", "Dave Test"]
    bob, carol, dave = EventRegistration.objects.order_by("pk")
    assert (carol.registered_by, dave.registered_by) == (bob, bob)
    links = set(re.findall(r"/harbour/me/([^/\"]+)", page.content.decode()))
    assert links == {page.context["token"]}
    assert page.context["registration"] == bob


@pytest.mark.parametrize("capacity", [5, 0])
def test_mail_names_whoever_registered_the_person(client: Client, event: Event, capacity: int) -> None:
    choose(client, SessionFactory(event=event, capacity=capacity))
    send(client, **three())
    bob_row, carol_row, _dave_row = Notification.objects.order_by("pk")
    bob, carol = render(bob_row), render(carol_row)
    words = "Bob Baker registered you together with themselves"
    for body in (carol.body, str(carol.alternatives[0][0])):
        assert words in re.sub("[\u2066-\u2069]", "", " ".join(body.split()))
    assert "together with themselves" not in bob.body
    EventRegistration.objects.filter(contact__email=ME["email"]).update(first_name="", last_name="")
    assert "together with themselves" not in render(carol_row).body


def test_own_agenda_is_a_part_of_the_visitors(
    client: Client, event: Event, knots: Session, tides: Session
) -> None:
    choose(client, knots, tides)
    carol = other(2, "Carol", agenda="own", sessions=[str(tides.uuid)])
    page = send(client, **ME, person="2", **other(2, "Carol", agenda="own"))
    assert page.status_code == 422
    assert "Tick at least one session for this person." in text(page)
    send(client, **ME, person="2", **carol)
    assert (holders(knots), holders(tides)) == ({"bob"}, {"bob", "carol"})


@pytest.mark.parametrize("second", ["bob@example.com", " BOB@Example.com "])
def test_address_named_twice_is_refused_at_its_field(
    client: Client, event: Event, knots: Session, second: str
) -> None:
    choose(client, knots)
    page = send(client, **ME, person="2", **other(2, "Carol", second))
    assert page.status_code == 422
    assert list(page.context["companions"][0].errors) == ["email"]
    assert text(page).count("This address is named twice") == 2
    assert page.context["companions"][0]["first_name"].value() == "Carol"
    assert not EventRegistration.objects.exists()


def test_plus_address_is_another_address(client: Client, event: Event, knots: Session) -> None:
    choose(client, knots)
    send(client, **ME, person="2", **other(2, "Carol", "bob+carol@example.com"))
    assert len(holders(knots)) == 2


def test_all_of_us_or_nobody(client: Client, event: Event, knots: Session, tides: Session) -> None:
    fill(knots, 3)
    choose(client, knots, tides)
    page = send(client, **three(), together=[str(knots.uuid)])
    assert len(holders(knots)) == 3
    assert holders(tides) == {"bob", "carol", "dave"}
    assert text(page).count("Not all of you could have a seat, so nobody took one") == 3


def test_all_of_us_wait_together(client: Client, event: Event, knots: Session, tides: Session) -> None:
    fill(knots, 3)
    choose(client, knots, tides)
    page = send(client, **three(), together=[str(knots.uuid)], otherwise="wait")
    assert text(page).count("Waiting together, until there is a seat for all of you") == 3
    assert len(set(WaitlistItem.objects.values_list("together", flat=True))) == 1
    cancel_session_registrations(SessionRegistration.objects.filter(session=knots)[:1], actor=ATTENDEE)
    assert holders(knots) >= {"bob", "carol", "dave"}


def test_later_ones_wait_in_the_order_entered(client: Client, event: Event, knots: Session) -> None:
    fill(knots, 4)
    choose(client, knots)
    page = send(client, **three())
    assert held(Attendee("bob@example.com")) == ["Knots"]
    assert waits(Attendee("carol@example.com")) == waits(Attendee("dave@example.com")) == ["Knots"]
    assert text(page).count("On the waitlist") == 2


def test_says_who_would_get_nothing_and_keeps_everything(
    client: Client, event: Event, knots: Session
) -> None:
    fill(knots, 4)
    choose(client, knots)
    page = send(client, **{**three(), "wait": ""})
    assert page.status_code == 409
    assert "Nobody is registered yet" in text(page)
    assert "Carol Test , Knots : Fully booked" in text(page)
    assert page.context["companions"][1]["email"].value() == "dave@example.com"
    assert not held(Attendee("bob@example.com"))


# Whoever is registered already: only their mailbox learns of it.


def test_known_companion_gets_a_link_and_nobody_learns_more(
    client: Client, event: Event, knots: Session, tides: Session, carol: Attendee
) -> None:
    registered(event, carol, tides)
    choose(client, knots)
    page = send(client, **three())
    assert holders(knots) == {"bob", "dave"}
    assert "We mailed a personal link to that address" in text(page)
    assert "Carol" not in text(page)
    assert "Tides" not in text(page)
    assert "2 people are registered" in text(page)
    answer_link_requests()
    assert [mail for mail in mails() if mail[1] == "carol"] == [
        ("registered", "carol"),
        ("link_requested", "carol"),
    ]


def test_known_visitor_is_not_signed_in_and_keeps_the_choice(
    client: Client, event: Event, knots: Session, bob: Attendee
) -> None:
    registered(event, bob, SessionFactory(event=event, starts_at=at(15), ends_at=at(16)))
    choose(client, knots)
    page = send(client, **three())
    assert holders(knots) == {"carol", "dave"}
    assert "seatwise_me" not in client.cookies
    assert "/harbour/me/" not in page.content.decode()
    assert not EventRegistration.objects.filter(registered_by__isnull=False).exists()


def test_seat_elsewhere_in_the_way_is_told_to_nobody(
    client: Client, event: Event, knots: Session, carol: Attendee
) -> None:
    registered(
        EventFactory(),
        carol,
        SessionFactory(event=Event.objects.latest("pk"), starts_at=at(9), ends_at=at(10)),
    )
    choose(client, knots)
    page = send(client, **three(), together=[str(knots.uuid)])
    assert holders(knots) == {"bob", "dave"}
    assert "Overlap" not in text(page)


# Posted twice, kept, forged.


def test_form_sent_twice_is_one_group(client: Client, event: Event, knots: Session) -> None:
    choose(client, knots)
    key = key_of(client.get(REGISTER))
    first, second = send(client, **three(), key=key), send(Client(), **three(), key=key)
    assert first.redirect_chain[-1] == second.redirect_chain[-1]
    assert (len(holders(knots)), Notification.objects.count()) == (3, 3)


@pytest.mark.parametrize("key", ["x", "0" * 40])
def test_page_of_a_forged_key_shows_nobody(client: Client, event: Event, key: str) -> None:
    assert client.get(f"{REGISTER}{key}/").url == "/harbour/link/"


def test_page_shows_no_link_in_another_browser(client: Client, event: Event, knots: Session) -> None:
    choose(client, knots)
    address = send(client, **three()).redirect_chain[-1][0]
    page = Client().get(address)
    assert "3 people are registered" in text(page)
    assert "/harbour/me/" not in page.content.decode()
    EventRegistration.objects.update(first_name="", last_name="")
    assert "Bob" not in text(Client().get(address))


def test_each_person_counts_as_a_try(client: Client, event: Event, knots: Session) -> None:
    choose(client, knots)
    use_up("register-from")
    page = send(client, **three())
    assert page.status_code == 429
    assert not EventRegistration.objects.exists()


@pytest.mark.parametrize("person", ["1", "-2", "x", "9" * 5000, "²"])
def test_numbers_nobody_wrote_are_nobody(client: Client, event: Event, knots: Session, person: str) -> None:
    choose(client, knots)
    page = send(client, **ME, person=person)
    assert page.status_code == 200
    assert EventRegistration.objects.count() == 1


def test_a_group_of_ten_with_long_answers_is_kept(client: Client, event: Event, knots: Session) -> None:
    Event.objects.update(people_in_one_go=10)
    question = CustomRegistrationFieldFactory(event=event, kind="long_text")
    choose(client, knots)
    people: dict[str, Any] = {}
    for number in range(2, 10):
        people |= other(number, f"Guest{number}", **{f"question_{question.pk}": str(number) * 900})
    page = send(client, **ME, person=[str(n) for n in range(2, 10)], **people, do="add")
    assert len(page.context["companions"]) == 9
    assert "9" * 900 in page.content.decode()


def test_whole_event_with_a_pass(client: Client, bob: Attendee) -> None:
    event = EventFactory(slug="harbour", session_level=False, capacity=2)
    event_pass = PassFactory(event=event, capacity=9)
    chosen = {"event_pass": str(event_pass.uuid)}
    page = send(client, **three(), **chosen, together="event")
    assert page.status_code == 409
    assert "Fully booked" in text(page)
    page = send(client, **three(), **chosen)
    assert "3 people are registered" in text(page)
    states = [(person.lines[0].words) for person in page.context["people"]]
    assert states == ["Registered", "Registered", "On the waitlist"]
