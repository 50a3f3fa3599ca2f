"""`manage.py check_seats` is silent about what the actions did, and names every kind of corruption."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from events.actors import Actor
from events.models import Event, SeatCount
from registrations import actions
from registrations.actions.programme.repair import repair_counters
from registrations.models import Activity, AttendeePass, EventRegistration, SessionRegistration
from registrations.queries.counters import true_counters
from registrations.queries.recount import recount
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import FIRST_DAY, EventFactory, PassFactory, SessionFactory, at
from waitlists.models import InvitationSlot, WaitlistItem


@pytest.fixture
def event(db):
    return EventFactory(slug="fair", invitations_per_slot=2, auto_register_waitlisted=False)


@pytest.fixture
def full(event, bob, carol):
    """A session with one seat: Bob has it, Carol and Dora wait."""
    session = SessionFactory(event=event, name="Full", capacity=1)
    actions.submit_agenda(event, bob, [session])
    for person in (carol, Attendee("dora@example.com", "Dora", "Dean")):
        actions.submit_agenda(event, person, [session], wait=True)
    return session


@pytest.fixture
def invited(full, alice):
    """Bob has gone: his seat is held for Carol and Dora."""
    seats = SessionRegistration.objects.active().filter(session=full)
    actions.cancel_session_registrations(seats, actor=Actor.staff(alice))
    full.refresh_from_db()
    assert str(full.seats) == "0 of 1, 1 held, 0 waiting"
    return full


def codes(event=None, **options):
    return [offence.code for offence in recount(event, **options)]


def test_finds_nothing_where_nothing_is(db):
    assert recount() == []


def test_finds_nothing_after_actions(full, event, alice, bob):
    assert codes(swept=True) == []
    actions.add_to_session(
        full, [Attendee("eve@example.com")], actor=Actor.staff(alice), reason="VIP", past_capacity=True
    )
    actions.change_capacity(full, 5, actor=Actor.staff(alice))
    actions.sweep()
    assert (codes(swept=True), codes(event, swept=True)) == ([], [])


def test_finds_nothing_while_invited(invited):
    assert codes(swept=True) == []


def test_asks_no_more_queries_for_more_sessions(event, full, bob, django_assert_max_num_queries):
    for session in SessionFactory.create_batch(30, event=event):
        actions.submit_agenda(event, bob, [session])
    with django_assert_max_num_queries(43):
        assert recount() == []


@pytest.mark.parametrize("name", ["taken", "held", "waiting"])
def test_finds_wrong_counter(full, name):
    SeatCount.objects.filter(pk=full.seats_id).update(**{name: 7})
    assert codes() == ["counters", "ledger_end"]


def test_finds_wrong_counters_of_event_and_pass(db, bob):
    event = EventFactory(session_level=False, capacity=3)
    offered = PassFactory(event=event)
    actions.register_for_event(event, bob, offered)
    assert true_counters() == {event.seats_id: (1, 0, 0), offered.seats_id: (1, 0, 0)}
    assert codes() == []
    SeatCount.objects.update(taken=2)
    assert codes() == ["counters", "counters", "ledger_end", "ledger_end"]


def test_does_not_count_those_waiting_while_waitlist_is_off(full):
    SeatCount.objects.filter(pk=full.seats_id).update(waiting=0)
    Event.objects.update(waitlist_enabled=False)
    assert "counters" not in codes()


def test_finds_more_than_hard_limit(full, alice):
    SeatCount.objects.filter(pk=full.seats_id).update(hard_limit=1)
    extra = {"actor": Actor.staff(alice), "reason": "VIP", "past_capacity": True, "past_hard_limit": True}
    actions.add_to_session(full, [Attendee("eve@example.com")], **extra)
    assert codes() == []
    SessionRegistration.objects.filter(session=full).update(is_past_capacity=False, reason="")
    assert codes() == ["hard_limit"]


def test_finds_two_sessions_at_once(event, bob):
    one = SessionFactory(event=event, name="One", starts_at=at(9), ends_at=at(10))
    two = SessionFactory(event=event, name="Two", starts_at=at(10), ends_at=at(11))
    actions.submit_agenda(event, bob, [one, two])
    assert codes() == []
    Session.objects.filter(pk=two.pk).update(starts_at=at(9, 59))
    assert [str(offence) for offence in recount()] == [
        "contact bob@example.com: holds “One” and “Two” at the same time [overlap]"
    ]
    Session.objects.update(prevent_session_conflicts=False)
    assert codes() == []
    Session.objects.filter(pk=one.pk).update(prevent_session_conflicts=True)
    assert codes() == ["overlap"]
    SessionRegistration.objects.filter(session=two).update(overlap_accepted=True)
    assert codes() == []


def test_finds_somebody_seated_and_waiting(full):
    contact = SessionRegistration.objects.get(session=full).contact
    WaitlistItem.objects.filter(contact__email="carol@example.com").update(contact=contact)
    assert codes() == ["seated_and_waiting"]


def test_finds_somebody_confirmed_and_waiting_for_event(full, event):
    WaitlistItem.objects.filter(contact__email="carol@example.com").update(session=None, seats=event.seats)
    SeatCount.objects.filter(pk=event.seats_id).update(waiting=1)
    SeatCount.objects.filter(pk=full.seats_id).update(waiting=1)
    assert "seated_and_waiting" in codes()


def test_finds_seat_of_cancelled_registration(full):
    EventRegistration.objects.filter(contact__email="bob@example.com").update(
        status="cancelled", cancelled_at=at(9)
    )
    assert codes() == ["counters", "loose_seat"]


def test_finds_pass_of_cancelled_registration(db, bob):
    offered = PassFactory()
    actions.register_for_event(offered.event, bob, offered)
    AttendeePass.objects.update(cancelled_at=None)
    EventRegistration.objects.update(status="cancelled", cancelled_at=at(9))
    assert codes() == ["counters", "loose_seat"]


def test_finds_invitation_of_nobody(invited):
    WaitlistItem.objects.update(status="declined", invitation_slot=None, closed_at=at(9))
    assert codes() == ["empty_invitation"]


def test_finds_invited_without_held_seat(invited):
    InvitationSlot.objects.update(closed_at=at(9))
    assert codes() == ["counters", "no_seat_held", "no_seat_held"]


def test_finds_invitation_of_another_line(invited, event):
    InvitationSlot.objects.update(seats=SessionFactory(event=event).seats)
    assert codes() == ["counters", "counters", "no_seat_held", "no_seat_held"]


def test_finds_item_in_wrong_line(full, event):
    other = SessionFactory(event=event)
    WaitlistItem.objects.filter(contact__email="carol@example.com").update(seats=other.seats)
    assert codes() == ["counters", "counters", "wrong_line"]


DOUBLED = {
    "sessionregistration_live_once_per_contact": ("registrations_sessionregistration", "doubled_seat"),
    "eventregistration_live_once_per_contact": ("registrations_eventregistration", "doubled_seat"),
    "waitlistitem_open_once_per_session": ("waitlists_waitlistitem", "doubled_item"),
    "notification_once_per_move_and_kind": ("registrations_notification", "doubled_mail"),
}


def double(table):
    """Insert the first row of the table once more, in SQL."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f"SELECT * FROM {table} ORDER BY id LIMIT 1")
        row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
        own = {"id": 10_000, "dedup_key": "another", "uuid": uuid4().hex}
        row |= {name: value for name, value in own.items() if name in row}
        names, holes = ", ".join(row), ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({holes})", list(row.values()))


