"""Erase a person: what they did stays counted, who they were is gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid
from events.models import Contact, Event, IdempotencyKey
from events.models.contacts import NOBODY
from events.retrying import action
from registrations import locks
from registrations.actions.endings import end_all, seats_touched
from registrations.actions.journal import Journal
from registrations.actions.lines.settling import settle_after_commit
from registrations.actions.orders.ending import cancel_held
from registrations.models import (
    Activity,
    AddressCode,
    AddressMail,
    CalendarEntry,
    DoorScan,
    EventRegistration,
    ImportRow,
    LinkRequest,
    Notification,
    Order,
    OrderLine,
    Payment,
    RegistrationResponse,
    Ticket,
    TicketHolder,
    WebhookDelivery,
)
from registrations.models.webhooks import WebhookDeliveryQuerySet

ERASED = "(erased)"
# What a record says of a person, and what it says instead once they are erased.
BLANK: dict[str, Any] = {
    "email": "",
    "language": "",
    "custom_fields": {},
    "reason": "",
    "passed_over_reason": "",
    **dict.fromkeys(EventRegistration.PERSONAL, ""),
}


@action
def erase_contact(contact: Contact, *, actor: Actor, at: datetime | None = None) -> int:
    """Give back everything the person has at every event, and forget who they were; return how many seats came free.

    Afterwards their ledger, seats and check-ins stand under a contact without name or address; their answers, mails
    not yet sent, personal links and what other systems were told of them are gone, and the freed seats are settled.
    Nobody is told: there is no address left. Registering again with the same address makes somebody new. The reasons
    that staff gave stay in the ledger. A seat locked when saved keeps nobody from being erased. Raises Invalid for
    somebody erased already.
    """
    at = at or timezone.now()
    for order_id in _orders_held_for(contact):
        cancel_held(order_id, actor, at, contact)
    with transaction.atomic(durable=True):
        locks.lock_contacts([contact.pk])
        # Only now is it sure what they have, and that nobody else erases them.
        fresh = Contact.objects.filter(pk=contact.pk).first()
        if fresh is None or fresh.erased_at:
            raise Invalid(_("This person was erased already."))
        rows = EventRegistration.objects.filter(contact=fresh).select_related("event", "contact")
        registrations = list(rows.order_by("id"))
        locks.share_draws(_draws_of(fresh))
        live = [registration for registration in registrations if not registration.is_cancelled]
        journal = Journal(actor, at, locks.lock_seats(seats_touched(live)), notify=False)
        end_all(journal, live, "", even_locked=True)
        for registration in registrations:
            journal.note(Activity.Verb.ERASED, registration.event, fresh)
        journal.write()
        within_forget(fresh, at)
        if actor.user is not None:
            # Whoever had no registration has no ledger that could say who did it.
            words = "Erased."
            LogEntry.objects.log_actions(actor.user.pk, [fresh], CHANGE, words, single_object=True)
        freed = sum(
            -row.taken_change for row in journal.activities if row.session_id and row.taken_change < 0
        )
        actor.done(freed)
    settle_after_commit(journal.freed, (), at)
    return freed


def _orders_held_for(contact: Contact) -> list[int]:
    """The orders that wait for payment, of which the person pays or is on one: nobody could be told of them."""
    concerned = Q(payer=contact) | Q(order_lines__contact=contact)
    return list(Order.objects.held().filter(concerned).distinct().order_by("pk").values_list("pk", flat=True))


def within_forget(contact: Contact, at: datetime) -> None:
    """Leave nothing that says who this was. Needs: the contact."""
    address = contact.email
    contact.email, contact.erased_at = f"{contact.uuid.hex}@{NOBODY}", at
    contact.first_name, contact.last_name, contact.language, contact.user = "", "", "", None
    # First: whoever writes messages about them keeps the address until these are written, and so can be found.
    contact.save()
    LinkRequest.objects.filter(email=address).delete()
    asked = Q(email=address) | Q(event_registration__contact=contact)
    AddressCode.objects.filter(asked).delete()
    AddressMail.objects.filter(asked).delete()
    CalendarEntry.objects.filter(contact=contact).delete()
    within_forget_orders(contact)
    registrations = EventRegistration.objects.filter(contact=contact)
    RegistrationResponse.objects.filter(event_registration__in=registrations).delete()
    within_forget_scans(DoorScan.objects.filter(event_registration__in=registrations))
    _forget_wishes(registrations)
    _forget_what_was_told(contact, address, at)
    within_forget_uploads(ImportRow.objects.filter(email=address))
    _forget_in_the_desks_log(contact, registrations)
    nobody = dict.fromkeys(EventRegistration.PERSONAL, "")
    registrations.revoke_links(at, **nobody)


def _draws_of(contact: Contact) -> set[int]:
    holders = TicketHolder.objects.filter(registration__contact=contact)
    return set(holders.values_list("draw", flat=True))


def _forget_wishes(registrations: models.QuerySet[EventRegistration]) -> None:
    """Nobody can tell any more whose a ticket was. What was frozen without names stays."""
    holders = TicketHolder.objects.filter(registration__in=registrations)
    alone = Ticket.objects.filter(pk__in=list(holders.values_list("ticket", flat=True)))
    holders.delete()
    alone.filter(draw__frozen_at=None, holders=None).delete()


def _forget_what_was_told(contact: Contact, address: str, at: datetime) -> None:
    """Neither the outbox nor what other systems got, or get when they ask again, names the person."""
    mails = Notification.objects.filter(contact=contact)
    mails.filter(sent_at=None, given_up_at=None).update(given_up_at=at)
    mails.exclude(last_error="").update(last_error=ERASED)
    within_forget_deliveries(WebhookDelivery.objects.filter(activity__contact=contact), address)
    # Of an order the payer is told of, and whoever is on it named.
    ordered = list(OrderLine.objects.filter(contact=contact).values_list("order", flat=True).distinct())
    of_orders = WebhookDelivery.objects.filter(activity__detail__order__in=ordered)
    within_forget_deliveries(of_orders, address)
    # A request that is repeated must not bring the person back: it gets this answer instead.
    answer = '{"code": "erased", "detail": "The person was erased."}'
    kept = IdempotencyKey.objects.filter(answer__contains=f'"{address}"')
    kept.update(status_code=410, content_type="application/json", answer=answer)


def within_forget_orders(contact: Contact, event: Event | None = None) -> None:
    """Orders, at one event or all, keep sums, dates and passes, and not for whom they were, or whose bill it was.

    What an invoice says is kept: whoever sells has to show it for years, and it is never changed.
    """
    at_event = {"event": event} if event else {}
    OrderLine.objects.filter(contact=contact, **at_event).update(first_name="", last_name="", details={})
    mine = Order.objects.filter(payer=contact, **at_event)
    paid = Payment.objects.filter(order__in=mine)
    paid.update(address="", note="", last_error="", changed_at=timezone.now())
    mine.update(billing={})


def within_forget_uploads(rows: models.QuerySet[ImportRow]) -> None:
    """Rows of uploaded files say nothing of anybody any more; what became of them stays counted."""
    rows.update(email="", cells=[], words="", flaw="", undo_words="")


def within_forget_scans(scans: models.QuerySet[DoorScan]) -> None:
    """Scans keep when and at which door, and not what was read or typed there."""
    scans.exclude(code="").update(code="")


def within_forget_deliveries(deliveries: WebhookDeliveryQuerySet, address: str) -> None:
    """Messages to other systems about a person are gone; those still to be sent name nobody and carry no answers."""
    deliveries.exclude(pk__in=deliveries.pending().values("pk")).delete()
    for delivery in deliveries:
        delivery.payload = _without(delivery.payload, address)
        delivery.save(update_fields=["payload"])


def _without(message: Any, address: str) -> Any:
    """The message without the person's name, address and answers."""
    if isinstance(message, dict):
        return {
            key: BLANK[key] if key in BLANK else _without(value, address) for key, value in message.items()
        }
    if isinstance(message, list):
        return [_without(each, address) for each in message]
    return "" if message == address else message


def _forget_in_the_desks_log(contact: Contact, registrations: models.QuerySet[EventRegistration]) -> None:
    """The admin's own log names what was changed by its words of the time."""
    named: list[tuple[type[models.Model], list[int]]] = [
        (Contact, [contact.pk]),
        (EventRegistration, [registration.pk for registration in registrations]),
    ]
    for model, keys in named:
        kind = ContentType.objects.get_for_model(model)
        entries = LogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys])
        entries.update(object_repr=ERASED, change_message="")
