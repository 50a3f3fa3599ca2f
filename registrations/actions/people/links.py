"""Links that strangers ask for: asked alike for everybody, looked up where nobody waits for the answer."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from events.models import Event, normalise_email
from events.retrying import action
from registrations.actions.people.details import within_mail_link
from registrations.models import LinkRequest

KEPT = timedelta(minutes=10)
AT_ONCE = 100


@action
def ask_for_link(event: Event, email: str, form: str, *, at: datetime | None = None) -> None:
    """Have the personal link mailed to that address, once for each form, if it is registered at the event.

    What is written, and how long it takes, is the same for every address: the worker looks who it is.
    """
    address = normalise_email(email)
    key = hashlib.sha256(f"{event.pk}:{address}:{form}".encode()).hexdigest()
    row = LinkRequest(key=key, event=event, email=address, requested_at=at or timezone.now())
    # Without the key's uniqueness a form posted eight times at once would be eight mails.
    LinkRequest.objects.bulk_create([row], ignore_conflicts=True)


def answer_link_requests(at: datetime | None = None) -> int:
    """Write the mails for links asked for since the last time; return how many requests were looked at."""
    at = at or timezone.now()
    waiting = list(LinkRequest.objects.filter(answered_at=None).order_by("id")[:AT_ONCE])
    for request in waiting:
        _answer(request, at)
    LinkRequest.objects.filter(requested_at__lt=at - KEPT, answered_at__isnull=False).delete()
    return len(waiting)


@action
def _answer(request: LinkRequest, at: datetime) -> None:
    with transaction.atomic(durable=True):
        # Of two workers one answers: the other finds nothing left to change.
        mine = LinkRequest.objects.filter(pk=request.pk, answered_at=None).update(answered_at=at)
        if mine:
            within_mail_link(request.event, request.email, at)
