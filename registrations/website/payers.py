"""The decorator of every page behind an order's link, and the order's own address parts."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from events.errors import Refusal
from events.languages import speak_at
from registrations.links import LinkBroken, order_from_token, order_token
from registrations.models import Order
from registrations.website.personal import link_refused
from registrations.website.refusals import private, refused

View = Callable[..., HttpResponse]


def by_payer(view: View) -> View:
    """Give `view` the order that the link names; answer for links that are broken or worn out, and for refusals.

    Works for events that were stopped or cancelled: whoever paid keeps the page.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, slug: str, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            order = order_from_token(token)
            if order.event.slug != slug or order.event.archived_at:
                raise LinkBroken
        except Refusal as refusal:
            return private(link_refused(request, slug, refusal))
        speak_at(request, order.event, order.payer.language)
        try:
            response = view(request, order, *args, **kwargs)
        except Refusal as refusal:
            response = refused(request, order.event, refusal)
        return private(response)

    return wrapped


def address_of(order: Order, name: str = "order", *more: object) -> str:
    """The path of one of the order's pages."""
    return reverse(name, args=[order.event.slug, order_token(order), *more])
