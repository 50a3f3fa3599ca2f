"""Who may enter, at the event's door or a session's."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from events.errors import (
    AnotherSession,
    CheckedIn,
    FullHouse,
    Invalid,
    NotBegun,
    NotLive,
    NotRegistered,
    Refusal,
    RegistrationCancelled,
)
from events.models import Event
from registrations.models import EventRegistration
from registrations.rules.standby import House, refusals_of_house
from sessions_app.models import Session

# A door's clock may run ahead by so much; what it says is taken for now.
CLOCKS_DIFFER = timedelta(minutes=5)
# Scans come in late, from doors that were without a network: from the event's days, or of the last week.
BEFORE_THE_EVENT, LATEST = timedelta(days=1), timedelta(days=7)


class Comer(Protocol):
    """Whoever comes to a door, as far as it looks at them: a registration, or one of many who are alike."""

    @property
    def event(self) -> Event: ...
    @property
    def status(self) -> str: ...
    @property
    def cancelled_at(self) -> Any: ...
    @property
    def is_cancelled(self) -> bool: ...


def refusals_to_enter(
    registration: Comer,
    session: Session | None,
    held: Collection[Session],
    *,
    has_pass_for_it: bool,
    house: House | None = None,
) -> Iterator[Refusal]:
    """Why this person may not enter, what nobody can override first.

    `held` are the sessions of this event in which the person has a seat. A session that does not validate its
    registrants lets everybody in who is registered at the event. `house` is who is inside, where standby is open.
    """
    yield from refusals_to_come(registration, session)
    if registration.is_cancelled or session is None:
        return
    yield from _refusals_to_validate(session, held, has_pass_for_it)
    yield from refusals_of_house(session, house)


def refusals_to_come(registration: Comer, session: Session | None) -> Iterator[Refusal]:
    """Why this person may pass no door of the event, or nobody this one."""
    event = registration.event
    if event.cancelled_at or event.archived_at or (session and (session.cancelled_at or session.archived_at)):
        yield NotLive(_("This was cancelled: there is no door to pass."))
    if registration.is_cancelled:
        yield RegistrationCancelled(cancelled_at=registration.cancelled_at)
    elif registration.status == EventRegistration.Status.WAITLISTED:
        yield NotRegistered(_("Waits for the event, and has no seat yet."))


def _refusals_to_validate(
    session: Session, held: Collection[Session], has_pass_for_it: bool
) -> Iterator[Refusal]:
    is_expected = session.pk in {mine.pk for mine in held}
    if not session.validate_registrants or has_pass_for_it or is_expected:
        return
    elsewhere = [mine for mine in held if mine.overlaps(session)]
    if elsewhere:
        yield AnotherSession(session_ids=[mine.pk for mine in elsewhere])
    yield NotRegistered()


def may_be_overridden(refusal: Refusal) -> bool:
    """True for what staff may decide at the door; a cancelled session has none.

    Somebody cancelled who is inside is inside: that is recorded, and gives them no seat.
    """
    return isinstance(refusal, NotRegistered | AnotherSession | RegistrationCancelled | FullHouse)


def moment_of_scan(given: datetime, event: Event, at: datetime, field: str) -> datetime:
    """The moment that a door names, told at `at`. Raises Invalid, naming the field, for one that cannot be."""
    if given > at + CLOCKS_DIFFER:
        words = _("This lies in the future. Set the clock of the door right.")
        raise Invalid(fields={field: [words]})
    if given < min(event.starts_at - BEFORE_THE_EVENT, at - LATEST):
        words = _("This is long before the event. Set the clock of the door right.")
        raise Invalid(fields={field: [words]})
    return min(given, at)


def refusals_to_mark_no_show(
    registration: EventRegistration, at: datetime, *, was_let_in: bool
) -> Iterator[Refusal]:
    """Why nobody can say that this person did not come."""
    if registration.is_cancelled:
        yield RegistrationCancelled(cancelled_at=registration.cancelled_at)
    if registration.status == EventRegistration.Status.WAITLISTED:
        yield NotRegistered(_("Waits for the event, and has no seat yet."))
    if registration.event.starts_at > at:
        yield NotBegun(starts_at=registration.event.starts_at)
    if was_let_in:
        yield CheckedIn()
