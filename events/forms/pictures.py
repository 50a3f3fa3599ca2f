"""Uploading a picture in a form of the desk: the one there is, another instead, or none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from events.models import Event, Picture
from events.pictures import MAXIMUM_UPLOAD, Reworked, keep, rework


class PictureInput(forms.ClearableFileInput):
    """Choosing a file, beside the picture that is there and a box to take it away."""

    template_name = "admin/widgets/picture.html"
    # Beside the picture two numbers of the form say which point of it matters; a click on it fills them in.
    focus: tuple[str, str] | None = None

    def is_initial(self, value: Any) -> bool:
        return bool(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["picture"] = Picture.objects.filter(pk=value).first() if value else None
        context["widget"]["focus"] = self.focus
        return context


class PictureBox(forms.FileField):
    """A picture of the event. Named as the column that shows it, whose row may be anything that belongs to an event.

    What is uploaded becomes a Picture that is not kept yet: `keep_pictures` keeps it together with the row.
    """

    widget = PictureInput
    default_error_messages = {
        "too_large": gettext_lazy("The picture is larger than 10 MB. Choose a smaller one.")
    }

    def __init__(self, *, focus: tuple[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.widget.focus = focus
        self.widget.attrs["accept"] = "image/jpeg,image/png,image/webp"

    def clean(self, data: Any, initial: Any = None) -> Picture | None:
        """The picture as it is, the new one, or none. Raises ValidationError for a file that is no picture to show."""
        if data is False:
            return None
        if not data:
            return Picture.objects.filter(pk=initial).first() if initial else None
        upload = super().clean(data, None)
        if upload.size > MAXIMUM_UPLOAD:
            raise forms.ValidationError(self.error_messages["too_large"], code="too_large")
        picture = Picture()
        setattr(picture, _UPLOADED, rework(upload))
        return picture

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data) or (data is False and bool(initial))


def put_off_pictures(form: forms.BaseForm, row: Any) -> set[str]:
    """Let a row that is still to be added show none of the pictures; return the columns of those that were chosen."""
    chosen = {name for name, field in form.fields.items() if isinstance(field, PictureBox)}
    for name in chosen:
        setattr(row, name, None)
    return chosen & set(form.changed_data)


_UPLOADED = "uploaded_and_not_kept"


def keep_pictures(form: forms.BaseForm, row: Any, event: Event) -> None:
    """Keep what was uploaded into this form as pictures of the event, and let the row, not saved yet, show them."""
    for name, field in form.fields.items():
        if isinstance(field, PictureBox) and name in form.changed_data:
            chosen = form.cleaned_data.get(name)
            reworked: Reworked | None = getattr(chosen, _UPLOADED, None)
            setattr(row, name, keep(reworked, event) if reworked else chosen)
