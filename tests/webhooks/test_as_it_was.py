"""A message tells of the moment when it happened, in the API's own shape, though the worker reads of it much later."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM, Actor
from events.models import Event
from registrations import actions
from registrations.actions.people.retention import forget_people
from registrations.models import Activity, EventRegistration, WebhookDelivery
from registrations.rules.people import Attendee
from registrations.webhooks.planning import plan
from sessions_app.models import Session
from tests.engine.acts import claim, contact_of, fill, person, seat_of
from tests.factories import CustomRegistrationFieldFactory, EventFactory, SessionFactory, SpeakerFactory, at
from tests.webhooks.scenes import EVERYTHING, a_session, deliveries
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db
BOB, CAROL = person("bob"), person("carol")
# What is not told: it changes whenever somebody else moves.
PLACES = {"position", "lines"}


def told(name):
    """The records of these messages, the first first."""
    return [row.payload["data"] for row in deliveries(name=name)]


def get(api, path):
    return api.get(path).json()


def without(record, *names):
    return {name: value for name, value in record.items() if name not in names}


def test_created_arrives_as_created_though_cancelled_since(hook):
    hook(*EVERYTHING)
    session = a_session()
    claim(session, BOB)
    registration = EventRegistration.objects.get()
    actions.cancel_event_registrations([registration], actor=ATTENDEE)
    plan()
    [created], [cancelled] = told("session_registration.created"), told("session_registration.cancelled")
    assert (created["status"], created["cancelled_at"]) == ("registered", None)
    assert (cancelled["status"], cancelled["cancelled_at"] is None) == ("cancelled", False)
    [created], [cancelled] = told("registrant.created"), told("registrant.cancelled")
    assert (created["registration_status"], created["cancelled_at"]) == ("confirmed", None)
    assert (created["session_ids"], cancelled["session_ids"]) == ([session.pk], [])
    assert cancelled["registration_status"] == "cancelled"


def test_registrant_is_told_in_the_apis_shape(hook, api):
    hook("registrant.created", client=api.client)
    event = EventFactory(waitlist_enabled=True)
    free, full = SessionFactory(event=event), SessionFactory(event=event, capacity=1)
    fill(full, 1)
    question = CustomRegistrationFieldFactory(event=event)
    asking = Attendee("bob@example.org", "Bob", "Baker", {question.pk: "tea"})
    actions.submit_agenda(event, asking, [free, full], wait=True)
    plan()
    [said] = [data for data in told("registrant.created") if data["email"] == "bob@example.org"]
    record = get(api, f"/registrants/{said['id']}")
    # When it happened; the row was written a moment later.
    assert said.pop("updated_at") <= record.pop("updated_at")
    assert without(said, "cause") == without(record, *PLACES)
    assert (said["session_ids"], said["waitlisted_session_ids"]) == ([free.pk], [full.pk])


def test_line_is_told_step_by_step(hook, api):
    hook(*EVERYTHING, client=api.client)
    session = a_session(capacity=1, auto_register_waitlisted=False)
    claim(session, BOB)
    claim(session, CAROL, wait=True)
    item = WaitlistItem.objects.get()
    early = get(api, f"/waitlist-items/{item.pk}")
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=ATTENDEE)
    invited = get(api, f"/waitlist-items/{item.pk}")
    actions.decline_invitation(WaitlistItem.objects.get(), contact=contact_of(CAROL))
    declined = get(api, f"/waitlist-items/{item.pk}")
    plan()
    steps = ["waitlist_item.created", "waitlist_item.invited", "waitlist_item.declined"]
    for name, record in zip(steps, (early, invited, declined), strict=True):
        [said] = told(name)
        assert without(said, "cause", "contact_id") == without(record, *PLACES), name
    assert (invited["status"], invited["invitation_expires_at"] is None) == ("invited", False)


def test_check_in_that_is_undone_was_made(hook, api):
    hook("check_in.created", client=api.client)
    session = a_session()
    claim(session, BOB)
    entry = actions.check_in(EventRegistration.objects.get(), actor=SYSTEM).check_in
    record = get(api, f"/check-ins/{entry.pk}")
    type(entry).objects.update(undone_at=timezone.now())
    plan()
    [said] = told("check_in.created")
    assert {name: said[name] for name in record} == record
    assert (said["undone_at"], said["email"]) == (None, "bob@example.org")


def test_session_is_told_as_it_was_after_each_step(hook, api, alice):
    hook("session.updated", "session.cancelled", client=api.client)
    session, staff = a_session(capacity=5), Actor.staff(alice)
    session.speakers.add(SpeakerFactory(event=session.event))
    claim(session, BOB)
    records = []
    actions.change_capacity(session, 12, actor=staff)
    records.append(get(api, f"/sessions/{session.pk}"))
    api.patch(f"/sessions/{session.pk}", {"start_time": "06:00", "name": "Knots"})
    records.append(get(api, f"/sessions/{session.pk}"))
    actions.cancel_session(Session.objects.get(), actor=staff)
    records.append(get(api, f"/sessions/{session.pk}"))
    Session.objects.update(name="Another", own_timezone="Asia/Tokyo")
    Event.objects.update(timezone="America/New_York")
    session.speakers.clear()
    plan()
    said = told("session.updated") + told("session.cancelled")
    assert [without(each, "cause") for each in said] == records
    assert [each["cause"] for each in said] == ["capacity_changed", "moved", "target_cancelled"]


def test_event_is_told_as_it_was(hook, api, alice):
    hook("event.updated", "event.cancelled", client=api.client)
    event, staff = EventFactory(session_level=False, capacity=3), Actor.staff(alice)
    records = []
    actions.change_capacity(event, 4, actor=staff)
    records.append(get(api, f"/events/{event.pk}"))
    actions.cancel_event(event, actor=staff)
    records.append(get(api, f"/events/{event.pk}"))
    Event.objects.update(name="Another")
    plan()
    said = told("event.updated") + told("event.cancelled")
    assert [without(each, "cause", "event_id") for each in said] == records


def test_deleted_session_is_a_tombstone(hook, api):
    hook("session.deleted", client=api.client)
    session = a_session()
    actions.archive(session, actor=SYSTEM)
    plan()
    [said] = told("session.deleted")
    assert without(said, "deleted_at", "cause") == {
        "id": session.pk,
        "event_id": session.event_id,
        "deleted": True,
    }


def test_numbers_say_which_message_is_the_later(hook):
    hook(*EVERYTHING)
    session = a_session()
    claim(session, BOB)
    actions.cancel_session_registrations([seat_of(session, BOB)], actor=ATTENDEE)
    claim(session, BOB)
    plan()
    rows = deliveries(name__startswith="session_registration.")
    numbers = [row.payload["seq"] for row in rows]
    assert numbers == sorted(set(numbers)) == [row.activity_id for row in rows]


def test_rows_of_before_are_told_as_things_are(hook):
    """Written by a version that kept nothing of what the session was."""
    hook("session.updated")
    session = a_session(capacity=5)
    actions.change_capacity(session, 12, actor=SYSTEM)
    Activity.objects.filter(verb="capacity_changed").update(detail={})
    plan()
    assert [data["capacity"] for data in told("session.updated")] == [12]


def test_names_and_answers_are_gone_with_the_person(hook):
    hook("registrant.created")
    event = EventFactory(retention_days=1)
    session = SessionFactory(event=event)
    question = CustomRegistrationFieldFactory(event=event)
    actions.submit_agenda(event, Attendee("bob@example.org", "Bob", "Baker", {question.pk: "tea"}), [session])
    other = SessionFactory(starts_at=at(15), ends_at=at(16))
    claim(other, Attendee("bob@example.org", "Bob", "Baker"))
    plan()
    assert "tea" in str(deliveries(event=event).get().payload)
    forget_people(at=event.ends_at + timedelta(days=2))
    left = deliveries(event=event).get()
    assert not {"tea", "Bob", "Baker", "bob@example.org"} & set(str(left.payload).replace("'", " ").split())
    assert "bob@example.org" in str(WebhookDelivery.objects.exclude(pk=left.pk).get().payload)


def test_session_without_its_person_is_told_and_that_they_came_after_all(hook):
    hook("session_registration.*", "registrant.updated")
    session = a_session()
    claim(session, BOB)
    claim(session, CAROL)
    bob, carol = (EventRegistration.objects.get(contact__email=who.email) for who in (BOB, CAROL))
    session.starts_at, session.ends_at = at(10), at(11)
    session.save()
    actions.check_in(carol, session, actor=SYSTEM, at=at(10))
    actions.mark_no_shows(at(11))
    actions.check_in(bob, session, actor=SYSTEM, scanned_at=at(10), at=at(12))
    actions.undo_check_in(bob.check_ins.get(), actor=SYSTEM, at=at(12))
    actions.free_no_shows(session, bob.session_registrations.all(), actor=SYSTEM, at=at(13))
    plan()
    updated = told("session_registration.updated")
    assert [(row["registrant_id"], row["status"], row["no_show"]) for row in updated] == [
        (bob.pk, "registered", True),
        (bob.pk, "registered", False),
    ]
    [cancelled] = told("session_registration.cancelled")
    assert (cancelled["registrant_id"], cancelled["no_show"]) == (bob.pk, True)
    # Of the registration at the event nothing changed but the entry taken back.
    assert [row["cause"] for row in told("registrant.updated")] == ["check_in_undone"]
