"""An agenda that nobody's name is on yet: kept on the server, found by a signed token."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.errors import NotLive
from events.models import Event
from registrations import rules, sql
from registrations.models import AgendaDraft, AgendaDraftLine, EventRegistration
from registrations.rules.doors import DEFAULT_CHOICE
from registrations.rules.standing import Standing
from sessions_app.models import Session

_SIGNER = signing.Signer(sep=".", salt="registrations.agenda-draft")
# More than anybody attends; keeps a stranger from filling the table through one draft.
MOST_LINES = 200
# How exactly a draft says when it was last added to: not every press of a button is worth a statement for it.
NOTED_EVERY = timedelta(hours=1)


def draft_token(draft: AgendaDraft) -> str:
    """Return the signed token that finds the draft again."""
    return _SIGNER.sign(draft.uuid.hex)


def new_draft_token() -> str:
    """Return a token for a draft that need not be there yet: one form, shown once."""
    return _SIGNER.sign(uuid.uuid4().hex)


def draft_for(event: Event, token: str | None) -> AgendaDraft | None:
    """Return the event's draft that `token` finds; None for no, a forged or another event's token."""
    return drafted(event, token).draft


def drafted(event: Event, token: str | None, seats_ids: Collection[int] = ()) -> sql.Drafted:
    """Return the draft as `draft_for` does, the ids of its sessions with their seats, and the seats of these ids."""
    identity = _identity(token)
    return sql.drafted(event, identity, seats_ids) if identity or seats_ids else sql.Drafted(None, [], {})


def draft_and_agenda(event: Event, token: str | None) -> tuple[AgendaDraft | None, list[Session]]:
    """Return the draft as `draft_for` does, and its sessions that can still be seen, in the order chosen."""
    identity = _identity(token)
    return sql.draft_with_agenda(event, identity) if identity else (None, [])


def draft_and_sessions(
    event: Event, token: str | None, identities: Collection[uuid.UUID]
) -> tuple[AgendaDraft | None, list[Session]]:
    """Return the draft as `draft_for` does, unless it is finished, and the event's sessions with these identities.

    Deleted ones are none of them; where none is left there is no draft either.
    """
    draft, sessions = sql.draft_and_sessions(event, _identity(token), identities)
    return None if draft and draft.is_finished else draft, sessions


def _identity(token: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(_SIGNER.unsign(token or ""))
    except (signing.BadSignature, ValueError):
        return None


def default_sessions(event: Event, at: datetime) -> list[Session]:
    """What a new draft holds from the start, in programme order; the earlier wins where two clash.

    Included sessions are given to everybody, chosen or not: what clashes with one is not chosen for anybody.
    """
    included = Session.SelectionControl.INCLUDED
    given: list[Session] = []
    wanted: list[Session] = []
    for session in sql.sessions_of_everybody(event) if sql.may_have_sessions_of_everybody(event) else ():
        (given if session.selection_control == included else wanted).append(session)
    found: list[Session] = []
    for session in wanted:
        standing = Standing(also_chosen={each.pk: each for each in found})
        refusals = rules.refusals_to_seat(session, standing, [*given, *found], at=at)
        if rules.first_refusal(refusals, DEFAULT_CHOICE) is None:
            found.append(session)
    return found


def begin_draft(event: Event, *, without: Session | None = None) -> AgendaDraft:
    """Make a draft with the sessions that everybody's has at first, but for `without`; return it."""
    draft = sql.new_row(AgendaDraft, event_id=event.pk, updated_at=timezone.now())
    sql.attach(draft, event=event)
    sql.insert([draft])
    chosen = [session for session in default_sessions(event, timezone.now()) if session != without]
    AgendaDraftLine.objects.bulk_create(AgendaDraftLine(draft=draft, session=each) for each in chosen)
    return draft


def add_to_draft(
    event: Event, draft: AgendaDraft | None, session: Session, *, instead_of: Collection[Session] = ()
) -> AgendaDraft:
    """Put the session at the end of the draft as just read, in place of others; repeating is harmless.

    Without a draft, or with one that is finished, another begins with the sessions selected by default. Raises NotLive
    for a session that is not shown, of another event, included for everybody, or beyond a draft's greatest length.
    """
    if session.event_id != event.pk or not session.is_live or not event.is_live:
        raise NotLive
    if session.selection_control == Session.SelectionControl.INCLUDED:
        raise NotLive(_("This session is included for everybody who registers. There is no need to add it."))
    if draft is None or draft.is_finished:
        draft = begin_draft(event)
    if instead_of:
        sql.take_out_of_draft(draft.pk, [other.pk for other in instead_of])
    if not sql.put_into_draft(draft.pk, session.pk, MOST_LINES) and draft.lines.count() >= MOST_LINES:
        raise NotLive(_("An agenda holds at most 200 sessions. Remove some first."))
    if draft.updated_at < timezone.now() - NOTED_EVERY:
        draft.save(update_fields=["updated_at"])
    return draft


def remove_from_draft(event: Event, draft: AgendaDraft | None, session: Session) -> AgendaDraft | None:
    """Take the session out of the draft as just read; repeating is harmless.

    Without a draft, or with one that is finished, one begins without the session, where it would be in it.
    """
    if draft is None or draft.is_finished:
        is_default = session in default_sessions(event, timezone.now())
        return begin_draft(event, without=session) if is_default else None
    sql.take_out_of_draft(draft.pk, [session.pk])
    return draft


def finish_draft(
    event: Event,
    token: str | None,
    registration: EventRegistration | None,
    group: dict[str, Any] | None = None,
) -> None:
    """Note which registration the draft became, and empty it; the same form posted again finds that registration.

    `group` says what became of several people. Where the visitor was registered already, the sessions chosen stay.
    """
    identity = _identity(token)
    if identity is None:
        return
    sql.finish_draft(event.pk, identity, registration.pk if registration else None, group)


def clear_draft(event: Event, token: str | None) -> None:
    """Delete the draft, once it has become a registration."""
    draft = draft_for(event, token)
    if draft is not None:
        draft.delete()
