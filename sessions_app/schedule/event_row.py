"""The event that a programme belongs to: found, made, or widened to hold its sessions."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from events.actors import Actor
from events.findings import Choice
from events.models import Building, Event
from events.slugs import free_slug
from registrations.actions import new_seat_count, own_seat_count, within_form_note_planned
from sessions_app.models import Session
from sessions_app.schedule.parse import parse_schedule
from sessions_app.schedule.report import ImportReport
from sessions_app.schedule.structure import Choices, Schedule, ScheduleError


def event_of(schedule: Schedule, among: QuerySet[Event]) -> Event | None:
    """Return the event that this programme was imported into before, if it is one of these.

    The same acronym is not enough: next year's programme has it too. Raises ScheduleError where several fit.
    """
    found = [event for event in _of_acronym(schedule, among) if _shares_something(event, schedule)]
    if len(found) > 1:
        raise ScheduleError(
            _("several events came from “%(acronym)s” (%(slugs)s); choose one of them.")
            % {"acronym": schedule.acronym, "slugs": ", ".join(event.slug for event in found)},
            choice=Choice.EVENT,
        )
    return found[0] if found else None


def programme_for(
    content: bytes,
    event: Event | None,
    among: QuerySet[Event],
    *,
    zone: str = "",
    choices: Choices | None = None,
) -> Schedule:
    """Return the programme in a file as it is to be read for the event, or for the one it was imported into before.

    Where the file names no zone the chosen `zone` counts, then the event's own. Raises ScheduleError.
    """
    zone = zone or chosen_zone(event)
    try:
        schedule = parse_schedule(content, default_zone=zone, choices=choices)
    except ScheduleError as error:
        # Its own event is not known yet, and may know the zone that has to be asked for.
        if event or Choice.TIME_ZONE not in error.choices:
            raise
        trial = parse_schedule(content, default_zone="UTC", choices=choices)
        known = chosen_zone(event_of(trial, among))
        if not known:
            raise
        return parse_schedule(content, default_zone=known, choices=choices)
    if event or not schedule.is_zone_assumed:
        return schedule
    known = chosen_zone(event_of(schedule, among))
    return parse_schedule(content, default_zone=known, choices=choices) if known else schedule


def others_of_the_same_name(schedule: Schedule, among: QuerySet[Event]) -> list[str]:
    """Return readable IDs of the events that share the acronym, and neither sessions nor days, with the programme."""
    return [event.slug for event in _of_acronym(schedule, among) if not _shares_something(event, schedule)]


def _of_acronym(schedule: Schedule, among: QuerySet[Event]) -> QuerySet[Event]:
    return among.filter(external_id=schedule.acronym, archived_at=None).order_by("pk")


def _shares_something(event: Event, schedule: Schedule) -> bool:
    """Return True for an event with a day, or a session by its guid, of the programme's; ids are given out again."""
    zone = ZoneInfo(schedule.zone)
    days = [
        moment.astimezone(zone).date()
        for moment in (event.starts_at, event.ends_at, schedule.starts_at, schedule.ends_at)
    ]
    if days[0] <= days[3] and days[2] <= days[1]:
        return True
    guids = {session.guid for session in schedule.sessions if session.guid}
    known = Session.objects.filter(event=event).exclude(external_id="").values_list("external_id", "uuid")
    return any(external_id in guids or str(own) in guids for external_id, own in known)


def new_event(
    schedule: Schedule, status: Event.PublishStatus, building: Building | None, actor: Actor
) -> Event:
    """Return a saved event at session level for the programme."""
    event = Event(
        name=schedule.title,
        slug=_free_slug(schedule),
        timezone=schedule.zone,
        assumed_timezone=schedule.zone if schedule.is_zone_assumed else "",
        starts_at=schedule.starts_at,
        ends_at=schedule.ends_at,
        publish_status=status,
        allow_custom_agenda=True,
        building=building,
        external_id=schedule.acronym,
        created_by=actor.user,
    )
    event.seats = new_seat_count(None, event)
    event.save()
    own_seat_count(event)
    within_form_note_planned([event], actor=actor)
    return event


def _free_slug(schedule: Schedule) -> str:
    base = (slugify(schedule.acronym) or slugify(schedule.title))[:70].strip("-") or "event"
    taken = Event.objects.filter(slug__istartswith=base).values_list("slug", flat=True)
    return free_slug(base, {slug.lower() for slug in taken})


def adopt(event: Event, schedule: Schedule, report: ImportReport) -> None:
    """Connect an event to the programme and widen its dates; its name, zone and all else are the organizer's."""
    if event.cancelled_at:
        raise ScheduleError(_("the event “%s” is cancelled; nothing can be imported into it.") % event.name)
    wanted: dict[str, Any] = {
        **_zone(event, schedule, report),
        "external_id": event.external_id or schedule.acronym,
        "starts_at": min(event.starts_at, schedule.starts_at),
        "ends_at": max(event.ends_at, schedule.ends_at),
    }
    changed = [name for name, value in wanted.items() if getattr(event, name) != value]
    for name in changed:
        setattr(event, name, wanted[name])
    if changed:
        event.save(update_fields=[*changed, "updated_at"])
    if "starts_at" in changed or "ends_at" in changed:
        report.warnings.append(_("The event's dates were widened to hold all sessions."))
    if "timezone" in changed:
        Session.objects.set_days(event)
    elif schedule.is_zone_given and schedule.zone != event.timezone:
        report.warnings.append(
            _("The file's time zone is %(file)s, the event's stays %(event)s.")
            % {"file": schedule.zone, "event": event.timezone}
        )
    report.is_event_changed = bool(changed)


def chosen_zone(event: Event | None) -> str:
    """Return the zone that somebody chose for the event; empty while it is what an import assumed."""
    return "" if event is None or event.timezone == event.assumed_timezone else event.timezone


def _zone(event: Event, schedule: Schedule, report: ImportReport) -> dict[str, str]:
    """Return the zone that the file names, for an event whose own nobody chose."""
    if chosen_zone(event) or schedule.is_zone_assumed:
        return {}
    if schedule.zone != event.timezone:
        report.warnings.append(
            _("Nobody had chosen the event's time zone (%(old)s was assumed); it is %(new)s now.")
            % {"old": event.timezone, "new": schedule.zone}
        )
    return {"timezone": schedule.zone, "assumed_timezone": ""}
