"""What the door's page asks for, in JSON: which doors there are, who may come in, and what becomes of scans."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from events.api.versions import tags_in
from events.errors import Refusal
from events.limits import TEN_MINUTES, TooOften, is_allowed
from registrations.actions import door_codes_for, merge_scans, note_seen, revoke_device
from registrations.actions.sending.numbering import number_ledger
from registrations.door.devices import actor_of, for_page, forget, is_over
from registrations.door.reading import body_of, door_in, scans_in
from registrations.door.verdicts import described, said_of, said_of_clock
from registrations.models import DoorDevice
from registrations.queries.doors import sessions_at
from registrations.queries.roster import Door, counts_at, roster_of, standby_said
from sessions_app.models import Session

# Times a phone may send in ten minutes: five people in a second, each at once.
MOST_SENT = 3_000


class EventOver(Refusal):
    """The event is over: no phone has to know its people any more."""

    code = "event_over"
    status = 410
    default_message = _(
        "The event is over. This phone forgets its people; scans that wait can still be sent."
    )


@for_page
@require_safe
def doors(_request: HttpRequest, device: DoorDevice) -> HttpResponse:
    """Say which event this is, and at which of its doors the device may stand; the event's own one has no id."""
    event = device.event
    sessions = sessions_at(device).select_related("room", "building", "seats")
    found = [_door_of_session(session) for session in sessions]
    if not device.is_limited:
        seats = event.seats.capacity
        own = {"door": None, "name": event.name, "room": "", "capacity": seats, "validates": False}
        found.insert(0, {**own, "starts_at": event.starts_at, "ends_at": event.ends_at})
    return JsonResponse(
        {
            "device": {"uuid": device.uuid, "name": device.name, "may_override": device.may_override},
            "event": {
                "uuid": event.uuid,
                "name": event.name,
                "zone": event.zone.key,
                "starts_at": event.starts_at,
                "ends_at": event.ends_at,
            },
            "doors": found,
            "now": timezone.now(),
        }
    )


@for_page
@require_safe
@gzip_page
def roster(request: HttpRequest, device: DoorDevice) -> HttpResponse:
    """Say who may come in at one door, or what changed in that since `since`; 304 to whoever has it all."""
    if is_over(device.event):
        raise EventOver
    session = door_in(device, request.GET.get("door", ""))
    # What was committed before has its number then, and nothing can come to stand before it.
    while number_ledger():
        pass
    at = timezone.now()
    door, since = Door.of(device.event, session, at), request.GET.get("since", "")
    standby = standby_said(door, at)
    said = repr((door.place, since, standby, get_language()))
    tag = hashlib.blake2b(said.encode(), digest_size=12).hexdigest()
    if tag in tags_in(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified(headers={"ETag": f'"{tag}"'})
    if since != door.place:
        door_codes_for(device.event)
    found = roster_of(door, since)
    answer = JsonResponse(
        {
            "cursor": door.place,
            "whole": found.is_whole,
            "made_at": at,
            "people": found.people,
            "gone": found.gone,
            "counts": counts_at(device.event, session),
            "standby": standby,
        }
    )
    answer["ETag"] = f'"{tag}"'
    return answer


@for_page
@require_POST
def scans(request: HttpRequest, device: DoorDevice) -> HttpResponse:
    """Take in what the phone scanned; each scan gets its own verdict, and none makes the others wait."""
    if not is_allowed("door-scans", str(device.uuid), MOST_SENT, TEN_MINUTES):
        raise TooOften
    body = body_of(request)
    asked, sent_at, unreadable = scans_in(body)
    merged = merge_scans(device, asked, sent_at=sent_at)
    if isinstance(waiting := body.get("waiting"), int):
        note_seen(device, waiting=max(0, min(waiting, 10**6)))
    said = [said_of(verdict, device.event) for verdict in merged.verdicts]
    last = merged.verdicts[-1].session if merged.verdicts else None
    return JsonResponse(
        {
            "now": timezone.now(),
            "verdicts": [*said, *unreadable],
            "counts": counts_at(device.event, last),
            **said_of_clock(merged.ahead),
        }
    )


@for_page
@require_POST
def leave(_request: HttpRequest, device: DoorDevice) -> HttpResponse:
    """Let this phone be no device any more."""
    revoke_device(device, actor=actor_of(device))
    answer = JsonResponse({"now": timezone.now()})
    forget(answer)
    return answer


def _door_of_session(session: Session) -> dict[str, Any]:
    return described(session) | {
        "ends_at": session.ends_at,
        "capacity": session.seats.capacity,
        "validates": session.validate_registrants,
    }
