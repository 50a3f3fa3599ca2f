"""The session's form as other systems fill it in: checks as on the desk, and a capacity may be missing."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from sessions_app.forms.session_form import WAITLIST_SETTINGS, SessionForm
from sessions_app.forms.timed import CLOCKS


class SessionFromApi(SessionForm):
    """A session of an event that is known, without its status, which commands change."""

    is_capacity_required = False
    # A webinar's capacity means something else.
    judged_together = (frozenset(CLOCKS), frozenset({"capacity", "format"}))

    webinar_url = forms.URLField(required=False, max_length=200, assume_scheme="https")

    class Meta(SessionForm.Meta):
        # Named are those left out, so that a new field of a session is written without being named here too:
        # a value that no field of the form takes would be dropped in silence.
        fields = None  # type: ignore[assignment]
        exclude: ClassVar[tuple[str, ...]] = (
            *("event", "session_status", "custom_fields", "starts_at", "ends_at"),
            *WAITLIST_SETTINGS,
        )
