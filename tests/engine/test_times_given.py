"""Every act takes place at the time that its caller gives, not when the machine's clock says: a table of them all."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from events.actors import ATTENDEE, SYSTEM, Actor
from events.models import Event
from registrations import actions
from registrations.actions import PassRow
from registrations.models import (
    Activity,
    CheckIn,
    Draw,
    EventRegistration,
    Message,
    Notification,
    Order,
    Payment,
    Refund,
)
from registrations.queries.copying import Copying
from registrations.rules.choices import Choices
from registrations.rules.groups import Member
from registrations.rules.orders import Bought
from registrations.rules.scans import Scan
from registrations.rules.verdicts import Wanted
from sessions_app.models import Session
from tests.doors.phones import device
from tests.engine.acts import claim, contact_of, person, seat_of
from tests.factories import FIRST_DAY, EventFactory, PassFactory, RoomFactory, SessionFactory, UserFactory
from tests.factories import at as on_the_day
from waitlists.models import WaitlistItem

BEFORE, THEN, LATE = FIRST_DAY - timedelta(days=20), FIRST_DAY - timedelta(days=9), on_the_day(12)
AN_HOUR = timedelta(hours=1)
EARLY = Choices(until_hours=1)
BOB, CAROL, DAVE, EVE = (person(name) for name in ("Bob", "Carol", "Dave", "Eve"))
# Only after the event has begun.
OF_THE_DAY = {"mark_no_show", "back_to_confirmed"}
ASKING = {"invite", "accept_invitation", "decline_invitation", "expire_invitations"}
# They write no ledger, or are the same act as another row: within a form, or with what the sweeper does.
NOT_ASKED = {
    "answer_link_requests",
    "ask_for_link",
    "begin_pairing",
    "begin_payment",
    "note_begun",
    "note_not_paid",
    "remind_payers",
    "decline_messages",
    "decline_reminders",
    "default_sessions",
    "erase_contact",
    "forget_old_answers",
    "forget_old_codes",
    "look_at_scans",
    "forget_unpaired",
    "freeze_due",
    "invite_to_ticket",
    "mail_code",
    "mail_code_to_registrant",
    "note_seen",
    "pair_device",
    "revoke_device",
    "preview_capacity",
    "prove_address",
    "publish_due",
    "prove_by_code",
    "refusals_of",
    "sweep",
    "write_messages",
    "write_reminders",
}


class World:
    """Carol sits in a full session, for which Bob waits; he has a seat in another."""

    def __init__(self, **event: Any) -> None:
        self.staff = {"actor": Actor.staff(UserFactory(is_superuser=True))}
        self.event = EventFactory(**event)
        self.free, self.full, self.other = (
            SessionFactory(event=self.event, capacity=capacity, starts_at=None, ends_at=None)
            for capacity in (5, 1, 5)
        )
        claim(self.full, CAROL, at=BEFORE)
        claim(self.free, BOB, at=BEFORE)
        claim(self.full, BOB, wait=True, at=BEFORE)

    @property
    def bob(self) -> EventRegistration:
        """His registration."""
        rows = EventRegistration.objects.select_related("event", "contact")
        return rows.get(contact__email=BOB.email)

    @property
    def place(self) -> WaitlistItem:
        """His place in line."""
        return WaitlistItem.objects.open().get(contact__email=BOB.email)

    def invited(self, at: datetime) -> WaitlistItem:
        """His place, once the session has a seat more."""
        actions.change_capacity(self.full, 2, **self.staff, at=at)
        return self.place

    def behind_bob(self) -> WaitlistItem:
        """Dave's place."""
        claim(self.full, DAVE, wait=True, at=BEFORE)
        return WaitlistItem.objects.get(contact__email=DAVE.email)

    def entry(self) -> CheckIn:
        """Bob's entry."""
        return actions.check_in(self.bob, **self.staff, at=BEFORE).check_in


Act = Callable[[World, datetime], Any]


