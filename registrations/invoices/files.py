"""The file of an invoice: made once, by the worker or by whoever asks first, and the same ever after."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from registrations.invoices.drawing import draw
from registrations.invoices.words import page_of
from registrations.models import Invoice, InvoiceFile

logger = logging.getLogger(__name__)

BATCH = 50
_one_at_a_time = threading.Lock()


def file_of(invoice: Invoice, *, at: datetime | None = None) -> InvoiceFile:
    """The invoice's file, made now where there is none; of two who make it at once both get the one that is kept."""
    kept = InvoiceFile.objects.filter(invoice=invoice).first()
    if kept is not None:
        return kept
    # Drawing is work, and its library shares state: a process draws one after the other.
    with _one_at_a_time:
        content = draw(page_of(invoice.content))
    digest = hashlib.sha256(content).hexdigest()
    made = InvoiceFile(invoice=invoice, content=content, digest=digest, made_at=at or timezone.now())
    InvoiceFile.objects.bulk_create([made], ignore_conflicts=True)
    return InvoiceFile.objects.get(invoice=invoice)


def make_missing(
    *, limit: int = BATCH, at: datetime | None = None, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Make the files of up to `limit` invoices that have none, oldest first; return how many.

    One that cannot be drawn keeps no other waiting: its failure is raised once the others are made.
    """
    made, failures = 0, []
    for invoice in Invoice.objects.filter(file=None).order_by("pk")[:limit]:
        try:
            file_of(invoice, at=at)
            made += 1
        except Exception as error:
            logger.exception("file of invoice %s", invoice.pk)
            failures.append(error)
        if should_stop():
            break
    if failures:
        raise failures[0]
    return made
