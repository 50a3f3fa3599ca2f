"""One custom registration field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from events.models import CustomRegistrationField

Kind = CustomRegistrationField.Kind


class QuestionForm(forms.ModelForm):
    """One question that everybody who registers is asked."""

    class Meta:
        model = CustomRegistrationField
        fields = ("label", "kind", "choices", "help_text", "is_required", "position")
        widgets = {"choices": forms.Textarea({"rows": 4})}

    def clean(self) -> Any:
        cleaned: Any = super().clean()
        chooses = cleaned.get("kind") in {Kind.SINGLE, Kind.MULTIPLE}
        if chooses and not str(cleaned.get("choices", "")).strip():
            self.add_error("choices", _("Give the choices, one to a line."))
        return cleaned
