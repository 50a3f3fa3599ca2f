"""A phone becomes a door's device: its name and doors, then a code to be scanned with it, which works once."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.actors import Actor
from events.admin import words
from events.admin.verbs import change_url, page
from events.errors import NotPermitted
from registrations import actions, door_codes
from registrations.admin.doors.counts import MAY_LOOK
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.devices import AddDevice, RevokeDevices
from registrations.admin.verbs.pages import frame_of, with_refusals
from registrations.links import pairing_url
from registrations.models import DoorDevice
from sessions_app.models import Session

MAY_OVERRIDE = "registrations.admit_all_the_same"
LONGEST_NAME = 60


class DeviceForm(forms.Form):
    """What the device is called, and where it may stand."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Such as “Main entrance 1”: it stands beside everybody whom it lets in."),
    )
    sessions = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Only at these sessions"),
        queryset=Session.objects.none(),
        required=False,
        help_text=gettext_lazy("None chosen: it may stand at every door of the event."),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    may_override = forms.BooleanField(
        label=gettext_lazy("May let in people whom the door refuses, with a reason"), required=False
    )

    def __init__(self, data: Any, target: Target, *, may_override: bool) -> None:
        chosen = [target.pk] if isinstance(target, Session) else []
        super().__init__(data, initial={"sessions": chosen})
        event = access.event_of(target)
        ahead = Q(ends_at=None) | Q(ends_at__gt=timezone.now()) | Q(pk__in=chosen)
        planned = Session.objects.not_archived().filter(ahead, event=event, cancelled_at=None)
        choices: Any = self.fields["sessions"]
        choices.queryset = planned.order_by("starts_at", "name", "pk")
        choices.label_from_instance = lambda session: f"{words.hours(session, event)} {session}"
        if not may_override:
            del self.fields["may_override"]


@with_refusals
def add_device(request: HttpRequest, target: Target) -> HttpResponse:
    """Ask for name and doors; once they are given, show the code by which a phone becomes this device."""
    if not AddDevice().is_allowed(request.user, target):
        raise NotPermitted
    event = access.event_of(target)
    may_override = access.may(request.user, event, MAY_OVERRIDE)
    form = DeviceForm(request.POST if request.method == "POST" else None, target, may_override=may_override)
    if not form.is_valid():
        frame = frame_of(request, target, _("Add a device"))
        return page(request, frame, "add", 422 if form.is_bound else 200, folder="doors", form=form)
    pairing = actions.begin_pairing(event, **form.cleaned_data, actor=Actor.staff(request.user))  # type: ignore[arg-type]
    return _paired_by(request, pairing)


def _paired_by(request: HttpRequest, pairing: actions.Pairing) -> HttpResponse:
    """The page is no redirect: a secret stands in no message and in no cookie, and no proxy keeps it."""
    device, address = pairing.device, pairing_url(pairing.secret)
    frame = frame_of(request, device.event, _("Pair %(name)s") % {"name": device.name})
    qr = door_codes.address_svg(address, _("QR code with the address below"))
    answer = page(request, frame, "pair", folder="doors", address=address, qr=qr, **_state(device))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def device_page(request: HttpRequest, device: uuid.UUID) -> HttpResponse:
    """Show how the device stands: at which doors, since when, and what it has still to send."""
    events = access.visible_events(request.user)
    rows = DoorDevice.objects.select_related("event__seats", "created_by")
    found = get_object_or_404(rows, uuid=device, event__in=events)
    if not access.may(request.user, found.event, MAY_LOOK):
        raise PermissionDenied
    context = {**_state(found), "may_revoke": RevokeDevices().is_allowed(request.user, found.event)}
    if request.headers.get("HX-Request"):
        return TemplateResponse(request, "admin/doors/_state.html", context)
    return page(request, frame_of(request, found.event, found.name), "device", folder="doors", **context)


def _state(device: DoorDevice) -> dict[str, Any]:
    event, waits = device.event, device.waits_to_be_paired(timezone.now())
    revoke = reverse("admin:panel_verb", args=["event", event.pk, "event_devices", RevokeDevices.key])
    return {
        "device": device,
        "doors": [str(session) for session in device.sessions.order_by("starts_at")],
        "waits": waits,
        "until": words.moment(device.pairing_ends_at, event.zone) if waits else "",
        "paired": words.moment(device.paired_at, event.zone),
        "seen": words.moment(device.last_seen_at, event.zone),
        "revoked": words.moment(device.revoked_at, event.zone),
        "url": reverse("admin:device_page", args=[device.uuid]),
        "revoke_url": revoke,
        "doors_url": f"{change_url(event)}?tab=doors#panel-event_devices",
    }