def acts() -> dict[str, Act]:
    """Every act, done at the time it is given."""
    a = actions
    return {
        **_of_draws(),
        "accept_invitation": lambda w, t: a.accept_invitation(
            w.invited(t - AN_HOUR), contact=contact_of(BOB), at=t
        ),
        "add_all_to_sessions": lambda w, t: a.add_all_to_sessions([w.free, w.other], [EVE], **w.staff, at=t),
        "add_passes": lambda w, t: a.add_passes(w.event, [PassRow("Day")], **w.staff, at=t),
        "add_to_event": lambda w, t: a.add_to_event(w.event, [EVE], **w.staff, at=t),
        "add_to_session": lambda w, t: a.add_to_session(w.free, [EVE], **w.staff, at=t),
        "add_to_sessions": lambda w, t: a.add_to_sessions([w.free, w.other], EVE, **w.staff, at=t),
        "admit_standby": lambda w, t: a.admit_standby(_at_the_door(w.other, t), w.bob, **w.staff, at=t),
        "all_go_live": lambda w, t: a.all_go_live(_stopped(w), **w.staff, at=t),
        "archive": lambda w, t: a.archive(_cancelled(w), **w.staff, at=t),
        "back_to_confirmed": lambda w, t: a.back_to_confirmed(_no_show(w), **w.staff, at=t),
        "cancel_event": lambda w, t: a.cancel_event(w.event, **w.staff, at=t),
        "cancel_event_registrations": lambda w, t: a.cancel_event_registrations([w.bob], **w.staff, at=t),
        "cancel_session": lambda w, t: a.cancel_session(w.full, **w.staff, at=t),
        "cancel_session_registrations": lambda w, t: a.cancel_session_registrations(
            [seat_of(w.full, CAROL)], actor=ATTENDEE, at=t
        ),
        "change_capacity": lambda w, t: a.change_capacity(w.full, 2, **w.staff, at=t),
        "change_mails": lambda w, t: a.change_mails(w.event, a.Mails(48, None, {}), **w.staff, at=t),
        "check_in": lambda w, t: a.check_in(w.bob, **w.staff, at=t),
        "check_out": lambda w, t: a.check_out(w.entry(), **w.staff, at=t),
        "choose_waiting": lambda w, t: a.choose_waiting(w.place, EARLY, contact=contact_of(BOB), at=t),
        "copy_event": lambda w, t: a.copy_event(
            w.event, Copying("Again", "again", LATE.date() + timedelta(days=300)), **w.staff, at=t
        ),
        "correct_address": lambda w, t: a.correct_address(w.bob, "bobby@example.org", **w.staff, at=t),
        "decline_invitation": lambda w, t: a.decline_invitation(
            w.invited(t - AN_HOUR), contact=contact_of(BOB), at=t
        ),
        "end_late_waiting": lambda w, t: _gives_up_soon(w) and a.end_late_waiting(t),
        "expire_invitations": lambda w, t: w.invited(BEFORE) and a.expire_invitations(t),
        "free_no_shows": lambda w, t: a.free_no_shows(
            _at_the_door(w.free, t), [seat_of(w.free, BOB)], **w.staff, at=t
        ),
        "go_live": lambda w, t: a.go_live(_stopped(w)[0], **w.staff, at=t),
        "mail_address_code": lambda w, t: a.mail_address_code(w.bob, "bobby@example.org", at=t),
        "invite": lambda w, t: a.invite([_beside_a_free_seat(w)], **w.staff, at=t),
        "join_together": lambda w, t: a.join_together(w.full, [DAVE, EVE], at=t),
        "join_waitlist": lambda w, t: a.join_waitlist(w.full, DAVE, at=t),
        "leave_waitlist": lambda w, t: a.leave_waitlist(w.place, contact=contact_of(BOB), at=t),
        "mark_no_show": lambda w, t: a.mark_no_show(w.bob, **w.staff, at=t),
        "mark_no_shows": lambda w, t: _over(w, t) and a.mark_no_shows(t),
        "merge_scans": lambda w, t: a.merge_scans(
            device(w.event), [Scan(uuid.uuid4(), t, registration=w.bob.uuid)], at=t
        ),
        "move_in_line": lambda w, t: a.move_in_line(w.behind_bob(), before=w.place, **w.staff, at=t),
        "note_everything_taken": lambda w, t: a.note_everything_taken(contact_of(BOB), **w.staff, at=t),
        "note_export": lambda w, t: a.note_export(w.event, **w.staff, what="Registrations", detail={}, at=t),
        "register_for_event": lambda w, t: a.register_for_event(EventFactory(session_level=False), EVE, at=t),
        "register_group": lambda w, t: a.register_group(w.event, [Member(EVE, [w.free])], at=t),
        "register_from_waitlist": lambda w, t: a.register_from_waitlist(
            [w.place], reason="Speaker", past_capacity=True, **w.staff, at=t
        ),
        "register_many": lambda w, t: a.register_many(w.event, [Wanted(1, EVE, [w.free])], **_terms(w), at=t),
        "remove_many": lambda w, t: a.remove_many(w.event, [Wanted(1, BOB, [])], **_terms(w), at=t),
        "remove_from_waitlist": lambda w, t: a.remove_from_waitlist([w.place], **w.staff, at=t),
        "request_link": lambda w, t: a.request_link(w.event, BOB.email, at=t),
        "resend": lambda w, t: a.resend(_sent(w), **w.staff, at=t),
        "resend_registrations": lambda w, t: _sent(w) and a.resend_registrations([w.bob], **w.staff, at=t),
        "revoke_links": lambda w, t: a.revoke_links(w.bob, **w.staff, at=t),
        "send_message": _message,
        "settle": lambda w, t: _beside_a_free_seat(w) and a.settle([w.full.seats_id], at=t),
        "stop_message": lambda w, t: a.stop_message(_message(w, BEFORE), **w.staff, at=t),
        "stop": lambda w, t: a.stop(w.full, **w.staff, at=t),
        "submit_agenda": lambda w, t: a.submit_agenda(w.event, EVE, [w.full, w.free], wait=True, at=t),
        "swap": lambda w, t: a.swap(w.bob, w.free, w.other, at=t),
        "swap_rooms": lambda w, t: a.swap_rooms(*_in_rooms(w), **w.staff, at=t),
        "switch_agenda": lambda w, t: a.switch_agenda(w.event, on=False, **w.staff, at=t),
        "undo_many": lambda w, t: a.undo_many(w.event, [_made(w)], **w.staff, at=t),
        "update_details": lambda w, t: a.update_details(w.bob, BOB, at=t),
        "undo_check_in": lambda w, t: a.undo_check_in(w.entry(), **w.staff, at=t),
        **_about_orders(),
    }


