"""Which device asks: known by its cookie, which no other site can send along."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from events.actors import Actor
from events.errors import Refusal
from events.models import Event
from events.views.busy import SECONDS_FOR_A_LOCK
from registrations.actions import Paired, note_seen
from registrations.models import DoorDevice
from registrations.queries.doors import device_with

COOKIE, PATH = "seatwise_door", "/door/"
# A page of another site can make a browser send a form, but not this header.
HEADER = "X-Seatwise-Door"
KNOWN_AFTER_EVENT = timedelta(days=14)

View = Callable[..., HttpResponse]


def remember(response: HttpResponseBase, paired: Paired) -> None:
    """Keep the device's key in this browser until some time after the event."""
    ends = paired.device.event.ends_at + KNOWN_AFTER_EVENT
    seconds = max(timedelta(days=1), ends - timezone.now()).total_seconds()
    response.set_cookie(
        COOKIE,
        paired.key,
        max_age=int(seconds),
        path=PATH,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
    )


def forget(response: HttpResponseBase) -> None:
    """Make this browser a stranger's again."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")


def device_of(request: HttpRequest) -> DoorDevice | None:
    """Return the device that asks, also one that was revoked; None for a browser that is none."""
    key = request.COOKIES.get(COOKIE, "")
    return device_with(key) if key else None


def actor_of(device: DoorDevice) -> Actor:
    """Return the actor for what is done with the device."""
    return Actor.door(device.name, may_override=device.may_override)


def for_device(view: View) -> View:
    """Hand the paired device to a page's `view`; whoever has none is shown how to get one, with 401."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        device = device_of(request)
        if device is None or not device.is_working:
            return private(render(request, "door/not_paired.html", {"device": device}, status=401))
        note_seen(device)
        return private(view(request, device, *args, **kwargs))

    return wrapped


def for_page(view: View) -> View:
    """Hand the paired device to a `view` that answers the door's page in JSON; refusals are JSON as well.

    Whoever is no device any more gets 401 with `device_revoked` or `not_paired`.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.headers.get(HEADER) != "1":
            return _said("not_from_the_page", _("Only the door's own page may ask this."), 403)
        device = device_of(request)
        if device is None:
            return _said("not_paired", _("This phone is not paired with any event."), 401)
        if not device.is_working:
            return _said("device_revoked", _("The registration desk has revoked this phone."), 401)
        note_seen(device)
        try:
            return private(view(request, device, *args, **kwargs))
        except Refusal as refusal:
            answer = _said(refusal.code, str(refusal), refusal.status)
            if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
                answer["Retry-After"] = str(refusal.data.get("retry_after", SECONDS_FOR_A_LOCK))
            return answer

    return csrf_exempt(wrapped)


def is_over(event: Event) -> bool:
    """True once nobody comes to the event's doors any more, and no phone has to know its people."""
    return event.ends_at + timedelta(days=1) < timezone.now() or event.archived_at is not None


def private(response: HttpResponse) -> HttpResponse:
    """Mark what one device is answered: no cache keeps it, and no search engine finds it."""
    patch_cache_control(response, private=True, no_store=True)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response


def _said(code: str, words: str, status: int) -> HttpResponse:
    return private(JsonResponse({"code": code, "detail": words}, status=status))
