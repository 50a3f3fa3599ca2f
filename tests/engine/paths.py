"""The scene of the paths, and every path that changes a seat, by what it does to the line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import time_machine
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from events.actors import ATTENDEE, Actor
from events.models import Event, User
from registrations import actions
from registrations.models import EventRegistration
from registrations.moves import TimeAndPlace
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.admin_forms.paper import change, confirm
from tests.admin_panels.helpers import add_url, typed, verb_url
from tests.api.conftest import Api, make_api_client, make_token
from tests.engine.acts import claim, contact_of, person, seat_of
from tests.factories import RoomFactory, at
from tests.website.clicks import choose, finish, mine
from waitlists.models import WaitlistItem

HOLDER, WAITS, NEXT, NEW = person("Holder"), person("Waits"), person("Next"), person("New")
CONFIRMED = {"confirmed": "1", "notify": "on"}
PAST = {"reason": "Speaker", "past_capacity": True}


@dataclass
class Scene:
    """A full session of one seat with two people in line, another one that is empty, and who acts."""

    client: Any
    alice: User
    event: Event
    full: Session
    other: Session

    @property
    def staff(self) -> dict[str, Actor]:
        return {"actor": Actor.staff(self.alice)}

    @property
    def desk(self) -> Any:
        """A browser in which Alice is signed in."""
        self.client.force_login(self.alice)
        return self.client

    @property
    def api(self) -> Api:
        """Another system that may do everything."""
        owner = make_api_client("Badges", "read write override")
        return Api(owner, make_token(owner, "read write override"), self.client)

    def seat_at(self, session: Session, who: Attendee) -> str:
        """The API's address of somebody's seat."""
        return f"/registrants/{self.registration(who).pk}/session/{session.pk}"

    def seat(self, who: Attendee = HOLDER) -> Any:
        return seat_of(self.full, who)

    def registration(self, who: Attendee) -> EventRegistration:
        return EventRegistration.objects.active().get(event=self.event, contact__email=who.email)

    def item(self, who: Attendee) -> WaitlistItem:
        return WaitlistItem.objects.open().get(session=self.full, contact__email=who.email)

    def press(self, who: Attendee, session: Session, verb: str, **more: str) -> Any:
        """Press a button on somebody's personal page."""
        return self.client.post(mine("manage_seat", self.registration(who), session.uuid, verb), more)

    def answer(self, who: Attendee, answer: str) -> Any:
        """Answer an invitation on its page."""
        url = mine("invitation", self.registration(who), self.item(who).uuid)
        return self.client.post(url, {"answer": answer})

    def row(self, panel: str, verb: str, pk: int, target: Any = None, **more: str) -> Any:
        """Use a verb of the desk on one row of a panel."""
        return self.desk.post(verb_url(target or self.full, panel, verb), {**CONFIRMED, "row": pk, **more})


def move(s: Scene) -> None:
    before = TimeAndPlace.of(s.full)
    with transaction.atomic():
        s.full.starts_at, s.full.ends_at = at(15), at(16)
        s.full.room = RoomFactory()
        s.full.save()
        actions.within_form_move_session(before, s.full, **s.staff)


def enlarge_in_form(s: Scene) -> None:
    with transaction.atomic():
        actions.within_form_change_capacity(s.full, 2, **s.staff)


def turn_waitlist(s: Scene, on: bool) -> None:
    with transaction.atomic():
        s.full.own_waitlist_enabled = on
        s.full.save()
        actions.within_form_waitlist_settings_changed(s.full, **s.staff)


def leave_undone(s: Scene) -> None:
    """Free the seat at a moment when nobody is served: what a killed process leaves."""
    actions.cancel_session_registrations([s.seat()], actor=ATTENDEE, at=s.full.ends_at)


def sell_past_capacity(s: Scene) -> Any:
    people = typed(NEW, step="add", deed="past", reason_choice="Speaker", notify="on")
    return s.desk.post(add_url(s.full), people)


def page_agenda(s: Scene) -> Any:
    choose(s.client, s.other)
    return finish(s.client, s.event, NEW)


def page_wait(s: Scene) -> Any:
    choose(s.client, s.full, verb="join")
    return finish(s.client, s.event, NEW)


def on_form(s: Scene, **typed: str) -> Any:
    """Change the session on its form: look at who is affected, confirm."""
    url = reverse("admin:sessions_app_session_change", args=[s.full.pk])
    page = change(s.desk, url, "session_form", **typed)
    return confirm(s.client, url, page)


