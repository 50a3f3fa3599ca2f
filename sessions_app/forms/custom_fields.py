"""Custom fields of a session on its form: one row for each, of a label and what it says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.models.custom_fields import LONGEST_LABEL, LONGEST_TEXT, MOST_FIELDS, is_text

EMPTY_ROWS = 3
Rows = list[tuple[str, str]]


class RowsInput(forms.Widget):
    """Rows of two inputs each, some of them empty; what another system chose is shown and stays as it is."""

    template_name = "admin/widgets/custom_fields.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = value if isinstance(value, list) else texts_of(value)
        context["rows"] = [*rows, *[("", "")] * EMPTY_ROWS]
        context["kept"] = [] if isinstance(value, list) else list(choices_of(value).items())
        context["longest"] = {"label": LONGEST_LABEL, "text": LONGEST_TEXT}
        return context

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> Rows | None:
        """The rows as typed; None where the form was sent without them."""
        if f"{name}_label" not in data:
            return None
        labels, texts = data.getlist(f"{name}_label"), data.getlist(f"{name}_text")
        return [(label.strip(), text.strip()) for label, text in zip(labels, texts, strict=False)]

    def value_omitted_from_data(self, data: Any, _files: Any, name: str) -> bool:
        return f"{name}_label" not in data

    def id_for_label(self, id_: str | None) -> str:
        """The first row's label."""
        return f"{id_}_label" if id_ else ""


def texts_of(value: Any) -> Rows:
    """The fields that are texts, which people can edit."""
    return [(label, text) for label, text in (value or {}).items() if isinstance(text, str)]


def choices_of(value: Any) -> dict[str, str]:
    """The fields that are another system's choices, with the ids in words."""
    return {
        label: ", ".join(str(choice["id"]) for choice in choices)
        for label, choices in (value or {}).items()
        if isinstance(choices, list)
    }


class CustomFieldsField(forms.Field):
    """The texts by their labels. Raises ValidationError for what other systems could not send either."""

    widget = RowsInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Custom fields"))
        kwargs.setdefault(
            "help_text",
            gettext_lazy("For the desk and other systems, not for the website. Empty both to take one away."),
        )
        super().__init__(required=False, **kwargs)

    def clean(self, value: Rows | None) -> dict[str, str] | None:
        """The texts by label; None where nothing was sent."""
        if value is None:
            return None
        texts: dict[str, str] = {}
        for label, text in value:
            if not label and not text:
                continue
            self._check(label, text, texts)
            texts[label] = text
        if len(texts) > MOST_FIELDS:
            raise ValidationError(_("A session has at most %(most)d custom fields.") % {"most": MOST_FIELDS})
        return texts

    def _check(self, label: str, text: str, known: dict[str, str]) -> None:
        if not label:
            raise ValidationError(_("Give “%(text)s” a label.") % {"text": text[:40]})
        if label in known:
            raise ValidationError(_("There are two fields “%(label)s”.") % {"label": label})
        if not is_text(label, LONGEST_LABEL) or not is_text(text, LONGEST_TEXT):
            limits = {"label": LONGEST_LABEL, "text": LONGEST_TEXT}
            raise ValidationError(
                _("A label has at most %(label)d letters, and what it says at most %(text)d.") % limits
            )

    def has_changed(self, initial: Any, data: Rows | None) -> bool:
        if data is None:
            return False
        return [row for row in data if any(row)] != texts_of(initial)


def merged(texts: dict[str, str], before: dict[str, Any]) -> dict[str, Any]:
    """The texts, with what another system chose. Raises ValidationError for a label that both have."""
    kept = {label: value for label, value in before.items() if isinstance(value, list)}
    both = sorted(set(kept) & set(texts))
    if both:
        raise ValidationError(
            _("“%(label)s” is set by another system. Choose another label.") % {"label": both[0]}
        )
    return {**texts, **kept}
