"""Pages for phones: pairing, the door's shell, and leaving it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from events.limits import TEN_MINUTES, TooOften, address_of, is_allowed, times
from registrations.actions import pair_device, revoke_device
from registrations.door.devices import actor_of, device_of, forget, private, remember
from registrations.queries.doors import PairingEnded, device_to_pair, sessions_at

# Secrets that pair nothing, from one network address in ten minutes.
MOST_WRONG = 30


@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def pair(request: HttpRequest, secret: str) -> HttpResponse:
    """Say what this phone becomes (GET); let it become that, and nothing else any more (POST). An ended secret: 410."""
    if times("pairing", address_of(request)) > MOST_WRONG:
        return _refused(request, TooOften())
    try:
        if request.method == "POST":
            before = device_of(request)
            paired = pair_device(secret, browser=request.headers.get("User-Agent", ""))
            if before is not None and before.is_working:
                revoke_device(before, actor=actor_of(before))
            response = redirect("door")
            remember(response, paired)
            return private(response)
        device = device_to_pair(secret)
    except PairingEnded as refusal:
        is_allowed("pairing", address_of(request), MOST_WRONG, TEN_MINUTES)
        return _refused(request, refusal)
    sessions = sessions_at(device) if device.is_limited else ()
    found = {"device": device, "event": device.event, "sessions": sessions, "before": device_of(request)}
    return private(render(request, "door/pair.html", found))


def _refused(request: HttpRequest, refusal: PairingEnded | TooOften) -> HttpResponse:
    page = render(request, "door/not_paired.html", {"refusal": refusal}, status=refusal.status)
    return private(page)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Let this phone be no device any more."""
    device = device_of(request)
    if device is not None and device.is_working:
        revoke_device(device, actor=actor_of(device))
    response = private(render(request, "door/not_paired.html", {"has_left": True}))
    forget(response)
    return response
