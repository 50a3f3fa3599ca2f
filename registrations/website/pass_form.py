"""The choice of a pass."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models import Event, Pass
from registrations.queries import opened_sessions


class PassForm(forms.Form):
    """The choice of a pass on offer; one that cannot be had now is refused here."""

    event_pass: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Pass"),
        queryset=Pass.objects.none(),
        to_field_name="uuid",
        error_messages={"required": _("Choose a pass."), "invalid_choice": _("Choose a pass of this event.")},
    )

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice.queryset = (
            Pass.objects.offered()
            .filter(event=event)
            .exclude(seats__capacity=0)
            .select_related("seats", "event")
            .prefetch_related(opened_sessions())
        )

    def clean_event_pass(self) -> Pass:
        """Nobody is promised a pass whose price they cannot pay."""
        chosen: Pass = self.cleaned_data["event_pass"]
        if not chosen.can_be_paid:
            raise forms.ValidationError(_("This pass is not on offer yet. Choose another one."))
        return chosen

    @property
    def choice(self) -> forms.ModelChoiceField:
        """The pass field."""
        field = self.fields["event_pass"]
        assert isinstance(field, forms.ModelChoiceField)
        return field
