"""A process killed anywhere: after the next sweep everything is right, and nothing was sent twice."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from itertools import takewhile

import pytest
from django.utils import timezone

from registrations.actions import sweep
from registrations.actions.sending.outbox import LEASE
from registrations.models import Notification, SessionRegistration
from registrations.queries.recount import recount
from tests.engine.acts import claim, figures, fill, holders, mails, person
from tests.factories import EventFactory, SessionFactory, at
from waitlists.models import WaitlistItem

MOST_COMMITS = 12
# `EVERY_STATEMENT=1 uv run pytest tests/races/test_killed.py` kills at each of them.
STRIDE = 1 if os.environ.get("EVERY_STATEMENT") else 3


def full_with_one_waiting(**settings_of_event):
    """A full session of one and who waits; return it and the seat's id."""
    session = SessionFactory(event=EventFactory(**settings_of_event), capacity=1)
    fill(session)
    seat = SessionRegistration.objects.active().get(session=session)
    claim(session, person("Waits"), wait=True)
    return session, seat.pk


def test_promotes_after_kill_between_commit_and_promotion(victim):
    session, seat = full_with_one_waiting()
    assert victim.obey("cancel", ("commit", 1, True), ids=[seat])
    assert figures(session) == (1, 0, 0, 1)
    assert recount() == []
    assert victim.obey("work") is False
    assert holders(session) == {"waits"}
    assert mails("promoted") == [("promoted", "waits")]
    assert recount(swept=True) == []


def test_changes_nothing_when_killed_before_commit(victim):
    session, seat = full_with_one_waiting()
    before = Notification.objects.count()
    assert victim.obey("cancel", ("commit", 1, False), ids=[seat])
    assert figures(session) == (1, 1, 0, 1)
    assert Notification.objects.count() == before
    # Nor is any lock left behind: the same act goes through at once.
    assert victim.obey("cancel", ids=[seat]) is False
    assert holders(session) == {"waits"}


def first_letters(session):
    return {name[0] for name in holders(session)}


def chain():
    """A waits for X and holds Y, B waits for Y and holds Z, C waits for Z."""
    event = EventFactory()
    sessions = [SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11)) for _ in range(3)]
    x, y, z = sessions
    fill(x)
    seat = SessionRegistration.objects.active().get(session=x).pk
    for held, wanted, name in ((y, x, "A"), (z, y, "B")):
        who = person(f"{name}{event.pk}")
        claim(held, who)
        claim(wanted, who, wait=True, when_clashing="swap")
    claim(z, person(f"C{event.pk}"), wait=True)
    return sessions, seat


def end_chain(victim, death):
    """Begin the chain, be killed, sweep, and find it ended as ever; return whether the kill came."""
    sessions, seat = chain()
    event = sessions[0].event
    was_killed = victim.obey("cancel", death, ids=[seat])
    assert recount(event) == []
    if SessionRegistration.objects.get(pk=seat).cancelled_at is None:
        # Killed before anything was so: the person has heard nothing, and asks again.
        assert victim.obey("cancel", ids=[seat]) is False
    sweep()
    assert [first_letters(session) for session in sessions] == [{"a"}, {"b"}, {"c"}]
    promoted = Notification.objects.filter(event=event, kind="promoted")
    assert sorted(mail.contact.email[0] for mail in promoted) == ["a", "b", "c"]
    assert recount(event, swept=True) == []
    assert sweep() == 0
    return was_killed


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_ends_chain_the_same_wherever_it_was_killed(victim, after):
    numbers = takewhile(lambda number: end_chain(victim, ("commit", number, after)), range(1, MOST_COMMITS))
    assert len(list(numbers)) == 4, "giving back, and each of the three promotions, commit"


