"""The short form of `python -m tests.soak`, and whether it would find what it looks for."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from events.actors import Actor
from registrations.actions import cancel_session_registrations
from registrations.models import Notification, SessionRegistration
from tests.engine.acts import claim, people, seat_of
from tests.factories import EventFactory, SessionFactory, UserFactory
from tests.processes import run_module

SECONDS = 600


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.skipif(
    os.environ.get("REQUIRE_SERVICES") != "1", reason="takes a minute: CI runs it, or REQUIRE_SERVICES=1"
)
def test_keeps_every_promise_while_everything_goes_wrong():
    if connection.vendor != "postgresql":
        pytest.skip("makes a database of its own, once")
    done = run_module("tests.soak", "--minutes", "0.25", "--every", "2.5", seconds=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "offences: 0" in done.stdout
    for fault in ("web process killed", "worker killed", "database restarted", "mail: drops after DATA"):
        assert f"× {fault}" in done.stdout


@pytest.fixture
def session(db):
    """A session of an event, in which Bob has a seat."""
    session = SessionFactory(event=EventFactory(), capacity=5)
    claim(session, people(1)[0])
    return session


def promised(promise, session, email=""):
    """A promise made to Bob, or to somebody else, just now."""
    from tests.soak.notes import Acknowledged

    now, email = timezone.now(), email or people(1)[0].email
    return Acknowledged(promise, ("email", email), session.pk, now, now)


def lost(session, *promises):
    """Those of the promises that the rows do not keep."""
    from tests.soak.truths import Rows, broken

    return list(broken([*promises], Rows.of(session.event), timedelta(seconds=75)))


def test_finds_a_seat_that_was_promised_and_is_not_there(session):
    from tests.soak.notes import Promise

    kept, other = promised(Promise.SEAT, session), SessionFactory(event=session.event)
    stranger = promised(Promise.SEAT, session, "nobody@example.com")
    missing = promised(Promise.SEAT, other)
    assert lost(session, kept, stranger, missing) == [stranger, missing]
    SessionRegistration.objects.update(cancelled_at=timezone.now() - timedelta(seconds=30))
    assert lost(session, kept) == [kept]


def test_finds_a_seat_that_was_given_back_and_is_still_there(session):
    from tests.soak.notes import Acknowledged, Promise

    seat = seat_of(session, people(1)[0])
    SessionRegistration.objects.update(registered_at=timezone.now() - timedelta(minutes=1))
    now = timezone.now()
    row = Acknowledged(Promise.SEAT_GIVEN_BACK, ("row", str(seat.pk)), None, now, now)
    gone = promised(Promise.NOTHING, session)
    assert lost(session, gone, row) == [gone, row]
    cancel_session_registrations([seat], actor=Actor.staff(UserFactory()))
    assert lost(session, gone, row) == []


def test_finds_registrations_and_check_ins_that_are_not_there(session):
    from tests.soak.notes import Promise

    assert lost(session, promised(Promise.REGISTERED, session)) == []
    promises = [promised(Promise.CHECKED_IN, session), promised(Promise.PLACE, SessionFactory())]
    assert lost(session, *promises) == promises


def test_finds_mails_that_never_came_and_mails_of_nobody(session):
    from registrations.mail.rendering import message_id
    from tests.soak.mails import Envelopes
    from tests.soak.truths import of_mails

    mail, envelopes = Notification.objects.get(), Envelopes()
    assert list(of_mails(session.event, envelopes)) == ["1 mails are still to be sent"]
    Notification.objects.update(sent_at=timezone.now())
    assert list(of_mails(session.event, envelopes)) == [
        f"mail {mail.pk} (registered) is marked as sent, and never came"
    ]
    envelopes.append(f"Message-ID: {message_id(mail)}\nTo: {mail.contact.email}\n\nHello")
    assert list(of_mails(session.event, envelopes)) == []
    envelopes.append(f"Message-ID: <another@example.com>\nTo: {mail.contact.email}\n\nHello")
    assert list(of_mails(session.event, envelopes)) == [
        "a mail came that is none of the outbox, or under another Message-ID"
    ]


def test_plans_every_fault_once_and_the_same_from_the_same_seed():
    from tests.soak.faults import plan

    weights = {"a": 5.0, "b": 1.0, "c": 1.0}
    planned = plan(1, 24, weights, 4)
    assert planned == plan(1, 24, weights, 4) != plan(2, 24, weights, 4)
    assert {*Counter(kind for _moment, kind in planned)} == {"a", "b", "c"}
    assert [moment for moment, _kind in planned] == sorted(moment for moment, _kind in planned)
    assert planned[-1][0] <= 21


def test_tells_a_database_that_was_away_from_mistakes_in_a_log():
    from tests.soak.report import tracebacks

    log = "\n".join(
        [
            "Traceback (most recent call last):",
            '  File "x.py", line 1, in go',
            "KeyError: 'seat'",
            "Traceback (most recent call last):",
            '  File "y.py", line 2, in go',
            "django.db.utils.OperationalError: connection refused",
        ]
    )
    assert tracebacks(log) == {
        "KeyError: 'seat'": 1,
        "django.db.utils.OperationalError: connection refused": 1,
    }
