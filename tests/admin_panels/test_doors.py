"""Check in, undo, check out and no-show as verbs of the panels, by whoever may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from events.actors import SYSTEM
from registrations import actions
from registrations.models import Activity, CheckIn, EventRegistration, Notification
from tests.admin_panels.helpers import fill, panel, tab, text, verb_url
from tests.factories import SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(event, session):
    """Three people with a seat in the session; the event has begun."""
    event.starts_at = timezone.now() - timedelta(hours=1)
    event.save(update_fields=["starts_at"])
    fill(session, 3)
    return list(EventRegistration.objects.order_by("pk"))


@pytest.fixture
def door(client, member):
    """The browser of the event's door staff."""
    client.force_login(member("Door staff", "door_staff"))
    return client


def rows(*objects):
    """Tick these rows."""
    return {"row": [each.pk for each in objects]}


def verbs_in_ledger():
    """What the ledger says of entries, in order."""
    about = Activity.objects.filter(verb__regex="check|no_show|admitted").order_by("pk")
    return [(row.verb, row.session_id, row.user is not None) for row in about]


@pytest.mark.parametrize("at_session", [False, True])
def test_door_staff_let_people_in_after_seeing_what_it_does(door, event, session, people, at_session):
    target, key = (session, "session_registrations") if at_session else (event, "event_registrations")
    chosen = list(session.registrations.order_by("pk")[:2]) if at_session else people[:2]
    url = verb_url(target, key, "check_in")
    assert 'formaction="' + url in panel(door.get(tab(target)), key)
    asked = door.post(url, rows(*chosen))
    assert ("Check in 2 people" in text(asked), CheckIn.objects.count()) == (True, 0)
    assert door.post(url, {**rows(*chosen), "confirmed": "1"}).status_code == 302
    entries = CheckIn.objects.order_by("pk")
    where = session if at_session else None
    assert {(each.event_registration, each.session) for each in entries} == {
        (each, where) for each in people[:2]
    }
    assert verbs_in_ledger() == [("checked_in", where and where.pk, True)] * 2
    assert panel(door.get(tab(target)), key).count("In since") == 2
    again = text(door.post(url, rows(*chosen)))
    assert again.count("stays as it is") == 2


def test_undoes_and_lets_out(door, event, people):
    for each in people[:2]:
        actions.check_in(each, actor=SYSTEM)
    first, second = CheckIn.objects.order_by("pk")
    assert "as if not let in" in text(
        door.post(verb_url(event, "event_check_ins", "undo_check_in"), rows(first))
    )
    sent = {**rows(first), "confirmed": "1", "reason_choice": "Wrong person"}
    assert door.post(verb_url(event, "event_check_ins", "undo_check_in"), sent).status_code == 302
    sent = {**rows(second), "confirmed": "1"}
    assert door.post(verb_url(event, "event_check_ins", "check_out"), sent).status_code == 302
    first.refresh_from_db(), second.refresh_from_db()
    assert (bool(first.undone_at), bool(second.left_at), bool(second.undone_at)) == (True, True, False)
    assert [verb for verb, *_ in verbs_in_ledger()][-2:] == ["check_in_undone", "checked_out"]
    refused = door.post(verb_url(event, "event_check_ins", "check_out"), {**rows(first), "confirmed": "1"})
    assert refused.status_code == 409


def test_no_show_and_back(client, alice, event, people):
    actions.check_in(people[0], actor=SYSTEM)
    client.force_login(alice)
    assert "guest001@" not in panel(client.get(tab(event, regs_status="not_in")), "event_registrations")
    url = verb_url(event, "event_registrations", "no_show")
    asked = text(client.post(url, rows(*people)))
    assert asked.count("did not come") == 2
    done = client.post(url, {**rows(*people), "confirmed": "1"})
    assert (done.status_code, "2 people did not come. 1 refused." in text(done)) == (200, True)
    marked = EventRegistration.objects.exclude(no_show_at=None)
    assert set(marked) == set(people[1:])
    back = verb_url(event, "event_registrations", "no_show_undo")
    assert client.post(back, {**rows(*people), "confirmed": "1"}).status_code == 302
    assert (marked.all().count(), CheckIn.objects.standing().count()) == (0, 1)


