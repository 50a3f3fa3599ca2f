"""Whether invoices and credit notes come to what their orders come to, and their files are those that were sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.db.models import Count, F, Max, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce, Round

from registrations.models import Invoice, InvoiceFile, InvoiceSeries, Order
from registrations.queries.asked_once import Rows, Within
from registrations.queries.counters import Scope
from registrations.queries.offences import Offence, finds

Kind = Invoice.Kind


@finds(
    "invoices", "{1} is invoiced and not credited, {2} is its total, {3} of it credited", where="order {0}"
)
def invoices_unlike_their_orders(within: Within) -> Rows:
    """Invoices less credit notes come to what an order comes to, where it has any."""
    papers = Invoice.objects.filter(order=OuterRef("pk"))
    invoiced, credited = (
        papers.filter(kind=kind).values("order") for kind in (Kind.INVOICE, Kind.CREDIT_NOTE)
    )
    orders = Order.objects.annotate(
        invoiced=_sum(invoiced), standing=Round(_sum(invoiced) - _sum(credited), 2, output_field=_MONEY)
    )
    wrong = Q(invoiced__gt=0) & ~Q(standing=Round(F("total") - F("credited"), 2, output_field=_MONEY))
    rows = within.narrow(orders.filter(wrong)).order_by("pk")
    return rows.values_list("pk", "standing", "total", "credited")


def numbers_left_out(scope: Scope) -> Iterator[Offence]:
    """Each row of numbers goes from one to the newest, none left out: asked of all events, as they may share one."""
    if scope.event_id is not None:
        return
    rows = InvoiceSeries.objects.annotate(written=Count("invoices"), newest=Max("invoices__number"))
    wrong = rows.exclude(next_number=F("written") + 1, newest=F("written")).exclude(next_number=1, written=0)
    for series, written, newest in wrong.order_by("pk").values_list("name", "written", "newest"):
        yield Offence(
            "invoice_numbers", f"invoices {series}", f"{written} are written, the newest is number {newest}"
        )


def files_unlike_their_digests(scope: Scope) -> Iterator[Offence]:
    """A file is the one that was made, by its digest."""
    files = InvoiceFile.objects.order_by("pk")
    if scope.event_id is not None:
        files = files.filter(invoice__order__event=scope.event_id)
    for pk, content, digest in files.values_list("pk", "content", "digest").iterator(chunk_size=50):
        if hashlib.sha256(content).hexdigest() != digest:
            yield Offence("invoice_file", f"invoice {pk}", "its file is not the one that was made")


def _sum(rows: Rows) -> Coalesce:
    return Coalesce(rows.order_by().annotate(sum=Sum("total")).values("sum"), Value(0), output_field=_MONEY)


_MONEY = Order._meta.get_field("total")

CHECKS = (invoices_unlike_their_orders, numbers_left_out, files_unlike_their_digests)
