"""The form of choices for one place in line."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from registrations.forms import WHEN_CLASHING, RefusableForm
from registrations.rules.choices import LARGEST_PLACE, Choices, WhenClashing
from waitlists.models import MOST_UNTIL_HOURS, WaitlistItem


class WaitingForm(RefusableForm):
    """How a seat reaches whoever waits, and until when; only what the event leaves to them is asked."""

    automatically_register = forms.ChoiceField(
        label=_("When a seat frees for me"),
        choices=[("yes", _("Register me automatically")), ("no", _("Ask me by mail first"))],
        widget=forms.RadioSelect,
    )
    when_clashing = forms.ChoiceField(
        label=_("If a freed seat overlaps a session you hold"),
        choices=WHEN_CLASHING,
        widget=forms.RadioSelect,
    )
    until_hours = forms.IntegerField(
        label=_("Not later than so many hours before the start"),
        help_text=_(
            "Leave it empty to wait until it starts. Otherwise you leave the line then, and we tell you."
        ),
        required=False,
        min_value=1,
        max_value=MOST_UNTIL_HOURS,
    )
    place_at_most = forms.IntegerField(
        label=_("Only while my place is at most"),
        help_text=_("Leave it empty to wait at any place."),
        required=False,
        min_value=1,
        max_value=LARGEST_PLACE,
    )
    together = forms.BooleanField(
        label=_("Wait together with my group"),
        help_text=_(
            "You get seats at the same moment, or keep waiting. Untick it to wait for a seat by yourself."
        ),
        required=False,
    )

    def __init__(self, data: Any, *, item: WaitlistItem) -> None:
        self.item, chosen = item, Choices.of(item)
        initial = {
            "automatically_register": "yes" if chosen.automatically_register else "no",
            "when_clashing": chosen.when_clashing,
            "until_hours": chosen.until_hours,
            "place_at_most": chosen.place_at_most,
            "together": True,
        }
        super().__init__(data, initial=initial)
        for name in self._not_asked():
            del self.fields[name]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def _not_asked(self) -> list[str]:
        target = self.item.target
        may_choose = target.contacts_choose_auto_register and not target.auto_register_waitlisted
        left_out = {
            "automatically_register": not may_choose,
            "when_clashing": self.item.session_id is None,
            "together": self.item.together is None,
        }
        return [name for name, is_left_out in left_out.items() if is_left_out]

    @property
    def choices(self) -> Choices:
        """The choices as they are now; what was not asked stays."""
        data, before = self.cleaned_data, Choices.of(self.item)
        automatically = data.get("automatically_register")
        return Choices(
            before.automatically_register if automatically is None else automatically == "yes",
            WhenClashing(data.get("when_clashing") or before.when_clashing),
            data["place_at_most"],
            data["until_hours"],
        )

    @property
    def wants_alone(self) -> bool:
        """True for one of a group who waits by themselves from now on."""
        return "together" in self.fields and not self.cleaned_data["together"]