def add_to_line(s: Scene) -> Any:
    url = reverse("admin:join_waitlist", args=["session", s.full.pk])
    return s.desk.post(url, typed(NEW, step="add", notify="on"))


def do_away(s: Scene, what: str) -> Any:
    """Cancel the session, or the event, on its page of the desk."""
    name, target = {
        "session": ("admin:sessions_app_session_cancel", s.full),
        "event": ("admin:events_event_cancel", s.event),
    }[what]
    return s.desk.post(
        reverse(name, args=[target.pk]), {"reason": "other", "reason_text": "Storm", "notify": "1"}
    )


def register_by_api(s: Scene, session: Session, **more: Any) -> Any:
    who = {"email": NEW.email, "first_name": NEW.first_name, "last_name": NEW.last_name}
    return s.api.post("/registrants", {**who, "event_id": s.event.pk, "session_ids": [session.pk], **more})


def expire_by_worker(_scene: Scene) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        call_command("worker", once=True, verbosity=0)


Act = Callable[[Scene], Any]

# Paths that free the session's one seat, which goes to the head of the line.
FREEING: dict[str, Act] = {
    "page: remove": lambda s: s.press(HOLDER, s.full, "remove"),
    "page: swap": lambda s: s.press(HOLDER, s.other, "swap", give_up=str(s.full.uuid)),
    "page: cancel everything": lambda s: s.client.post(mine("manage_cancel", s.registration(HOLDER))),
    "desk: cancel seat": lambda s: s.row("session_registrations", "cancel", s.seat().pk),
    "desk: cancel registration": lambda s: s.row(
        "event_registrations", "cancel", s.registration(HOLDER).pk, s.event
    ),
    "desk: move to another session": lambda s: s.row(
        "session_registrations", "move", s.seat().pk, session=str(s.other.pk)
    ),
    "api: give the seat up": lambda s: s.api.delete(s.seat_at(s.full, HOLDER)),
    "api: cancel the registrant": lambda s: s.api.delete(f"/registrants/{s.registration(HOLDER).pk}"),
    "api: one for another": lambda s: s.api.post(
        f"/registrants/{s.registration(HOLDER).pk}/agenda", {"add": [s.other.pk], "drop": [s.full.pk]}
    ),
    "agenda: drop": lambda s: actions.submit_agenda(s.event, HOLDER, [], [s.full]),
    "agenda: one for another": lambda s: actions.submit_agenda(s.event, HOLDER, [s.other], [s.full]),
    "swap": lambda s: actions.swap(s.registration(HOLDER), s.full, s.other),
    "cancel seats": lambda s: actions.cancel_session_registrations([s.seat()], **s.staff),
    "cancel registrations": lambda s: actions.cancel_event_registrations([s.registration(HOLDER)], **s.staff),
    "erase": lambda s: actions.erase_contact(contact_of(HOLDER), **s.staff),
    "desk: erase": lambda s: s.desk.post(
        reverse("admin:events_contact_erase", args=[contact_of(HOLDER).pk]), {"notify": "1"}
    ),
    "command: erase": lambda _s: call_command("erase_contact", HOLDER.email, yes=True, verbosity=0),
}
# Paths that add a seat to the full session.
ENLARGING: dict[str, Act] = {
    "capacity": lambda s: actions.change_capacity(s.full, 2, **s.staff),
    "capacity in a form": enlarge_in_form,
    "desk: capacity of ticked sessions": lambda s: s.row(
        "event_sessions", "set_capacity", s.full.pk, s.event, capacity="2", seen="2"
    ),
    "desk: capacity on the session's form": lambda s: on_form(s, capacity="2"),
    "api: capacity": lambda s: s.api.patch(f"/sessions/{s.full.pk}", {"capacity": 2}),
}
# Paths that give or take without freeing a seat for the line.
OTHERS: dict[str, Act] = {
    "page: register": page_agenda,
    "page: add": lambda s: s.press(NEXT, s.other, "add"),
    "page: wait": page_wait,
    "page: leave": lambda s: s.press(WAITS, s.full, "leave"),
    "desk: add": lambda s: s.desk.post(add_url(s.other), typed(NEW, step="add", deed="fit", notify="on")),
    "desk: add past capacity": sell_past_capacity,
    "desk: add to the waitlist": add_to_line,
    "desk: change the place in line": lambda s: s.row(
        "session_waitlist", "reorder", s.item(NEXT).pk, place="1", reason_choice="Accessibility"
    ),
    "desk: move the session": lambda s: on_form(s, start_time="15:00", end_time="16:00"),
    "desk: move the session to another room": lambda s: on_form(s, building="", room=str(RoomFactory().pk)),
    "desk: cancel the session": lambda s: do_away(s, "session"),
    "desk: cancel the event": lambda s: do_away(s, "event"),
    "desk: stop": lambda s: s.row("event_sessions", "stop", s.full.pk, s.event),
    "desk: remove from the waitlist": lambda s: s.row(
        "session_waitlist", "remove", s.item(WAITS).pk, reason_choice="Asked to cancel"
    ),
    "desk: register from the waitlist": lambda s: s.row(
        "session_waitlist", "register", s.item(NEXT).pk, past_capacity="on", reason_choice="VIP"
    ),
    "api: register": lambda s: register_by_api(s, s.other),
    "api: register past capacity": lambda s: register_by_api(s, s.full, override_capacity_errors=True),
    "api: take a seat": lambda s: s.api.post(s.seat_at(s.other, NEXT)),
    "api: join": lambda s: s.api.post("/waitlist-items", {"session_id": s.full.pk, "email": NEW.email}),
    "api: move the session": lambda s: s.api.patch(
        f"/sessions/{s.full.pk}", {"start_time": "15:00", "end_time": "16:00"}
    ),
    "api: cancel the session": lambda s: s.api.post(
        f"/sessions/{s.full.pk}/cancellation", {"reason": "Storm"}
    ),
    "api: leave": lambda s: s.api.delete(f"/waitlist-items/{s.item(WAITS).pk}"),
    "agenda: register": lambda s: claim(s.other, NEW),
    "agenda: wait": lambda s: claim(s.full, NEW, wait=True),
    "join": lambda s: actions.join_waitlist(s.full, NEW),
    "leave": lambda s: actions.leave_waitlist(s.item(WAITS), contact=contact_of(WAITS)),
    "remove from the waitlist": lambda s: actions.remove_from_waitlist(
        [s.item(WAITS), s.item(NEXT)], **s.staff
    ),
    "staff add": lambda s: actions.add_to_session(
        s.other, [NEW, HOLDER], accept_clash=True, reason="VIP", **s.staff
    ),
    "staff add past capacity": lambda s: actions.add_to_session(s.full, [NEW, WAITS], **PAST, **s.staff),
    "staff add to several": lambda s: actions.add_to_sessions([s.other, s.full], NEW, **PAST, **s.staff),
    "staff add all to several": lambda s: actions.add_all_to_sessions(
        [s.other, s.full], [NEW, WAITS], **PAST, **s.staff
    ),
    "staff add to event": lambda s: actions.add_to_event(s.event, [NEW], **s.staff),
    "register from the waitlist": lambda s: actions.register_from_waitlist(
        [s.item(NEXT), s.item(WAITS)], **PAST, **s.staff
    ),
    "move in line": lambda s: actions.move_in_line(s.item(NEXT), before=s.item(WAITS), **s.staff),
    "room and time moved": move,
    "waitlist off": lambda s: turn_waitlist(s, False),
    "session cancelled": lambda s: actions.cancel_session(s.full, **s.staff),
    "event cancelled": lambda s: actions.cancel_event(s.event, **s.staff),
    "stopped": lambda s: actions.stop(s.full, **s.staff),
}
# Paths that begin with the seat held for who waits; NEXT stands behind.
INVITED: dict[str, tuple[Act, set[str], str | None]] = {
    "page: accept": (lambda s: s.answer(WAITS, "accept"), {"waits"}, None),
    "page: decline": (lambda s: s.answer(WAITS, "decline"), set(), "next"),
    "accept": (
        lambda s: actions.accept_invitation(s.item(WAITS), contact=contact_of(WAITS)),
        {"waits"},
        None,
    ),
    "decline": (
        lambda s: actions.decline_invitation(s.item(WAITS), contact=contact_of(WAITS)),
        set(),
        "next",
    ),
    "leave": (lambda s: actions.leave_waitlist(s.item(WAITS), contact=contact_of(WAITS)), set(), "next"),
    "expiry": (lambda s: actions.expire_invitations(timezone.now() + timedelta(days=2)), set(), "next"),
    "worker: expiry": (expire_by_worker, set(), "next"),
    "api: register": (
        lambda s: s.api.post(f"/waitlist-items/{s.item(WAITS).pk}/registration"),
        {"waits"},
        None,
    ),
    "staff register": (
        lambda s: actions.register_from_waitlist([s.item(WAITS)], **s.staff),
        {"waits"},
        None,
    ),
    "session cancelled": (lambda s: actions.cancel_session(s.full, **s.staff), set(), None),
}
