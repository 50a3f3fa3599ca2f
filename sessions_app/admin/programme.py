"""Tracks and speakers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from events.admin.scope import ScopedAdmin
from events.forms.pictures import PictureBox, keep_pictures
from sessions_app.models import SessionTrack, Speaker


class CountedAdmin(ScopedAdmin):
    """Rows with the number of their sessions."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(number_of_sessions=Count("sessions"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What sessions of one event point to stays with that event."""
        return ["event"] if obj else []

    @admin.display(description=_("sessions"), ordering="number_of_sessions")
    def session_count(self, obj: SessionTrack | Speaker) -> int:
        """How many sessions."""
        return obj.number_of_sessions  # type: ignore[union-attr]


@admin.register(SessionTrack)
class SessionTrackAdmin(CountedAdmin):
    """Threads of a programme."""

    list_display = ["name", "swatch", "event", "session_count", "position"]
    list_filter = [("event", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["event"]
    search_fields = ["name", "event__name"]

    @admin.display(description=_("colour"))
    def swatch(self, track: SessionTrack) -> SafeString:
        """The colour, drawn without a style attribute, which the page's policy forbids."""
        return swatch(track.colour)


class SpeakerForm(forms.ModelForm):
    """A speaker as their page shows them."""

    picture = PictureBox(label=_("Picture"))

    class Meta:
        model = Speaker
        # Parts of the name are what other systems said; here the name is written in one.
        fields = (
            *("event", "name", "email", "company", "job_title"),
            *("picture", "biography", "links", "position"),
        )


@admin.register(Speaker)
class SpeakerAdmin(CountedAdmin):
    """People who speak."""

    list_display = ["name", "company", "event", "session_count", "position"]
    list_filter = [("event", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["event"]
    search_fields = ["name", "event__name"]
    form = SpeakerForm

    def save_model(self, request: HttpRequest, obj: Speaker, form: Any, change: bool) -> None:
        keep_pictures(form, obj, obj.event)
        super().save_model(request, obj, form, change)


def swatch(colour: str) -> SafeString:
    """A small square of the colour and its code."""
    if not colour:
        return SafeString("–")
    return format_html(
        '<svg class="sw-swatch" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">'
        '<rect width="12" height="12" rx="3" fill="{}"/></svg> {}',
        colour,
        colour,
    )
