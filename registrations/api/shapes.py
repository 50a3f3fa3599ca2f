"""Registrations, lines, places in line and entries as JSON. No rules here, and no queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.api.contacts import ContactSerializer
from events.api.event_record import EventSerializer
from events.api.serializers import ApiSerializer
from events.models import Source
from registrations.api.reading import REGISTRATION_STATUSES, Registrant
from registrations.api.seat_record import SessionRegistrationSerializer
from registrations.models import EventRegistration
from registrations.rules.outcomes import Outcome
from registrations.rules.results import Line, PersonLine
from sessions_app.models import Session
from waitlists.models import WaitlistItem

Json = dict[str, Any]
# An outcome's word and its sentence.
Said = tuple[str, str]
HELD, WAITS = "held", "waits"
# The outcomes of what somebody has: of a seat, of waiting, and of those places in line that have a word of their own.
_STANDING = {
    HELD: Outcome.REGISTERED,
    WAITS: Outcome.WAITLISTED,
    WaitlistItem.Status.ON_HOLD.value: Outcome.ON_HOLD,
}
Applied = bool | Literal["partly"]


class LineSerializer(serializers.Serializer):
    """What became of one session; the words are those that the pages use."""

    session_id = serializers.IntegerField(allow_null=True, help_text="null: the event itself.")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    detail = serializers.CharField(help_text="The same in a sentence.")
    position = serializers.IntegerField(required=False, help_text="Place in line, counting from 1.")
    conflicts_with = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="Ids of sessions held that overlap."
    )
    limit = serializers.IntegerField(required=False, help_text="How many sessions one person may choose.")
    limited_by = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="Ids of the sessions that count there."
    )
    opens_at = serializers.DateTimeField(
        required=False, help_text="When registration opens, or the draw of the session's seats."
    )
    closes_at = serializers.DateTimeField(
        required=False, help_text="Until when wishes may be said for the draw."
    )
    alternatives = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="Ids of up to three that would fit."
    )
    past_capacity = serializers.BooleanField(required=False, help_text="The seat lies past the capacity.")
    over_by = serializers.IntegerField(required=False, help_text="By how many the capacity is exceeded.")
    invitation_expires_at = serializers.DateTimeField(
        required=False, help_text="A seat is held for this person until then."
    )


def applied_of(successes: Sequence[bool]) -> Applied:
    """Whether what was asked for was carried out: all of it, some of it, or nothing."""
    return all(successes) or ("partly" if any(successes) else False)


def line_of(line: Line) -> Json:
    """One line of an agenda as JSON."""
    return _without_blanks(
        session_id=line.session.pk,
        outcome=line.outcome,
        detail=line.message,
        position=line.position,
        conflicts_with=_ids_at(line.session, line.conflicts_with),
        alternatives=[other.pk for other in line.alternatives],
        **_window(line),
        past_capacity=line.is_success and line.is_past_capacity,
        **_limit(line),
    )


def line_of_person(session: Session | None, line: PersonLine) -> Json:
    """What became of one person given a seat on an organizer's word, in a session or at the event itself."""
    said = _without_blanks(
        outcome=line.outcome,
        detail=line.message,
        conflicts_with=_ids_at(session, line.conflicts_with) if session else [],
        past_capacity=line.is_past_capacity,
        over_by=line.over_by,
        **_limit(line),
    )
    return {"session_id": session.pk if session else None, **said}


def _limit(line: Line | PersonLine) -> Json:
    """The limit that refuses the line, with what counts there."""
    reason = line.reason
    if line.is_success or reason is None or reason.limit is None:
        return {}
    return {"limit": reason.limit, "limited_by": [session.pk for session in reason.sessions]}


def _window(line: Line | PersonLine) -> dict[str, datetime]:
    """The moment at which registration opens, or the window of the draw, where that is what refuses the line."""
    reason = line.reason
    if line.is_success or reason is None or reason.moment is None:
        return {}
    closes = {} if reason.until is None else {"closes_at": reason.until}
    return {"opens_at": reason.moment, **closes}


def _ids_at(session: Session, others: list[Session]) -> list[int]:
    """The ids of the sessions at this event; what somebody holds at another one is nobody's business here."""
    return [other.pk for other in others if other.event_id == session.event_id]


def _without_blanks(**values: Any) -> Json:
    return {name: value for name, value in values.items() if value not in (None, [], False, 0)}


def standing_lines(registrant: Registrant, words: Mapping[str, Said]) -> list[Json]:
    """What the person holds and waits for now, as lines; `words` are the outcomes with their sentences."""
    outcome, detail = words[HELD]
    lines: list[Json] = [
        {"session_id": seat.session_id, "outcome": outcome, "detail": detail}
        for seat in registrant.live_seats
    ]
    for line, seat in zip(lines, registrant.live_seats, strict=True):
        if seat.is_past_capacity:
            line["past_capacity"] = True
    for item in registrant.open_items:
        if item.session_id is not None:
            lines.append(_waiting_line(item, words))
    return lines


def _waiting_line(item: Any, words: Mapping[str, Said]) -> Json:
    outcome, detail = words.get(item.status) or words[WAITS]
    line = {"session_id": item.session_id, "outcome": outcome, "detail": detail}
    if item.place:
        line["position"] = item.place
    if item.expires_at is not None:
        line["invitation_expires_at"] = item.expires_at
    return line


