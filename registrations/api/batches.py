"""Many registrants in one request: each row is tried by itself, and gets a verdict of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.errors import as_json, fields_of
from events.api.idempotency import by_action
from events.api.serializers import ApiSerializer, FlagField, IdField, TextField, read_by
from events.api.views import ApiView
from events.errors import Invalid
from events.models import CustomRegistrationField, Event, Pass
from registrations.actions import Forecast, Terms, register_many
from registrations.api.base import ALL_OPTIONS, FIELDS, RegistrationsView
from registrations.api.custom_fields import AnswersField, answers_to
from registrations.api.requests import DETAILS, LONGEST_REASON, MOST_SESSIONS, ModeField, PreviewableRequest
from registrations.api.shapes import Json, applied_of, line_of
from registrations.rules.outcomes import Mode
from registrations.rules.people import Attendee
from registrations.rules.verdicts import RowLine, Verdict, Wanted, owed_by
from sessions_app.models import Session

MOST_ROWS = 500


class RegistrantRow(ApiSerializer):
    """One person of many."""

    email = serializers.EmailField(max_length=254)
    first_name = TextField(default="", max_length=100, help_text="One name is enough, first or last.")
    last_name = TextField(default="", max_length=100)
    company = TextField(max_length=200, required=False)
    job_title = TextField(max_length=200, required=False)
    phone = TextField(max_length=50, required=False)
    pass_id = IdField(allow_null=True, default=None)
    session_ids = serializers.ListField(child=IdField(), default=list, max_length=MOST_SESSIONS)
    complimentary_reason = TextField(
        default="", max_length=LONGEST_REASON, help_text="As of the whole request, for this row."
    )
    automatically_register = FlagField(allow_null=True, default=None)
    custom_fields = AnswersField(default=dict)


class RowsField(serializers.ListField):
    """Rows, each checked by itself: one that cannot be stops no other."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=RegistrantRow(), min_length=1, max_length=MOST_ROWS, **kwargs)

    def run_child_validation(self, data: Any) -> Any:
        """Every row as it was sent."""
        return data


class BatchRequest(PreviewableRequest):
    """Many people to be registered at one event, on the same terms."""

    event_id = IdField()
    registrants = RowsField(help_text="Served in their order: the earlier one has the last seat.")
    complimentary_reason = TextField(
        default="",
        max_length=LONGEST_REASON,
        help_text="Why passes with a price cost nothing; left out: whoever gets one owes it.",
    )
    mode = ModeField()


class BatchView(RegistrationsView, ApiView):
    """Register many people at once."""

    options_of = {"post": ALL_OPTIONS}

    @by_action
    def post(self, request: Request) -> Response:
        """Register up to 500 people in one transaction; each row is refused or carried out by itself."""
        asked = self.asked(BatchRequest)
        batch = Batch(self.event_named(asked["event_id"]), asked)
        batch.read()
        manner = self.manner_of(asked)
        answering = self.act(batch.answer, may_override=bool(manner.overrides))
        terms = Terms.of(
            answering.actor,
            reason=manner.reason,
            overrides=manner.overrides,
            wait=manner.wait,
            mode=Mode(asked["mode"]),
            notify=manner.notify,
            complimentary=manner.complimentary,
        )
        if manner.preview:
            verdicts = Forecast(batch.event, terms, manner.at).verdicts(batch.wanted)
            return answering.response_to(verdicts)
        return answering.response_to(register_many(batch.event, batch.wanted, terms=terms, at=manner.at))


