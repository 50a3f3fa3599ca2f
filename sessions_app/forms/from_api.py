"""The session's form as other systems fill it in: checks as on the desk, and a capacity may be missing."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from sessions_app.forms.session_form import SessionForm
from sessions_app.forms.timed import CLOCKS


class SessionFromApi(SessionForm):
    """A session of an event that is known, without its status, which commands change."""

    is_capacity_required = False
    # A webinar's capacity means something else.
    judged_together = (frozenset(CLOCKS), frozenset({"capacity", "format"}))

    webinar_url = forms.URLField(required=False, max_length=200, assume_scheme="https")

    class Meta(SessionForm.Meta):
        fields: ClassVar[tuple[str, ...]] = (
            *("name", "date", "admin_short_name", "badge_name", "description", "own_timezone"),
            *("building", "room", "layout", "track", "speakers", "passes", "format"),
            *("webinar_url", "sold_out_message", "locked_when_saved", "selection_control"),
            *("selected_by_default", "prevent_session_conflicts", "validate_registrants"),
        )
