"""The ledger becomes messages: each thing once to each who asked for it, whatever the order of the commits."""

from __future__ import annotations

import pytest
from django.db import connection

from registrations import actions
from registrations.actions.sending import numbering
from registrations.actions.sending import webhooks as webhook_actions
from registrations.actions.sending.webhooks import READER
from registrations.models import Activity, LedgerCursor, SessionRegistration
from registrations.webhooks import planning
from registrations.webhooks.planning import plan
from tests.engine.acts import claim, contact_of, fill, person, seat_of
from tests.factories import EventFactory, SessionFactory
from tests.races.holding import held
from tests.webhooks.scenes import EVERYTHING, a_session, deliveries, new_client, planned
from waitlists.models import InvitationSlot, WaitlistItem

BOB, CAROL, DAVE = person("bob"), person("carol"), person("dave")


@pytest.mark.django_db
def test_plans_registration_with_state_and_ids(hook):
    webhook = hook("session_registration.created", "registrant.created")
    session = a_session()
    claim(session, BOB)
    assert plan() == 2
    registrant, seat = deliveries()
    assert (registrant.name, seat.name) == ("registrant.created", "session_registration.created")
    row = seat_of(session, BOB)
    assert (seat.webhook, seat.event, seat.attempts, seat.delivered_at) == (webhook, session.event, 0, None)
    moment = Activity.objects.get(session=session).at.isoformat().replace("+00:00", "Z")
    assert seat.payload == {
        "type": "session_registration.created",
        "timestamp": moment,
        "seq": Activity.objects.get(session=session).pk,
        "data": {
            "id": row.pk,
            "event_id": session.event_id,
            "session_id": session.pk,
            "registrant_id": row.event_registration_id,
            "contact_id": row.contact_id,
            "email": "bob@example.org",
            "first_name": "bob",
            "last_name": "Test",
            "status": "registered",
            "source": "website",
            "past_capacity": False,
            "registered_at": moment,
            "cancelled_at": None,
            "no_show": False,
            "cause": "registered",
        },
    }
    assert registrant.payload["data"]["id"] == row.event_registration_id
    assert registrant.payload["data"]["registration_status"] == "confirmed"


@pytest.mark.django_db
def test_plans_nothing_twice(hook):
    hook()
    claim(a_session(), BOB)
    assert (plan(), plan()) == (1, 0)
    LedgerCursor.objects.filter(reader=READER).update(position=0)
    plan()
    assert planned() == ["session_registration.created"]


@pytest.mark.django_db
def test_tells_nothing_that_happened_before(hook):
    session = a_session()
    claim(session, BOB)
    hook()
    claim(session, CAROL)
    plan()
    assert [row.payload["data"]["email"] for row in deliveries()] == ["carol@example.org"]


@pytest.mark.django_db
def test_tells_each_only_what_it_asked_for_and_may_see(hook, receiver):
    session, other = a_session(), a_session()
    everywhere = hook()
    of_event = hook(event=session.event)
    limited = hook(client=new_client("Partner", other.event))
    not_asked = hook("check_in.created")
    claim(session, BOB)
    claim(other, CAROL)
    plan()
    told = {
        webhook.pk: list(deliveries(webhook=webhook).values_list("event", flat=True))
        for webhook in (everywhere, of_event, limited, not_asked)
    }
    assert told == {
        everywhere.pk: [session.event_id, other.event_id],
        of_event.pk: [session.event_id],
        limited.pk: [other.event_id],
        not_asked.pk: [],
    }


@pytest.mark.django_db
def test_tells_nothing_to_those_switched_off_or_deleted(hook):
    off, deleted = hook(), hook()
    webhook_actions.switch_off(off, reason="Too much")
    webhook_actions.delete_webhook(deleted)
    claim(a_session(), BOB)
    assert plan() == 0


@pytest.mark.django_db
def test_tells_of_waitlist_from_joining_to_seat(hook):
    hook(*EVERYTHING)
    session = a_session(capacity=1)
    claim(session, BOB)
    claim(session, CAROL, wait=True)
    plan()
    deliveries().delete()
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=actions_actor())
    plan()
    assert planned() == [
        "session_registration.cancelled",
        "session_registration.created",
        "waitlist_item.promoted",
    ]
    cancelled, created, promoted = deliveries()
    assert cancelled.payload["data"]["email"] == "bob@example.org"
    assert cancelled.payload["data"]["status"] == "cancelled"
    assert created.payload["data"]["cause"] == "promoted"
    assert promoted.payload["data"]["status"] == "registered"


def actions_actor():
    from events.actors import ATTENDEE

    return ATTENDEE


@pytest.mark.django_db
def test_tells_of_invitation_declined_and_left(hook):
    hook(*EVERYTHING)
    session = a_session(capacity=1, auto_register_waitlisted=False)
    for who in (BOB, CAROL, DAVE):
        claim(session, who, wait=True)
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=actions_actor())
    plan()
    deliveries().delete()
    item = WaitlistItem.objects.invited().get()
    actions.decline_invitation(item, contact=contact_of(CAROL))
    actions.leave_waitlist(WaitlistItem.objects.open().get(), contact=contact_of(DAVE))
    plan()
    assert planned() == ["waitlist_item.declined", "waitlist_item.invited", "waitlist_item.removed"]
    deadline = InvitationSlot.objects.first().expires_at
    assert deadline is not None


