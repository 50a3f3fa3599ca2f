"""Whoever pays asks for an invoice instead of paying online."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from registrations.actions import change_way
from registrations.models import Order
from registrations.website.payers import address_of, by_payer


@by_payer
def order_by_invoice(request: HttpRequest, order: Order) -> HttpResponse:
    """Let the order be paid by invoice (POST), and lead back to it; whoever only looks is led there too."""
    if request.method == "POST":
        change_way(order, Order.Way.INVOICE)
        messages.success(request, _("Your invoice is on its way by mail."))
    return redirect(address_of(order))
