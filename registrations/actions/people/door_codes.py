"""The codes that doors read: made when they are asked for, so that registering costs nothing."""

from __future__ import annotations

from django.db import transaction

from events.models import Event
from events.retrying import action
from registrations import sql
from registrations.door_codes import new_code
from registrations.models import EventRegistration

AT_ONCE = 500


@action
def door_code_of(registration: EventRegistration) -> str:
    """Return the registration's door code, made where it has none; it ends with the personal links."""
    if registration.door_code is None:
        # Of a mail and a page that ask at once one makes it, and both show the same.
        registration.door_code = sql.door_code_given(registration.pk, new_code())
    return registration.door_code


def door_codes_for(event: Event) -> int:
    """Make every door code that is missing at the event, some hundred at once; return how many. May be repeated.

    Whoever was forgotten gets none.
    """
    without = EventRegistration.objects.filter(event=event, door_code=None, contact__erased_at=None)
    # In one order: two phones that begin at once wait for each other, and neither for both.
    missing, made = list(without.order_by("pk").values_list("pk", flat=True)), 0
    for first in range(0, len(missing), AT_ONCE):
        made += _make(missing[first : first + AT_ONCE])
    return made


@action
def _make(registrations: list[int]) -> int:
    with transaction.atomic(durable=True):
        # Only where there is none by now: a code that was made meanwhile stands in a mail already.
        return sql.give_door_codes({pk: new_code() for pk in registrations})
