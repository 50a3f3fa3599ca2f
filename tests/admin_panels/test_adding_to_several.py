"""Add registration: people found by the beginning of a name, several sessions at once, each effect seen before."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.actors import Actor
from events.models import Contact
from events.searching import beginning_with, some_beginning_with
from registrations import actions
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.queries import positions
from sessions_app.models import Session
from tests.admin_panels.helpers import add_url, fill, person, text, typed
from tests.factories import ContactFactory, EventFactory, PassFactory, SessionFactory
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db(transaction=True)

SPEAKER = {"reason_choice": "Speaker", "reason_other": "", "notify": "on"}
PART = {"HX-Request": "true"}


@pytest.fixture
def programme(event):
    """A free session, a full one with two in line, and one at the same time as the free one."""
    free = SessionFactory(event=event, name="Knots", capacity=3)
    full = SessionFactory(event=event, name="Tides", capacity=1)
    clashing = SessionFactory(event=event, name="Stars", starts_at=free.starts_at, ends_at=free.ends_at)
    fill(full, 1, start=90)
    for number in (91, 92):
        actions.submit_agenda(event, person(number), [full], wait=True, notify=False)
    return free, full, clashing


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def post(client, event, sessions, *people, headers=None, **more):
    data = typed(*people, session=[session.pk for session in sessions], **more)
    return client.post(add_url(event), data, headers=headers or {})


def test_shows_the_effect_of_each_session_at_once(client, staff, event, programme):
    client.force_login(staff)
    page = post(client, event, programme, person(1), person(2), headers=PART, step="effects")
    shown = text(page)
    assert page.status_code == 200
    assert "<html" not in shown
    lines = page.context["consequences"]
    assert len(lines) == 6
    assert [str(line.then) for line in lines[:3]] == [
        "Gets a seat",
        "Clashes with Knots",
        "No free seat: 1 past capacity · or number 3 in line",
    ]
    assert [line.kind for line in lines[:3]] == ["free", "clash", "over"]
    # The second person finds what the first one leaves, in the session as in its line.
    assert str(lines[5].then) == "No free seat: 2 past capacity · or number 4 in line"
    assert "Give 4 seats, 2 past capacity" in shown
    assert EventRegistration.objects.filter(contact__email=person(1).email).count() == 0


def test_puts_in_line_instead_as_was_shown(client, staff, event, programme, assert_seats_true):
    free, full, clashing = programme
    client.force_login(staff)
    page = post(client, event, programme, person(1), person(2), headers=PART, step="effects")
    shown = [str(line.then).rpartition("or ")[2] for line in page.context["consequences"]]
    assert "Give 2 seats, put 2 on the waitlist" in text(page)
    answer = post(client, event, programme, person(1), person(2), deed="line", notify="on")
    done = text(answer)
    assert "2 seats given, 2 places in line. 2 refused." in done
    assert "Guest Number001: Stars" in done
    for number, said_before in ((1, shown[1:3]), (2, shown[4:6])):
        item = WaitlistItem.objects.in_line().get(contact__email=person(number).email)
        assert item.session == full
        assert said_before[1] == f"number {positions([item])[item.pk]} in line"
        mail = Notification.objects.get(contact=item.contact)
        assert mail.payload["session_ids"] == [free.pk]
        assert mail.payload["waitlisted_session_ids"] == [full.pk]
        entry = Activity.objects.get(contact=item.contact, verb="waitlisted")
        assert (entry.user, entry.session) == (staff, full)
    assert not SessionRegistration.objects.filter(session=clashing).exists()
    assert_seats_true(event)


@pytest.mark.parametrize("is_told", [True, False])
def test_tells_of_a_place_in_line_or_not(client, desk, full_session, is_told):
    client.force_login(desk)
    shown = text(client.post(add_url(full_session), typed(person(50), step="look")))
    assert "or number 1 in line" in shown
    assert "Put 1 on the waitlist instead" in shown
    # What is permitted is the main one; what is not stays visible.
    assert shown.index("Put 1 on the waitlist instead") < shown.index("Add 1 past capacity")
    told = {"notify": "on"} if is_told else {}
    answer = client.post(add_url(full_session), typed(person(50), step="add", deed="line", **told))
    assert said(answer) == ["1 place in line."]
    assert WaitlistItem.objects.in_line().get().contact.email == person(50).email
    assert Notification.objects.filter(contact__email=person(50).email).count() == is_told


def test_puts_in_line_for_the_event_itself(client, alice, assert_seats_true):
    event = EventFactory(session_level=False, capacity=1)
    actions.register_for_event(event, person(1), notify=False)
    client.force_login(alice)
    shown = text(client.post(add_url(event), typed(person(50), person(51), step="look")))
    assert "or number 2 in line" in shown
    answer = client.post(add_url(event), typed(person(50), person(51), step="add", deed="line"))
    assert said(answer) == ["2 places in line."]
    assert WaitlistItem.objects.in_line().filter(session=None).count() == 2
    assert_seats_true(event)


@pytest.mark.parametrize("obstacle", ["no line", "in line already", "free", "no permission"])
def test_offers_no_line_where_nobody_would_wait(client, desk, full_session, obstacle):
    if obstacle == "no line":
        Session.objects.update(own_waitlist_enabled=False)
    elif obstacle == "in line already":
        actions.submit_agenda(full_session.event, person(50), [full_session], wait=True, notify=False)
    elif obstacle == "free":
        actions.change_capacity(full_session, 11, actor=Actor.staff(desk))
    else:
        desk.user_permissions.remove(Permission.objects.get(codename="add_waitlistitem"))
    client.force_login(desk)
    shown = text(client.post(add_url(full_session), typed(person(50), step="look")))
    assert "on the waitlist instead" not in shown
    assert "or number" not in shown
    items = WaitlistItem.objects.count()
    answer = client.post(add_url(full_session), typed(person(50), step="add", deed="line"))
    assert (answer.status_code == 403) == (obstacle == "no permission")
    assert WaitlistItem.objects.count() == items


def test_takes_a_clash_into_the_line_as_it_says(client, staff, event, programme):
    free, full, _clashing = programme
    full.starts_at, full.ends_at = free.starts_at, free.ends_at
    full.save()
    fill(free, 1)
    client.force_login(staff)
    page = post(client, event, [full], person(1), headers=PART, step="effects")
    assert 'data-words-accept_clash="Put 1 on the waitlist instead"' in text(page)
    decided = {"deed": "line", "accept_clash": "on"}
    refused = post(client, event, [full], person(1), **decided)
    assert refused.status_code == 422
    answer = post(client, event, [full], person(1), **decided, **SPEAKER)
    assert said(answer) == ["1 place in line."]


def test_does_what_was_shown_in_one_go(client, staff, event, programme, assert_seats_true):
    free, full, _clashing = programme
    client.force_login(staff)
    answer = post(client, event, [free, full], person(1), person(2), deed="past", **SPEAKER)
    assert said(answer) == ["4 seats given, 2 of them past capacity to 2 people."]
    assert SessionRegistration.objects.active().filter(contact__email=person(2).email).count() == 2
    mails = Notification.objects.filter(contact__email__in=[person(1).email, person(2).email])
    assert mails.count() == 2
    assert_seats_true(event)


def test_lists_who_was_refused_by_session(client, staff, event, programme):
    free, full, clashing = programme
    client.force_login(staff)
    answer = post(client, event, [free, full, clashing], person(1), deed="fit", **SPEAKER)
    shown = text(answer)
    assert answer.status_code == 200
    assert "1 seat given to 1 person. 2 refused." in shown
    assert "Guest Number001: Stars" in shown
    assert SessionRegistration.objects.active().filter(contact__email=person(1).email).count() == 1


def test_past_capacity_stays_a_decision_of_those_who_may(client, desk, event, programme):
    free, full, _clashing = programme
    client.force_login(desk)
    shown = text(post(client, event, [free, full], person(1), headers=PART, step="effects"))
    assert "You may not add people past capacity." in shown
    answer = post(client, event, [free, full], person(1), deed="past", **SPEAKER)
    assert answer.status_code == 403
    assert not SessionRegistration.objects.filter(contact__email=person(1).email).exists()


def test_keeps_the_pass_beside_one_session(client, alice):
    event_pass = PassFactory(event=EventFactory(passes_with_agenda=True))
    session = SessionFactory(event=event_pass.event)
    session.passes.add(event_pass)
    client.force_login(alice)
    post(client, event_pass.event, [session], person(2), deed="fit", event_pass=event_pass.pk)
    assert event_pass.attendee_passes.count() == 1
    assert SessionRegistration.objects.active().filter(session=session).count() == 1


def test_keeps_the_answers_while_more_is_picked(client, staff, event, programme):
    client.force_login(staff)
    page = post(
        client,
        event,
        programme[:1],
        person(1),
        headers=PART,
        step="effects",
        reason_choice="VIP",
        reason_other="",
    )
    shown = text(page)
    assert shown.count("checked") == 1
    assert 'value="VIP"' in shown[: shown.index("checked")].rpartition("<input")[2]


def test_says_what_is_missing_before_there_is_an_effect(client, staff, event, programme):
    client.force_login(staff)
    page = post(client, event, programme, headers=PART, step="effects")
    assert page.status_code == 200
    assert "what happens is shown here" in text(page)


def test_says_that_somebody_is_ticked_and_typed(client, staff, event, session):
    fill(session, 1)
    contact = Contact.objects.get(email=person(1).email)
    client.force_login(staff)
    page = client.post(add_url(session), typed(person(1), contact=contact.pk, step="look"))
    assert page.status_code == 422
    assert "This person is ticked above." in text(page)


@pytest.mark.parametrize(
    ("typed_in", "found"),
    [
        ("ada", {"ada@example.com"}),
        ("LOVE", {"ada@example.com"}),
        ("ada lov", {"ada@example.com"}),
        ("lov ada", {"ada@example.com"}),
        ("über", {"u@example.com"}),
        ("Über", {"u@example.com"}),
        ("U@EX", {"u@example.com"}),
        ("100%", {"percent@example.com"}),
        ("ovelace", set()),
        ("_da", set()),
    ],
)
def test_finds_by_the_beginning_of_each_word(typed_in, found):
    ContactFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace")
    ContactFactory(email="u@example.com", first_name="Ulla", last_name="Übermut")
    ContactFactory(email="percent@example.com", first_name="100%", last_name="Sure")
    rows = beginning_with(Contact.objects.all(), typed_in, ["first_name", "last_name"], ["email"])
    assert {row.email for row in rows} == found
    some = some_beginning_with(
        Contact.objects.all(), typed_in, ["first_name", "last_name"], ["email"], most=2
    )
    assert {row.email for row in some} == found


@pytest.fixture
def crowd():
    """Three thousand contacts whose names, first and last, begin with the same letter; an "ada" among them."""
    Contact.objects.bulk_create(
        [Contact(email=f"p{n}@example.com", first_name=f"Pat{n}", last_name=f"P{n}") for n in range(3000)]
    )
    ContactFactory(email="ada@example.com", first_name="Ada", last_name="Person")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plans_of(queries):
    """How the database would go about each query about contacts."""
    found = []
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{query['sql']}")
            found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return found


def test_finds_by_an_index_and_not_by_reading_all(crowd):
    rows = beginning_with(Contact.objects.all(), "pat29", ["first_name", "last_name"], ["email"])
    plan = rows.order_by().explain()
    assert "contact_by_first_name" in plan
    assert "contact_by_last_name" in plan
    assert "SCAN events_contact" not in plan.replace("SCAN events_contact USING", "")
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("typed_in", "count"), [("p", 21), ("p pat", 21), ("pe ad", 1), ("p29", 21), ("zz", 0)]
)
def test_reads_an_index_no_further_than_is_shown(crowd, typed_in, count):
    known = Contact.objects.filter(erased_at=None)
    with CaptureQueriesContext(connection) as queries:
        rows = some_beginning_with(known, typed_in, ["first_name", "last_name"], ["email"], most=21)
    assert len(rows) == len({row.pk for row in rows}) == count
    by_name = [plan for plan in plans_of(queries) if "contact_by" in plan]
    assert by_name
    for plan in by_name:
        assert "TEMP B-TREE" not in plan
        assert "Sort" not in plan


def test_answers_while_somebody_types_in_a_few_queries(
    client, desk, event, session, django_assert_max_num_queries
):
    fill(session, 3)
    client.force_login(desk)
    client.post(add_url(event), {**typed(), "q": "guest", "step": "search"}, headers=PART)
    with django_assert_max_num_queries(16):
        page = client.post(add_url(event), {**typed(), "q": "guest number00", "step": "search"}, headers=PART)
    shown = text(page)
    assert "<html" not in shown
    assert shown.count('name="contact"') == 3
    assert "registered for the event" in shown


def test_people_of_others_are_not_found(client, desk, event):
    stranger = SessionFactory(name="Elsewhere")
    fill(stranger, 1, start=70)
    client.force_login(desk)
    page = client.post(add_url(event), {**typed(), "q": "guest", "step": "search"}, headers=PART)
    assert "Nobody found." in text(page)


def test_actor_of_the_machine_registers_in_the_same_way(alice, event, programme):
    free, full, _clashing = programme
    words = {"actor": Actor.staff(alice), "reason": "VIP", "past_capacity": True}
    dry = actions.add_all_to_sessions([free, full], [person(1), person(2)], preview=True, **words)
    done = actions.add_all_to_sessions([free, full], [person(1), person(2)], **words)
    assert [(line.outcome, line.session.pk, line.over_by) for line in dry] == [
        (line.outcome, line.session.pk, line.over_by) for line in done
    ]
