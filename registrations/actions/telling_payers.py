"""What the ledger keeps of orders and their money, and who is told."""

from __future__ import annotations

from typing import Any

from registrations.actions.journal import Journal
from registrations.models import Activity, Notification, Order

Verb = Activity.Verb
Kind = Notification.Kind


def say(
    journal: Journal,
    order: Order,
    verb: Activity.Verb,
    kind: Notification.Kind | None = None,
    *,
    reason: str = "",
    payload: dict[str, Any] | None = None,
    **detail: Any,
) -> Activity:
    """Note what became of the order under its payer's name, and have the payer told by a mail of this kind.

    Whoever was erased is told nothing.
    """
    payer = order.payer
    said = {"order": order.pk, "then": as_it_is(order), **detail}
    activity = journal.note(verb, order.event, payer, reason=reason, detail=said)
    if kind is not None and not payer.erased_at:
        journal.tell(kind, payer, activity, order.event, payload={"order": order.pk, **(payload or {})})
    return activity


def as_it_is(order: Order) -> dict[str, str | None]:
    """What of the order changes in the course of time, as it is now: other systems are told of it much later."""
    moments = {name: getattr(order, name) for name in ("held_until", "pay_by", "paid_at", "ended_at")}
    return {
        "state": str(order.state),
        **{name: f"{getattr(order, name):.2f}" for name in ("total", "credited")},
        "received": f"{order.received if order.pk else 0:.2f}",
        **{name: moment and moment.isoformat() for name, moment in moments.items()},
    }


def say_placed(journal: Journal, order: Order) -> None:
    """Note that the order was placed; whoever has something to pay is told where and until when."""
    say(journal, order, Verb.ORDER_PLACED, Kind.ORDER_PLACED if order.total else None, reason=order.reason)


def say_paid(journal: Journal, order: Order) -> None:
    """Note that nothing is open any more; whoever paid something is told."""
    say(journal, order, Verb.ORDER_PAID, Kind.ORDER_PAID if order.total else None)
