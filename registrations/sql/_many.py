"""Fixed statements about a line and its contacts, one each whatever the number of people."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.db import connection

from events.models import Contact, Event, SeatCount
from registrations.models import EventRegistration, SessionRegistration
from registrations.sql._reading import OPEN, Statement, among, attach, ids_value, these, these_value
from sessions_app.models import Session, SessionTrack
from waitlists.models import InvitationSlot, WaitlistItem
from waitlists.order import LINE


@cache
def _session(vendor: str) -> Statement:
    return Statement(
        """
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        JOIN events_event e ON e.id = s.event_id
        JOIN events_seatcount ec ON ec.id = e.seats_id
        LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        WHERE s.seats_id = %s
        """,
        s=Session,
        sc=SeatCount,
        e=Event,
        ec=SeatCount,
        t=SessionTrack,
    )


def session_of(seats_id: int) -> Session | None:
    """The session to which this seat count belongs, with it, its track, its event and the event's."""
    for session, seats, event, of_event, track in _session(connection.vendor).rows([seats_id]):
        attach(event, seats=of_event)
        attach(session, seats=seats, event=event, track=track)
        return session
    return None


@cache
def _sessions(vendor: str, is_one: bool) -> Statement:
    return Statement(
        f"""
        FROM sessions_app_session s
        JOIN events_seatcount sc ON sc.id = s.seats_id
        LEFT JOIN sessions_app_sessiontrack t ON t.id = s.track_id
        WHERE {these("s.id", is_one=is_one)}
        ORDER BY s.starts_at, s.name, s.id
        """,
        s=Session,
        sc=SeatCount,
        t=SessionTrack,
    )


def sessions_numbered(ids: Collection[int]) -> list[Session]:
    """The sessions with these ids, deleted ones too, each with its seats and its track."""
    if not ids:
        return []
    found = _sessions(connection.vendor, len(ids) == 1).rows([these_value(ids)])
    for session, seats, track in found:
        attach(session, seats=seats, track=track)
    return [session for session, *_more in found]


class Head(NamedTuple):
    """One contact near the head of a line, and the group with which they wait, where they do."""

    contact_id: int
    together: object


def heads_of(seats_id: int, most: int) -> list[Head]:
    """The contacts at the head of the line whom nothing keeps from being served, in order."""
    text = f"""
        SELECT contact_id, together FROM waitlists_waitlistitem
        WHERE seats_id = %s AND status = 'waiting' AND passed_over_at IS NULL
        ORDER BY {LINE.by()} LIMIT %s
    """  # nosec B608 # names are ours
    with connection.cursor() as cursor:
        cursor.execute(text, [seats_id, most])
        return [Head(*row) for row in cursor.fetchall()]


def mates_of(seats_id: int, heads: Collection[Head]) -> list[int]:
    """The contacts who wait together with one of these heads and are none of them, passed over or not, in order."""
    groups = {uuid.UUID(str(head.together)) for head in heads if head.together}
    if not groups:
        return []
    items = WaitlistItem.objects.filter(
        seats_id=seats_id, together__in=groups, status__in=WaitlistItem.IN_A_PARTY
    )
    others = items.exclude(contact_id__in=[head.contact_id for head in heads])
    return list(others.in_line().values_list("contact_id", flat=True))


@cache
def _contacts(lock: str, vendor: str, is_one: bool) -> Statement:
    # SQLite knows no row locks: the transaction that reads is the only one that writes.
    lock = lock if vendor == "postgresql" else ""
    return Statement(
        f'FROM "events_contact" c WHERE {these("c.id", is_one=is_one)} ORDER BY c."id" ASC {lock}',
        c=(Contact, "uuid email first_name last_name language"),
    )


def contacts_with(contact_ids: Collection[int], lock: str) -> dict[int, Contact]:
    """The contacts by id, in ascending order, their rows locked as `lock` says."""
    rows = _contacts(lock, connection.vendor, len(contact_ids) == 1).rows([these_value(contact_ids)])
    return {contact.pk: contact for (contact,) in rows}


def revise_contacts(contact_ids: Collection[int]) -> None:
    """Give the contacts a new revision."""
    with connection.cursor() as cursor:
        which = these("id", is_one=len(contact_ids) == 1)
        text = f"UPDATE events_contact SET revision = revision + 1 WHERE {which}"  # nosec B608 # names are ours
        cursor.execute(text, [these_value(contact_ids)])


def seats_overlapping(session: Session, contact_ids: Collection[int]) -> set[int]:
    """The seat counts of the sessions in which these contacts hold seats while `session` lasts."""
    text = f"""
        SELECT DISTINCT s.seats_id FROM registrations_sessionregistration h
        JOIN sessions_app_session s ON s.id = h.session_id
        WHERE {among("h.contact_id")} AND h.cancelled_at IS NULL AND s.starts_at < %s AND s.ends_at > %s
    """  # nosec B608 # names are ours
    moment = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(text, [ids_value(contact_ids), moment(session.ends_at), moment(session.starts_at)])
        return {seats_id for (seats_id,) in cursor.fetchall()}


@cache
def _registrations(vendor: str, is_one: bool) -> Statement:
    return Statement(
        f"""
        FROM registrations_eventregistration r
        WHERE {these("r.contact_id", is_one=is_one)} AND r.event_id = %s AND r.cancelled_at IS NULL
        """,
        r=(EventRegistration, "uuid event contact status cancelled_at"),
    )