@pytest.mark.django_db
def test_tells_of_event_level_from_waiting_to_cancelled(hook):
    hook(*EVERYTHING)
    event = EventFactory(session_level=False, capacity=1, waitlist_enabled=True)
    actions.register_for_event(event, BOB)
    carols = actions.register_for_event(event, CAROL, wait=True)
    actions.cancel_event_registrations(
        [event.event_registrations.get(contact=contact_of(BOB))], actor=actions_actor()
    )
    plan()
    assert planned() == [
        "registrant.created",
        "waitlist_item.created",
        "registrant.created",
        "registrant.cancelled",
        "registrant.updated",
        "waitlist_item.promoted",
    ]
    carols.refresh_from_db()
    actions.cancel_event_registrations([carols], actor=actions_actor())
    plan()
    assert planned()[6:] == ["registrant.cancelled"]


@pytest.mark.django_db
def test_tells_once_that_somebody_who_waited_for_event_is_cancelled(hook):
    hook(*EVERYTHING)
    event = EventFactory(session_level=False, capacity=0, waitlist_enabled=True)
    waiting = actions.register_for_event(event, CAROL, wait=True)
    actions.cancel_event_registrations([waiting], actor=actions_actor())
    plan()
    assert planned() == [
        "waitlist_item.created",
        "registrant.created",
        "waitlist_item.removed",
        "registrant.cancelled",
    ]


@pytest.mark.django_db
def test_tells_of_sessions_and_events(hook, alice):
    from events.actors import Actor

    hook("session.updated", "session.cancelled", "event.cancelled", "session_registration.cancelled")
    session, staff = a_session(), Actor.staff(alice)
    claim(session, BOB)
    actions.change_capacity(session, 12, actor=staff)
    actions.cancel_session(session, reason="Ill", actor=staff)
    actions.cancel_event(session.event, reason="Storm", actor=staff)
    plan()
    assert planned() == [
        "session.updated",
        "session.cancelled",
        "session_registration.cancelled",
        "event.cancelled",
    ]
    assert deliveries()[0].payload["data"]["capacity"] == 12


@pytest.mark.django_db
def test_tells_which_registration_was_meant_when_somebody_came_back(hook):
    hook("session_registration.created", "session_registration.cancelled")
    session = a_session()
    claim(session, BOB)
    first = seat_of(session, BOB)
    actions.cancel_session_registrations([first], actor=actions_actor())
    claim(session, BOB)
    second = seat_of(session, BOB)
    plan()
    assert [row.payload["data"]["id"] for row in deliveries()] == [first.pk, first.pk, second.pk]


@pytest.mark.django_db
def test_plans_with_same_number_of_queries_for_many(hook, django_assert_num_queries):
    hook(*EVERYTHING)
    session = a_session(capacity=40)
    claim(session, CAROL)
    plan()
    for count in (1, 30):
        # Ids that another test has used up would be asked for with one query more.
        LedgerCursor.objects.update(gaps=[])
        fill(session, count) if count == 30 else claim(session, BOB)
        # The lock of the numbering, and which transactions are open, are asked for on PostgreSQL alone.
        with django_assert_num_queries(29 if connection.vendor == "postgresql" else 27):
            plan()
    assert len(planned(name="session_registration.created")) == 32


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_tells_of_row_that_becomes_visible_after_higher_ones(hook):
    """Two real transactions: the first gets the lower ledger ids and commits last."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time: ids become visible in their order")
    hook()
    slow, quick = SessionFactory(), SessionFactory()
    with held(lambda: claim(slow, BOB)) as first:
        claim(quick, CAROL)
        plan()
        told = [row.payload["data"]["email"] for row in deliveries()]
        assert told == ["carol@example.org"]
        first.end()
    assert SessionRegistration.objects.count() == 2
    late, early = Activity.objects.get(session=slow), Activity.objects.get(session=quick)
    assert late.pk < early.pk, "the lower id came second, or this test proves nothing"
    plan()
    assert [row.payload["data"]["email"] for row in deliveries()] == [*told, "bob@example.org"]
    assert [row.payload["seq"] for row in deliveries()] == [early.feed_entry.seq, late.feed_entry.seq]
    assert late.feed_entry.seq > early.feed_entry.seq
    assert (plan(), len(planned())) == (0, 2)


@pytest.mark.django_db
def test_worker_that_was_overtaken_steps_back(hook):
    """Two workers read the same rows: the second's word on how far reading has come does not count."""
    hook()
    session = a_session()
    slow = LedgerCursor.objects.get(reader=READER)
    claim(session, BOB)
    plan()
    ahead = LedgerCursor.objects.get(reader=READER)
    assert not planning._move_on(slow, slow.position + 1)
    assert LedgerCursor.objects.get(reader=READER).position == ahead.position


@pytest.mark.django_db
def test_reads_chunk_by_chunk(hook, monkeypatch):
    monkeypatch.setattr(planning, "CHUNK", 3)
    monkeypatch.setattr(numbering, "CHUNK", 4)
    hook()
    session = a_session(capacity=10)
    fill(session, 10)
    assert plan() == 10
    assert len(planned()) == 10


@pytest.mark.django_db
def test_claim_itself_writes_nothing_for_webhooks(hook, django_assert_num_queries):
    from django.test.utils import CaptureQueriesContext

    session = a_session()
    hook()
    with CaptureQueriesContext(connection) as captured:
        claim(session, BOB)
    assert [query for query in captured.captured_queries if "webhook" in query["sql"].lower()] == []
    assert planned() == []
