"""Invoices and credit notes of an order, as they were sent."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse

from registrations.invoices import file_of
from registrations.models import Invoice, Order
from registrations.website.payers import by_payer


@by_payer
def order_invoice(request: HttpRequest, order: Order, invoice: uuid.UUID) -> HttpResponse:
    """The PDF of one of the order's own invoices or credit notes."""
    found = Invoice.objects.select_related("series", "order").filter(order=order, uuid=invoice).first()
    if found is None:
        raise Http404("No such invoice")
    response = HttpResponse(bytes(file_of(found).content), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found}.pdf"'
    return response