def registrations_of(contact_ids: Collection[int], event_id: int) -> list[EventRegistration]:
    """The contacts' live registrations at the event."""
    rows = _registrations(connection.vendor, len(contact_ids) == 1).rows([these_value(contact_ids), event_id])
    return [registration for (registration,) in rows]


@cache
def _registration(vendor: str) -> Statement:
    return Statement(
        """
        FROM registrations_eventregistration r
        WHERE r.contact_id = %s AND r.event_id = %s AND r.cancelled_at IS NULL
        """,
        r=EventRegistration,
    )


def registration_of(contact: Contact, event_id: int) -> EventRegistration | None:
    """The contact's live registration at the event, which carries this contact."""
    for (registration,) in _registration(connection.vendor).rows([contact.pk, event_id]):
        attach(registration, contact=contact)
        return registration
    return None


@cache
def _held(vendor: str, is_one: bool) -> Statement:
    return Statement(
        f"""
        FROM registrations_sessionregistration h
        JOIN sessions_app_session s ON s.id = h.session_id
        JOIN events_contact c ON c.id = h.contact_id
        WHERE {these("h.contact_id", is_one=is_one)} AND h.cancelled_at IS NULL
        """,
        h=SessionRegistration,
        s=Session,
        c=Contact,
    )


def held_by(contact_ids: Collection[int]) -> list[SessionRegistration]:
    """The contacts' live seats at all events, each with its session and its contact."""
    seats = []
    for seat, session, contact in _held(connection.vendor, len(contact_ids) == 1).rows(
        [these_value(contact_ids)]
    ):
        attach(seat, session=session, contact=contact)
        seats.append(seat)
    return seats


def sessions_held(contact_ids: Collection[int], event_id: int) -> list[tuple[int, int]]:
    """Contact and session of each seat that these contacts have at the event."""
    text = f"""
        SELECT h.contact_id, h.session_id FROM registrations_sessionregistration h
        WHERE {among("h.contact_id")} AND h.event_id = %s AND h.cancelled_at IS NULL
    """  # nosec B608 # names are ours
    with connection.cursor() as cursor:
        cursor.execute(text, [ids_value(contact_ids), event_id])
        return cursor.fetchall()


# What rules and pages look at: when somebody joined is the line's own business.
_ITEM = (
    "uuid event session seats contact event_pass status automatically_register when_clashing"
    " passed_over_at passed_over_code passed_over_reason together place_at_most until_hours invitation_slot"
)


@cache
def _waited(vendor: str, is_one: bool) -> Statement:
    return Statement(
        f"""
        FROM waitlists_waitlistitem w
        LEFT JOIN waitlists_invitationslot i ON i.id = w.invitation_slot_id
        LEFT JOIN sessions_app_session s ON s.id = w.session_id
        WHERE {these("w.contact_id", is_one=is_one)} AND w.event_id = %s AND w.status IN ({OPEN})
        """,
        w=(WaitlistItem, _ITEM),
        i=InvitationSlot,
        s=(Session, "event name track selection_control"),
    )


def waited_for(contact_ids: Collection[int], event_id: int) -> list[tuple[WaitlistItem, Session | None]]:
    """The contacts' open waitlist items at the event, each with its invitation; and what limits ask of its session."""
    items = []
    for item, slot, session in _waited(connection.vendor, len(contact_ids) == 1).rows(
        [these_value(contact_ids), event_id]
    ):
        attach(item, invitation_slot=slot)
        items.append((item, session))
    return items


def cancel_seat(seat_id: int, at: datetime, reason: str) -> bool:
    """End this seat of a session; False where it has ended already."""
    text = """
        UPDATE registrations_sessionregistration SET cancelled_at = %s, cancel_reason = %s
        WHERE id = %s AND cancelled_at IS NULL
    """
    with connection.cursor() as cursor:
        cursor.execute(text, [connection.ops.adapt_datetimefield_value(at), reason, seat_id])
        return cursor.rowcount == 1


def close_items(item_ids: Collection[int], status: str, at: datetime) -> None:
    """End these waitlist items, none of them invited."""
    text = f"""
        UPDATE waitlists_waitlistitem SET status = %s, closed_at = %s, passed_over_at = NULL
        WHERE {among("id")}
    """  # nosec B608 # names are ours
    closed_at = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(text, [status, closed_at, ids_value(item_ids)])


def give_door_codes(codes: Mapping[int, str]) -> int:
    """Give each registration its code, where it has none by now; return how many got it."""
    text = "UPDATE registrations_eventregistration SET door_code = %s WHERE id = %s AND door_code IS NULL"
    with connection.cursor() as cursor:
        cursor.executemany(text, [[code, pk] for pk, code in codes.items()])
        return cursor.rowcount


def door_code_given(registration_id: int, code: str) -> str:
    """Give the registration this code where it has none; return the code that it has then."""
    text = """
        UPDATE registrations_eventregistration SET door_code = COALESCE(door_code, %s) WHERE id = %s
        RETURNING door_code
    """
    with connection.cursor() as cursor:
        cursor.execute(text, [code, registration_id])
        return cursor.fetchone()[0]