def _about_orders() -> dict[str, Act]:
    a = actions
    return {
        "cancel_order": lambda w, t: a.cancel_order(_ordered(BEFORE), **w.staff, at=t),
        "expire_orders": lambda w, t: _ordered(t - AN_HOUR) and a.expire_orders(t),
        "cancel_by_payer": lambda w, t: a.cancel_by_payer(_ordered(BEFORE), at=t),
        "mail_orders": lambda w, t: a.mail_orders([_invoiced()], is_reminder=True, **w.staff, at=t),
        "change_billing": lambda w, t: a.change_billing(_invoiced(), {"city": "Ghent"}, **w.staff, at=t),
        "change_way": lambda w, t: a.change_way(_online(), Order.Way.INVOICE, at=t),
        "extend_order": lambda w, t: a.extend_order(_invoiced(), t + AN_HOUR, **w.staff, at=t),
        "mark_paid": lambda w, t: a.mark_paid(_invoiced(), **w.staff, at=t),
        "refund_order": lambda w, t: a.refund_order(
            _paid(), amount=Decimal(5), reason="Rain", **w.staff, at=t
        ),
        "refund_payment": lambda w, t: a.refund_payment(_paid_wrong(), reason="Rain", **w.staff, at=t),
        "note_refunded": lambda w, t: a.note_refunded(_refund(w), "1", at=t),
        "note_refund_failed": lambda w, t: a.note_refund_failed(_refund(w), "No", final=True, at=t),
        "note_refund_returned": lambda w, t: a.note_refund_returned(
            a.note_refunded(_refund(w), "1", at=BEFORE), "No", at=t
        ),
        "try_refund_again": lambda w, t: a.try_refund_again(
            a.note_refund_failed(_refund(w), "No", final=True, at=BEFORE), **w.staff, at=t
        ),
        "place_order": lambda w, t: _ordered(t),
        "order_invitation": lambda w, t: a.order_invitation(_to_be_paid(t - AN_HOUR), EVE, at=t),
        "refund_cancelled_events": lambda w, t: _of_cancelled() and a.refund_cancelled_events(at=t),
        "settle_payment": lambda w, t: a.settle_payment(
            a.begin_payment(_ordered(BEFORE), "test", "1", at=BEFORE), amount=20, currency="EUR", at=t
        ),
    }


