"""The pages of one order: how it stands, and its invoices as files."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from events.admin.verbs import page
from registrations.admin.orders.standing import Shown
from registrations.admin.verbs import access
from registrations.admin.verbs.pages import frame_of
from registrations.invoices import file_of
from registrations.models import Invoice, Order

MAY_SEE = "registrations.view_order"


def order_page(request: HttpRequest, order: uuid.UUID) -> HttpResponse:
    """Show an order with its lines, payments, refunds, invoices and ledger, and what may be done with it."""
    found = find_order(request, order)
    return page(
        request,
        frame_of(request, found.event, _("Order %(code)s") % {"code": found.code}),
        "order",
        folder="orders",
        shown=Shown.of(found, request.user),
    )


def order_invoice_file(request: HttpRequest, order: uuid.UUID, invoice: int) -> HttpResponse:
    """Download an invoice or a credit note as it was sent."""
    found = find_order(request, order)
    row = get_object_or_404(Invoice.objects.select_related("series"), order=found, pk=invoice)
    answer = HttpResponse(bytes(file_of(row).content), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{row}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def find_order(request: HttpRequest, order: uuid.UUID) -> Order:
    """The order, for whoever may see the orders of its event. Raises Http404 at an event that is none of theirs."""
    rows = Order.objects.select_related("event__seats", "payer", "placed_by")
    found = get_object_or_404(rows, uuid=order, event__in=access.visible_events(request.user))
    if not access.may(request.user, found.event, MAY_SEE):
        raise PermissionDenied
    return found
