"""The effects of saving a session's form on the people in it: one place for the desk and for other systems."""

from __future__ import annotations

from typing import Any

from events.actors import Actor
from events.forms.effects import act_on_limits, is_more_edited
from registrations.actions import (
    within_form_lock_people,
    within_form_move_session,
    within_form_note_edited,
    within_form_tell_once,
    within_form_waitlist_settings_changed,
)
from registrations.moves import TimeAndPlace
from sessions_app.forms.session_form import WAITLIST_SETTINGS
from sessions_app.models import Session


def act_on_session_changes(
    before: TimeAndPlace,
    session: Session,
    form: Any,
    *,
    actor: Actor,
    notify: bool = True,
    has_more: bool = False,
) -> int:
    """Act on a session's changes once all of it is saved, in one transaction; how many are told of a move.

    The ledger keeps each change, other systems hear of all in one message. With `has_more` something changed that the
    form does not know.
    """
    after = TimeAndPlace.of(session)
    with within_form_tell_once():
        if before.concerns_people(after) or before.clashes_otherwise(after):
            # People are locked before seat counts.
            within_form_lock_people([session.pk])
        act_on_limits(session, form, actor)
        if set(WAITLIST_SETTINGS) & set(form.changed_data):
            within_form_waitlist_settings_changed(session, actor=actor)
        told = within_form_move_session(before, session, actor=actor, notify=notify)
        if has_more or (is_more_edited(form) and not before.concerns_people(after)):
            within_form_note_edited([session], actor=actor)
    return told
