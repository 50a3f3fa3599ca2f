"""Addresses of pages: personal links, signed, revocable, worthless some time after the event; and what is public."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.errors import Refusal
from events.models import Event
from registrations import sql
from registrations.models import Draw, EventRegistration, Order, SessionRegistration
from registrations.rules.standing import ClaimFacts
from sessions_app.models import Session

VALID_AFTER_EVENT = timedelta(days=30)
# Whoever paid looks for the invoice when the year's taxes are done.
ORDER_VALID_AFTER_EVENT = timedelta(days=365)
_SIGNER = signing.Signer(sep=".", salt="registrations.personal-link")
_ORDERS = signing.Signer(sep=".", salt="registrations.order")
_REMINDERS = signing.Signer(sep=".", salt="registrations.reminders")


class LinkBroken(Refusal):
    """The link was not made by us, or is not complete."""

    code = "link_broken"
    status = 404
    default_message = _("This link is not complete. Open it again from your mail, or have a new one sent.")


class LinkExpired(Refusal):
    """The link was true once: revoked since, or the event is long over."""

    code = "link_expired"
    status = 410
    default_message = _("This link no longer works. Ask for a new one; it comes by mail.")


def manage_token(registration: EventRegistration) -> str:
    """Return the signed token that opens this registration's personal page."""
    return _SIGNER.sign(f"{registration.uuid.hex}.{registration.link_version}")


def registration_from_token(token: str) -> EventRegistration:
    """Return the registration that `token` opens; raise LinkBroken or LinkExpired."""
    identity, version = _read(_SIGNER, token)
    return _opened(sql.registration_with(identity), version)


def registration_and_seats(token: str, event: Event) -> tuple[EventRegistration, list[SessionRegistration]]:
    """The event's registration that `token` opens, with its holder's seats; raises LinkBroken or LinkExpired.

    Seats at other events carry their session; those at this one do not.
    """
    identity, version = _read(_SIGNER, token)
    registration, seats = sql.registration_and_seats(event, identity)
    return _opened(registration, version), seats


def facts_from_token(token: str, session: uuid.UUID, *, is_shown: bool) -> ClaimFacts:
    """The registration that `token` opens, with all that decides its holder's claim of the session: one statement.

    Where rows of the programme are shown afterwards, its event carries the programme's revision.
    """
    identity, version = _read(_SIGNER, token)
    facts = sql.facts_of_link(identity, session, is_shown=is_shown)
    if facts is None:
        raise LinkBroken
    _opened(facts.standing.registration, version)
    return facts


def _read(signer: signing.Signer, token: str) -> tuple[uuid.UUID, str]:
    try:
        identity, version = signer.unsign(token).split(".")
        return uuid.UUID(identity), version
    except (signing.BadSignature, ValueError) as error:
        raise LinkBroken from error


def _opened(registration: EventRegistration | None, version: str) -> EventRegistration:
    if registration is None:
        raise LinkBroken
    if str(registration.link_version) != version or is_worn_out(registration.event):
        raise LinkExpired(event=registration.event)
    return registration


def order_token(order: Order) -> str:
    """Return the signed token that opens the order's page to whoever pays for it."""
    return _ORDERS.sign(f"{order.uuid.hex}.{order.link_version}")


def order_from_token(token: str) -> Order:
    """Return the order that `token` opens, with its event and payer; raise LinkBroken or LinkExpired."""
    identity, version = _read(_ORDERS, token)
    order = Order.objects.select_related("event__seats", "payer").filter(uuid=identity).first()
    if order is None:
        raise LinkBroken
    is_over = order.event.ends_at + ORDER_VALID_AFTER_EVENT < timezone.now()
    if str(order.link_version) != version or is_over:
        raise LinkExpired(event=order.event)
    return order


def order_path(order: Order) -> str:
    """Return the path of the order's page."""
    return reverse("order", args=[order.event.slug, order_token(order)])


def order_url(order: Order) -> str:
    """Return the whole address of the order's page, as mails to the payer carry it."""
    return f"{settings.SITE_URL}{order_path(order)}"


def manage_path(registration: EventRegistration) -> str:
    """Return the path of the personal page."""
    return reverse("manage", args=[registration.event.slug, manage_token(registration)])


def manage_url(registration: EventRegistration) -> str:
    """Return the whole address of the personal page, as mails carry it."""
    return f"{settings.SITE_URL}{manage_path(registration)}"


def outcome_url(registration: EventRegistration, draw: Draw) -> str:
    """Return the whole address of the page that says what became of each of the person's wishes in the draw."""
    path = reverse("manage_draw", args=[registration.event.slug, manage_token(registration)])
    return f"{settings.SITE_URL}{path}?draw={draw.uuid}"


def messages_url(registration: EventRegistration) -> str:
    """Return the whole address at which the person says whether organizers may write to them."""
    path = reverse("manage_messages", args=[registration.event.slug, manage_token(registration)])
    return f"{settings.SITE_URL}{path}"


def reminders_url(registration: EventRegistration) -> str:
    """Return the whole address at which reminders are declined; it opens nothing of the person's."""
    token = _REMINDERS.sign(registration.uuid.hex)
    return f"{settings.SITE_URL}{reverse('reminders', args=[registration.event.slug, token])}"


def registration_of_reminders(token: str) -> EventRegistration:
    """Return the registration whose reminders `token` declines; raises LinkBroken."""
    try:
        identity = uuid.UUID(_REMINDERS.unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise LinkBroken from error
    found = EventRegistration.objects.filter(uuid=identity).select_related("event", "contact").first()
    if found is None:
        raise LinkBroken
    return found


def feed_url(registration: EventRegistration, key: uuid.UUID) -> str:
    """Return the whole address of the calendar with this secret, which a calendar program may follow."""
    return f"{settings.SITE_URL}{reverse('calendar_feed', args=[registration.event.slug, key])}"


def pairing_url(secret: str) -> str:
    """Return the whole address at which a phone becomes the device of a door, once."""
    return f"{settings.SITE_URL}{reverse('door_pair', args=[secret])}"


def is_worn_out(event: Event) -> bool:
    """True once the event is so long over that its people's addresses lead nowhere."""
    return event.ends_at + VALID_AFTER_EVENT < timezone.now()


def session_url(session: Session) -> str:
    """Return the whole address of the session's public page; the event's while the session has none."""
    if not session.is_live:
        return event_url(session.event)
    return f"{settings.SITE_URL}{reverse('session_page', args=[session.event.slug, session.uuid])}"


def event_url(event: Event) -> str:
    """Return the whole address of the event's public page."""
    return f"{settings.SITE_URL}{reverse('event_page', args=[event.slug])}"