class RegistrantSerializer(ApiSerializer):
    """One person at one event, of a `Registrant`; after an act `lines` says what became of each session."""

    # Places in line move with those ahead.
    moved_by_others = frozenset({"position", "lines"})

    expandable = {
        "contact": (ContactSerializer, "contact_record", False),
        "direct_link": (serializers.URLField, "own_link", False),
        "event": (EventSerializer, "event_record", False),
        "session_registrations": (SessionRegistrationSerializer, "seat_records", True),
    }

    id = serializers.IntegerField()
    secure_id = serializers.UUIDField(source="uuid", help_text="An id that nobody can guess.")
    event_id = serializers.IntegerField()
    contact_id = serializers.IntegerField()
    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    company = serializers.CharField()
    job_title = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.CharField(
        help_text="Of the person's pages and mails, at each of their events that offers it; empty: as the event."
    )
    registration_status = serializers.ChoiceField(choices=[(word, word) for word in REGISTRATION_STATUSES])
    pass_id = serializers.SerializerMethodField()
    order_id = serializers.IntegerField(
        allow_null=True, help_text="The order by which they came; null: their pass costs nothing."
    )
    session_ids = serializers.SerializerMethodField()
    waitlisted_session_ids = serializers.SerializerMethodField()
    no_sessions = serializers.SerializerMethodField(
        help_text="Registered where registrants choose sessions, and without a seat in any."
    )
    position = serializers.SerializerMethodField(help_text="Place in the event's own line.")
    custom_fields = serializers.SerializerMethodField(
        help_text="Answers to the event's registration questions, as `c_<id of the question>`."
    )
    past_capacity = serializers.BooleanField(source="is_past_capacity")
    reason = serializers.CharField(help_text="Why they were added past capacity.")
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Source.choices, help_text="By which door they came."
    )
    registered_by_id = serializers.IntegerField(
        allow_null=True,
        help_text="The registrant who registered this one together with themselves, on the website; null: nobody did.",
    )
    registered_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField(allow_null=True)
    no_show_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when somebody said that they did not come."
    )
    updated_at = serializers.DateTimeField(source="changed_at")
    lines = serializers.SerializerMethodField()

    def get_pass_id(self, row: Registrant) -> int | None:
        """The pass issued to the registrant."""
        return row.live_passes[0].event_pass_id if row.live_passes else None

    def get_session_ids(self, row: Registrant) -> list[int]:
        """The sessions in which the registrant has a seat."""
        return [seat.session_id for seat in row.live_seats]

    def get_waitlisted_session_ids(self, row: Registrant) -> list[int]:
        """The sessions for which the registrant waits, is invited, or is on hold."""
        return [item.session_id for item in row.open_items if item.session_id is not None]

    def get_no_sessions(self, row: Registrant) -> bool:
        """True for somebody whom the desk lists under “No sessions”."""
        is_chooser = row.makes_own_agenda and row.status == EventRegistration.Status.CONFIRMED
        return is_chooser and not row.is_cancelled and not row.live_seats

    def get_position(self, row: Registrant) -> int | None:
        """The registrant's place in the event's own line."""
        return next((item.place for item in row.open_items if item.session_id is None), None)

    def get_custom_fields(self, row: Registrant) -> dict[str, Any]:
        """The registrant's answers."""
        return {f"c_{answer.field_id}": answer.value for answer in row.given_answers}

    @extend_schema_field(LineSerializer(many=True))
    def get_lines(self, row: Registrant) -> list[Json]:
        """The outcome of each session asked for, else what the registrant holds and waits for."""
        shown: list[Json] | None = getattr(row, "shown_lines", None)
        return standing_lines(row, self._words) if shown is None else shown

    @cached_property
    def _words(self) -> dict[str, Said]:
        """The outcomes of what somebody has, with their sentences: translated once for an answer."""
        return {status: (outcome.value, str(outcome.label)) for status, outcome in _STANDING.items()}


class WaitlistItemSerializer(ApiSerializer):
    """One place in line: for a session, or (without one) for the event itself. Needs `reading.with_places`."""

    moved_by_others = frozenset({"position"})

    id = serializers.IntegerField()
    event_id = serializers.IntegerField()
    session_id = serializers.IntegerField(allow_null=True)
    registrant_id = serializers.IntegerField(allow_null=True)
    email = serializers.EmailField(source="contact.email")
    first_name = serializers.CharField(source="contact.first_name")
    last_name = serializers.CharField(source="contact.last_name")
    status = serializers.ChoiceField(choices=WaitlistItem.Status.choices)
    position = serializers.IntegerField(source="place", allow_null=True)
    joined_at = serializers.DateTimeField()
    automatically_register = serializers.BooleanField()
    when_clashing = serializers.ChoiceField(choices=WaitlistItem.WhenClashing.choices)
    place_at_most = serializers.IntegerField(
        allow_null=True, help_text="The person waits only at this place or further forward."
    )
    until_hours = serializers.IntegerField(
        allow_null=True, help_text="So many hours before the start the person gives up waiting."
    )
    together = serializers.UUIDField(
        allow_null=True,
        help_text="The same for all who wait together: they are served in one go, or not yet.",
    )
    invitation_expires_at = serializers.DateTimeField(source="expires_at", allow_null=True)
    passed_over_reason = serializers.CharField(help_text="Why a free seat could not be given to them.")
    closed_at = serializers.DateTimeField(allow_null=True)


class CheckInSerializer(ApiSerializer):
    """One entry of one person, at the event's door or a session's."""

    id = serializers.IntegerField()
    registrant_id = serializers.IntegerField(source="event_registration_id")
    secure_id = serializers.UUIDField(source="event_registration.uuid")
    event_id = serializers.IntegerField(source="event_registration.event_id")
    session_id = serializers.IntegerField(allow_null=True)
    checked_in_at = serializers.DateTimeField(help_text="The moment of the scan.")
    override = serializers.BooleanField(source="is_override")
    reason = serializers.CharField()
    left_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)
