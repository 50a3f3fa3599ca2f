"""The floor of a journey: bare Django views that read and write as many rows, put into f-strings. No middleware."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.benchmarks.floor_database import floor_database

TABLES = (
    "CREATE TABLE IF NOT EXISTS bench_choice (draft varchar(64), session_id integer)",
    "CREATE INDEX IF NOT EXISTS bench_choice_of ON bench_choice (draft)",
    "CREATE TABLE IF NOT EXISTS bench_person (draft varchar(64) PRIMARY KEY, email varchar(254), event_id integer)",
    "CREATE TABLE IF NOT EXISTS bench_seat (draft varchar(64), session_id integer)",
    "CREATE INDEX IF NOT EXISTS bench_seat_of ON bench_seat (draft)",
)
EVENT = "SELECT name, description, starts_at, ends_at FROM events_event WHERE id = %s"
DAYS = "SELECT date, count(*) FROM sessions_app_session WHERE event_id = %s GROUP BY date ORDER BY date"
SPEAKERS = "SELECT name, job_title FROM sessions_app_speaker WHERE event_id = %s ORDER BY name LIMIT 24"
ROWS = (
    "SELECT s.id, s.uuid, s.name, s.starts_at, s.ends_at, r.name, t.name, c.capacity, c.taken, c.held, c.waiting"
    " FROM sessions_app_session s JOIN events_seatcount c ON c.id = s.seats_id"
    " LEFT JOIN events_room r ON r.id = s.room_id LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id"
)
PAGE = f"{ROWS} WHERE s.event_id = %s ORDER BY s.starts_at, s.id LIMIT 50"
ONE = f"{ROWS} WHERE s.id = %s"
DAY = f"{ROWS} WHERE s.event_id = %s AND s.date = (SELECT min(date) FROM sessions_app_session WHERE event_id = %s)"
CELLS = 100
TEXT = "SELECT description FROM sessions_app_session WHERE id = %s"
SPOKEN = (
    "SELECT p.name, p.biography FROM sessions_app_speaker p JOIN sessions_app_session_speakers l ON l.speaker_id = p.id"
    " WHERE l.session_id = %s"
)
EVERYBODY = "SELECT name, company, code FROM sessions_app_speaker WHERE event_id = %s ORDER BY name"
CHOSEN = f"{ROWS} WHERE s.id IN (SELECT session_id FROM bench_choice WHERE draft = %s) ORDER BY s.starts_at"


def make_tables() -> None:
    """The floor's own tables."""
    with connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement)


def _all(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _row(row: tuple[Any, ...]) -> str:
    pk, uid, name, starts, ends, room, track, capacity, taken, held, waiting = row
    return (
        f'<article id="seat-{uid}"><time>{starts}–{ends}</time><h3><a href="/sessions/{uid}/">{name}</a></h3>'
        f"<p>{room} · {track}</p><p>{capacity - taken - held - waiting} seats left</p>"
        f'<form method="post" action="/add/{pk}/"><button>Add</button></form></article>'
    )


def event(request: HttpRequest, event: int) -> HttpResponse:
    """The event, its days, its first speakers."""
    [(name, description, starts, ends)] = _all(EVENT, event)
    days = "".join(f"<li>{day}: {number} sessions</li>" for day, number in _all(DAYS, event))
    people = "".join(f"<li>{person} · {job}</li>" for person, job in _all(SPEAKERS, event))
    return HttpResponse(f"<h1>{name}</h1><p>{starts}–{ends}</p>{description}<ul>{days}</ul><ul>{people}</ul>")


def listed(request: HttpRequest, event: int) -> HttpResponse:
    """The first fifty sessions with their figures."""
    return HttpResponse("".join(map(_row, _all(PAGE, event))))


def grid(request: HttpRequest, event: int) -> HttpResponse:
    """The event's first day: all places, and the first cells drawn."""
    rows = _all(f"{DAY} ORDER BY s.starts_at, s.id", event, event)
    places = {row[0]: (row[5], row[3], row[4]) for row in rows}
    return HttpResponse("".join(map(_row, rows[:CELLS])) + f"<p>{len(places)}</p>")


def one(request: HttpRequest, session: int) -> HttpResponse:
    """One session with its text and its speakers."""
    [(text,)] = _all(TEXT, session)
    people = "".join(f"<li>{name}: {life}</li>" for name, life in _all(SPOKEN, session))
    return HttpResponse("".join(map(_row, _all(ONE, session))) + f"<div>{text}</div><ul>{people}</ul>")


def speakers(request: HttpRequest, event: int) -> HttpResponse:
    """Everybody who speaks."""
    rows = _all(EVERYBODY, event)
    return HttpResponse(
        "".join(f'<li><a href="/{code}/">{name}</a> {firm}</li>' for name, firm, code in rows)
    )


def add(request: HttpRequest, event: int, draft: str, session: int) -> HttpResponse:
    """Keep one choice; the row as it is now."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_choice VALUES (%s, %s)", [draft, session])
    return HttpResponse("".join(map(_row, _all(ONE, session))))


def chosen(request: HttpRequest, event: int, draft: str) -> HttpResponse:
    """What was chosen."""
    return HttpResponse("".join(map(_row, _all(CHOSEN, draft))))


def finish(request: HttpRequest, event: int, draft: str) -> HttpResponse:
    """One person, and a seat in each session chosen."""
    rows = _all("SELECT session_id FROM bench_choice WHERE draft = %s", draft)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_person VALUES (%s, %s, %s)", [draft, request.POST["email"], event])
        for (session,) in rows:
            cursor.execute(
                "UPDATE bench_counter SET taken = taken + 1 WHERE id = %s RETURNING taken", [session % 200]
            )
            cursor.fetchall()
            cursor.execute("INSERT INTO bench_seat VALUES (%s, %s)", [draft, session])
    return HttpResponse("yes")


urlpatterns = [
    path("event/<int:event>/", event),
    path("list/<int:event>/", listed),
    path("grid/<int:event>/", grid),
    path("session/<int:session>/", one),
    path("speakers/<int:event>/", speakers),
    path("add/<int:event>/<str:draft>/<int:session>/", add),
    path("chosen/<int:event>/<str:draft>/", chosen),
    path("finish/<int:event>/<str:draft>/", finish),
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
