"""Forms into which nothing was typed yet: drawn once for all that they ask, whoever is asked."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from crispy_forms.utils import render_crispy_form
from django import forms
from django.utils.safestring import SafeString

from registrations.website.fragments import fragments


def fields_of(form: forms.Form, helper: Any) -> SafeString:
    """The form's fields as its helper arranges them; what was typed, and what is known of one person, is drawn anew."""
    if form.is_bound or form.initial or any(field.disabled for field in form.fields.values()):
        return render_crispy_form(form, helper)
    # Of the fields drawn here alone: those drawn before have other attributes since.
    names = [pointer.name for pointer in helper.layout.get_field_names()]
    asked = tuple([(name, _asked(form.fields[name])) for name in names])
    drawn = fragments.drawn(("form", type(form), asked), lambda: render_crispy_form(form, helper))
    return SafeString(drawn)  # nosec B703 # drawn by templates


def _asked(field: forms.Field) -> Hashable:
    """All that a field's drawing says; the widget's attributes hold its limits."""
    widget = field.widget
    choices = [(str(value), str(label)) for value, label in getattr(widget, "choices", ())]
    return (
        type(field),
        str(field.label),
        str(field.help_text),
        field.required,
        str(field.initial),
        type(widget),
        tuple(sorted((name, str(value)) for name, value in widget.attrs.items())),
        tuple(choices),
    )
