"""Facts of a mail, read at the moment of sending: the state counts, not what the outbox row remembers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from events.models import Event
from events.names import for_greeting, isolated
from registrations.links import event_url, manage_token, manage_url, order_url
from registrations.models import EventRegistration, Invoice, Notification, Order
from registrations.queries import sessions_by_pass, standing_of
from registrations.rules.standing import Standing
from sessions_app.models import Session
from waitlists.models import WaitlistItem

SUBJECT_NAME_CHARACTERS = 90
_RELATED = (
    *(
        "event__building",
        "event__room",
        "event__logo",
        "contact",
        "event_registration__contact",
        "event_registration__event",
    ),
    *("session__event", "session__building", "session__room", "session__track"),
)


class NoLongerTrue(Exception):
    """What the mail would say is not so any more; the reason is for staff to read.

    `told_with` are the outbox rows of which it would have told besides its own.
    """

    told_with: tuple[int, ...] = ()


@dataclass
class Letter:
    """One mail before it is put into words: its subject, what its templates need, and its calendar entries."""

    subject: str
    context: dict[str, Any] = field(default_factory=dict)
    entries: list[Session] = field(default_factory=list)
    cancelled_entries: list[Session] = field(default_factory=list)
    # Another address than the contact's.
    to: str = ""
    # Other words than those of its kind: the name of their templates.
    template: str = ""
    # Invoices and credit notes whose files come along.
    papers: list[Invoice] = field(default_factory=list)


@dataclass
class MailFacts:
    """One notification with what is true now; with `checked` off, an outdated one is shown all the same."""

    notification: Notification
    at: datetime
    checked: bool = True
    # The outbox rows of which the mail tells besides its own.
    told_with: tuple[int, ...] = ()

    @classmethod
    def of(cls, notification: Notification, at: datetime, *, checked: bool = True) -> MailFacts:
        """Return the facts of a notification, read anew with everything around it."""
        return cls(Notification.objects.select_related(*_RELATED).get(pk=notification.pk), at, checked)

    @property
    def event(self) -> Event:
        """The event that everything is about."""
        return self.notification.event

    @property
    def session(self) -> Session | None:
        """The one session that the mail is about; None when it is about the event or several sessions."""
        return self.notification.session

    @property
    def target(self) -> Event | Session:
        """The session, else the event."""
        return self.session or self.event

    def ids(self, name: str) -> list[int]:
        """The ids that the outbox row remembers under this name."""
        return self.notification.payload.get(name) or []

    def require(self, condition: object, reason: str) -> None:
        """Raise NoLongerTrue, with the reason, unless the condition holds."""
        if self.checked and not condition:
            raise NoLongerTrue(reason)

    @cached_property
    def standing(self) -> Standing:
        """What the person holds and waits for now."""
        return standing_of(self.notification.contact, self.event)

    @cached_property
    def opened(self) -> list[Session]:
        """The sessions that the person's pass opens, where people choose none themselves."""
        registration = self.standing.registration
        return sessions_by_pass(registration) if registration else []

    def has_by_pass(self, session: Session) -> bool:
        """True when the person's pass opens the session, or did until it was cancelled."""
        registration = self.standing.registration
        return registration is not None and session in sessions_by_pass(registration, even_cancelled=True)

    @cached_property
    def held_ids(self) -> set[int]:
        """The ids of the sessions on the person's agenda: with a seat of their own, or opened by their pass."""
        return {*self.standing.seats, *(session.pk for session in self.opened)}

    @property
    def registrar(self) -> str:
        """Whoever registered the person, in the mail that says so; empty once that one is erased."""
        is_said = self.notification.payload.get("is_by_registrar")
        return for_greeting(self.registration.registrar) if is_said and self.registration else ""

    @cached_property
    def registration(self) -> EventRegistration | None:
        """The registration that calendar entries belong to: the live one, else the one the mail is about."""
        return self.standing.registration or self.notification.event_registration

    @cached_property
    def order(self) -> Order | None:
        """The order that the mail is about, of which the reader is the payer."""
        known = self.notification.payload.get("order")
        order = Order.objects.filter(pk=known, event=self.event).first() if known else None
        if order is not None:
            order.event, order.payer = self.event, self.notification.contact
        return order

    @cached_property
    def item(self) -> WaitlistItem | None:
        """The place in line that the mail is about."""
        rows = WaitlistItem.objects.select_related("invitation_slot", "event", "event_pass")
        mine = rows.filter(contact=self.notification.contact, event=self.event)
        known = self.notification.payload.get("item_id")
        return mine.filter(pk=known).first() if known else mine.filter(session=self.session).last()

    def sessions(self, ids: Iterable[int]) -> list[Session]:
        """The sessions of these ids in programme order, ready to be shown."""
        wanted = set(ids)
        if not wanted:
            return []
        rows = Session.objects.filter(pk__in=wanted, event=self.event).in_programme_order()
        return list(rows.select_related("event", "building", "room", "track", "seats"))

    def given_up(self, name: str) -> list[Session]:
        """The sessions given up for what the mail tells of, those left out that the person holds again."""
        return self.sessions(pk for pk in self.ids(name) if pk not in self.standing.seats)

    @property
    def personal_url(self) -> str:
        """The address of the person's agenda, or of the order they pay for; the event's page for anybody else."""
        if self.order is not None:
            return order_url(self.order)
        if self.standing.registration is None:
            return event_url(self.event)
        return manage_url(self.standing.registration)

    @property
    def invitation_url(self) -> str:
        """The address at which the invitation is answered: a page with buttons, since mail scanners follow links."""
        if self.standing.registration is None or self.item is None:
            return self.personal_url
        token = manage_token(self.standing.registration)
        return f"{settings.SITE_URL}{reverse('invitation', args=[self.event.slug, token, self.item.uuid])}"


def name_and_time(target: Event | Session) -> str:
    """“Practical seamanship, Sat 10:00”, for subjects."""
    name = isolated(Truncator(target.name).chars(SUBJECT_NAME_CHARACTERS))
    if isinstance(target, Session) and target.starts_at:
        return f"{name}, {short_moment(target.starts_at.astimezone(target.event.zone))}"
    return name


def short_moment(local: datetime, now: datetime | None = None) -> str:
    """“Sat 10:00”, with its date when it is a week or more after `now`; the time is local already."""
    is_far = now is not None and local - now >= timedelta(days=6)
    return date_format(local, _("D j M, H:i") if is_far else _("D H:i"))
