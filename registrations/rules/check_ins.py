"""Who may enter, at the event's door or a session's."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_lazy as _

from events.errors import AnotherSession, NotLive, NotRegistered, Refusal, RegistrationCancelled
from registrations.models import EventRegistration
from sessions_app.models import Session


def refusals_to_enter(
    registration: EventRegistration,
    session: Session | None,
    held: Collection[Session],
    *,
    has_pass_for_it: bool,
) -> Iterator[Refusal]:
    """Why this person may not enter, what nobody can override first.

    `held` are the sessions of this event in which the person has a seat. A session that does not validate its
    registrants lets everybody in who is registered at the event.
    """
    event = registration.event
    if event.cancelled_at or event.archived_at or (session and (session.cancelled_at or session.archived_at)):
        yield NotLive(_("This was cancelled: there is no door to pass."))
    if registration.is_cancelled:
        yield RegistrationCancelled(cancelled_at=registration.cancelled_at)
        return
    if registration.status == EventRegistration.Status.WAITLISTED:
        yield NotRegistered(_("Waits for the event, and has no seat yet."))
    if session is None or not session.validate_registrants or has_pass_for_it:
        return
    if session.pk in {mine.pk for mine in held}:
        return
    elsewhere = [mine for mine in held if mine.overlaps(session)]
    if elsewhere:
        yield AnotherSession(session_ids=[mine.pk for mine in elsewhere])
    yield NotRegistered()


def may_be_overridden(refusal: Refusal) -> bool:
    """True for what staff may decide at the door; a cancelled person or session stays cancelled."""
    return isinstance(refusal, NotRegistered | AnotherSession)
