"""One sponsor of an event."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.pictures import PictureBox
from events.models import Sponsor


class SponsorForm(forms.ModelForm):
    """Name, level, link and picture of whoever is thanked on the event's page."""

    link = forms.URLField(label=_("Link"), required=False, max_length=300, assume_scheme="https")
    picture = PictureBox(label=_("Picture"))

    class Meta:
        model = Sponsor
        fields = ("name", "level", "link", "picture", "position")
