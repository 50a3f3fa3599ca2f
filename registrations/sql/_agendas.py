"""Fixed statements of pages of one's own: a draft with its sessions, and what somebody holds and waits for."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from functools import cache
from typing import Any

from django.db import connection

from events.models import Building, Contact, Event, Layout, Pass, Room, SeatCount
from registrations.models import AgendaDraft, AttendeePass, SessionRegistration
from registrations.sql._reading import OPEN, Statement, among, attach, ids_value, key_of
from sessions_app.models import Session, SessionTrack, Speaker
from waitlists.models import InvitationSlot, WaitlistItem
from waitlists.order import LINE

# A session with all that its row on a page shows, in the order in which `_shown` takes them.
_SHOWN: dict[str, Any] = {
    "s": Session,
    "sc": SeatCount,
    "b": Building,
    "o": Room,
    "y": Layout,
    "t": SessionTrack,
}
_RELATED = """
    LEFT JOIN events_seatcount sc ON sc.id = s.seats_id
    LEFT JOIN events_building b ON b.id = s.building_id
    LEFT JOIN events_room o ON o.id = s.room_id
    LEFT JOIN events_layout y ON y.id = s.layout_id
    LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
"""


def _shown(event: Event, row: list[Any]) -> Session:
    session, seats, building, room, layout, track = row
    attach(session, event=event, seats=seats, building=building, room=room, layout=layout, track=track)
    return session


# Mostly a draft has none: then they need not be read.
HAS_STARS = "EXISTS (SELECT 1 FROM registrations_star x WHERE x.draft_id = d.id)"


@cache
def _draft(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM registrations_agendadraft d
        LEFT JOIN registrations_agendadraftline l ON l.draft_id = d.id
        LEFT JOIN sessions_app_session s ON s.id = l.session_id AND s.archived_at IS NULL
        {_RELATED}
        WHERE d.event_id = %s AND d.uuid = %s ORDER BY l.id
        """,
        besides=[HAS_STARS],
        d=AgendaDraft,
        **_SHOWN,
    )


def draft_with_agenda(event: Event, identity: uuid.UUID) -> tuple[AgendaDraft | None, list[Session]]:
    """The event's draft, and its sessions but for deleted ones, in the order chosen, with all that their rows show."""
    rows = _draft(connection.vendor).rows([event.pk, key_of(identity)])
    if not rows:
        return None, []
    draft = rows[0][0]
    draft.is_interested = bool(rows[0][-1])
    attach(draft, event=event)
    return draft, [_shown(event, row[1:-1]) for row in rows if row[1] is not None]


@cache
def _some(vendor: str) -> Statement:
    text = f"FROM sessions_app_session s {_RELATED} WHERE s.event_id = %s AND {among('s.id')}"  # nosec B608
    return Statement(text, **_SHOWN)


def sessions_by_id(event: Event, ids: Collection[int]) -> dict[int, Session]:
    """The event's sessions with these ids, deleted ones too, with all that their rows show."""
    rows = _some(connection.vendor).rows([event.pk, ids_value(ids)]) if ids else []
    return {row[0].pk: _shown(event, row) for row in rows}


@cache
def _held(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM registrations_sessionregistration h
        JOIN sessions_app_session s ON s.id = h.session_id
        {_RELATED}
        WHERE h.contact_id = %s AND h.cancelled_at IS NULL AND s.event_id = %s
        ORDER BY s.starts_at, s.name
        """,
        h=SessionRegistration,
        **_SHOWN,
    )


def seats_at(event: Event, contact: Contact) -> list[SessionRegistration]:
    """The contact's live seats in the event's sessions, by time, with all that the sessions' rows show."""
    rows = _held(connection.vendor).rows([contact.pk, event.pk])
    for seat, *row in rows:
        attach(seat, session=_shown(event, row), contact=contact)
    return [row[0] for row in rows]


@cache
def _waited(vendor: str, order: tuple[str, ...]) -> Statement:
    return Statement(
        f"""
        FROM waitlists_waitlistitem w
        LEFT JOIN waitlists_invitationslot i ON i.id = w.invitation_slot_id
        LEFT JOIN sessions_app_session s ON s.id = w.session_id
        {_RELATED}
        WHERE w.contact_id = %s AND w.event_id = %s AND w.status IN ({OPEN})
        ORDER BY {LINE.by("w.")}
        """,
        w=WaitlistItem,
        i=InvitationSlot,
        **_SHOWN,
    )


def places_in_line_at(event: Event, contact: Contact) -> list[WaitlistItem]:
    """The contact's open waitlist items at the event, in the order of a line, with all that the sessions' rows show."""
    rows = _waited(connection.vendor, LINE.columns).rows([contact.pk, event.pk])
    for item, slot, *row in rows:
        session = _shown(event, row) if row[0] is not None else None
        attach(item, event=event, invitation_slot=slot, session=session, contact=contact)
    return [row[0] for row in rows]


@cache
def _speakers(vendor: str) -> Statement:
    return Statement(
        f"""
        FROM sessions_app_session_speakers l JOIN sessions_app_speaker p ON p.id = l.speaker_id
        WHERE {among("l.session_id")} ORDER BY p.name, p.id
        """,
        l=Session.speakers.through,
        p=Speaker,
    )


def attach_speakers(sessions: Collection[Session]) -> None:
    """Let the sessions carry their speakers, as a prefetch does."""
    ids = ids_value({session.pk for session in sessions})
    found: dict[int, list[Speaker]] = {}
    for link, speaker in _speakers(connection.vendor).rows([ids]) if sessions else []:
        found.setdefault(link.session_id, []).append(speaker)
    for session in sessions:
        rows = Speaker.objects.all()
        vars(rows).update(_result_cache=found.get(session.pk, []), _prefetch_done=True)
        vars(session).setdefault("_prefetched_objects_cache", {})["speakers"] = rows


@cache
def _pass(vendor: str) -> Statement:
    return Statement(
        """
        FROM registrations_attendeepass a JOIN events_pass p ON p.id = a.event_pass_id
        WHERE a.event_registration_id = %s AND a.cancelled_at IS NULL ORDER BY a.id
        """,
        a=AttendeePass,
        p=Pass,
    )


def pass_of(registration_id: int) -> AttendeePass | None:
    """The registration's pass that was not cancelled."""
    for issued, event_pass in _pass(connection.vendor).rows([registration_id]):
        attach(issued, event_pass=event_pass)
        return issued
    return None


def starred_by(*, draft_id: int | None = None, registration_id: int | None = None) -> frozenset[int]:
    """The ids of the sessions starred on the draft, or on whatever draft became, or hangs on, the registration."""
    where, value = ("d.registration_id", registration_id) if registration_id else ("d.id", draft_id)
    text = f"""
        SELECT r.session_id FROM registrations_star r
        JOIN registrations_agendadraft d ON d.id = r.draft_id WHERE {where} = %s
    """  # nosec B608 # names are ours
    with connection.cursor() as cursor:
        cursor.execute(text, [value])
        return frozenset(session_id for (session_id,) in cursor.fetchall())
