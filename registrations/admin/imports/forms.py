"""Questions about an upload of people: the file, what its columns mean, and how its rows are served."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registrations.imports.columns import LABELS, QUESTION, SESSION, Targets
from registrations.models import ImportBatch
from registrations.rules.doors import Override

Kind, Policy = ImportBatch.Kind, ImportBatch.Policy
OVERRIDES = (
    (Override.CLASH.value, gettext_lazy("Accept clashes with sessions that they hold")),
    (Override.LIMITS.value, gettext_lazy("Go past how many sessions one person may choose")),
    (Override.CLOSED.value, gettext_lazy("Register after closing or start")),
)
_SAMPLES = 3


class FileForm(forms.Form):
    """The file of people."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, at most 20 MB and 20,000 people. Nobody is registered yet."),
    )


class TermsForm(forms.Form):
    """What each column means, and how the rows are to be served."""

    kind = forms.ChoiceField(label=gettext_lazy("What to do"), choices=Kind.choices)
    policy = forms.ChoiceField(
        label=gettext_lazy("Where a session or the event is full"), choices=Policy.choices
    )
    overrides = forms.MultipleChoiceField(
        label=gettext_lazy("Also"), choices=OVERRIDES, widget=forms.CheckboxSelectMultiple, required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Needed for whatever goes past a rule; kept in the ledger. People who are cancelled read it."
        ),
    )
    notify = forms.BooleanField(label=gettext_lazy("Tell them by mail"), required=False)

    def __init__(self, data: Any, batch: ImportBatch, *, may_pass_capacity: bool) -> None:
        how = ("kind", "policy", "overrides", "reason", "notify")
        super().__init__(data, initial={name: getattr(batch, name) for name in how})
        self.batch, targets = batch, Targets.of(batch.event)
        choices = _choices(targets, with_sessions=batch.session_id is None)
        samples = list(batch.rows.values_list("cells", flat=True)[:_SAMPLES])
        self.columns = []
        for place, heading in enumerate(batch.headings):
            name = f"column_{place}"
            field = forms.ChoiceField(label=heading or _("(no heading)"), choices=choices, required=False)
            field.initial = batch.columns[place]
            self.fields[name] = field
            shown = [cells[place] for cells in samples if place < len(cells) and cells[place]]
            self.columns.append((name, shown))
        if not may_pass_capacity:
            field_of_policy: Any = self.fields["policy"]
            field_of_policy.choices = [pair for pair in Policy.choices if pair[0] != Policy.PAST_CAPACITY]
            field_of_policy.help_text = _("You may not add people past capacity. Ask an Event Administrator.")

    @property
    def column_fields(self) -> list[tuple[forms.BoundField, list[str]]]:
        """One question for each column, with what stands in it."""
        return [(self[name], shown) for name, shown in self.columns]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """Everything that is not about a column."""
        return [self[name] for name in ("kind", "policy", "overrides", "reason", "notify")]

    @property
    def chosen(self) -> list[str]:
        """What the columns mean."""
        return [self.cleaned_data[name] for name, _shown in self.columns]

    @property
    def how(self) -> dict[str, Any]:
        """How the rows are served."""
        return {name: self.cleaned_data[name] for name in ("kind", "policy", "overrides", "reason", "notify")}


def _choices(targets: Targets, *, with_sessions: bool) -> list[Any]:
    roles = [(str(role), label) for role, label in LABELS.items() if with_sessions or role != "sessions"]
    questions = [(f"{QUESTION}{pk}", label) for pk, label in targets.questions.items()]
    sessions = [(f"{SESSION}{pk}", one.name) for pk, one in targets.sessions.items()] if with_sessions else []
    groups: list[Any] = [*roles]
    groups += [(_("Questions"), questions)] if questions else []
    return [*groups, (_("One session: yes or nothing"), sessions)] if sessions else groups
