"""A pass turns own agendas off, unless both go together; passes that were sold are no exception."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from events.actors import SYSTEM
from events.errors import HasRegistrations, WrongLevel
from events.models import Event, Pass
from registrations.actions import (
    PassRow,
    add_passes,
    archive,
    begin_payment,
    cancel_order,
    cancel_session,
    place_order,
    settle_payment,
    switch_agenda,
    within_form_passes_with_agenda,
)
from registrations.models import Order
from registrations.rules.orders import Bought
from tests.engine.acts import claim, figures, holders, person
from tests.factories import EventFactory, SessionFactory

BOB, CAROL = person("Bob"), person("Carol")
GOLD = [PassRow("Gold", price=Decimal(20), allocated=5)]


def fresh(event: Event) -> Event:
    return Event.objects.get(pk=event.pk)


def pay(placed: Order) -> None:
    payment = begin_payment(placed, "test", f"of {placed.pk}")
    settle_payment(payment, amount=placed.total, currency=placed.currency)


def buy(event: Event, who=BOB, **more) -> Order:
    gold = Pass.objects.get(event=event)
    return place_order(fresh(event), who, [Bought(who, gold, **more)])


def test_the_first_pass_with_a_price_turns_own_agendas_off_for_good(db):
    session = SessionFactory(event=EventFactory(), capacity=3)
    event = session.event
    claim(session, CAROL)
    assert add_passes(event, GOLD, actor=SYSTEM) == 1
    assert (fresh(event).allow_custom_agenda, holders(session)) == (False, {"carol"})
    session.refresh_from_db()
    with pytest.raises(WrongLevel):
        claim(session, BOB)
    placed = buy(event)
    for _held_then_paid in range(2):
        with pytest.raises(WrongLevel):
            switch_agenda(fresh(event), True, actor=SYSTEM)
        pay(placed)
    assert holders(session) == {"carol"}


def test_a_pass_or_a_session_in_an_order_that_waits_cannot_be_deleted(db):
    event = EventFactory(passes_with_agenda=True)
    session = SessionFactory(event=event, capacity=3)
    add_passes(event, [PassRow("Gold", price=Decimal(20), sessions=[session])], actor=SYSTEM)
    placed = buy(event, sessions=[session])
    for target in Pass.objects.get(event=event), session, event:
        with pytest.raises(HasRegistrations) as refused:
            archive(target, actor=SYSTEM)
        assert refused.value.data["ordered"] == 1
    cancel_order(placed, actor=SYSTEM)
    archive(session, actor=SYSTEM)
    archive(Pass.objects.get(event=event), actor=SYSTEM)


def test_where_both_go_together_what_is_held_is_given_although_they_no_longer_do(db):
    event = EventFactory(passes_with_agenda=True)
    session = SessionFactory(event=event, capacity=3)
    assert add_passes(event, [PassRow("Gold", price=Decimal(20), sessions=[session])], actor=SYSTEM) is None
    assert fresh(event).allow_custom_agenda
    placed = buy(event, sessions=[session])
    with transaction.atomic():
        within_form_passes_with_agenda(event, False, actor=SYSTEM)
    assert not fresh(event).allow_custom_agenda
    with pytest.raises(WrongLevel):
        buy(event, CAROL, sessions=[session])
    assert figures(session) == (3, 0, 1, 0)
    pay(placed)
    assert (figures(session), holders(session)) == ((3, 1, 0, 0), {"bob"})
    assert buy(event, CAROL).state == "held"


def test_a_session_that_is_cancelled_is_held_for_nobody_and_the_pass_is_given_all_the_same(db):
    event = EventFactory(passes_with_agenda=True)
    off, on = SessionFactory.create_batch(2, event=event, capacity=3, prevent_session_conflicts=False)
    add_passes(event, [PassRow("Gold", price=Decimal(20), sessions=[off, on])], actor=SYSTEM)
    placed = buy(event, sessions=[off, on])
    cancel_session(off, actor=SYSTEM)
    assert (figures(off), figures(on)) == ((3, 0, 0, 0), (3, 0, 1, 0))
    pay(placed)
    assert (holders(off), holders(on)) == (set(), {"bob"})
