"""Mails sent once more because a member of staff asked for it; the only way to send one again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from events.actors import Actor
from events.retrying import action
from registrations import locks
from registrations.actions.journal import Journal
from registrations.models import (
    Activity,
    AttendeePass,
    EventRegistration,
    Notification,
    SessionRegistration,
)
from registrations.notifications import GATHERINGS, Message
from waitlists.models import WaitlistItem

Verb = Activity.Verb
Ids = dict[int, list[int]]

AGAIN = ":again:"
# Asked for twice within this time it is one click, doubled or made in two tabs, even where the worker was quicker.
ONE_CLICK = timedelta(minutes=1)


@action
def resend(mails: Iterable[Notification], *, actor: Actor, at: datetime | None = None) -> list[Notification]:
    """Have these mails sent once more, and return the outbox rows that will be, or just were, one for each.

    A mail that never left is tried again from the start. One that did gets a row of its own, with a Message-ID of
    its own, since mail programs hide the second of two equal ones. Asked for twice, it is still one. The ledger
    names the actor for each mail that anything was done about.
    """
    at = at or timezone.now()
    ids = [mail.pk for mail in mails]
    contacts = set(Notification.objects.filter(pk__in=ids).values_list("contact_id", flat=True))
    with transaction.atomic(durable=True):
        # Without it two requests at the same instant would each find no repeat, and each write one.
        locks.lock_contacts(contacts)
        rows = Notification.objects.filter(pk__in=ids).select_related("event", "session", "contact")
        return actor.done(_Repeats(Journal(actor, at, {}), contacts).of(list(rows.order_by("id"))))


@action
def resend_registrations(
    registrations: Iterable[EventRegistration], *, actor: Actor, at: datetime | None = None
) -> list[Notification]:
    """Mail each of these people, once, what they have at the event now; return the outbox rows, one for each.

    Who is registered no more gets none. A mail of this kind that still waits tells the newest agenda instead of
    becoming two; asked for twice, it is still one. The ledger names the actor.
    """
    at = at or timezone.now()
    ids = [registration.pk for registration in registrations]
    rows = EventRegistration.objects.filter(pk__in=ids)
    with transaction.atomic(durable=True):
        # Without it two requests at the same instant would each find no such mail, and each write one.
        locks.lock_contacts(set(rows.values_list("contact_id", flat=True)))
        live = list(rows.active().select_related("event", "contact").order_by("id"))
        return actor.done(_Agendas(Journal(actor, at, {}), live).mailed())


class _Again:
    """What both ways of sending again share: what is on its way, what just left, and how a row is written."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal

    def stands_for(self, earlier: Iterable[Notification]) -> Notification | None:
        """The repeat among `earlier` that the same click made before: one that waits, or left a moment ago."""
        since = self.journal.at - ONE_CLICK
        for row in earlier:
            if row.given_up_at is None and (row.sent_at is None or row.created_at > since):
                return row
        return None

    def note(self, mail: Notification) -> Activity:
        """The ledger row that names who had it sent again."""
        detail = {"mail": mail.kind, "notification_id": mail.pk}
        return self.journal.note(
            Verb.MAIL_SENT_AGAIN, mail.session or mail.event, mail.contact, detail=detail
        )

    def try_at_once(self, mail: Notification) -> Notification:
        """Begin anew with a mail that never left; one that a worker has in hand, or will take next, is left alone."""
        at = self.journal.at
        unsent = Notification.objects.filter(pk=mail.pk, sent_at=None)
        is_held_up = Q(given_up_at__isnull=False) | Q(attempts__gt=0)
        idle = unsent.filter(is_held_up).filter(Q(leased_until=None) | Q(leased_until__lt=at))
        if idle.update(given_up_at=None, leased_until=None, attempts=0, due_at=at, last_error=""):
            self.note(mail)
            mail.refresh_from_db(fields=["given_up_at", "leased_until", "attempts", "due_at", "last_error"])
        return mail


class _Repeats(_Again):
    """Mails sent again as they were. Needs: the contacts."""

    def __init__(self, journal: Journal, contacts: Iterable[int]) -> None:
        super().__init__(journal)
        self.earlier: dict[str, list[Notification]] = defaultdict(list)
        repeats = Notification.objects.filter(contact_id__in=contacts, dedup_key__contains=AGAIN)
        for row in repeats.select_related("event", "session", "contact").order_by("-id"):
            self.earlier[_base(row)].append(row)

    def of(self, mails: Sequence[Notification]) -> list[Notification]:
        """Write what is to be written; return one row for each mail."""
        standing: dict[str, Notification | None] = {}
        for mail in mails:
            if _base(mail) not in standing:
                standing[_base(mail)] = self._row_for(mail)
        self.journal.write()
        keys = [message.key for message in self.journal.messages]
        written = {_base(row): row for row in Notification.objects.filter(dedup_key__in=keys)}
        return [standing[_base(mail)] or written[_base(mail)] for mail in mails]

    def _row_for(self, mail: Notification) -> Notification | None:
        """The row that is there already; None where one is being written."""
        if mail.sent_at is None:
            return self.try_at_once(mail)
        earlier = self.earlier[_base(mail)]
        if known := self.stands_for(earlier):
            return self.try_at_once(known)
        key = f"{_base(mail)}{AGAIN}{len(earlier) + 1}"
        payload = {name: kept for name, kept in mail.payload.items() if name not in GATHERINGS}
        payload["resent_by"] = self.journal.actor.label
        self.journal.messages.append(
            Message(
                Notification.Kind(mail.kind),
                mail.event,
                mail.contact,
                self.note(mail),
                mail.session,
                mail.event_registration,
                payload,
                key,
            )
        )
        return None


