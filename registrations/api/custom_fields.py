"""Answers to an event's registration questions, as other systems send them: `{"c_12": "Vegan"}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

from events.api.tolerance import read_json
from events.errors import Invalid
from events.models import CustomRegistrationField, Event
from registrations.forms import as_json, field_for, initial_answer

Kind = CustomRegistrationField.Kind


class AnswersField(serializers.DictField):
    """Answers by question; in a form they come as JSON."""

    def get_value(self, dictionary: Any) -> Any:
        """The value that was sent."""
        if not isinstance(dictionary, QueryDict) or "custom_fields" not in dictionary:
            return dictionary.get("custom_fields", serializers.empty)
        return read_json(str(dictionary["custom_fields"]))


def answers_from(event: Event, given: dict[str, Any]) -> dict[int, object]:
    """The answers by question id, checked as the website checks them; a question not answered is not required here.

    Raises Invalid for a question that the event does not ask, or an answer that cannot be.
    """
    return answers_to(event.custom_registration_fields.all() if given else (), given)


def answers_to(asked: Iterable[CustomRegistrationField], given: dict[str, Any]) -> dict[int, object]:
    """The answers by question id, where the event's questions were read already. Raises like `answers_from`."""
    questions = {f"c_{question.pk}": question for question in asked}
    answers, problems = {}, []
    for key, value in given.items():
        question = questions.get(key)
        if question is None:
            problems.append(_("This event asks no question “%(key)s”.") % {"key": key})
            continue
        try:
            answers[question.pk] = _checked(question, value)
        except ValidationError as error:
            problems += [f"{key}: {message}" for message in error.messages]
    if problems:
        raise Invalid(fields={"custom_fields": problems})
    return answers


def _checked(question: CustomRegistrationField, value: Any) -> object:
    return as_json(field_for(question).clean(_as_typed(question, value)))


def _as_typed(question: CustomRegistrationField, value: Any) -> str | list[str]:
    """The answer as somebody would have typed it into the website's form."""
    if question.kind == Kind.MULTIPLE:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        raise ValidationError(_("Give a list of texts."))
    if question.kind == Kind.YES_NO and isinstance(value, bool):
        return str(initial_answer(question, value))
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise ValidationError(_("Give a text or a number."))