@dataclass
class Batch:
    """One request's rows: those that can be tried, and what is wrong with the others."""

    event: Event
    asked: Mapping[str, Any]
    wanted: list[Wanted] = field(default_factory=list)
    impossible: dict[int, Invalid] = field(default_factory=dict)

    def read(self) -> None:
        """Read every row; what cannot be is kept with its fields."""
        rows = self._shaped()
        sessions = self._sessions({pk for row in rows.values() for pk in row["session_ids"]})
        passes = {one.pk: one for one in self.event.passes.offered().select_related("seats")}
        questions = list(self.event.custom_registration_fields.all())
        for index, row in rows.items():
            try:
                self.wanted.append(_wanted(index, row, sessions, passes, questions))
            except Invalid as error:
                self.impossible[index] = error

    def _shaped(self) -> dict[int, dict[str, Any]]:
        shape, shaped = read_by(RegistrantRow), {}
        for index, row in enumerate(self.asked["registrants"]):
            try:
                shaped[index] = shape.run_validation(row)
            except serializers.ValidationError as error:
                self.impossible[index] = Invalid(fields=fields_of(error.detail))
        return shaped

    def _sessions(self, ids: set[int]) -> dict[int, Session]:
        found = Session.objects.filter(event=self.event, archived_at=None, pk__in=ids).in_bulk()
        for session in found.values():
            session.event = self.event
        return found

    def answer(self, verdicts: Sequence[Verdict]) -> Response:
        """The verdict on each row, in the order of the request, and how often each word was said."""
        is_preview = bool(self.asked["validate_only"])
        told = {verdict.wanted.number: _told(verdict, is_preview) for verdict in verdicts}
        told |= {index: _refused(error) for index, error in self.impossible.items()}
        rows = [{"index": index, **told[index]} for index in sorted(told)]
        applied = applied_of([row["applied"] is True for row in rows])
        if applied is False and any(row["applied"] for row in rows):
            applied = "partly"
        return Response(
            {
                "validate_only": is_preview,
                "applied": applied,
                "counts": dict(Counter(row["code"] for row in rows)),
                "owed": owed_by(verdict.order for verdict in verdicts if verdict.order),
                "rows": rows,
            }
        )


def _wanted(
    index: int,
    row: dict[str, Any],
    sessions: dict[int, Session],
    passes: dict[int, Pass],
    questions: list[CustomRegistrationField],
) -> Wanted:
    """The row as the action takes it. Raises Invalid, naming each field."""
    ids = dict.fromkeys(row["session_ids"])
    unknown = [str(pk) for pk in ids if pk not in sessions]
    if unknown:
        words = _("No session of this event: %(ids)s.") % {"ids": ", ".join(unknown)}
        raise Invalid(fields={"session_ids": [words]})
    if row["pass_id"] is not None and row["pass_id"] not in passes:
        raise Invalid(fields={"pass_id": [_("Choose a pass of this event.")]})
    answers = answers_to(questions, row["custom_fields"])
    details = {name: row[name] for name in DETAILS if name in row}
    person = Attendee(row["email"], row["first_name"], row["last_name"], answers, details=details)
    person.check_named()
    chosen, event_pass = [sessions[pk] for pk in ids], passes.get(row["pass_id"])
    how = row["automatically_register"]
    return Wanted(index, person, chosen, event_pass, how, complimentary=row["complimentary_reason"])


def _told(verdict: Verdict, is_preview: bool) -> Json:
    """One row's verdict."""
    if verdict.refusal is not None:
        return _refused(verdict.refusal)
    lines = [_line(line) for line in verdict.lines if line.session is not None]
    if not verdict.is_applied:
        first = next((line for line in verdict.lines if not line.is_success), verdict.lines[0])
        words = first.reason.words if first.reason else str(first.outcome.label)
        return {
            "status": HTTPStatus.CONFLICT,
            "code": verdict.code,
            "detail": words,
            "applied": False,
            "lines": lines,
        }
    registration = verdict.registration
    assert registration is not None
    known = {} if registration.pk is None else {"id": registration.pk, "secure_id": str(registration.uuid)}
    return {
        "status": HTTPStatus.CREATED if verdict.is_new else HTTPStatus.OK,
        "code": verdict.code,
        **({} if is_preview and verdict.is_new else known),
        "registration_status": registration.status,
        **owed_of(verdict),
        "applied": applied_of([line.is_success for line in verdict.lines]),
        "lines": lines,
    }


def owed_of(verdict: Verdict) -> Json:
    """What the person owes by the order that the row made, or would make, and its id."""
    if verdict.order is None:
        return {}
    known = {} if verdict.order.pk is None else {"order_id": verdict.order.pk}
    return {**known, "owed": f"{verdict.order.total:.2f}", "currency": verdict.order.currency}


def _line(line: RowLine) -> Json:
    shaped = line.as_agenda_line
    assert shaped is not None
    past = {"past_capacity": True, "over_by": line.over_by} if line.is_past_capacity else {}
    return {**line_of(shaped), **past}


def _refused(refusal: Any) -> Json:
    data = as_json(refusal.data)
    if "fields" in data:
        data["fields"] = {FIELDS.get(name, name): words for name, words in data["fields"].items()}
    said = {"status": refusal.status, "code": refusal.code, "detail": str(refusal.message), **data}
    return {**said, "applied": False, "lines": []}
