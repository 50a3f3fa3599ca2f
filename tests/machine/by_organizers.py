"""What organizers do to the programme, and what the clock and the worker do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import rule

from events.errors import Refusal
from events.models import Event
from registrations import actions
from registrations.moves import TimeAndPlace
from sessions_app.models import Session
from tests.factories import FIRST_DAY
from tests.machine.base import MAYBE_SESSION, SESSIONS, YES, Machine
from tests.machine.world import SLOTS
from waitlists.models import WaitlistItem

CAPACITY = st.sampled_from([0, 1, 2, 3, 4, None])
OWN = st.sampled_from([None, True, False])
# The last but one ends half an hour before the first session starts, the last one after that.
LATER = st.sampled_from([timedelta(hours=h) for h in (1, 30, 30, 100, 240.5, 241.5)])


class ByOrganizers(Machine):
    """Capacities, settings, times, commands."""

    def target(self, where: int | None) -> Event | Session:
        """The event, or one session, as a view would find it."""
        return self.world.fresh_event() if where is None else self.world.session(where)

    def save(self, act: Callable[..., Any], target: Event | Session, **changed: Any) -> None:
        """Save as a form does: the row and the step in one transaction."""

        def in_transaction(*, at: Any) -> None:
            with transaction.atomic():
                for name, value in changed.items():
                    setattr(target, name, value)
                target.save()
                act(target, actor=self.world.staff, at=at)

        self.act(in_transaction)

    @rule(where=MAYBE_SESSION, capacity=CAPACITY)
    def changes_capacity(self, where, capacity):
        """An organizer changes a capacity, after having been shown whom that seats."""
        target = self.target(where)
        previewed = actions.preview_capacity(target, capacity, at=self.world.now)
        self.nothing_changed("a preview")
        answer = self.act(actions.change_capacity, self.target(where), capacity, actor=self.world.staff)
        if isinstance(answer, Refusal):
            return
        items = WaitlistItem.objects.filter(event=self.world.event)
        became = dict(items.values_list("pk", "status"))
        assert {became[item.pk] for item in previewed.seated} <= {"registered"}
        assert {became[item.pk] for item in previewed.invited} <= {"invited"}

    changes_capacity_2 = changes_capacity

    @rule(where=MAYBE_SESSION, capacity=CAPACITY)
    def changes_capacity_in_form(self, where, capacity):
        """An organizer changes a capacity in the admin's own transaction."""
        step = actions.within_form_change_capacity
        self.save(lambda target, **more: step(target, capacity, **more), self.target(where))

    @rule(where=MAYBE_SESSION, limit=st.sampled_from([None, 2, 4]))
    def changes_hard_limit(self, where, limit):
        """An administrator changes a hard limit in the admin's own transaction."""
        step = actions.within_form_change_hard_limit
        self.save(lambda target, **more: step(target, limit, **more), self.target(where))

    @rule(is_closed=YES)
    def closes_registration(self, is_closed):
        """An organizer closes registration, or opens it again; promotion goes on."""
        closes = self.world.now - timedelta(minutes=1) if is_closed else None
        self.save(lambda _target, **_more: None, self.world.fresh_event(), registration_closes_at=closes)

    @rule(sooner=st.sampled_from([timedelta(), timedelta(days=9)]))
    def moves_event(self, sooner):
        """An organizer says that the event starts at another time."""
        starts_at = FIRST_DAY - sooner
        self.save(actions.within_form_move_event, self.world.fresh_event(), starts_at=starts_at)

    @rule(where=SESSIONS, enabled=OWN, automatic=OWN, per_slot=st.sampled_from([None, 1, 2]))
    def changes_session_settings(self, where, enabled, automatic, per_slot):
        """An organizer changes a session's own waitlist settings."""
        self.save(
            actions.within_form_waitlist_settings_changed,
            self.world.session(where),
            own_waitlist_enabled=enabled,
            own_auto_register_waitlisted=automatic,
            own_invitations_per_slot=per_slot,
        )

    @rule(enabled=YES, automatic=YES, choose=YES, per_slot=st.integers(1, 3))
    def changes_event_settings(self, enabled, automatic, choose, per_slot):
        """An organizer changes the event's waitlist settings."""
        self.save(
            actions.within_form_waitlist_settings_changed,
            self.world.fresh_event(),
            waitlist_enabled=enabled,
            auto_register_waitlisted=automatic,
            contacts_choose_auto_register=choose,
            invitations_per_slot=per_slot,
        )

    @rule(where=MAYBE_SESSION)
    def stops_or_goes_live(self, where):
        """An organizer takes something off the website, or opens it again."""
        target = self.target(where)
        self.act(actions.stop if target.is_live else actions.go_live, target, actor=self.world.staff)

    @rule(where=SESSIONS, slot=SESSIONS, notify=YES)
    def moves(self, where, slot, notify):
        """An organizer moves a session."""
        session = self.world.session(where)
        before = TimeAndPlace.of(session)
        starts_at, ends_at = SLOTS[slot]
        self.save(
            lambda target, **more: actions.within_form_move_session(before, target, notify=notify, **more),
            session,
            starts_at=starts_at,
            ends_at=ends_at,
        )

    @rule(where=SESSIONS, how=st.sampled_from(["cancel", "delete", "switch"]), on=YES)
    def does_away_with(self, where, how, on):
        """An organizer cancels a session, tries to delete it, or sets the own-agenda switch."""
        if how == "switch":
            self.act(actions.switch_agenda, self.world.fresh_event(), on, actor=self.world.staff)
        else:
            act = actions.cancel_session if how == "cancel" else actions.archive
            self.act(act, self.world.session(where), actor=self.world.staff)

    @rule(long=LATER)
    def waits(self, long):
        """Time passes; the worker ends invitations, and waiting for those who want it no later."""
        self.world.now += long
        self.act(actions.expire_invitations)
        self.act(actions.end_late_waiting)

    @rule(times=st.integers(1, 2))
    def sweeps(self, times):
        """The worker sweeps, and finds nothing to do: every act served its lines itself."""
        for _time in range(times):
            assert self.act(actions.sweep) == 0
        self.nothing_changed("a sweep right after an act")
