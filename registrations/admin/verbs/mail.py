"""Send a registration's mail again, with the agenda as it is now."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.actors import Actor
from events.models import Event
from registrations.admin.forms import ConfirmForm
from registrations.admin.panels.base import Panel
from registrations.admin.verbs.base import Consequence, Done, Verb, in_portions
from registrations.models import AttendeePass, EventRegistration, Notification, SessionRegistration
from waitlists.models import WaitlistItem

CHANGE = ("registrations.change_notification",)


class Resend(Verb):
    """Mail each person once more what they have, with their personal link."""

    key = "resend"
    label = gettext_lazy("Send mail again")
    title = gettext_lazy("Send the registration mail again")
    note = gettext_lazy("Each person gets one mail with the agenda as it is now and their personal link.")
    permissions = {"event": CHANGE, "session": CHANGE}
    form_class = ConfirmForm

    def consequences(self, panel: Panel, rows: list[Any]) -> list[Consequence]:
        then = _("is mailed at %(email)s")
        return [Consequence(panel.name_of(row), "", then % {"email": row.contact.email}) for row in rows]

    def deed(self, count: int) -> str:
        return ngettext("Send %(n)d mail", "Send %(n)d mails", count) % {"n": count}

    def act(self, panel: Panel, rows: QuerySet[Any], data: dict[str, Any], actor: Actor) -> Done:
        is_event = isinstance(panel.target, Event)

        def send(portion: list[Any]) -> int:
            ids = [row.pk if is_event else row.event_registration_id for row in portion]
            registrations = EventRegistration.objects.active().filter(pk__in=ids)
            return resend(list(registrations.select_related("event", "contact")))

        def said(count: int) -> str:
            return ngettext("%(n)d mail is on its way.", "%(n)d mails are on their way.", count) % {
                "n": count
            }

        return in_portions(rows, panel, send, done_words=said)


def resend(registrations: list[EventRegistration]) -> int:
    """Write one mail per registration that tells what the person has now; return how many."""
    sessions = _by_registration(
        SessionRegistration.objects.active().filter(event_registration__in=registrations),
        "event_registration",
    )
    passes = dict(
        AttendeePass.objects.filter(event_registration__in=registrations, cancelled_at=None).values_list(
            "event_registration", "event_pass"
        )
    )
    waiting = _waiting(registrations)
    at = timezone.now()
    rows = [
        Notification(
            kind=Notification.Kind.REGISTERED,
            # A key of its own: the first mail's would make mail programs throw the second away.
            dedup_key=f"resent:{uuid.uuid4()}",
            event=registration.event,
            contact=registration.contact,
            event_registration=registration,
            payload={
                "session_ids": sessions[registration.pk],
                "waitlisted_session_ids": waiting[registration.event_id, registration.contact_id],
                "on_hold_session_ids": [],
                "pass_id": passes.get(registration.pk),
            },
            created_at=at,
            due_at=at,
        )
        for registration in registrations
    ]
    return len(Notification.objects.bulk_create(rows, batch_size=500))


def send_again(notifications: Iterable[Notification]) -> int:
    """Write each mail once more, to be sent now; return how many."""
    at = timezone.now()
    copies = [
        Notification(
            kind=sent.kind,
            dedup_key=f"resent:{uuid.uuid4()}",
            event_id=sent.event_id,
            contact_id=sent.contact_id,
            event_registration_id=sent.event_registration_id,
            session_id=sent.session_id,
            payload=sent.payload,
            created_at=at,
            due_at=at,
        )
        for sent in notifications
    ]
    return len(Notification.objects.bulk_create(copies, batch_size=500))


def _by_registration(seats: QuerySet[SessionRegistration], name: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for registration, session in seats.values_list(name, "session").order_by("session__starts_at", "session"):
        found[registration].append(session)
    return found


def _waiting(registrations: list[EventRegistration]) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    items = WaitlistItem.objects.waiting().filter(
        session__isnull=False,
        contact_id__in=[registration.contact_id for registration in registrations],
        event_id__in={registration.event_id for registration in registrations},
    )
    for event, contact, session in items.values_list("event", "contact", "session"):
        found[event, contact].append(session)
    return found
