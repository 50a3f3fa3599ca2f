"""What saving a form does beyond the row: one place for the desk and for other systems."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone

from events.actors import Actor
from events.models import Event, Pass
from registrations.actions import (
    new_seat_count,
    within_form_change_capacity,
    within_form_change_hard_limit,
    within_form_move_event,
    within_form_note_edited,
    within_form_passes_with_agenda,
    within_form_switch_agenda,
    within_form_tell_once,
    within_form_waitlist_settings_changed,
)
from sessions_app.models import Session

WAITLIST_SETTINGS = {
    "waitlist_enabled",
    "auto_register_waitlisted",
    "contacts_choose_auto_register",
    "invitations_per_slot",
    "invitation_hours",
}
# Columns of an event that only actions write.
SWITCHES = {"allow_custom_agenda", "passes_with_agenda"}


def save_columns(row: models.Model, changed: set[str]) -> None:
    """Save the form's changed columns and no others: what somebody else changed meanwhile is kept.

    Its capacity, or what it is linked to, is kept elsewhere; that it changed is a change of the row all the same.
    """
    known = {field.name for field in row._meta.concrete_fields} & changed
    if changed:
        row.save(update_fields=known | {"updated_at"})


def save_links(links: Any, rows: Iterable[models.Model]) -> bool:
    """Let `links`, such as `event_pass.sessions`, be these rows; True if any is new or gone, and so has changed."""
    before, after = set(links.values_list("pk", flat=True)), {row.pk for row in rows}
    if before == after:
        return False
    links.set(after)
    links.model._default_manager.filter(pk__in=before ^ after).update(updated_at=timezone.now())
    return True


def act_on_event_changes(event: Event, form: Any, actor: Actor) -> None:
    """Act on an event's changes once its columns are saved, in one transaction.

    The ledger keeps each change, other systems hear of all in one message.
    """
    if "timezone" in form.changed_data:
        Session.objects.set_days(event)
    with within_form_tell_once():
        _act_on_switches(event, form, actor)
        if WAITLIST_SETTINGS & set(form.changed_data):
            within_form_waitlist_settings_changed(event, actor=actor)
        if "starts_at" in form.changed_data:
            within_form_move_event(event, actor=actor)
        act_on_limits(event, form, actor)
        if is_more_edited(form):
            within_form_note_edited([event], actor=actor)


def _act_on_switches(event: Event, form: Any, actor: Actor) -> None:
    if "passes_with_agenda" in form.changed_data:
        within_form_passes_with_agenda(event, form.cleaned_data["passes_with_agenda"], actor=actor)
    if "allow_custom_agenda" in form.cleaned_data:
        within_form_switch_agenda(event, form.cleaned_data["allow_custom_agenda"], actor=actor)


def is_more_edited(form: Any) -> bool:
    """True where details changed, and no line about another capacity says so; a hard limit has a line of its own."""
    return bool(form.changed_columns() - {"hard_limit"}) and not form.is_capacity_changed


def act_on_limits(target: Event | Session, form: Any, actor: Actor) -> None:
    """Change the capacity and the hard limit as typed, in the order in which the one stays within the other."""
    is_changed, limit, was = form.is_hard_limit_changed, form.wanted_hard_limit, form.saved_hard_limit
    is_raised = is_changed and (limit is None or (was is not None and limit > was))
    if is_raised:
        within_form_change_hard_limit(target, limit, actor=actor)
    if form.is_capacity_changed:
        within_form_change_capacity(target, form.cleaned_data["capacity"], actor=actor)
    if is_changed and not is_raised:
        within_form_change_hard_limit(target, limit, actor=actor)


def save_pass(event_pass: Pass, form: Any, actor: Actor) -> bool:
    """Save a pass with what is allocated, inside the form's transaction; True when it is new."""
    is_new = event_pass.pk is None
    if is_new:
        event_pass.seats = new_seat_count(form.cleaned_data["capacity"], event_pass.event)
        event_pass.save()
    else:
        save_columns(event_pass, form.changed_columns())
    if not is_new and "capacity" in form.changed_data:
        within_form_change_capacity(event_pass, form.cleaned_data["capacity"], actor=actor)
    return is_new