def _of_draws() -> dict[str, Act]:
    a = actions
    return {
        "cancel_draw": lambda w, t: a.cancel_draw(_draw(w, t + AN_HOUR), **w.staff, at=t),
        "change_draw": lambda w, t: a.change_draw(_draw(w, t + AN_HOUR), name="Again", **w.staff, at=t),
        "change_wishes": lambda w, t: a.change_wishes(w.bob, _draw(w, t + AN_HOUR), remove=[w.other], at=t),
        "enter_public_number": lambda w, t: a.enter_public_number(_frozen(w, t), "7", **w.staff, at=t),
        "freeze": lambda w, t: a.freeze(_draw(w, t), t),
        "join_ticket": lambda w, t: a.join_ticket(_group(w, t)[0], w.bob, at=t),
        "leave_ticket": lambda w, t: a.leave_ticket(w.bob, _joined(w, t), at=t),
        "plan_draw": lambda w, t: a.plan_draw(w.event, [w.other], t, t + AN_HOUR, "Lottery", **w.staff, at=t),
        "publish": lambda w, t: a.publish(_drawn(w, t), **w.staff, at=t),
        "state_wishes": lambda w, t: a.state_wishes(w.bob, _draw(w, t + AN_HOUR), [(w.other, None)], at=t),
    }


def _terms(world: World) -> dict[str, Any]:
    return {"terms": actions.Terms.of(world.staff["actor"])}


def _ordered(at: datetime) -> Order:
    """Eve's order of a pass."""
    offered = PassFactory(price=20)
    return actions.place_order(offered.event, EVE, [Bought(EVE, offered)], at=at)


def _online() -> Order:
    """Eve's order that waits for a payment, and might be paid by invoice."""
    offered = PassFactory(price=20, event=EventFactory(session_level=False, how_to_pay="By transfer."))
    return actions.place_order(offered.event, EVE, [Bought(EVE, offered)], held_for=None, at=BEFORE)


def _invoiced() -> Order:
    """Eve's order that she pays by invoice."""
    offered = PassFactory(price=20)
    how = {"way": Order.Way.INVOICE, "held_for": None, "at": BEFORE}
    return actions.place_order(offered.event, EVE, [Bought(EVE, offered)], **how)


def _paid() -> Order:
    """Eve's order, paid."""
    order = _invoiced()
    actions.mark_paid(order, actor=SYSTEM, at=BEFORE)
    return order


def _to_be_paid(at: datetime) -> WaitlistItem:
    """Eve's invitation to a pass that has a price."""
    offered = PassFactory(price=20, capacity=0)
    actions.register_for_event(offered.event, EVE, offered, wait=True, at=at)
    actions.change_capacity(offered, 1, actor=SYSTEM, at=at)
    return WaitlistItem.objects.get(event=offered.event)


def _of_cancelled() -> Order:
    """Eve's order, paid, of an event that was cancelled by a process which was killed right after it."""
    order = _paid()
    Event.objects.filter(pk=order.event_id).update(cancelled_at=BEFORE, publish_status="cancelled")
    return order


def _paid_wrong() -> Payment:
    """What Eve paid too much."""
    order = _invoiced()
    actions.mark_paid(order, amount=Decimal(21), actor=SYSTEM, at=BEFORE)
    return order.payments.get()


def _refund(world: World) -> Refund:
    """What goes back of it."""
    return actions.refund_payment(_paid_wrong(), reason="Too much", **world.staff, at=BEFORE)


def _draw(world: World, closes: datetime) -> Draw:
    """A draw of one session, which Bob wishes for."""
    draw = actions.plan_draw(world.event, [world.other], BEFORE, closes, "Lottery", **world.staff, at=BEFORE)
    actions.state_wishes(world.bob, draw, [(world.other, None)], at=BEFORE)
    return draw


