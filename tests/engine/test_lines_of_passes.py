"""Lines of passes that have a price: nobody is registered unasked, and the seat is held from invitation to payment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from events.actors import ATTENDEE, SYSTEM, Actor
from events.errors import Full, Invalid, InvitationGone
from events.errors_of_orders import PaymentRequired
from events.models import Event, Pass
from registrations.actions import (
    Settled,
    accept_invitation,
    begin_payment,
    cancel_event_registrations,
    cancel_order,
    change_capacity,
    decline_invitation,
    expire_invitations,
    expire_orders,
    invite,
    leave_waitlist,
    order_invitation,
    place_order,
    register_for_event,
    register_from_waitlist,
    settle_payment,
)
from registrations.models import Activity, EventRegistration, Order
from registrations.rules.orders import Bought
from tests.engine.acts import contact_of, figures, mails, person
from tests.factories import EventFactory, PassFactory, UserFactory
from waitlists.models import WaitlistItem

BOB, CAROL, DORA, EVE = (person(name) for name in ("Bob", "Carol", "Dora", "Eve"))


@pytest.fixture
def expo(db: None) -> Event:
    """An event with five seats that registers people by passes, and everybody in its line automatically."""
    return EventFactory(session_level=False, capacity=5, auto_register_waitlisted=True)


@pytest.fixture
def last(expo: Event) -> Pass:
    """A pass of twenty euros, of which one is left."""
    return PassFactory(event=expo, capacity=1, price=20)


def order(offered: Pass, who, **more) -> Order:
    return place_order(offered.event, who, [Bought(who, offered)], **more)


def pay(placed: Order) -> Settled:
    payment = begin_payment(placed, "test", f"of {placed.pk}")
    return settle_payment(payment, amount=placed.total, currency=placed.currency)


def wait(offered: Pass, *people) -> None:
    for who in people:
        assert register_for_event(offered.event, who, offered, wait=True).status == "waitlisted"


def item_of(who) -> WaitlistItem:
    return WaitlistItem.objects.select_related("invitation_slot", "contact").get(contact=contact_of(who))


def status_of(*people) -> list[str]:
    return [item_of(who).status for who in people]


def figures_of(offered: Pass):
    return figures(offered.event), figures(offered)


def confirmed() -> set[str]:
    rows = EventRegistration.objects.confirmed().values_list("contact__email", flat=True)
    return {email.split("@")[0] for email in rows}


@pytest.fixture
def invited(last: Pass) -> Pass:
    """Bob did not pay for the last pass, and Carol, who waited for it, is invited; Dora is behind her."""
    placed = order(last, BOB)
    wait(last, CAROL, DORA)
    cancel_order(placed, actor=ATTENDEE)
    return last


def test_a_pass_that_is_sold_out_has_its_waitlist_and_keeps_nobody_else_out(expo, last):
    order(last, BOB)
    wait(last, CAROL)
    item = item_of(CAROL)
    assert (item.passed_over_code, item.event_pass) == ("pass_sold_out", last)
    # Four seats are free for whoever comes by another pass.
    assert figures_of(last) == ((5, 0, 1, 0), (1, 0, 1, 0))
    assert register_for_event(expo, DORA, PassFactory(event=expo)).status == "confirmed"
    with pytest.raises(Full):
        order(last, EVE)


def test_without_a_waitlist_a_pass_is_just_sold_out(expo, last):
    Event.objects.filter(pk=expo.pk).update(waitlist_enabled=False)
    order(last, BOB)
    with pytest.raises(Full):
        register_for_event(Event.objects.get(pk=expo.pk), CAROL, last, wait=True)


def test_a_pass_that_is_free_again_invites_although_everybody_is_registered_automatically(invited):
    assert status_of(CAROL, DORA) == ["invited", "waiting"]
    assert figures_of(invited) == ((5, 0, 1, 0), (1, 0, 1, 0))
    assert mails("invited") == [("invited", "carol")]
    assert item_of(DORA).passed_over_code == "pass_sold_out"
    with pytest.raises(Full):
        order(invited, EVE)


def test_accepting_leads_to_the_payment_and_leaves_the_offer_open(invited):
    item = item_of(CAROL)
    with pytest.raises(PaymentRequired) as refused:
        accept_invitation(item, contact=item.contact)
    assert refused.value.data["pass_id"] == invited.pk
    assert status_of(CAROL) == ["invited"]
    assert figures_of(invited) == ((5, 0, 1, 0), (1, 0, 1, 0))


def test_the_order_holds_what_the_invitation_held_and_paid_it_is_the_seat(invited):
    placed = order_invitation(item_of(CAROL), CAROL)
    assert figures_of(invited) == ((5, 0, 1, 0), (1, 0, 1, 0))
    item = item_of(CAROL)
    assert (item.status, item.expires_at) == ("invited", placed.held_until)
    assert order_invitation(item, CAROL) == placed
    assert expire_invitations(timezone.now() + timedelta(days=30)) == 0
    with pytest.raises(PaymentRequired):
        accept_invitation(item, contact=item.contact)
    before = EventRegistration.objects.get(contact=item.contact)
    assert pay(placed) == pay(placed) == Settled.SEATED
    assert (confirmed(), status_of(CAROL)) == ({"carol"}, ["registered"])
    assert EventRegistration.objects.get(contact=item.contact) == before
    assert figures_of(invited) == ((5, 1, 0, 0), (1, 1, 0, 0))
    assert mails("registered") == [("registered", "carol")]
    assert Order.objects.get(pk=placed.pk).order_lines.get().registration == before


@pytest.mark.parametrize(
    ("over", "status"),
    [
        (lambda placed: expire_orders(placed.held_until), "expired"),
        (lambda placed: cancel_order(placed, actor=SYSTEM), "declined"),
        (lambda placed: decline_invitation(item_of(CAROL), contact=contact_of(CAROL)), "declined"),
        (lambda placed: leave_waitlist(item_of(CAROL), contact=contact_of(CAROL)), "withdrawn"),
    ],
    ids=["not paid in time", "cancelled", "declined", "left"],
)
def test_an_order_that_is_over_ends_the_invitation_and_the_next_is_invited(invited, over, status):
    placed = order_invitation(item_of(CAROL), CAROL)
    over(placed)
    assert status_of(CAROL, DORA) == [status, "invited"]
    assert Order.objects.get(pk=placed.pk).state in {"expired", "cancelled"}
    assert not EventRegistration.objects.active().filter(contact=contact_of(CAROL)).exists()
    assert figures_of(invited) == ((5, 0, 1, 0), (1, 0, 1, 0))


def test_an_invitation_that_expires_or_is_declined_gives_back_the_pass_as_well(invited):
    expire_invitations(timezone.now() + timedelta(days=2))
    assert status_of(CAROL, DORA) == ["expired", "invited"]
    decline_invitation(item_of(DORA), contact=contact_of(DORA))
    assert figures_of(invited) == ((5, 0, 0, 0), (1, 0, 0, 0))
    with pytest.raises(InvitationGone):
        order_invitation(item_of(DORA), DORA)


def test_whoever_leaves_the_event_gives_back_what_the_invitation_held(invited):
    mine = EventRegistration.objects.filter(contact=contact_of(CAROL))
    cancel_event_registrations(mine, actor=ATTENDEE)
    assert status_of(DORA) == ["invited"]
    assert figures_of(invited) == ((5, 0, 1, 0), (1, 0, 1, 0))


def test_an_order_of_an_invitation_never_outlasts_the_start(expo, last):
    soon = timezone.now() + timedelta(minutes=30)
    placed = order(last, BOB)
    wait(last, CAROL)
    Event.objects.filter(pk=expo.pk).update(starts_at=soon)
    cancel_order(placed, actor=ATTENDEE)
    placed = order_invitation(item_of(CAROL), CAROL, way=Order.Way.INVOICE)
    assert (placed.held_until, placed.invoices.count()) == (soon, 1)


def test_staff_give_the_seat_now_and_an_invoice_is_open(invited):
    staff = Actor.staff(UserFactory(is_superuser=True))
    [line] = register_from_waitlist([item_of(CAROL)], actor=staff)
    assert str(line.outcome) == "registered"
    assert figures_of(invited) == ((5, 1, 0, 0), (1, 1, 0, 0))
    assert Order.objects.get(payer=contact_of(CAROL)).state == "owed"


def test_staff_invite_only_to_a_pass_that_is_left_and_to_one_at_a_time(expo, last):
    order(last, BOB)
    wait(last, CAROL)
    with pytest.raises(Full):
        invite([item_of(CAROL)], actor=SYSTEM)
    other = PassFactory(event=expo, capacity=0, price=5)
    wait(other, DORA)
    with pytest.raises(Invalid):
        invite([item_of(CAROL), item_of(DORA)], actor=SYSTEM)
    assert status_of(CAROL, DORA) == ["waiting", "waiting"]


def test_one_seat_is_offered_to_several_only_with_the_same_pass(expo, last):
    Event.objects.filter(pk=expo.pk).update(invitations_per_slot=3)
    other = PassFactory(event=expo, capacity=0, price=5)
    placed = order(last, BOB)
    wait(last, CAROL, DORA)
    wait(other, EVE)
    cancel_order(placed, actor=ATTENDEE)
    assert status_of(CAROL, DORA, EVE) == ["invited", "invited", "waiting"]
    assert figures_of(last) == ((5, 0, 1, 0), (1, 0, 1, 0))
    order_invitation(item_of(DORA), DORA)
    assert status_of(CAROL, DORA) == ["waiting", "invited"]
    assert mails("invitation_taken") == [("invitation_taken", "carol")]
    assert figures_of(last) == ((5, 0, 1, 0), (1, 0, 1, 0))
    change_capacity(other, 1, actor=SYSTEM)
    assert status_of(EVE) == ["invited"]
    assert figures_of(other) == ((5, 0, 2, 0), (1, 0, 1, 0))


def test_more_of_a_pass_invite_as_many(expo, last):
    order(last, BOB)
    wait(last, CAROL, DORA, EVE)
    change_capacity(last, 3, actor=SYSTEM)
    assert status_of(CAROL, DORA, EVE) == ["invited", "invited", "waiting"]
    assert figures_of(last) == ((5, 0, 3, 0), (3, 0, 3, 0))


def test_a_place_in_line_that_lacks_another_thing_keeps_no_pass_from_newcomers(expo, last):
    placed = order(last, BOB)
    wait(last, CAROL)
    hours = (expo.starts_at - timezone.now()) // timedelta(hours=1)
    WaitlistItem.objects.update(until_hours=min(hours + 1, 720) if hours < 720 else 720)
    Event.objects.filter(pk=expo.pk).update(starts_at=timezone.now() + timedelta(hours=700))
    cancel_order(placed, actor=ATTENDEE)
    assert (item_of(CAROL).status, item_of(CAROL).passed_over_code) == ("waiting", "late")
    assert order(last, EVE).state == "held"


def test_the_ledger_names_the_pass_that_an_invitation_holds(invited):
    rows = Activity.objects.filter(seats=invited.seats_id).order_by("id")
    assert list(rows.values_list("verb", "held_change")) == [
        ("reserved", 1),
        ("released", -1),
        ("reserved", 1),
    ]
