"""What refuses an act as a whole, before any seat is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from events.errors import HasRegistrations, Invalid, RegistrationCancelled
from events.models import Event, Pass
from registrations import rules
from registrations.models import OrderLine, OrderSeat
from registrations.queries.lines import is_spoken_for
from registrations.rules.doors import Door, Seats
from registrations.rules.people import Attendee
from registrations.rules.standing import Standing
from sessions_app.models import Session


def check_event(event: Event, sessions: Iterable[Session]) -> None:
    """Raise Invalid unless all sessions belong to the event."""
    if any(session.event_id != event.pk for session in sessions):
        raise Invalid(
            "This session belongs to another event.", fields={"session": ["Choose a session of this event."]}
        )


def check_still_registered(attendee: Attendee, standing: Standing) -> None:
    """Raise RegistrationCancelled where the registration by which somebody acts has ended meanwhile.

    Without it a click that came while somebody was cancelled, or erased, would register them anew.
    """
    registration = standing.registration
    if attendee.registration_id and (registration is None or registration.pk != attendee.registration_id):
        raise RegistrationCancelled


def check_chosen_pass(
    event: Event, event_pass: Pass | None, at: datetime, door: Door, *, waits: bool = False
) -> None:
    """Raise Invalid where a pass is missing or of another event, and what keeps this one from being had by the door:
    Closed, Full, or PaymentRequired. Whoever `waits` for one needs none that is left.
    """
    words = _("Choose a pass.") if event_pass is None else _("Choose a pass of this event.")
    if event_pass is None:
        if event.passes.offered().exists():
            raise Invalid(words, fields={"event_pass": [words]})
        return
    if event_pass.event_id != event.pk or event_pass.archived_at:
        raise Invalid(fields={"event_pass": [words]})
    if waits:
        found = rules.refusals_of_pass(event_pass, at, Seats.HELD)
    else:
        found = rules.refusals_of_pass(event_pass, at, is_spoken_for=is_spoken_for(event_pass, event))
    rules.check(found, door)


def check_not_ordered(target: Event | Session | Pass) -> None:
    """Raise HasRegistrations for what an order holds while somebody pays."""
    if isinstance(target, Session):
        held = OrderSeat.objects.filter(session=target, is_held=True).count()
    else:
        lines = OrderLine.objects.filter(is_held=True)
        held = (
            lines.filter(event_pass=target) if isinstance(target, Pass) else lines.filter(event=target)
        ).count()
    if held:
        words = _(
            "Somebody is paying for it right now. Cancel the orders first, or wait until they are over."
        )
        raise HasRegistrations(words, registered=0, waiting=0, ordered=held)