def _group(world: World, at: datetime) -> tuple[str, Draw]:
    """Carol's invitation to her ticket."""
    draw = _draw(world, at + AN_HOUR)
    carol = EventRegistration.objects.get(contact__email=CAROL.email)
    return actions.invite_to_ticket(carol, draw, at=BEFORE).invitation, draw


def _joined(world: World, at: datetime) -> Draw:
    invitation, draw = _group(world, at)
    actions.join_ticket(invitation, world.bob, at=BEFORE)
    return draw


def _frozen(world: World, at: datetime) -> Draw:
    draw = _draw(world, at - AN_HOUR)
    actions.freeze(draw, at - AN_HOUR)
    return draw


def _drawn(world: World, at: datetime) -> Draw:
    return actions.enter_public_number(_frozen(world, at), "7", **world.staff, at=at - AN_HOUR)


def _message(world: World, at: datetime) -> Message:
    words = actions.Words(uuid.uuid4(), "Boots", "Bring boots.")
    return actions.send_message(world.event, [world.bob.contact_id], words, **world.staff, at=at)


def _in_rooms(world: World) -> list[Any]:
    for session in (world.free, world.other):
        session.room = RoomFactory(capacity=9)
        session.building = session.room.building
        session.save()
    return [world.free, world.other]


def _at_the_door(session: Session, at: datetime) -> Session:
    """The session, which begins now, with standby."""
    session.starts_at, session.ends_at, session.own_standby_minutes = at, at + AN_HOUR, 10
    session.save()
    return session


def _over(world: World, at: datetime) -> Session:
    """Bob's session, which has just ended without him; somebody else was there."""
    session = _at_the_door(world.free, at - AN_HOUR)
    carol = EventRegistration.objects.get(contact__email=CAROL.email)
    actions.check_in(carol, session, **world.staff, at=at - AN_HOUR)
    return session


def _made(world: World) -> actions.Made:
    """Carol's registration and seat, as if a row had made them."""
    seat = seat_of(world.full, CAROL)
    last = Activity.objects.filter(contact=seat.contact).latest("pk").pk
    return actions.Made(
        1, seat.contact_id, seat.event_registration_id, True, [seat.pk], [], ledger=last, at=BEFORE
    )


def _stopped(world: World) -> list[Any]:
    actions.stop(world.other, **world.staff, at=BEFORE)
    return [world.other]


def _cancelled(world: World) -> Any:
    actions.cancel_session(world.other, **world.staff, at=BEFORE)
    return world.other


def _no_show(world: World) -> EventRegistration:
    return actions.mark_no_show(world.bob, **world.staff, at=LATE - AN_HOUR)


def _beside_a_free_seat(world: World) -> WaitlistItem:
    """Nobody has served the line yet."""
    world.full.seats.capacity = 2
    world.full.seats.save(update_fields=["capacity"])
    return world.place


def _gives_up_soon(world: World) -> int:
    """His place ends two hours before a start that is an hour off."""
    starts_at, ends_at = THEN + AN_HOUR, THEN + 2 * AN_HOUR
    Session.objects.filter(pk=world.full.pk).update(starts_at=starts_at, ends_at=ends_at)
    return WaitlistItem.objects.filter(pk=world.place.pk).update(until_hours=2)


def _sent(world: World) -> list[Notification]:
    mails = Notification.objects.filter(contact__email=BOB.email)
    mails.update(sent_at=BEFORE)
    return [mails.order_by("id")[0]]


def test_table_has_every_act_that_takes_a_time() -> None:
    taking = {
        name
        for name in actions.__all__
        if inspect.isfunction(act := getattr(actions, name)) and "at" in inspect.signature(act).parameters
    }
    within_forms = {name for name in taking if name.startswith("within_form_")}
    assert taking - within_forms == set(acts()) | NOT_ASKED


@pytest.mark.parametrize("name", sorted(acts()))
def test_act_takes_place_at_the_time_given(name: str) -> None:
    world = World(auto_register_waitlisted=name not in ASKING)
    earlier = set(Activity.objects.values_list("pk", flat=True))
    then = LATE if name in OF_THE_DAY else THEN
    acts()[name](world, then)
    said = Activity.objects.exclude(pk__in=earlier).order_by("pk").values_list("verb", "at")
    meanwhile = {BEFORE, then - AN_HOUR}
    assert {at for _verb, at in said} - meanwhile == {then}, list(said)
