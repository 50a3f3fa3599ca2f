"""Many people and some staff who change everything at the same time, each in a thread with a connection of its own."""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connections
from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM
from events.errors import Refusal
from events.models import Contact, Event
from registrations import actions
from registrations.models import EventRegistration, SessionRegistration
from registrations.rules.outcomes import Mode
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.engine.acts import person
from tests.factories import EventFactory, SessionFactory, at
from waitlists.models import InvitationSlot, WaitlistItem

Act = Callable[["Walker"], object]


@dataclass
class Stage:
    """Two events: one where sessions are chosen and the event itself is too small, one without sessions."""

    people: list[Attendee]
    chosen: Event
    whole: Event
    sessions: list[Session]

    @classmethod
    def new(cls, people: int) -> Stage:
        """A stage for so many people, each of whom may want several sessions."""
        chosen = EventFactory(capacity=people * 9 // 10, waitlist_enabled=True)
        whole = EventFactory(session_level=False, capacity=people // 20 + 1, waitlist_enabled=True)
        sessions = [
            SessionFactory(
                event=chosen,
                capacity=max(2, people // 12),
                # Two at a time: who wants both has a clash, is asked, swaps or is passed over.
                starts_at=at(8 + number % 2 * 2, day=number // 4),
                ends_at=at(9 + number % 2 * 2, day=number // 4),
                own_auto_register_waitlisted=None if number % 3 else False,
                own_invitations_per_slot=2,
            )
            for number in range(12)
        ]
        return cls([person(f"storm{number}") for number in range(people)], chosen, whole, sessions)

    @property
    def event_ids(self) -> list[int]:
        """The ids of both."""
        return [self.chosen.pk, self.whole.pk]


@dataclass
class Walker:
    """One thread: people of its own, who first come all, then change their minds, and staff in between."""

    stage: Stage
    own: list[Attendee]
    rest: int
    random: random.Random
    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    def run(self, ends: float) -> None:
        """Let everybody come, and then do so many other things, or stop when the time is over."""
        try:
            for who in self.own:
                self.do(lambda walker, who=who: _claim(walker, who))
                if self.random.random() < 0.3:
                    self.do(self.random.choice(_ACTS))
            for _ in range(self.rest):
                if time.monotonic() > ends:
                    break
                self.do(self.random.choice(_ACTS))
        finally:
            connections.close_all()

    def do(self, act: Act) -> None:
        """Do one thing; a refusal is an answer, all else a failure."""
        try:
            act(self)
            self.done["done"] += 1
        except Refusal as refusal:
            self.done[refusal.code] += 1
        except Exception:
            self.failed.append(traceback.format_exc())

    def somebody(self) -> Attendee:
        return self.random.choice(self.own)

    def session(self) -> Session:
        return self.random.choice(self.stage.sessions)


def _claim(walker: Walker, who: Attendee | None = None) -> object:
    wanted = walker.random.sample(walker.stage.sessions, walker.random.randint(1, 2))
    return actions.submit_agenda(
        walker.stage.chosen,
        who or walker.somebody(),
        wanted,
        wait=True,
        mode=walker.random.choice(list(Mode)),
        when_clashing=walker.random.choice(list(WaitlistItem.WhenClashing)),
    )


def _register_whole(walker: Walker) -> object:
    return actions.register_for_event(walker.stage.whole, walker.somebody(), wait=True)


def _give_back(walker: Walker) -> object:
    rows = SessionRegistration.objects.active().filter(session=walker.session())
    return actions.cancel_session_registrations(_some(walker, rows, 2), actor=ATTENDEE)


def _cancel(walker: Walker) -> object:
    rows = EventRegistration.objects.active().filter(event__in=walker.stage.event_ids)
    mine = rows.filter(contact__email=walker.somebody().email)
    return actions.cancel_event_registrations(mine, actor=SYSTEM, reason="Ill")


def _change_details(walker: Walker) -> object:
    who = walker.somebody()
    rows = EventRegistration.objects.active().filter(event=walker.stage.chosen, contact__email=who.email)
    registration = rows.select_related("event", "contact").first()
    details = {"company": f"Company {walker.random.randint(1, 99)}"}
    changed = Attendee(who.email, who.first_name, f"Test{walker.random.randint(1, 99)}", details=details)
    return registration and actions.update_details(registration, changed)


def _correct_address(walker: Walker) -> object:
    who = walker.somebody()
    rows = EventRegistration.objects.active().filter(
        event__in=walker.stage.event_ids, contact__email=who.email
    )
    registration = rows.select_related("event", "contact").order_by("?").first()
    other = f"other{walker.random.randint(1, 99)}-{who.email}"
    return registration and actions.correct_address(registration, other, actor=SYSTEM)


def _leave_line(walker: Walker) -> object:
    rows = WaitlistItem.objects.open().filter(contact__email=walker.somebody().email)
    item = rows.select_related("contact").first()
    return item and actions.leave_waitlist(item, contact=item.contact)


def _resize(walker: Walker) -> object:
    session = walker.session()
    session.seats.refresh_from_db()
    more = max(1, (session.seats.capacity or 0) + walker.random.choice([-2, -1, 1, 2]))
    return actions.change_capacity(session, more, actor=SYSTEM)


def _answer_invitation(walker: Walker) -> object:
    rows = WaitlistItem.objects.invited().filter(event__in=walker.stage.event_ids)
    [item] = _some(walker, rows.select_related("contact"), 1) or [None]
    if item is None:
        return None
    if walker.random.random() < 0.6:
        return actions.accept_invitation(item, contact=item.contact)
    return actions.decline_invitation(item, contact=item.contact)


def _expire(walker: Walker) -> object:
    slots = InvitationSlot.objects.filter(
        closed_at=None, seats__in=[s.seats_id for s in walker.stage.sessions]
    )
    slot = slots.order_by("?").first()
    if slot is not None:
        # Its time is over.
        now = timezone.now()
        InvitationSlot.objects.filter(pk=slot.pk).update(
            opened_at=now - timedelta(hours=2), expires_at=now - timedelta(seconds=1)
        )
    return actions.expire_invitations()


def _remove(walker: Walker) -> object:
    rows = WaitlistItem.objects.open().filter(session=walker.session())
    return actions.remove_from_waitlist(_some(walker, rows, 1), actor=SYSTEM, reason="By staff")


def _move_up(walker: Walker) -> object:
    line = list(WaitlistItem.objects.waiting().filter(session=walker.session()).in_line()[:9])
    return len(line) > 1 and actions.move_in_line(line[-1], before=line[0], actor=SYSTEM, reason="By staff")


def _add(walker: Walker) -> object:
    session, who = walker.session(), walker.somebody()
    return actions.add_to_session(session, [who], actor=SYSTEM)


def _erase(walker: Walker) -> object:
    if walker.random.random() < 0.9:
        return None
    contact = Contact.objects.filter(email=walker.somebody().email).first()
    return contact and actions.erase_contact(contact, actor=SYSTEM)


def _some(walker: Walker, rows: Any, most: int) -> list[Any]:
    found = list(rows.order_by("id")[:60])
    return walker.random.sample(found, min(most, len(found)))


_ACTS: list[Act] = [
    *[_claim] * 3,
    *[_give_back] * 3,
    *[_cancel] * 2,
    *[_register_whole] * 2,
    *[_answer_invitation] * 2,
    _change_details,
    _correct_address,
    _leave_line,
    _resize,
    _expire,
    _remove,
    _move_up,
    _add,
    _erase,
]


@dataclass
class Storm:
    """Some walkers on one stage."""

    walkers: list[Walker]

    @classmethod
    def on(cls, stage: Stage, *, walkers: int, acts: int, seed: int) -> Storm:
        """So many threads share the people; after everybody has come each does its share of so many acts."""
        return cls(
            [
                Walker(
                    stage, stage.people[number::walkers], acts // walkers, random.Random(seed * 100 + number)
                )  # nosec B311
                for number in range(walkers)
            ]
        )

    def rage(self, meanwhile: Callable[[], object], *, seconds: float, pause: float = 0.0) -> None:
        """Let them all go, and do `meanwhile` again and again until they are done."""
        ends = time.monotonic() + seconds
        threads = [threading.Thread(target=walker.run, args=[ends]) for walker in self.walkers]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            meanwhile()
            threads[0].join(pause)
        for thread in threads:
            thread.join()

    @property
    def done(self) -> Counter[str]:
        """What became of the acts, by word."""
        return sum((walker.done for walker in self.walkers), Counter[str]())

    @property
    def failed(self) -> list[str]:
        """What broke."""
        return [said for walker in self.walkers for said in walker.failed]