def test_only_whoever_may_lets_in_whom_the_door_refuses(client, alice, member, event, people):
    url = verb_url(event, "event_registrations", "check_in")
    sent = {**rows(people[1]), "confirmed": "1", "override": "on"}
    client.force_login(member("Door staff", "door_staff"))
    assert 'name="override"' not in text(client.post(url, rows(people[1])))
    client.force_login(alice)
    asked = client.post(url, sent)
    assert (asked.status_code, "Choose a reason" in text(asked)) == (422, True)
    # Whoever has a seat is let in by the rules, whatever is ticked.
    assert client.post(url, {**sent, "reason_choice": "Crew"}).status_code == 302
    assert not CheckIn.objects.get().is_override


@pytest.mark.parametrize(
    ("group", "role", "may"),
    [
        ("Viewer", "viewer", set()),
        ("Door staff", "door_staff", {"check_in"}),
        ("Registration staff", "registration_staff", {"check_in", "no_show", "no_show_undo"}),
        ("Event Planner", "planner", {"check_in", "no_show", "no_show_undo"}),
    ],
)
def test_each_role_has_its_verbs_here_and_none_elsewhere(client, member, event, people, group, role, may):
    other = SessionFactory(capacity=5)
    fill(other, 1, start=50)
    client.force_login(member(group, role))
    shown = panel(client.get(tab(event)), "event_registrations")
    for verb in ("check_in", "no_show", "no_show_undo"):
        url = verb_url(event, "event_registrations", verb)
        assert (url in shown) == (verb in may)
        assert (client.post(url, rows(people[0])).status_code == 200) == (verb in may)
        foreign = verb_url(other.event, "event_registrations", verb)
        assert client.post(foreign, {"across": "1", "confirmed": "1"}).status_code == 404


def test_frees_the_seats_of_those_who_have_not_come(client, alice, session, people):
    """Shown first; before the start nobody's; whoever was let in keeps the seat; told, unless chosen otherwise."""
    url = verb_url(session, "session_registrations", "free_no_shows")
    client.force_login(alice)
    chosen = rows(*session.registrations.order_by("pk"))
    early = client.post(url, chosen)
    assert "The session has not begun" in text(early)
    session.starts_at = timezone.now() - timedelta(minutes=10)
    session.save(update_fields=["starts_at"])
    actions.check_in(people[0], session, actor=SYSTEM)
    shown = panel(client.get(tab(session, regs_status="not_in")), "session_registrations")
    assert ("guest001@" in shown, "guest002@" in shown) == (False, True)
    asked = text(client.post(url, chosen))
    assert (asked.count("gives the seat back, as a no-show"), asked.count("stays as it is")) == (2, 1)
    assert session.registrations.filter(cancelled_at=None).count() == 3
    done = client.post(url, {**chosen, "confirmed": "1", "reason_choice": "No-show"})
    assert done.status_code == 302
    gone = session.registrations.exclude(cancelled_at=None)
    assert {(row.cancel_reason, row.no_show_at is None) for row in gone} == {("No-show", False)}
    assert (gone.count(), Notification.objects.filter(kind="cancelled").count()) == (2, 0)


def test_shows_who_did_not_come_to_the_session(client, alice, session, people):
    session.starts_at, session.ends_at = (timezone.now() - timedelta(hours=hours) for hours in (2, 1))
    session.save()
    actions.check_in(people[0], session, actor=SYSTEM)
    actions.mark_no_shows()
    client.force_login(alice)
    shown = panel(client.get(tab(session)), "session_registrations")
    assert (shown.count(">No-show<"), shown.count("In since")) == (2, 1)
    some = panel(client.get(tab(session, regs_status="no_show")), "session_registrations")
    assert "guest001@" not in some


def test_says_before_that_the_house_is_full(client, alice, event, session, people):
    """Somebody was admitted by standby, so that whoever of the three comes last finds no room."""
    begun = timezone.now() - timedelta(minutes=10)
    session.starts_at, session.ends_at, session.own_standby_minutes = begun, begun + timedelta(hours=1), 10
    session.save()
    other = SessionFactory(event=event, capacity=5, starts_at=None, ends_at=None)
    fill(other, 1, start=50)
    actions.change_capacity(session, 3, actor=SYSTEM)
    actions.admit_standby(session, EventRegistration.objects.latest("pk"), actor=SYSTEM)
    for each in people[:2]:
        actions.check_in(each, session, actor=SYSTEM)
    client.force_login(alice)
    url = verb_url(session, "session_registrations", "check_in")
    late = session.registrations.get(event_registration=people[2])
    asked = text(client.post(url, rows(late)))
    assert ("Full house" in asked, 'name="override"' in asked) == (True, True)
    sent = {**rows(late), "confirmed": "1", "override": "on", "reason_choice": "Crew"}
    assert client.post(url, sent).status_code == 302
    assert CheckIn.objects.latest("pk").is_override
