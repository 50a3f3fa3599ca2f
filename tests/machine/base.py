"""The machine's frame: one world an example, every act watched, the truths asked after each step."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from events.errors import Refusal
from events.models import Event
from registrations.actions import (
    archive,
    cancel_event,
    change_capacity,
    register_for_event,
    submit_agenda,
    sweep,
)
from registrations.models import EventRegistration, Notification, SessionRegistration
from registrations.queries.recount import recount
from sessions_app.models import Session
from tests.machine import truths
from tests.machine.world import PEOPLE, SLOTS, Seen, World
from waitlists.models import WaitlistItem

SESSIONS = st.integers(0, len(SLOTS) - 1)
PERSON = st.integers(0, PEOPLE - 1)
PICK = st.integers(0, 9)
YES = st.booleans()
SOME_SESSIONS = st.lists(SESSIONS, min_size=1, max_size=3, unique=True)
WHEN_CLASHING = st.sampled_from(["ask", "swap", "skip"])
MAYBE_SESSION = st.one_of(st.none(), SESSIONS)


class Machine(RuleBasedStateMachine):
    """Rules come from the mixins; a variant says what kind of event it is."""

    variant: ClassVar[dict[str, Any]] = {}
    world: World
    seen: Seen
    is_sound = False

    @initialize(
        capacities=st.lists(st.integers(0, 2), min_size=4, max_size=4),
        included=MAYBE_SESSION,
        locked=MAYBE_SESSION,
        wishes=st.lists(SOME_SESSIONS, min_size=PEOPLE - 1, max_size=PEOPLE - 1),
        when=st.lists(WHEN_CLASHING, min_size=PEOPLE - 1, max_size=PEOPLE - 1),
        more=st.sets(SESSIONS),
        more_at_event=st.integers(0, 3),
    )
    def build(self, capacities, included, locked, wishes, when, more, more_at_event):
        """Make the world; all but one ask for something, then sessions and event get seats more.

        So there are lines from the start, and people promoted or invited from them.
        """
        self.world = World.of(capacities, included=included, locked=locked, **self.variant)
        logging.getLogger("registrations").addHandler(self.world.errors)
        empty = self.seen = self.world.look()
        for person, (wanted, choice) in enumerate(zip(wishes, when, strict=True)):
            self.asks(person, wanted, choice)
            self.seen = self.world.look()
        for number in sorted(more):
            self.enlarge(self.world.session(number), 1)
        if more_at_event and "capacity" in self.variant:
            self.enlarge(self.world.fresh_event(), more_at_event)
        # What the first invariant compares with: the truths are asked once, of the whole beginning.
        self.seen = empty

    def enlarge(self, target: Event | Session, more: int) -> None:
        """Give it seats more."""
        self.act(change_capacity, target, target.seats.capacity + more, actor=self.world.staff)
        self.seen = self.world.look()

    def asks(self, person: int, wanted: list[int], when_clashing: str) -> Any:
        """Somebody wants sessions (or, at event level, the event) and would wait for them."""
        event, who, event_pass = (
            self.world.fresh_event(),
            self.world.people[person],
            self.world.event_pass(person),
        )
        if not event.allow_custom_agenda:
            return self.act(register_for_event, event, who, event_pass, wait=True)
        wishes = {"wait": True, "when_clashing": when_clashing, "event_pass": event_pass}
        return self.act(submit_agenda, event, who, self.world.sessions(wanted), **wishes)

    def act(self, act: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Do it at the world's time; a refusal is an answer like any other, and changes no row."""
        self.is_sound = False
        try:
            return act(*args, at=self.world.now, **more)
        except Refusal as refusal:
            self.nothing_changed(f"{type(refusal).__name__} was raised")
            return refusal

    def nothing_changed(self, why: str) -> None:
        """Raise AssertionError unless every row is as it was."""
        assert self.seen.changes(self.world.look()) == [], why

    def preview(self, act: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Do it dry; no row may change."""
        answer = self.act(act, *args, preview=True, **more)
        self.nothing_changed("a preview")
        return answer

    def open_items(self, *statuses: str) -> list[WaitlistItem]:
        """The open items, or those of these statuses, as last seen."""
        return [i for i in self.seen.items if i.is_open and (not statuses or i.status in statuses)]

    def item(self, pick: int, *statuses: str) -> WaitlistItem:
        """One open item as a view would find it."""
        items = self.open_items(*statuses)
        related = ("contact", "event__seats", "session__event", "session__seats")
        return WaitlistItem.objects.select_related(*related).get(pk=items[pick % len(items)].pk)

    def registration(self, pick: int) -> EventRegistration | None:
        """One live registration; None while there is none."""
        rows = EventRegistration.objects.active().filter(event=self.world.event)
        found = list(rows.select_related("event", "contact").order_by("id"))
        return found[pick % len(found)] if found else None

    def seats(self, *numbers: int) -> list[SessionRegistration]:
        """Some live seats, each once."""
        rows = SessionRegistration.objects.active().filter(session__event=self.world.event)
        found = list(rows.select_related("session", "contact").order_by("id"))
        return (
            list({found[n % len(found)].pk: found[n % len(found)] for n in numbers}.values()) if found else []
        )

    @invariant()
    def everything_is_true(self) -> None:
        """After every step."""
        self.is_sound = False
        now = self.world.look()
        truths.check(self.world, self.seen, now)
        self.seen = now
        self.is_sound = True
        self.world.now += timedelta(minutes=1)

    def teardown(self) -> None:
        """End the example: sweep, cancel the event, delete it; leave nothing that a later sweep would find."""
        if not hasattr(self, "world"):
            return
        logging.getLogger("registrations").removeHandler(self.world.errors)
        try:
            if self.is_sound:
                self._sweep()
                self._end()
        finally:
            self.world.quarantine()

    def _sweep(self) -> None:
        assert sweep(at=self.world.now) == 0
        self.nothing_changed("a sweep right after an act")

    def _end(self) -> None:
        """Everybody registered or waiting is told once; nobody holds or waits for anything any more."""
        if self.world.fresh_event().cancelled_at or self.world.fresh_event().archived_at:
            return
        people = EventRegistration.objects.active().filter(event=self.world.event)
        wanted = sorted(people.values_list("contact_id", flat=True))
        assert cancel_event(self.world.event, actor=self.world.staff, at=self.world.now) == len(wanted)
        told = Notification.objects.filter(event=self.world.event, kind="event_cancelled")
        assert sorted(told.values_list("contact_id", flat=True)) == wanted
        assert [item for item in self.world.look().items if item.is_open] == []
        assert [str(one) for one in recount(self.world.event, swept=True, at=self.world.now)] == []
        archive(self.world.event, actor=self.world.staff, at=self.world.now)
