"""Writing of a session: the desk's form checks it, and the desk's steps carry it out."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.api.saving import check_form
from events.errors import Invalid, NotLive
from events.forms.effects import save_columns
from events.forms.from_api import filled_in
from events.models import Event
from events.retrying import action as within_the_door
from registrations import actions
from registrations.moves import TimeAndPlace
from sessions_app.forms.effects import act_on_session_changes
from sessions_app.forms.from_api import SessionFromApi
from sessions_app.models import Session

FORM_NAMES = {
    "building_id": "building",
    "location_id": "room",
    "layout_id": "layout",
    "track_id": "track",
    "speaker_ids": "speakers",
    "pass_ids": "passes",
    "standby_minutes": "own_standby_minutes",
}
API_NAMES = {**{form: api for api, form in FORM_NAMES.items()}, "own_timezone": "timezone"}
Status = Session.Status


@within_the_door
def create_session(event: Event, values: dict[str, Any], actor: Actor) -> int:
    """Plan a session; live unless said otherwise, and seen as soon as its event is live."""
    session = Session(event=event, session_status=values.get("session_status", Status.LIVE))
    form = _checked(session, values)
    session.custom_fields = values.get("custom_fields", {})
    with transaction.atomic():
        session.seats = actions.new_seat_count(form.cleaned_data["capacity"], event)
        session.save()
        form.save_m2m()
        actions.within_form_note_planned([session], actor=actor)
    return session.pk


def change_session(session: Session, values: dict[str, Any], actor: Actor, *, notify: bool) -> None:
    """Change the session's named fields; its people are told of a move, whoever waits is served where a seat came free.

    Raises Invalid, and NotLive for another status of a cancelled session.
    """
    status = values.get("session_status", session.session_status)
    if session.cancelled_at and status != session.session_status:
        raise NotLive(_("It was cancelled. A cancelled session stays so; plan another."))
    _change(session.pk, values, actor, notify)
    if status != session.session_status:
        _change_status(session, status, actor)


@within_the_door
def _change(pk: int, values: dict[str, Any], actor: Actor, notify: bool) -> None:
    with transaction.atomic():
        actor.ask_condition()
        rows = Session.objects.select_related("event__seats", "seats", "room", "building", "layout")
        session = rows.get(pk=pk)
        before = TimeAndPlace.of(session)
        form = _checked(session, values)
        columns = form.changed_columns()
        if "custom_fields" in values and values["custom_fields"] != session.custom_fields:
            session.custom_fields = values["custom_fields"]
            columns.add("custom_fields")
        save_columns(session, columns)
        form.save_m2m()
        has_more = "custom_fields" in columns
        act_on_session_changes(before, session, form, actor=actor, notify=notify, has_more=has_more)


def _change_status(session: Session, status: str, actor: Actor) -> None:
    """Live and no longer live are commands; the rest says how far planning is."""
    if status == Status.LIVE:
        actions.go_live(session, actor=actor)
        return
    if session.session_status == Status.LIVE:
        actions.stop(session, actor=actor)
    rows = Session.objects.filter(pk=session.pk, cancelled_at=None).exclude(
        session_status__in=[Status.LIVE, status]
    )
    with transaction.atomic():
        if rows.update(session_status=status, updated_at=timezone.now()):
            actions.within_form_note_edited([session], actor=actor)


def _checked(session: Session, values: dict[str, Any]) -> Any:
    """The desk's form, filled in and valid; the session holds what it says. Raises Invalid."""
    typed = {FORM_NAMES.get(name, name): "" if value is None else value for name, value in values.items()}
    typed |= _zone(session, values)
    form = filled_in(SessionFromApi, session, typed)
    check_form(form, API_NAMES)
    day, end = form.cleaned_data.get("date"), form.cleaned_data.get("end_date")
    if end and end != day and not form.cleaned_data.get("start_time"):
        raise Invalid(fields={"end_date": [_("Give the times too: without them only the date is kept.")]})
    form.save(commit=False)
    return form


def _zone(session: Session, values: dict[str, Any]) -> dict[str, str]:
    """The session's own zone, empty for the event's. Raises Invalid where the request says both."""
    if not {"use_event_timezone", "timezone"} & set(values):
        return {}
    named, of_event = values.get("timezone") or "", session.event.timezone
    follows = values.get("use_event_timezone")
    if follows is None:
        return {"own_timezone": "" if named == of_event else named}
    if not follows:
        return {"own_timezone": named or session.timezone}
    if named and named != of_event:
        text = _("The event's zone is %(zone)s. Give that, or use_event_timezone 0.")
        raise Invalid(fields={"timezone": [text % {"zone": of_event}]})
    return {"own_timezone": ""}