class _Agendas(_Again):
    """What people have now, mailed to them. Needs: the contacts."""

    def __init__(self, journal: Journal, registrations: list[EventRegistration]) -> None:
        super().__init__(journal)
        self.registrations = registrations
        self.agendas = _WhatTheyHave(registrations)

    def mailed(self) -> list[Notification]:
        """Write what is to be written; return one row for each registration."""
        earlier = _by_registration(_agendas_mailed(self.registrations).order_by("-id"))
        for registration in self.registrations:
            known = self.stands_for(earlier[registration.pk])
            if known is None:
                self._mail(registration)
            elif known.sent_at is None:
                self._bring_up_to_date(known, registration)
        self.journal.write()
        newest = _by_registration(_agendas_mailed(self.registrations).order_by("-id"))
        return [newest[registration.pk][0] for registration in self.registrations]

    def _mail(self, registration: EventRegistration) -> None:
        kind, event, contact = Notification.Kind.REGISTERED, registration.event, registration.contact
        activity = self.journal.note(Verb.MAIL_SENT_AGAIN, event, contact, detail={"mail": kind.value})
        payload = self._payload(registration)
        self.journal.tell(kind, contact, activity, event, registration=registration, payload=payload)

    def _bring_up_to_date(self, mail: Notification, registration: EventRegistration) -> None:
        Notification.objects.filter(pk=mail.pk, sent_at=None).update(payload=self._payload(registration))
        self.try_at_once(mail)

    def _payload(self, registration: EventRegistration) -> dict[str, Any]:
        return self.agendas.payload(registration, self.journal.actor)


class _WhatTheyHave:
    """The sessions, places in line and passes of some people, as their mail tells them."""

    def __init__(self, registrations: list[EventRegistration]) -> None:
        self.sessions = _sessions_of(registrations)
        self.waiting = _waits_of(registrations)
        passes = AttendeePass.objects.filter(event_registration__in=registrations, cancelled_at=None)
        self.passes = dict(passes.values_list("event_registration", "event_pass"))

    def payload(self, registration: EventRegistration, actor: Actor) -> dict[str, Any]:
        """What the outbox keeps for one person's mail, sent on this actor's word."""
        return {
            "session_ids": self.sessions[registration.pk],
            "waitlisted_session_ids": self.waiting[registration.pk],
            "on_hold_session_ids": [],
            "pass_id": self.passes.get(registration.pk),
            "resent_by": actor.label,
        }


def agenda_payload(registration: EventRegistration, actor: Actor) -> dict[str, Any]:
    """The payload of a mail that tells one person what they have now."""
    return _WhatTheyHave([registration]).payload(registration, actor)


def _base(mail: Notification) -> str:
    """The key of the mail that was sent first, which all its repeats begin with."""
    return mail.dedup_key.split(AGAIN)[0]


def _agendas_mailed(registrations: list[EventRegistration]) -> QuerySet[Notification]:
    """The mails that told these people before, on staff's word, what they have."""
    rows = Notification.objects.filter(
        event_registration__in=registrations,
        contact_id__in=[registration.contact_id for registration in registrations],
        kind=Notification.Kind.REGISTERED,
        activity__verb=Verb.MAIL_SENT_AGAIN,
    )
    return rows.exclude(dedup_key__contains=AGAIN).select_related("event", "session", "contact")


def _by_registration(mails: Iterable[Notification]) -> dict[int, list[Notification]]:
    found: dict[int, list[Notification]] = defaultdict(list)
    for mail in mails:
        found[mail.event_registration_id or 0].append(mail)
    return found


def _sessions_of(registrations: list[EventRegistration]) -> Ids:
    found: Ids = defaultdict(list)
    seats = SessionRegistration.objects.active().filter(event_registration__in=registrations)
    rows = seats.order_by("session__starts_at", "session").values_list("event_registration", "session")
    for registration, session in rows:
        found[registration].append(session)
    return found


def _waits_of(registrations: list[EventRegistration]) -> Ids:
    items = WaitlistItem.objects.waiting().filter(
        session__isnull=False,
        contact_id__in=[registration.contact_id for registration in registrations],
        event_id__in={registration.event_id for registration in registrations},
    )
    waits: dict[tuple[int, int], list[int]] = defaultdict(list)
    for event, contact, session in items.values_list("event", "contact", "session"):
        waits[event, contact].append(session)
    return {each.pk: waits[each.event_id, each.contact_id] for each in registrations}
