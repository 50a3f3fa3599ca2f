"""The effects of saving a session's form on the people in it: one place for the desk and for other systems."""

from __future__ import annotations

from typing import Any

from events.actors import Actor
from events.forms.effects import act_on_limits
from registrations.actions import (
    within_form_move_session,
    within_form_waitlist_settings_changed,
)
from registrations.moves import TimeAndPlace
from sessions_app.forms.session_form import WAITLIST_SETTINGS
from sessions_app.models import Session


def act_on_session_changes(
    before: TimeAndPlace, session: Session, form: Any, *, actor: Actor, notify: bool = True
) -> int:
    """Act on a session's changes once its columns are saved, in one transaction; how many are told of a move."""
    # First: it locks people, and they are locked before seat counts.
    told = within_form_move_session(before, session, actor=actor, notify=notify)
    if set(WAITLIST_SETTINGS) & set(form.changed_data):
        within_form_waitlist_settings_changed(session, actor=actor)
    act_on_limits(session, form, actor)
    return told
