"""The floor of the desk's pages: bare views that read as many rows by one statement each, and write them as a table.

No middleware, no signing in, no form, no permission, no words: what it costs at least to show so much.
"""

from __future__ import annotations

from html import escape

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


def name_of_stock(table: str) -> str:
    """What the list of all rows of a table is called here."""
    return f"all data, {table.partition('_')[2]}"


STOCK = (
    *("registrations_eventregistration", "registrations_sessionregistration", "registrations_activity"),
    *("registrations_notification", "waitlists_waitlistitem", "sessions_app_session", "events_contact"),
)
EVENT = "SELECT * FROM events_event WHERE id = %(event)s"
SESSIONS = (
    "SELECT s.id, s.name, s.date, s.starts_at, s.ends_at, s.session_status, r.name, t.name,"
    " c.capacity, c.taken, c.held, c.waiting"
    " FROM sessions_app_session s JOIN events_seatcount c ON c.id = s.seats_id"
    " LEFT JOIN events_room r ON r.id = s.room_id LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id"
    " WHERE s.event_id = %(event)s"
)
IN_ORDER = "ORDER BY s.starts_at, s.id"
FIRST_DAY = "s.date = (SELECT min(date) FROM sessions_app_session WHERE event_id = %(event)s)"
PEOPLE = (
    "SELECT r.id, r.first_name, r.last_name, c.email, r.status, r.source, r.registered_at"
    " FROM registrations_eventregistration r JOIN events_contact c ON c.id = r.contact_id"
    " WHERE r.event_id = %(event)s AND r.cancelled_at IS NULL"
)
NEWEST = "ORDER BY r.registered_at DESC, r.id DESC LIMIT 50"
NUMBER = (
    "SELECT count(*) FROM registrations_eventregistration WHERE event_id = %(event)s AND cancelled_at IS NULL"
)
FOUND = (
    "AND (lower(c.email) LIKE '%%4711%%' OR lower(r.first_name) LIKE '%%4711%%'"
    " OR lower(r.last_name) LIKE '%%4711%%')"
)
LEDGER = (
    "SELECT a.id, a.at, a.verb, a.actor, a.reason, a.capacity, a.taken, c.email, c.first_name, c.last_name, s.name"
    " FROM registrations_activity a LEFT JOIN events_contact c ON c.id = a.contact_id"
    " LEFT JOIN sessions_app_session s ON s.id = a.session_id"
)
SEATED = (
    "SELECT h.id, r.first_name, r.last_name, c.email, h.source, h.registered_at"
    " FROM registrations_sessionregistration h JOIN events_contact c ON c.id = h.contact_id"
    " JOIN registrations_eventregistration r ON r.id = h.event_registration_id"
    " WHERE h.session_id = %(session)s AND h.cancelled_at IS NULL ORDER BY h.registered_at DESC, h.id DESC LIMIT 50"
)
IN_LINE = (
    "SELECT w.id, w.status, w.joined_at, c.email, c.first_name, c.last_name"
    " FROM waitlists_waitlistitem w JOIN events_contact c ON c.id = w.contact_id"
    " WHERE w.session_id = %(session)s ORDER BY w.joined_at, w.id LIMIT 50"
)
SUMS = (
    "SELECT count(*), sum(c.capacity), sum(c.taken), sum(c.held), sum(c.waiting) FROM sessions_app_session s"
    " JOIN events_seatcount c ON c.id = s.seats_id WHERE s.event_id = %(event)s"
)
BY_DAY = (
    "SELECT cast(r.registered_at AS date), count(*) FROM registrations_eventregistration r"
    " WHERE r.event_id = %(event)s GROUP BY 1 ORDER BY 1"
)
LINES = (
    "SELECT w.session_id, w.status, count(*) FROM waitlists_waitlistitem w"
    " WHERE w.event_id = %(event)s GROUP BY 1, 2 LIMIT 25"
)
MAILS = "SELECT n.kind, count(*) FROM registrations_notification n WHERE n.event_id = %(event)s GROUP BY 1"
EVENTS = (
    "SELECT e.id, e.name, e.starts_at, c.capacity, c.taken FROM events_event e"
    " JOIN events_seatcount c ON c.id = e.seats_id ORDER BY e.starts_at LIMIT 20"
)
PAGES: dict[str, tuple[str, ...]] = {
    "home": (EVENTS,),
    "event, its sessions": (EVENT, f"{SESSIONS} {IN_ORDER} LIMIT 50"),
    "event, calendar": (EVENT, f"{SESSIONS} AND {FIRST_DAY} {IN_ORDER}"),
    "event, registrations": (EVENT, NUMBER, f"{PEOPLE} {NEWEST}"),
    "event, registrations, last page": (EVENT, NUMBER, f"{PEOPLE} {NEWEST} OFFSET %(last)s"),
    "event, registrations, search": (EVENT, f"{PEOPLE} {FOUND} {NEWEST}"),
    "event, overview": (EVENT, SUMS, f"{SESSIONS} ORDER BY c.waiting DESC LIMIT 25", BY_DAY, LINES, MAILS),
    "event, ledger": (EVENT, f"{LEDGER} WHERE a.event_id = %(event)s ORDER BY a.id DESC LIMIT 50"),
    "session, registrations and waitlist": (
        *("SELECT * FROM sessions_app_session WHERE id = %(session)s", SEATED, IN_LINE),
        f"{LEDGER} WHERE a.session_id = %(session)s ORDER BY a.id DESC LIMIT 50",
    ),
    "add registration": (f"{SESSIONS} {IN_ORDER}",),
}


for _table in STOCK:
    PAGES[name_of_stock(_table)] = (f"SELECT * FROM {_table} ORDER BY id DESC LIMIT 50",)  # nosec B608 # names are ours


def page(request: HttpRequest, name: str, event: int, session: int, people: int) -> HttpResponse:
    """The rows of one page as tables."""
    values = {"event": event, "session": session, "last": max(0, people - 50)}
    tables = []
    with connection.cursor() as cursor:
        for statement in PAGES[name]:
            cursor.execute(statement, values)
            rows = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in cursor.fetchall())
            tables.append("".join(f"<tr>{row}</tr>" for row in rows))
    return HttpResponse("".join(f"<table>{rows}</table>" for rows in tables))


urlpatterns = [path("<str:name>/<int:event>/<int:session>/<int:people>/", page, name="floor")]
