"""Lists under the tabs of events and sessions, registered by the keys that the tabs name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from events.admin.panels import register_panels
from registrations.admin.doors.counts import door_counts
from registrations.admin.orders.sale import event_sale
from registrations.admin.panels.base import Panel
from registrations.admin.panels.bookkeeping import BOOKKEEPING
from registrations.admin.panels.calendar import event_calendar
from registrations.admin.panels.doors import EventDevices, EventScans, SessionDevices, SessionScans
from registrations.admin.panels.draws import EventDraws
from registrations.admin.panels.of_events import CancelledRegistrations, EventRegistrations
from registrations.admin.panels.of_sessions import CancelledSeats, SessionRegistrations, ViaPass
from registrations.admin.panels.orders import EventOrders
from registrations.admin.panels.programme import EventSessions, IncludedSessions, RelatedSessions
from registrations.admin.panels.records import EventCheckIns, EventPasses, Ledger, SessionCheckIns
from registrations.admin.panels.waiting import EventWaitlist, SessionWaitlist
from registrations.admin.panels.whole import EventContacts, EventMails, EventSeats, EventSpeakers

EVENT_PANELS: tuple[type[Panel], ...] = (
    EventSessions,
    IncludedSessions,
    EventDraws,
    EventRegistrations,
    EventOrders,
    EventWaitlist,
    EventScans,
    EventDevices,
    EventCheckIns,
    CancelledRegistrations,
    EventPasses,
    Ledger,
)
SESSION_PANELS: tuple[type[Panel], ...] = (
    SessionRegistrations,
    ViaPass,
    SessionWaitlist,
    SessionScans,
    SessionDevices,
    SessionCheckIns,
    CancelledSeats,
    RelatedSessions,
    Ledger,
)
BY_KIND: dict[str, dict[str, type[Panel]]] = {
    "event": {panel.key: panel for panel in EVENT_PANELS},
    "session": {panel.key: panel for panel in SESSION_PANELS},
}
# What can be taken along: the panels, and lists of a whole event that no tab shows.
FILES: dict[str, dict[str, type[Panel]]] = {
    "event": BY_KIND["event"]
    | {each.key: each for each in (EventSeats, EventContacts, EventMails, EventSpeakers, *BOOKKEEPING)},
    "session": BY_KIND["session"],
}


def _drawn_by(panel: type[Panel]) -> Callable[[HttpRequest, ModelAdmin, Any], SafeString]:
    def draw(request: HttpRequest, model_admin: ModelAdmin, obj: Any) -> SafeString:
        return panel(request, obj, model_admin.admin_site).render(request)

    return draw


register_panels({"event_calendar": event_calendar, "door_counts": door_counts, "event_sale": event_sale})
register_panels({panel.key: _drawn_by(panel) for panel in (*EVENT_PANELS, *SESSION_PANELS)})
