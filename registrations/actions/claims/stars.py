"""Stars: sessions that somebody is interested in. They hold no seat, and no act that gives one knows of them."""

from __future__ import annotations

from events.errors import NotLive
from events.models import Event
from registrations.actions.claims.drafts import begin_draft, draft_for
from registrations.models import AgendaDraft, EventRegistration, Star
from sessions_app.models import Session

# More than anybody looks at again; keeps a stranger from filling the table through one draft.
MOST_STARS = 300


def give_star(
    event: Event, session: Session, *, registration: EventRegistration | None = None, token: str | None = None
) -> AgendaDraft:
    """Note that the holder of the registration, else of the draft, is interested in the session; may be repeated.

    Returns the draft that keeps the star, begun here if need be. Raises NotLive for a session that is not shown, or
    another event's.
    """
    if session.event_id != event.pk or not session.is_live or not event.is_live:
        raise NotLive
    draft = _kept_for(event, registration) if registration else draft_for(event, token)
    if draft is None or (draft.is_finished and registration is None):
        draft = begin_draft(event)
    if draft.stars.count() < MOST_STARS:
        Star.objects.get_or_create(draft=draft, session=session)
    return draft


def take_star(
    event: Event, session: Session, *, registration: EventRegistration | None = None, token: str | None = None
) -> None:
    """Forget that the holder of the registration, else of the draft, is interested in the session; may be repeated."""
    if registration is not None:
        Star.objects.filter(draft__registration=registration.pk, session=session).delete()
    elif draft := draft_for(event, token):
        draft.stars.filter(session=session).delete()


def _kept_for(event: Event, registration: EventRegistration) -> AgendaDraft:
    """The draft that became this registration; an empty one for who was registered otherwise."""
    kept = AgendaDraft.objects.filter(registration=registration.pk).order_by("pk").first()
    return kept or AgendaDraft.objects.create(event=event, registration_id=registration.pk)
