"""The floor over HTTP: bare Django views whose one statement claims one seat, or reads some rows.

No middleware, no session, no rules, no ledger, no outbox; the same Django, the same database driver and settings.
"""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from tests.benchmarks.floor_database import floor_database

CLAIM = (
    "UPDATE bench_counter SET taken = taken + 1"
    " WHERE id = %s AND (capacity IS NULL OR taken + held + waiting < capacity) RETURNING taken"
)
ROWS = (
    "SELECT id, contact_id, status, first_name, last_name, registered_at FROM registrations_eventregistration"
    " WHERE event_id = %s AND id > %s ORDER BY id LIMIT %s"
)
REGISTRANTS = (
    "SELECT r.*, c.email FROM registrations_eventregistration r JOIN events_contact c ON c.id = r.contact_id"
    " WHERE r.event_id = %s ORDER BY r.id LIMIT %s"
)
SESSIONS = (
    "SELECT s.*, c.capacity, c.taken, c.held, c.waiting FROM sessions_app_session s"
    " JOIN events_seatcount c ON c.id = s.seats_id WHERE s.event_id = %s ORDER BY s.id LIMIT %s"
)
SEATS = (
    "SELECT h.*, c.email, r.first_name, r.last_name FROM registrations_sessionregistration h"
    " JOIN events_contact c ON c.id = h.contact_id"
    " JOIN registrations_eventregistration r ON r.id = h.event_registration_id"
    " WHERE h.event_id = %s ORDER BY h.id LIMIT %s"
)
LISTS = {"registrants": REGISTRANTS, "sessions": SESSIONS, "session-registrations": SEATS}
FIGURES = (
    "SELECT s.uuid, s.starts_at, c.capacity, c.taken, c.held, c.waiting FROM sessions_app_session s"
    " JOIN events_seatcount c ON c.id = s.seats_id WHERE s.event_id = %s"
)
BARE_TABLE = (
    "CREATE TABLE IF NOT EXISTS bench_counter"
    " (id integer PRIMARY KEY, capacity integer, taken integer, held integer, waiting integer)"
)


def claim(request: HttpRequest, counter: int) -> HttpResponse:
    """Take one seat of the counter, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [counter])
        taken = cursor.fetchone()
    return HttpResponse("yes" if taken else "no")


def rows(request: HttpRequest, event: int, last: int, number: int) -> JsonResponse:
    """So many bare registrations of an event behind the last one seen."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [event, last, number])
        return JsonResponse(cursor.fetchall(), safe=False)


def rows_of_list(request: HttpRequest, name: str, event: int, number: int) -> JsonResponse:
    """So many rows of an event with their columns and those nearest to them, each by its name."""
    with connection.cursor() as cursor:
        cursor.execute(LISTS[name], [event, number])
        names = [column[0] for column in cursor.description]
        return JsonResponse({"items": [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]})


def figures(request: HttpRequest, event: int) -> JsonResponse:
    """The figures of every session of an event, as they lie in the tables."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [event])
        return JsonResponse({str(uid): row for uid, *row in cursor.fetchall()})


urlpatterns = [
    path("figures/<int:event>/", figures),
    path("claim/<int:counter>/", claim),
    path("list/<name>/<int:event>/<int:number>/", rows_of_list),
    path("rows/<int:event>/<int:last>/<int:number>/", rows),
]

if not settings.configured:
    settings.configure(
        SECRET_KEY="floor",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        INSTALLED_APPS=[],
        USE_TZ=True,
        DATABASES={"default": floor_database()},
    )
    application = get_wsgi_application()
