"""Who gets the invoice of an order, said otherwise than when it was placed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors_of_orders import OrderOver
from events.retrying import action
from registrations import locks
from registrations.actions.invoicing import within_reissue
from registrations.actions.journal import Journal
from registrations.actions.orders._steps import read_locked
from registrations.actions.telling_payers import Verb, say
from registrations.models import Order
from registrations.rules.orders import checked_billing


@action
def change_billing(
    order: Order, billing: Mapping[str, object], *, reason: str = "", actor: Actor, at: datetime | None = None
) -> Order:
    """Let the order's invoices name these billing details, and no others, from now on; nobody is mailed.

    An invoice that stands is taken back by a credit note, and what is left of it invoiced anew. Details that are the
    same change nothing. Raises Invalid for a detail that there is none of and for one that is too long, OrderOver once
    the payer was erased.
    """
    at = at or timezone.now()
    details = checked_billing(billing)
    with transaction.atomic(durable=True):
        # Whoever is erased at the same moment must not be named here again.
        locks.lock_contacts({order.payer_id})
        fresh = read_locked(order.pk)
        actor.ask_condition()
        if fresh.payer.erased_at:
            raise OrderOver(_("Whoever ordered was erased: nobody can be named here."), state=fresh.state)
        if fresh.billing != details:
            fresh.billing = details
            fresh.save(update_fields=["billing"])
            journal = Journal(actor, at, {})
            # What the details were and are is kept by the invoices; the ledger names no addresses.
            say(journal, fresh, Verb.BILLING_CHANGED, reason=reason)
            journal.write()
            within_reissue(journal, fresh, reason)
        return actor.done(fresh)
