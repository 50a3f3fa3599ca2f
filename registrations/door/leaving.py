"""Leaving the door from its page, once the phone has nothing left to send."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from registrations.actions import revoke_device
from registrations.door.devices import actor_of, for_page, forget
from registrations.models import DoorDevice


@for_page
@require_POST
def leave(_request: HttpRequest, device: DoorDevice) -> HttpResponse:
    """Let this phone be no device any more."""
    revoke_device(device, actor=actor_of(device))
    response = JsonResponse({})
    forget(response)
    return response
