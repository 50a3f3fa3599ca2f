"""Finish registration: details, questions, what becomes of each wish, and everything that may be wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.actors import ATTENDEE
from events.models import Event
from registrations.actions import answer_link_requests, cancel_session_registrations
from registrations.models import EventRegistration, Notification, RegistrationResponse, SessionRegistration
from registrations.rules.people import Attendee
from tests.engine.acts import fill, mails
from tests.factories import (
    CustomRegistrationFieldFactory,
    EventFactory,
    PassFactory,
    SessionFactory,
    at,
)
from tests.website.clicks import choose, chosen, finish, held, key_of, mine, outcomes, registered, text, waits
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db
REGISTER = "/harbour/register/"


def test_registers_for_the_chosen_sessions(client, event, bob):
    choose(client, SessionFactory(event=event, name="Knots"), SessionFactory(event=event, name="Tides"))
    answer = finish(client, event, bob)
    assert answer.status_code == 302
    assert held(bob) == ["Knots", "Tides"]
    assert mails() == [("registered", "bob")]


def test_result_has_one_line_per_session(client, event, bob, carol):
    knots = SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))
    beside = SessionFactory(event=event, name="Beside", starts_at=at(9), ends_at=at(10))
    full = SessionFactory(event=event, name="Full", starts_at=at(14), ends_at=at(15), capacity=1)
    fill(full)
    registered(event, carol, full, wait=True)
    SessionFactory(event=event, name="Beside", starts_at=at(16), ends_at=at(17))
    choose(client, knots, beside, full)
    page = client.get(finish(client, event, bob).url)
    lines = [(line.name, line.words, len(line.offered)) for line in outcomes(page)]
    assert lines == [
        ("Knots", "You have a seat", 0),
        ("Beside", "Overlaps Knots", 1),
        ("Full", "You are 2nd in line", 0),
    ]
    assert "We will register you as soon as a seat frees" in text(page)
    assert "bob@example.com" in text(page)


def test_result_survives_a_reload_and_says_what_is_true_now(client, event, bob):
    choose(client, SessionFactory(event=event, name="Knots"))
    client.get("/harbour/agenda/")  # says “added”, once
    address = finish(client, event, bob).url
    assert text(client.get(address)) == text(client.get(address))
    cancel_session_registrations(SessionRegistration.objects.all(), actor=ATTENDEE)
    assert [line.words for line in outcomes(client.get(address))] == ["Given up since"]


@pytest.mark.parametrize("record", ["", "x", "a:b:c"])
def test_result_with_a_forged_record_shows_the_agenda_as_it_stands(client, event, bob, record):
    registration = registered(event, bob, SessionFactory(event=event, name="Knots"))
    page = client.get(mine("manage_result", registration), {"r": record})
    assert [line.words for line in outcomes(page)] == ["You have a seat"]


def test_one_tap_takes_an_alternative(client, event, bob):
    knots = SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))
    beside = SessionFactory(event=event, name="Beside", starts_at=at(9), ends_at=at(10))
    SessionFactory(event=event, name="Repeat", starts_at=at(16), ends_at=at(17))
    choose(client, knots, beside)
    page = client.get(finish(client, event, bob).url)
    client.post(outcomes(page)[1].offered[0])
    assert held(bob) == ["Knots", "Repeat"]


def test_waits_only_where_asked(client, event, bob):
    full = SessionFactory(event=event, name="Full", capacity=1)
    fill(full)
    choose(client, full, SessionFactory(event=event, name="Knots"))
    finish(client, event, bob, wait="")
    assert (held(bob), waits(bob)) == (["Knots"], [])


def test_says_so_and_keeps_everything_when_nothing_could_be_given(client, event, bob):
    full = SessionFactory(event=event, name="Full", capacity=1, starts_at=at(9), ends_at=at(10))
    SessionFactory(event=event, name="Repeat", starts_at=at(16), ends_at=at(17))
    fill(full)
    before = EventRegistration.objects.count()
    choose(client, full)
    page = finish(client, event, bob, wait="")
    assert page.status_code == 409
    for words in ("You are not registered yet", "Fully booked", "Repeat"):
        assert words in text(page)
    assert page.context["form"]["email"].value() == "bob@example.com"
    assert (EventRegistration.objects.count(), chosen(client, event)) == (before, ["Full"])


# Posted twice.


def test_form_posted_twice_is_harmless(client, event, bob):
    choose(client, SessionFactory(event=event, name="Knots"))
    key = key_of(client.get(REGISTER))
    first = finish(client, event, bob, key=key)
    second = finish(Client(), event, bob, key=key)
    assert (first.status_code, second.status_code) == (302, 302)
    assert second.url.split("?")[0] == first.url.split("?")[0]
    assert EventRegistration.objects.count() == 1
    assert mails() == [("registered", "bob")]


@pytest.mark.parametrize("key", ["", "x", "0" * 40])
def test_forged_key_opens_nobodys_registration(client, event, bob, mallory, key):
    registered(event, bob, SessionFactory(event=event, name="Knots"))
    choose(client, SessionFactory(event=event, name="Tides"))
    finish(client, event, mallory, key=key)
    assert held(mallory) == ["Tides"]


# Somebody who is registered already: the mailbox decides, not whoever knows the address.


def test_known_address_changes_nothing_and_gets_its_link_by_mail(client, event, bob, mallory):
    registered(event, bob, SessionFactory(event=event, name="Knots"))
    choose(client, SessionFactory(event=event, name="Tides"))
    page = finish(client, event, Attendee(" BOB@Example.com ", "Mallory", "Moore"))
    assert page.status_code == 200
    assert "We mailed a personal link to that address" in text(page)
    assert "Bob" not in text(page)
    assert held(bob) == ["Knots"]
    answer_link_requests()
    assert [mail.kind for mail in Notification.objects.order_by("id")] == ["registered", "link_requested"]
    assert "seatwise_me" not in client.cookies
    assert chosen(client, event) == ["Tides"]


def test_known_address_is_mailed_at_most_three_links_an_hour(client, event, bob):
    registered(event, bob, SessionFactory(event=event))
    browsers, session = [Client() for _time in range(5)], SessionFactory(event=event)
    for browser in browsers:
        choose(browser, session)
    assert [finish(each, event, bob).status_code for each in browsers] == [200, 200, 200, 429, 429]
    answer_link_requests()
    assert Notification.objects.filter(kind="link_requested").count() == 3


def test_what_was_chosen_can_be_added_from_the_personal_page(client, event, bob):
    registration = registered(event, bob, SessionFactory(event=event, name="Knots"))
    choose(client, SessionFactory(event=event, name="Tides"))
    assert "Chosen before you opened your link" in text(client.get(mine("manage", registration)))
    answer = client.post(mine("manage_draft", registration))
    assert [line.words for line in outcomes(client.get(answer.url))] == ["You have a seat"]
    assert held(bob) == ["Knots", "Tides"]
    assert "Chosen before" not in text(client.get(mine("manage", registration)))


def test_choice_is_kept_when_none_of_it_could_be_added(client, event, bob):
    knots = SessionFactory(event=event, name="Knots", starts_at=at(9), ends_at=at(10))
    registration = registered(event, bob, knots)
    choose(client, SessionFactory(event=event, name="Tides", starts_at=at(9), ends_at=at(10)))
    page = client.get(client.post(mine("manage_draft", registration)).url)
    assert [line.words for line in outcomes(page)] == ["Overlaps Knots"]
    assert "Chosen before you opened your link" in text(client.get(mine("manage", registration)))


def test_somebody_registered_is_sent_to_their_page(client, event, bob):
    choose(client, SessionFactory(event=event))
    finish(client, event, bob)
    registration = EventRegistration.objects.get()
    assert client.get(REGISTER).url == mine("manage", registration)


# What may be wrong.


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"first_name": "", "last_name": " "}, "first_name"),
        ({"last_name": "www.evil.example"}, "last_name"),
        ({"first_name": "x" * 101}, "first_name"),
        ({"email": ""}, "email"),
        ({"email": "bob"}, "email"),
        ({"email": "b" * 250 + "@example.com"}, "email"),
    ],
)
def test_wrong_detail_is_refused_at_its_field(client, event, bob, wrong, field):
    choose(client, SessionFactory(event=event, name="Knots"))
    page = finish(client, event, bob, **wrong)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert f'href="#id_{field}"' in page.content.decode()
    assert EventRegistration.objects.count() == 0
    assert chosen(client, event) == ["Knots"]


def test_empty_agenda_leads_to_the_programme(client, event, bob):
    assert client.get(REGISTER).url == "/harbour/sessions/"
    assert finish(client, event, bob).url == "/harbour/sessions/"
    assert "Choose at least one session first" in text(client.get("/harbour/sessions/"))
    assert EventRegistration.objects.count() == 0


def test_registers_without_sessions_where_none_are_required(client, event, bob):
    Event.objects.update(sessions_required=False)
    page = client.get(finish(client, event, bob).url)
    assert "You are registered" in text(page)
    assert (EventRegistration.objects.count(), held(bob)) == (1, [])


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        (1, None, "Registration is not open yet"),
        (None, -1, "Come next year"),
    ],
)
def test_says_when_registration_is_closed(client, event, bob, opens, closes, said):
    choose(client, SessionFactory(event=event))
    now = timezone.now()
    Event.objects.update(
        registration_opens_at=opens and now + timedelta(days=opens),
        registration_closes_at=closes and now + timedelta(days=closes),
        registration_closed_message="Come next year" if closes else "",
    )
    for page in (client.get(REGISTER), finish(client, event, bob)):
        assert page.status_code == 409
        assert said in text(page)
    assert EventRegistration.objects.count() == 0


# Questions.

KINDS = [
    ("text", "", "tea", "tea"),
    ("long_text", "", "one\r\ntwo", "one\r\ntwo"),
    ("yes_no", "", "no", False),
    ("single_choice", "S\nM", "M", "M"),
    ("single_choice", "\n".join("abcdefghi"), "c", "c"),
    ("multiple_choice", "A\nB\nC", ["A", "C"], ["A", "C"]),
    ("number", "", "7", 7),
    ("number", "", "1.5", 1.5),
    ("date", "", "2031-05-04", "2031-05-04"),
]


@pytest.mark.parametrize(("kind", "choices", "typed", "kept"), KINDS)
def test_answers_are_kept(client, event, bob, kind, choices, typed, kept):
    asked = CustomRegistrationFieldFactory(event=event, kind=kind, choices=choices, is_required=True)
    choose(client, SessionFactory(event=event))
    finish(client, event, bob, **{f"question_{asked.pk}": typed})
    assert [response.value for response in RegistrationResponse.objects.all()] == [kept]


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("text", ""),
        ("text", "x" * 501),
        ("single_choice", "XXL"),
        ("multiple_choice", ["S", "XXL"]),
        ("yes_no", "perhaps"),
        ("number", "many"),
        ("date", "2031-02-30"),
    ],
)
def test_answer_that_cannot_be_is_refused_at_its_question(client, event, bob, kind, typed):
    choices = "S\nM" if "choice" in kind else ""
    asked = CustomRegistrationFieldFactory(event=event, kind=kind, choices=choices, is_required=True)
    choose(client, SessionFactory(event=event))
    page = finish(client, event, bob, **{f"question_{asked.pk}": typed})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [f"question_{asked.pk}"]
    assert EventRegistration.objects.count() == 0


def test_questions_that_need_no_answer_may_stay_empty(client, event, bob):
    for kind, choices, _typed, _kept in KINDS:
        CustomRegistrationFieldFactory(event=event, kind=kind, choices=choices)
    choose(client, SessionFactory(event=event))
    assert finish(client, event, bob).status_code == 302
    assert RegistrationResponse.objects.count() == 0


# Waiting, and whether to be asked.


def test_asks_whether_to_be_asked_only_where_contacts_choose(client, event):
    choose(client, SessionFactory(event=event))
    assert "automatically_register" not in client.get(REGISTER).context["form"].fields
    Event.objects.update(auto_register_waitlisted=False, contacts_choose_auto_register=True)
    assert "automatically_register" in client.get(REGISTER).context["form"].fields


def test_keeps_the_wish_to_be_asked(client, event, bob):
    Event.objects.update(auto_register_waitlisted=False, contacts_choose_auto_register=True)
    full = SessionFactory(event=event, name="Full", capacity=1)
    fill(full)
    choose(client, full)
    page = client.get(finish(client, event, bob, automatically_register="no").url)
    assert waits(bob) == ["Full"]
    assert "We will ask you by mail" in text(page)


@pytest.mark.parametrize(("sent", "kept"), [("", "ask"), ("ask", "ask"), ("swap", "swap"), ("skip", "skip")])
def test_keeps_the_wish_for_a_freed_seat_that_overlaps(client, event, bob, sent, kept):
    full = SessionFactory(event=event, name="Full", capacity=1)
    fill(full)
    choose(client, full)
    assert "when_clashing" in client.get(REGISTER).context["form"].fields
    finish(client, event, bob, when_clashing=sent)
    assert WaitlistItem.objects.get(contact__email=bob.email).when_clashing == kept


def test_asks_about_overlaps_only_where_one_may_wait(client, event, bob):
    Event.objects.update(waitlist_enabled=False)
    choose(client, SessionFactory(event=event))
    assert "when_clashing" not in client.get(REGISTER).context["form"].fields
    Event.objects.update(waitlist_enabled=True)
    assert finish(client, event, bob, when_clashing="perhaps").status_code == 422


# Event level.


@pytest.fixture
def summit() -> Event:
    """A live event at event level, with two seats."""
    return EventFactory(slug="summit", session_level=False, capacity=2)


def test_registers_for_the_whole_event(client, summit, bob):
    page = client.get(finish(client, summit, bob).url)
    assert "You are registered" in text(page)
    assert EventRegistration.objects.get().status == "confirmed"


def test_waits_for_the_whole_event(client, summit, bob, carol, mallory):
    for number in range(2):
        finish(Client(), summit, Attendee(f"g{number}@example.com", "G", "G"))
    page = client.get(finish(client, summit, carol).url)
    assert "You are on the waitlist" in text(page)
    refused = finish(Client(), summit, bob, wait="")
    assert refused.status_code == 409
    assert "Fully booked" in text(refused)


def test_form_posted_twice_is_harmless_at_event_level(client, summit, bob):
    key = key_of(client.get("/summit/register/"))
    first, second = (finish(Client(), summit, bob, key=key) for _time in range(2))
    assert first.url == second.url
    assert EventRegistration.objects.count() == 1


def test_registers_by_the_pass_chosen(client, summit, bob):
    chosen_pass = PassFactory(event=summit, name="Standard")
    finish(client, summit, bob, event_pass=str(chosen_pass.uuid))
    registration = EventRegistration.objects.get()
    assert [issued.event_pass for issued in registration.attendee_passes.all()] == [chosen_pass]
    assert "Standard" in text(client.get(mine("manage", registration)))


@pytest.mark.parametrize("value", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_pass_that_cannot_be_is_refused_at_its_field(client, summit, bob, value):
    PassFactory(event=summit)
    page = finish(client, summit, bob, event_pass=value)
    assert page.status_code == 422
    assert list(page.context["passes"].errors) == ["event_pass"]
    assert EventRegistration.objects.count() == 0


def test_pass_of_another_event_is_refused_and_sold_out_pass_says_so(client, summit, bob, carol):
    patron = PassFactory(event=summit, name="Patron", capacity=1)
    other = PassFactory()
    assert finish(client, summit, bob, event_pass=str(other.uuid)).status_code == 422
    finish(Client(), summit, carol, event_pass=str(patron.uuid))
    page = finish(client, summit, bob, event_pass=str(patron.uuid), wait="")
    assert page.status_code == 409
    assert "This pass is sold out" in text(page)
    assert EventRegistration.objects.count() == 1
    # Whoever wants to waits for it.
    finish(client, summit, bob, event_pass=str(patron.uuid))
    assert EventRegistration.objects.get(contact__email=bob.email).status == "waitlisted"


@pytest.mark.parametrize("count", [1, 30])
def test_form_takes_as_many_queries_for_30_passes_as_for_1(client, summit, count, django_assert_num_queries):
    PassFactory.create_batch(count, event=summit)
    # What the event offers is read once for all visitors.
    client.get("/summit/register/")
    with django_assert_num_queries(4):
        client.get("/summit/register/")


def test_pass_is_asked_for_beside_the_agenda_where_both_go_together(client, event, bob):
    Event.objects.update(passes_with_agenda=True)
    chosen_pass = PassFactory(event=event, name="Day pass")
    knots, tides = (SessionFactory(event=event, name=name) for name in ("Knots", "Tides"))
    knots.passes.add(chosen_pass)
    choose(client, knots, tides)
    assert finish(client, event, bob).status_code == 422
    page = client.get(finish(client, event, bob, event_pass=str(chosen_pass.uuid)).url)
    assert [line.words for line in outcomes(page)] == ["You have a seat", "Not included in the pass"]
    assert "Not included in your pass" in text(client.get("/harbour/sessions/"))


def test_page_for_our_own_failure_needs_nothing(db):
    from django.template.loader import render_to_string

    assert "That went wrong on our side" in render_to_string("500.html")