@pytest.mark.parametrize("constraint", DOUBLED)
def test_finds_what_the_database_itself_refuses_to_double(full, constraint):
    """One live row per person and session; one mail per movement and person."""
    table, code = DOUBLED[constraint]
    with pytest.raises(IntegrityError):
        double(table)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE" if connection.vendor == "postgresql" else "SELECT 1")
        cursor.execute(f"DROP INDEX {constraint}")
    double(table)
    assert code in codes()


def test_finds_who_waits_without_a_registration(full):
    carols = EventRegistration.objects.filter(contact__email="carol@example.com")
    carols.update(status=EventRegistration.Status.CANCELLED, cancelled_at=FIRST_DAY)
    assert "loose_item" in codes()


def test_finds_who_waits_for_the_event_and_is_not_waitlisted(db, bob):
    event = EventFactory(session_level=False, capacity=0)
    actions.join_waitlist(event, bob)
    assert codes() == []
    item = WaitlistItem.objects.get()
    WaitlistItem.objects.update(status=WaitlistItem.Status.WITHDRAWN, closed_at=FIRST_DAY)
    assert [str(offence).split(": ", 1)[1] for offence in recount() if offence.code == "loose_item"] == [
        f"{bob.email} is waitlisted, but stands in no line [loose_item]"
    ]
    WaitlistItem.objects.filter(pk=item.pk).update(status=WaitlistItem.Status.WAITING, closed_at=None)
    EventRegistration.objects.update(status=EventRegistration.Status.CONFIRMED)
    assert "loose_item" in codes()


def test_finds_gap_in_ledger(full):
    second = Activity.objects.filter(seats=full.seats).order_by("id")[1]
    Activity.objects.filter(pk=second.pk).update(waiting_change=0)
    assert [str(offence) for offence in recount()] == [
        f"session “Full”: ledger entry {second.pk} does not follow from the one before [ledger_gap]"
    ]
    Activity.objects.filter(pk=second.pk).delete()
    assert codes() == ["ledger_gap"]


def test_finds_ledger_that_ends_elsewhere(full):
    Activity.objects.filter(seats=full.seats).order_by("-id")[0].delete()
    assert codes() == ["ledger_end"]


