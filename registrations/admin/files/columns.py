"""Columns of files. A file has up to a hundred thousand rows, so a column says its cells for many rows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.models import CustomRegistrationField
from events.models.contacts import NOBODY
from registrations.models import RegistrationResponse

Say = Callable[[Sequence[Any]], Iterable[Any]]


def as_they_are(values: Sequence[Any]) -> Iterable[Any]:
    """The values themselves."""
    return values


@dataclass(frozen=True)
class Column:
    """One column: `path` is what is read of each row, a lookup or an expression; `say` makes cells of what was read."""

    key: str
    title: Any
    path: str | Combinable
    say: Say = as_they_are


def choice(key: str, title: Any, model: type[Model], path: str | None = None) -> Column:
    """A column that says a choice by its words, in the reader's language."""
    field = model._meta.get_field(path.rpartition("__")[2] if path else key)
    words = {value: str(label) for value, label in field.flatchoices}  # type: ignore[union-attr]
    return Column(key, title, path or key, lambda values: [words.get(value, "") for value in values])


def yes_no(key: str, title: Any, path: str | None = None) -> Column:
    """A column that says whether something is so."""
    words = {True: _("yes"), False: _("no")}
    return Column(key, title, path or key, lambda values: [words[bool(value)] for value in values])


def moment(key: str, title: Any, zone: ZoneInfo, path: str | None = None, form: str = "") -> Column:
    """A column of moments by the clocks of `zone`, as spreadsheet programs know them: 2027-03-02 10:00."""

    def say(values: Sequence[Any]) -> list[str]:
        if form:
            return [at.astimezone(zone).strftime(form) if at else "" for at in values]
        # Several times as quick as strftime.
        return [at.astimezone(zone).isoformat(" ", "minutes")[:16] if at else "" for at in values]

    return Column(key, title, path or key, say)


def figure(
    key: str,
    title: Any,
    found: Callable[[Sequence[Any]], Mapping[Any, Any]],
    path: str = "pk",
    *,
    otherwise: Any = "",
) -> Column:
    """A column of what is looked up for many rows in one query: `found` gives cells by what `path` reads."""

    def say(values: Sequence[Any]) -> list[Any]:
        cells = found(values)
        return [cells.get(value, otherwise) for value in values]

    return Column(key, title, path, say)


def person(names: str, email: str) -> list[Column]:
    """Who somebody is: `names` is the lookup of the row with the names, `email` that of the address."""
    return [
        Column("email", _("E-mail"), email),
        Column("first_name", _("First name"), f"{names}first_name"),
        Column("last_name", _("Last name"), f"{names}last_name"),
    ]


def registrar(path: str = "registered_by__contact__email") -> Column:
    """Whoever registered the person together with themselves, by address; empty once that one is erased."""

    def say(values: Sequence[Any]) -> list[str]:
        return ["" if not email or email.endswith(f"@{NOBODY}") else email for email in values]

    return Column("registered_by", _("Registered by"), path, say)


def details(registration: str = "") -> list[Column]:
    """What else is known of the person at the event; `registration` is the lookup of their registration there."""
    return [
        Column("company", _("Company"), f"{registration}company"),
        Column("job_title", _("Job title"), f"{registration}job_title"),
        Column("phone", _("Phone"), f"{registration}phone"),
    ]


def given(model: type[Model], zone: ZoneInfo) -> list[Column]:
    """What a file says about how a seat was given, and given back."""
    return [
        moment("registered", _("Registered"), zone, "registered_at"),
        choice("source", _("Came by"), model),
        Column("added_by", _("Added by"), "added_by__email"),
        yes_no("is_past_capacity", _("Past capacity")),
        Column("reason", _("Reason"), "reason"),
        moment("cancelled", pgettext("registration", "Cancelled"), zone, "cancelled_at"),
        Column("cancel_reason", _("Reason for cancelling"), "cancel_reason"),
    ]


def answers(questions: Iterable[CustomRegistrationField], path: str) -> list[Column]:
    """One column for each question; `path` is the lookup of the registration that answered."""
    questions = list(questions)
    kept: dict[str, Any] = {"of": None, "answers": {}}

    def of_question(question_id: int) -> Callable[[Sequence[int]], Mapping[int, Any]]:
        def found(ids: Sequence[int]) -> Mapping[int, Any]:
            # The columns are said one after the other for the same rows: they are read once.
            if kept["of"] is not ids:
                kept.update(of=ids, answers=_answers(ids))
            return kept["answers"].get(question_id, {})

        return found

    return [
        figure(f"answer_{question.pk}", question.label, of_question(question.pk), path)
        for question in questions
    ]


def _answers(ids: Sequence[int]) -> dict[int, dict[int, str]]:
    by_question: dict[int, dict[int, str]] = {}
    responses = RegistrationResponse.objects.filter(event_registration__in=ids).only(
        "event_registration_id", "field_id", "value"
    )
    for response in responses:
        by_question.setdefault(response.field_id, {})[response.event_registration_id] = str(response)
    return by_question
