"""The effects of saving a session's form on the people in it: one place for the desk and for other systems."""

from __future__ import annotations

from typing import Any

from events.actors import Actor
from events.forms.effects import act_on_limits
from registrations.actions import (
    within_form_move_session,
    within_form_note_edited,
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


def note_edits(
    before: TimeAndPlace, session: Session, form: Any, *, actor: Actor, has_more: bool = False
) -> None:
    """Let the ledger keep what else was edited, once all is saved, where no other line of it says so already.

    With `has_more` there is something that the form does not know, or that was saved after those lines were written.
    """
    says_so = (
        before.concerns_people(TimeAndPlace.of(session))
        or form.is_capacity_changed
        or form.is_hard_limit_changed
    )
    if has_more or (form.changed_columns() and not says_so):
        within_form_note_edited([session], actor=actor)