def test_finds_capacity_changed_beside_ledger(full):
    SeatCount.objects.filter(pk=full.seats_id).update(capacity=2)
    assert codes() == ["ledger_end"]
    SeatCount.objects.filter(pk=full.seats_id).update(capacity=None)
    assert codes() == ["ledger_end"]


def test_finds_seat_given_where_none_was(event, bob):
    session = SessionFactory(event=event, capacity=1)
    actions.submit_agenda(event, bob, [session])
    Activity.objects.filter(seats=session.seats).update(capacity=0)
    SeatCount.objects.filter(pk=session.seats_id).update(capacity=0)
    assert codes() == ["no_availability"]
    Activity.objects.filter(seats=session.seats).update(verb=Activity.Verb.ADDED_PAST_CAPACITY)
    assert codes() == []


def test_finds_newcomer_who_passed_the_line_by(event, bob, carol):
    session = SessionFactory(event=event, capacity=2)
    actions.submit_agenda(event, bob, [session])
    Activity.objects.filter(seats=session.seats).update(waiting=2)
    assert "no_availability" in codes()


def test_finds_idle_seat_only_when_swept(full):
    SessionRegistration.objects.filter(session=full).delete()
    SeatCount.objects.filter(pk=full.seats_id).update(taken=0)
    assert "idle_seat" not in codes()
    assert "idle_seat" in codes(swept=True, at=FIRST_DAY - timedelta(days=1))
    assert "idle_seat" not in codes(swept=True, at=FIRST_DAY + timedelta(days=1))
    Session.objects.update(session_status=Session.Status.APPROVED)
    assert "idle_seat" not in codes(swept=True, at=FIRST_DAY - timedelta(days=1))


def test_looks_at_one_event_only(full, event):
    SeatCount.objects.filter(pk=full.seats_id).update(taken=2)
    assert codes(EventFactory()) == []
    assert codes(event) == codes() == ["counters", "ledger_end"]


def test_says_all_is_true(full):
    out = StringIO()
    call_command("check_seats", "--swept", stdout=out)
    assert out.getvalue() == "All seats are true.\n"


def test_ends_with_error_and_names_offenders(full):
    SeatCount.objects.filter(pk=full.seats_id).update(taken=2)
    out = StringIO()
    with pytest.raises(CommandError, match=r"2 offence\(s\) found"):
        call_command("check_seats", "--event", "fair", stdout=out)
    assert out.getvalue().splitlines()[0] == (
        "session “Full”: the counters say 2 taken, 0 held, 2 waiting; "
        "the rows say 1 taken, 0 held, 2 waiting [counters]"
    )


def test_refuses_unknown_event(db):
    with pytest.raises(CommandError, match="no event with the readable ID “nowhere”"):
        call_command("check_seats", "--event", "nowhere")


def test_repairs_counters_and_records_it(full):
    SeatCount.objects.filter(pk=full.seats_id).update(taken=7, held=1, waiting=0)
    out = StringIO()
    call_command("check_seats", "--repair", stdout=out)
    assert out.getvalue().splitlines() == [
        "session “Full”: corrected from 7 taken, 1 held, 0 waiting to 1 taken, 0 held, 2 waiting",
        "All seats are true.",
    ]
    last = Activity.objects.filter(seats=full.seats).order_by("id").last()
    assert (last.verb, last.detail) == ("corrected", {"before": {"taken": 7, "held": 1, "waiting": 0}})
    full.seats.refresh_from_db()
    assert str(full.seats) == "1 of 1, 0 held, 2 waiting"


def every_row_but_counters():
    """All that a repair may not touch; it adds one entry to the ledger."""
    tables = [Activity, AttendeePass, EventRegistration, InvitationSlot, SessionRegistration, WaitlistItem]
    rows = {model: list(model.objects.order_by("pk").values()) for model in tables}
    rows[Activity] = list(Activity.objects.exclude(verb="corrected").order_by("pk").values())
    return rows | {SeatCount: list(SeatCount.objects.order_by("pk").values("pk", "capacity", "hard_limit"))}


def test_repairs_counters_only(full, event):
    """What hangs on rows is named and left to people: which of two rows is wrong, no program knows."""
    contact = SessionRegistration.objects.get(session=full).contact
    WaitlistItem.objects.filter(contact__email="carol@example.com").update(contact=contact)
    SeatCount.objects.filter(pk=full.seats_id).update(taken=7)
    before = every_row_but_counters()
    with pytest.raises(CommandError, match=r"1 offence\(s\) found"):
        call_command("check_seats", "--repair", stdout=StringIO())
    assert codes() == ["seated_and_waiting"]
    assert every_row_but_counters() == before


def test_repairs_nothing_where_all_is_true(full):
    before = Activity.objects.count()
    assert repair_counters() == {}
    assert Activity.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_reads_everything_as_of_one_moment():
    out = StringIO()
    call_command("check_seats", stdout=out)
    assert out.getvalue() == "All seats are true.\n"
