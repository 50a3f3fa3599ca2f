"""The desk asks before anybody comes late, or to a session that overlaps one they hold; each is a box of its own."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from events.models import Event, SeatCount
from registrations import actions
from registrations.models import Activity, SessionRegistration
from sessions_app.models import Session
from tests.admin_panels.helpers import fill, person, text, typed, verb_url
from tests.factories import SessionFactory
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db
CONFIRMED = {"confirmed": "1", "notify": "on"}
WHY = {"override_closed": "on", "reason_choice": "VIP"}
BOX = 'name="override_closed"'


def begun(session):
    start = timezone.now() - timezone.timedelta(minutes=5)
    Session.objects.filter(pk=session.pk).update(starts_at=start, ends_at=start + timezone.timedelta(hours=1))


def closed(session):
    Event.objects.filter(pk=session.event_id).update(registration_closes_at=timezone.now())


@pytest.fixture(
    params=[(begun, "“Late” has started."), (closed, "Registration has closed.")], ids=["begun", "closed"]
)
def late(request, event):
    """A session that is too late to come to, what the desk says of it, and what makes it so."""
    make, words = request.param
    session = SessionFactory(event=event, name="Late", capacity=1)
    return session, words, make


def test_moves_nobody_late_unasked(client, staff, full_session, late):
    session, words, make = late
    client.force_login(staff)
    seat = SessionRegistration.objects.get(contact__email=person(1).email)
    url = verb_url(full_session, "session_registrations", "move")
    assert BOX not in text(client.post(url, {"row": seat.pk}))
    make(session)
    assert BOX in text(client.post(url, {"row": seat.pk}))
    wanted = {**CONFIRMED, "row": seat.pk, "session": session.pk}
    for more, said in [({}, words), ({"override_closed": "on"}, "it is kept in the ledger")]:
        page = client.post(url, {**wanted, **more})
        assert page.status_code == 422
        assert said in text(page)
    assert not SessionRegistration.objects.filter(session=session).exists()
    client.post(url, {**wanted, **WHY})
    assert SessionRegistration.objects.filter(session=session).exists()
    entry = Activity.objects.filter(session=session).latest("id")
    assert (entry.reason, list(entry.detail), entry.user) == ("VIP", ["closed_overridden"], staff)


def test_puts_nobody_into_line_late_unasked(client, staff, event, late):
    session, words, make = late
    fill(session, 1)
    client.force_login(staff)
    url = reverse("admin:join_waitlist", args=["session", session.pk])
    assert BOX not in text(client.get(url))
    make(session)
    assert BOX in text(client.get(url))
    wanted = typed(person(50), step="add", notify="on")
    for more, said in [({}, words), ({"override_closed": "on"}, "it is kept in the ledger")]:
        page = client.post(url, {**wanted, **more})
        assert page.status_code == 422
        assert said in text(page)
        assert person(50).email in text(page)
    assert not WaitlistItem.objects.exists()
    client.post(url, {**wanted, **WHY})
    assert WaitlistItem.objects.get().contact.email == person(50).email
    entry = Activity.objects.filter(session=session).latest("id")
    assert (entry.reason, list(entry.detail)) == ("VIP", ["closed_overridden"])


@pytest.fixture
def in_line(full_session):
    """Somebody who waits for the full session, in which a seat is free by now, and holds another one."""
    other = SessionFactory(event=full_session.event, name="Elsewhere")
    fill(other, 1, start=60)
    actions.join_waitlist(full_session, person(60))
    SeatCount.objects.filter(pk=full_session.seats_id).update(capacity=11)
    return other


def overlap(full_session, other):
    full_session.refresh_from_db()
    times = {"starts_at": full_session.starts_at, "ends_at": full_session.ends_at}
    Session.objects.filter(pk=other.pk).update(**times)


@pytest.mark.parametrize(
    ("make", "box", "said", "kept"),
    [
        (overlap, "accept_clash", "Clashes with Elsewhere", "clash_accepted"),
        (
            lambda session, _other: begun(session),
            "override_closed",
            "Registration is closed",
            "closed_overridden",
        ),
    ],
    ids=["clash", "begun"],
)
def test_registers_from_the_line_by_the_box_of_its_own(
    client, staff, full_session, in_line, make, box, said, kept
):
    make(full_session, in_line)
    client.force_login(staff)
    url = verb_url(full_session, "session_waitlist", "register")
    wanted = {**CONFIRMED, "row": WaitlistItem.objects.get().pk}
    assert f'name="{box}"' in text(client.post(url, {"row": wanted["row"]}))
    others = {"accept_clash", "override_closed", "past_capacity"} - {box}
    refused = client.post(url, {**wanted, **dict.fromkeys(others, "on"), "reason_choice": "VIP"})
    assert (refused.status_code, said in text(refused)) == (409, True)
    assert "it is kept in the ledger" in text(client.post(url, {**wanted, box: "on"}))
    assert not SessionRegistration.objects.filter(
        session=full_session, contact__email=person(60).email
    ).exists()
    given = client.post(url, {**wanted, box: "on", "reason_choice": "VIP"})
    assert [str(one) for one in get_messages(given.wsgi_request)] == ["1 person registered (11 of 11)."]
    seat = SessionRegistration.objects.get(session=full_session, contact__email=person(60).email)
    assert (seat.is_past_capacity, seat.overlap_accepted) == (False, box == "accept_clash")
    entry = Activity.objects.filter(session=full_session).latest("id")
    assert (entry.reason, list(entry.detail)) == ("VIP", [kept])
