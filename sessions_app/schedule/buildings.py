"""The building of a programme's rooms: a place belongs to an address, and a name alone may stand for two of them."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from events.findings import Choice
from events.models import Building, Event
from sessions_app.models import Session
from sessions_app.schedule.structure import Schedule, ScheduleError

_LONGEST_NAME = 120


def building_of(schedule: Schedule, event: Event, asked_for: str) -> Building:
    """Return the building for rooms that the event does not use yet, made where there is none.

    The one asked for counts, then the event's own, then that of the file's venue in its city. Raises ScheduleError
    where the name stands for several and nothing says which.
    """
    if asked_for:
        return asked_for_by_name(asked_for, schedule.city)
    if event.building:
        return event.building
    if schedule.venue:
        return at_venue(schedule, event)
    # The event's name stands in for the place, and another event of that name is elsewhere.
    return _in_use(event).first() or Building.objects.create(
        name=event.name[:_LONGEST_NAME], address=schedule.city
    )


def asked_for_by_name(name: str, city: str) -> Building:
    """Return the building that somebody asked for by its name, or by name and address; made where there is none."""
    short = name.partition(",")[0].strip()
    found = [
        building
        for building in Building.objects.filter(name__in=[name, short]).order_by("id")
        if name in (building.name, _named(building))
    ]
    if len(found) > 1:
        found = [building for building in found if _is_in(building, city)] or found
    if len(found) > 1:
        raise ScheduleError(
            _("several buildings are called “%(name)s”; give one with its address: %(choices)s.")
            % {"name": name, "choices": "; ".join(_named(building) for building in found)},
            choice=Choice.BUILDING,
        )
    return found[0] if found else Building.objects.create(name=name, address=city)


def at_venue(schedule: Schedule, event: Event | None) -> Building:
    """Return the building of that name in that city, made if there is none."""
    called = list(Building.objects.filter(name=schedule.venue).order_by("id"))
    used = [building for building in called if event and building in _in_use(event)]
    found = used or [building for building in called if _is_in(building, schedule.city)]
    if not found:
        # One without an address may be anywhere. While no event is there it waits for its first.
        unknown = [building for building in called if not (building.address.strip() and schedule.city)]
        found = [building for building in unknown if not _is_used(building)]
        if unknown and not found:
            raise _ask(schedule, unknown)
    if len(found) > 1:
        raise _ask(schedule, found)
    return found[0] if found else Building.objects.create(name=schedule.venue, address=schedule.city)


def _ask(schedule: Schedule, found: list[Building]) -> ScheduleError:
    return ScheduleError(
        _(
            "there is a building “%(name)s” already (%(choices)s), and nothing says whether this one is the same; "
            "give its name to use it, or another name for another one."
        )
        % {"name": schedule.venue, "choices": "; ".join(_named(building) for building in found)},
        choice=Choice.BUILDING,
    )


def _named(building: Building) -> str:
    address = " ".join(building.address.split())
    return f"{building.name}, {address}" if address else building.name


def _is_in(building: Building, city: str) -> bool:
    """Return True when the address names the city as a whole word or more."""
    address, wanted = (" ".join(text.casefold().split()) for text in (building.address, city))
    return bool(wanted) and f" {wanted} " in f" {address.replace(',', ' ').replace(';', ' ')} "


def _is_used(building: Building) -> bool:
    return (
        Event.objects.filter(building=building).exists() or Session.objects.filter(building=building).exists()
    )


def _in_use(event: Event) -> QuerySet[Building]:
    """Return the buildings of the event's sessions."""
    used = Session.objects.filter(event=event, archived_at=None, building__isnull=False)
    return Building.objects.filter(pk__in=used.values("building")).order_by("-id")
