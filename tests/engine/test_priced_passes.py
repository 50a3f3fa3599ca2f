"""A pass with a price is never given for nothing: each door makes an order of it, or says that it is to be paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM, Actor
from events.errors import HasRegistrations, Invalid, Refusal, WrongLevel
from events.errors_of_orders import PaymentRequired
from events.models import Event, Pass, SeatCount
from registrations.actions import (
    Forecast,
    Settled,
    Terms,
    add_all_to_sessions,
    add_to_event,
    archive,
    cancel_event_registrations,
    cancel_order,
    cancel_session,
    erase_contact,
    expire_orders,
    mark_paid,
    place_order,
    register_for_event,
    register_from_waitlist,
    register_group,
    register_many,
    submit_agenda,
)
from registrations.models import (
    AttendeePass,
    EventRegistration,
    Notification,
    Order,
    OrderLine,
    OrderSeat,
    SessionRegistration,
)
from registrations.rules.groups import Member
from registrations.rules.orders import Bought
from registrations.rules.verdicts import Wanted
from sessions_app.models import Session
from tests.api.conftest import make_api_client
from tests.engine.acts import claim, contact_of, figures, holders, mails, person
from tests.factories import EventFactory, PassFactory, SessionFactory, UserFactory
from waitlists.models import WaitlistItem

BOB, CAROL = person("Bob"), person("Carol")
PRICE = Decimal("20.00")


@dataclass
class Sold:
    """A pass of twenty euros, the session that it opens, and who gives it."""

    offered: Pass
    session: Session
    staff: Actor
    api: Actor

    @property
    def event(self) -> Event:
        return Event.objects.get(pk=self.offered.event_id)

    def with_agenda(self) -> Event:
        Event.objects.filter(pk=self.event.pk).update(allow_custom_agenda=True, passes_with_agenda=True)
        return self.event


@pytest.fixture
def sold(db: None) -> Sold:
    event = EventFactory(session_level=False, capacity=9)
    staff = Actor.staff(UserFactory(is_superuser=True))
    offered = PassFactory(event=event, price=PRICE, vat_rate=7)
    return Sold(offered, SessionFactory(event=event), staff, Actor.api(make_api_client()))


def _waited(sold: Sold, **more: Any) -> Any:
    SeatCount.objects.filter(pk=sold.event.seats_id).update(capacity=0)
    register_for_event(sold.event, BOB, sold.offered, wait=True)
    SeatCount.objects.filter(pk=sold.event.seats_id).update(capacity=9)
    return register_from_waitlist(WaitlistItem.objects.waiting(), actor=sold.staff, **more)


def _many(sold: Sold, **more: Any) -> Any:
    rows = [Wanted(1, BOB, [], event_pass=sold.offered)]
    terms = Terms.of(sold.staff, **more)
    assert Forecast(sold.event, terms).verdicts(rows)[0].is_applied
    assert not Order.objects.exists()
    return register_many(sold.event, rows, terms=terms)


GIVING: dict[str, Callable[..., Any]] = {
    "staff": lambda s, **more: add_to_event(s.event, [BOB], s.offered, actor=s.staff, **more),
    "staff, sessions": lambda s, **more: add_all_to_sessions(
        [s.session], [BOB], s.offered, actor=s.staff, **more
    ),
    "API": lambda s, **more: register_for_event(s.event, BOB, s.offered, actor=s.api, **more),
    "API, agenda": lambda s, **more: submit_agenda(
        s.with_agenda(), BOB, [s.session], event_pass=s.offered, actor=s.api, **more
    ),
    "API, group": lambda s, **more: register_group(
        s.event, [Member(BOB, [])], event_pass=s.offered, actor=s.api, **more
    ),
    "file": _many,
    "register now": _waited,
}


@pytest.mark.parametrize("door", GIVING)
def test_whoever_is_given_one_owes_it(sold: Sold, door: str) -> None:
    GIVING[door](sold)
    order = Order.objects.get()
    assert (order.state, order.way, order.total, order.open) == ("owed", "invoice", PRICE, PRICE)
    assert order.payer.email == BOB.email
    line = order.order_lines.get()
    assert (line.registration, line.price, line.vat) == (
        EventRegistration.objects.confirmed().get(),
        PRICE,
        Decimal("1.31"),
    )
    assert AttendeePass.objects.filter(cancelled_at=None).count() == 1
    assert order.invoices.get().total == PRICE
    mail = Notification.objects.get(kind="order_placed")
    assert (mail.payload, mail.contact.email) == ({"order": order.pk}, BOB.email)
    assert mail.activity is not None
    assert mail.activity.detail["order"] == order.pk
    assert mark_paid(order, actor=SYSTEM) == Settled.SEATED


@pytest.mark.parametrize("door", GIVING)
def test_or_has_it_complimentary_for_a_reason(sold: Sold, door: str) -> None:
    GIVING[door](sold, complimentary="Speaker")
    order = Order.objects.get()
    assert (order.state, order.way, order.total, order.reason) == ("paid", "complimentary", 0, "Speaker")
    assert order.order_lines.get().registration == EventRegistration.objects.confirmed().get()
    assert not order.invoices.exists()
    assert not mails("order_placed")


ASKING: dict[str, Callable[[Sold], Any]] = {
    "form": lambda s: register_for_event(s.event, BOB, s.offered),
    "form, shown first": lambda s: register_for_event(s.event, BOB, s.offered, preview=True),
    "agenda": lambda s: submit_agenda(s.with_agenda(), BOB, [s.session], event_pass=s.offered),
    "group": lambda s: register_group(s.event, [Member(BOB, [])], event_pass=s.offered),
}


@pytest.mark.parametrize("door", ASKING)
def test_whoever_comes_by_themselves_pays_first(sold: Sold, door: str) -> None:
    with pytest.raises(PaymentRequired) as refused:
        ASKING[door](sold)
    said = {name: refused.value.data[name] for name in ("pass_id", "price", "currency")}
    assert said == {"pass_id": sold.offered.pk, "price": "20.00", "currency": "EUR"}
    assert not EventRegistration.objects.exists()
    assert not Order.objects.exists()


def test_whoever_waits_for_the_event_pays_later(sold: Sold) -> None:
    SeatCount.objects.filter(pk=sold.event.seats_id).update(capacity=0)
    assert register_for_event(sold.event, BOB, sold.offered, wait=True).status == "waitlisted"
    assert not Order.objects.exists()


def test_no_attendee_gives_one_away(sold: Sold) -> None:
    for act in (
        lambda: register_for_event(sold.event, BOB, sold.offered, complimentary="Me"),
        lambda: submit_agenda(sold.event, BOB, [sold.session], complimentary="Me"),
        lambda: register_group(sold.event, [Member(BOB, [])], complimentary="Me"),
    ):
        with pytest.raises(Invalid):
            act()


def test_a_free_pass_needs_no_order(sold: Sold) -> None:
    free = PassFactory(event=sold.event)
    register_for_event(sold.event, BOB, free)
    add_to_event(sold.event, [CAROL], free, actor=sold.staff)
    assert not Order.objects.exists()


def test_many_of_a_file_owe_each_their_own(sold: Sold) -> None:
    rows = [Wanted(number, person(f"P{number}"), [], event_pass=sold.offered) for number in range(1, 4)]
    register_many(sold.event, rows, terms=Terms.of(sold.staff))
    orders = Order.objects.order_by("pk").select_related("payer")
    assert [order.payer.email for order in orders] == [row.person.email for row in rows]
    for order in orders:
        assert order.order_lines.get().registration.contact == order.payer  # type: ignore[union-attr]
        assert Notification.objects.get(kind="order_placed", contact=order.payer).payload == {
            "order": order.pk
        }


def test_leaving_by_any_door_leaves_the_order_to_the_desk(sold: Sold) -> None:
    add_to_event(sold.event, [BOB], sold.offered, actor=sold.staff)
    cancel_event_registrations(EventRegistration.objects.all(), actor=ATTENDEE)
    assert (Order.objects.get().state, figures(sold.offered)) == ("owed", (10, 0, 0, 0))  # type: ignore[arg-type]


def test_what_somebody_pays_for_is_not_deleted(sold: Sold) -> None:
    order = place_order(sold.event, BOB, [Bought(BOB, sold.offered)])
    for target in (sold.offered, sold.event):
        with pytest.raises(HasRegistrations) as refused:
            archive(target, actor=sold.staff)
        assert refused.value.data["ordered"] == 1
    cancel_order(order, actor=sold.staff)
    archive(sold.offered, actor=sold.staff)


def test_who_is_erased_is_told_nothing_but_their_payer_is(sold: Sold) -> None:
    place_order(sold.event, CAROL, [Bought(BOB, sold.offered)])
    erase_contact(contact_of(BOB), actor=sold.staff)
    assert mails("order_cancelled") == [("order_cancelled", "carol")]


# Where passes and own agendas go together, sessions are held with them.
@dataclass
class Chosen:
    """Two sessions that the pass opens, and one that is full."""

    sold: Sold
    first: Session
    full: Session

    @property
    def event(self) -> Event:
        return self.sold.event

    def order(self, *sessions: Session, **more: Any) -> Order:
        chosen = [Bought(BOB, self.sold.offered, sessions or (self.first, self.full))]
        return place_order(self.event, BOB, chosen, **more)


@pytest.fixture
def chosen(sold: Sold) -> Chosen:
    event = sold.with_agenda()
    full = SessionFactory(event=event, capacity=1)
    free = PassFactory(event=event)
    claim(full, person("Eve"), event_pass=free)
    return Chosen(sold, SessionFactory(event=event, capacity=3), full)


def seats(session: Session) -> tuple[int, int, int]:
    return figures(session)[1:]


def test_sessions_are_held_and_given_with_the_pass(chosen: Chosen) -> None:
    placed = chosen.order()
    assert (seats(chosen.first), seats(chosen.full)) == ((0, 1, 0), (1, 0, 0))
    assert list(OrderSeat.objects.values_list("is_held", flat=True)) == [True, False]
    assert mark_paid(placed, actor=SYSTEM) == Settled.SEATED
    assert (seats(chosen.first), seats(chosen.full)) == ((1, 0, 0), (1, 0, 1))
    assert holders(chosen.first) == {"bob"}
    mail = Notification.objects.get(kind="registered", contact__email=BOB.email)
    said = {"session_ids": [chosen.first.pk], "waitlisted_session_ids": [chosen.full.pk]}
    assert mail.payload == {"pass_id": chosen.sold.offered.pk, **said}
    cancel_order(placed, actor=SYSTEM)
    assert (seats(chosen.first), seats(chosen.full)) == ((0, 0, 0), (1, 0, 0))


@pytest.mark.parametrize("end", ["expires", "is cancelled"])
def test_sessions_come_free_with_the_order(chosen: Chosen, end: str) -> None:
    placed = chosen.order()
    later = timezone.now() + timedelta(days=1)
    if end == "expires":
        expire_orders(later)
        assert mark_paid(placed, actor=SYSTEM) == Settled.SEATED
        assert holders(chosen.first) == {"bob"}
    else:
        cancel_order(placed, actor=ATTENDEE)
        assert seats(chosen.first) == (0, 0, 0)


def test_the_last_seat_of_a_session_is_held_for_whoever_pays(chosen: Chosen) -> None:
    SeatCount.objects.filter(pk=chosen.first.seats_id).update(capacity=1)
    placed = chosen.order(chosen.first)
    free = PassFactory(event=chosen.event)
    [line] = claim(Session.objects.get(pk=chosen.first.pk), CAROL, event_pass=free).lines
    assert line.outcome == "full"
    mark_paid(placed, actor=SYSTEM)
    assert holders(chosen.first) == {"bob"}


def test_a_session_that_is_cancelled_meanwhile_is_not_given(chosen: Chosen) -> None:
    placed = chosen.order()
    cancel_session(chosen.first, actor=chosen.sold.staff)
    assert seats(chosen.first) == (0, 0, 0)
    assert mark_paid(placed, actor=SYSTEM) == Settled.SEATED
    assert (holders(chosen.first), EventRegistration.objects.confirmed().count()) == (set(), 2)


def _clashing(chosen: Chosen) -> None:
    same = {"starts_at": chosen.full.starts_at, "ends_at": chosen.full.ends_at}
    Session.objects.filter(pk__in=[chosen.first.pk, chosen.sold.session.pk]).update(**same)
    SeatCount.objects.filter(pk=chosen.full.seats_id).update(capacity=2)


REFUSED: dict[str, Callable[[Chosen], Any]] = {
    "not_in_pass": lambda c: c.sold.session.passes.add(c.sold.offered),
    "session_limit": lambda c: Pass.objects.update(most_sessions=1),
    "conflict": _clashing,
    "not_live": lambda c: Session.objects.filter(pk=c.first.pk).update(session_status="approved"),
    "in_draw": lambda c: SeatCount.objects.filter(pk=c.first.seats_id).update(
        draw_opens_at=timezone.now() - timedelta(hours=1), draw_closes_at=timezone.now() + timedelta(hours=1)
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_the_one_list_is_asked_of_each_session(chosen: Chosen, code: str) -> None:
    REFUSED[code](chosen)
    with pytest.raises(Refusal) as refused:
        chosen.order(chosen.first, chosen.sold.session)
    assert (refused.value.code, refused.value.data["person"]) == (code, 0)
    assert not OrderLine.objects.exists()
    assert not SessionRegistration.objects.filter(contact__email=BOB.email)
    SeatCount.objects.update(draw_opens_at=None, draw_closes_at=None)
    SeatCount.objects.filter(pk=chosen.full.seats_id).update(capacity=1)


def test_no_sessions_are_bought_where_there_are_no_own_agendas(sold: Sold) -> None:
    with pytest.raises(WrongLevel):
        place_order(sold.event, BOB, [Bought(BOB, sold.offered, [sold.session])])
