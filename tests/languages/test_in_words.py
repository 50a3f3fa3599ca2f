"""Choices in words: the same as Django's own, and only the one that a row has."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models
from django.utils import translation
from django.utils.translation import trans_real

from events.models.in_words import InWords
from registrations.models import Activity, EventRegistration

SHOWN = [model for model in apps.get_models() if issubclass(model, InWords)]


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)
@pytest.mark.parametrize("language", ["en", "de"])
def test_says_what_django_says(model: type[models.Model], language: str) -> None:
    fields = [each for each in model._meta.concrete_fields if each.choices]
    assert fields
    with translation.override(language):
        for field in fields:
            for value in [*(value for value, _words in field.flatchoices), "unheard-of", ""]:
                row = model(**{field.attname: value})
                assert getattr(row, f"get_{field.name}_display")() == models.Model._get_FIELD_display(
                    row, field
                )


def test_translates_one_choice_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(trans_real, "gettext", lambda text: asked.append(text) or text)
    monkeypatch.setattr(translation._trans, "gettext", trans_real.gettext)
    assert Activity(verb=Activity.Verb.PROMOTED).get_verb_display() == "Registered from the waitlist"
    assert EventRegistration(status="confirmed").get_status_display()
    assert len(asked) == 2