def test_ends_chain_the_same_wherever_between_two_statements_it_was_killed(victim):
    """Before every third of them: what is between two commits is undone by the database, whatever it was."""
    numbers = takewhile(lambda number: end_chain(victim, ("statement", number, False)), range(1, 400, STRIDE))
    assert STRIDE * len(list(numbers)) > 40


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_ends_sweep_of_many_the_same_wherever_it_was_killed(victim, after):
    """Several lines left undone; the sweep is killed at each of its commits in turn, and taken up again."""
    event = EventFactory()
    sessions = SessionFactory.create_batch(3, event=event, capacity=1)
    for session in sessions:
        fill(session)
        claim(session, person(f"Waits{session.pk}"), wait=True)
    seats = SessionRegistration.objects.active().filter(session__event=event)
    assert victim.obey("cancel", ("commit", 1, True), ids=[seat.pk for seat in seats])
    kills = 0
    while victim.obey("sweep", ("commit", 1, after)):
        assert recount(event) == []
        kills += 1
        if not after:
            break
    sweep()
    assert kills == (3 if after else 1)
    told = Counter(Notification.objects.filter(kind="promoted").values_list("contact", flat=True))
    assert list(told.values()) == [1] * 3
    assert recount(event, swept=True) == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_ends_expiry_the_same_wherever_it_was_killed(victim, after):
    for number in range(1, MOST_COMMITS):
        session, seat = full_with_one_waiting(auto_register_waitlisted=False)
        claim(session, person("Next"), wait=True)
        assert victim.obey("cancel", ids=[seat]) is False
        later = timezone.now() + timedelta(days=3)
        was_killed = victim.obey("expire", ("commit", number, after), at=later.isoformat())
        assert recount(session.event) == []
        assert victim.obey("expire", at=later.isoformat()) is False
        sweep(later)
        items = WaitlistItem.objects.filter(session=session).in_line()
        assert [item.status for item in items] == ["expired", "invited"]
        kinds = Notification.objects.filter(event=session.event, kind__startswith="invit").order_by("id")
        assert [mail.kind for mail in kinds] == ["invited", "invitation_expired", "invited"]
        assert recount(session.event, swept=True, at=later) == []
        if not was_killed:
            break
    assert 3 <= number < MOST_COMMITS


def letters_due(count=3):
    """Let people register, so that each is to be told."""
    session = SessionFactory(capacity=count)
    fill(session)
    assert Notification.objects.filter(sent_at=None).count() == count


def after_the_lease():
    return (timezone.now() + 2 * LEASE).isoformat()


def test_sends_each_mail_once_when_killed_before_it_left(victim):
    letters_due(3)
    assert victim.obey("work", ("mail", 2, False))
    assert len(victim.letters()) == 1
    # The mail in hand stays with the dead worker until its lease ends; the others leave at once.
    assert victim.obey("work") is False
    assert len(victim.letters()) == 2
    assert victim.obey("send", at=after_the_lease()) is False
    assert len(victim.letters()) == len(set(victim.letters())) == 3
    assert Notification.objects.filter(sent_at=None).count() == 0


def test_repeats_message_id_when_killed_before_it_was_noted(victim):
    """The one mail that may go twice carries the same Message-ID, by which mail programs know it."""
    letters_due(3)
    assert victim.obey("work", ("mail", 1, True))
    assert Notification.objects.filter(sent_at=None).count() == 3
    assert victim.obey("work") is False
    assert victim.obey("send", at=after_the_lease()) is False
    assert sorted(Counter(victim.letters()).values()) == [1, 1, 2]
    assert Notification.objects.filter(sent_at=None).count() == 0


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_worker_killed_at_any_commit_loses_and_doubles_nothing(victim, number):
    """Promotion and mails in one worker: killed at its first commits, the next worker does the rest."""
    session, seat = full_with_one_waiting()
    assert victim.obey("cancel", ("commit", 1, True), ids=[seat])
    victim.obey("work", ("commit", number, False))
    assert recount() == []
    assert victim.obey("work") is False
    assert victim.obey("send", at=after_the_lease()) is False
    assert holders(session) == {"waits"}
    assert mails("promoted") == [("promoted", "waits")]
    sent = Notification.objects.filter(sent_at__isnull=False)
    assert len(victim.letters()) == len(set(victim.letters())) == sent.count()
    assert Notification.objects.filter(sent_at=None, given_up_at=None).count() == 0
    assert recount(swept=True) == []
