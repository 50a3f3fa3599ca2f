"""The event that a programme belongs to: found, made, or widened to hold its sessions."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from events.actors import Actor
from events.models import Building, Event
from events.slugs import free_slug
from registrations.actions import new_seat_count, own_seat_count
from sessions_app.schedule.report import ImportReport
from sessions_app.schedule.structure import Schedule, ScheduleError


def event_of(schedule: Schedule, among: QuerySet[Event]) -> Event | None:
    """Return the event that this programme was imported into before, if it is one of these."""
    found = list(among.filter(external_id=schedule.acronym, archived_at=None)[:2])
    if len(found) > 1:
        raise ScheduleError(_("several events came from “%s”; choose one of them.") % schedule.acronym)
    return found[0] if found else None


def new_event(
    schedule: Schedule, status: Event.PublishStatus, building: Building | None, actor: Actor
) -> Event:
    """Return a saved event at session level for the programme."""
    event = Event(
        name=schedule.title,
        slug=_free_slug(schedule),
        timezone=schedule.zone,
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
    return event


def _free_slug(schedule: Schedule) -> str:
    base = (slugify(schedule.acronym) or slugify(schedule.title))[:70].strip("-") or "event"
    taken = Event.objects.filter(slug__istartswith=base).values_list("slug", flat=True)
    return free_slug(base, {slug.lower() for slug in taken})


def adopt(event: Event, schedule: Schedule, report: ImportReport) -> None:
    """Connect an event to the programme and widen its dates; its name, zone and all else are the organizer's."""
    if event.cancelled_at:
        raise ScheduleError(_("the event “%s” is cancelled; nothing can be imported into it.") % event.name)
    wanted = {
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
    if schedule.is_zone_given and schedule.zone != event.timezone:
        report.warnings.append(
            _("The file's time zone is %(file)s, the event's stays %(event)s.")
            % {"file": schedule.zone, "event": event.timezone}
        )
    report.is_event_changed = bool(changed)
