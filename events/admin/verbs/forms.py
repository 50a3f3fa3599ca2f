"""Questions that verbs ask before they act: why, and whether those concerned are told."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OTHER = "other"
Chips = tuple[tuple[Any, Any], ...]


def chips(*labels: Any) -> Chips:
    """Reasons to choose by one tap, each kept in the ledger as it is shown; the last one asks for own words."""
    return (*((label, label) for label in labels), (OTHER, gettext_lazy("Other…")))


class ConfirmForm(forms.Form):
    """A verb that asks nothing."""


class ReasonForm(forms.Form):
    """Why, by one tap or in own words."""

    reasons: Chips = ()
    # What browsers send.
    choice_name: ClassVar[str] = "reason_choice"
    words_name: ClassVar[str] = "reason_other"
    # The fields that stand above the reason; all others stand below.
    leading: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: Any = None, *, is_reason_required: bool = False, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.is_reason_required = is_reason_required
        self.fields[self.choice_name] = forms.ChoiceField(
            label=_("Reason"), choices=self.reasons, widget=forms.RadioSelect, required=False
        )
        self.fields[self.words_name] = forms.CharField(
            label=_("In your own words"),
            max_length=300,
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off", "data-own-words": self.choice_name}),
        )

    @property
    def reason(self) -> str:
        """The reason given, empty for none."""
        choice = self.cleaned_data.get(self.choice_name) or ""
        words = (self.cleaned_data.get(self.words_name) or "").strip()
        return words or ("" if choice == OTHER else choice)

    @property
    def reason_fields(self) -> tuple[forms.BoundField, forms.BoundField] | None:
        """The chips, and the line for own words; None where no reason is asked for."""
        if self.choice_name not in self.fields:
            return None
        return self[self.choice_name], self[self.words_name]

    @property
    def leading_fields(self) -> list[forms.BoundField]:
        """Everything asked before the reason."""
        return [self[name] for name in self.leading if name in self.fields]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """Everything asked after the reason."""
        above = {self.choice_name, self.words_name, *self.leading}
        return [field for field in self if field.name not in above]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get(self.choice_name) == OTHER and not self.reason:
            self.add_error(self.words_name, _("Say why in a few words."))
        elif self.is_reason_required and not self.reason:
            self.add_error(self.choice_name, _("Choose a reason: it is kept in the ledger."))
        return data


class TellForm(forms.Form):
    """Whether the people concerned are told."""

    notify = forms.BooleanField(label=gettext_lazy("Tell them by mail"), required=False, initial=True)


class CancelForm(ReasonForm, TellForm):
    """Before seats are given back or people leave a line."""

    reasons = (
        ("Asked to cancel", gettext_lazy("Asked to cancel")),
        ("Registered twice", gettext_lazy("Registered twice")),
        ("Payment missing", gettext_lazy("Payment missing")),
        (OTHER, gettext_lazy("Other…")),
    )


class ObjectCancelForm(ReasonForm, TellForm):
    """Before an event or a session is cancelled, with all its people."""

    choice_name, words_name = "reason", "reason_text"
