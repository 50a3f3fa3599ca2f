"""The session's form as other systems fill it in: checks as on the desk, and a capacity may be missing."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from sessions_app.forms.session_form import WAITLIST_SETTINGS, SessionForm
from sessions_app.forms.timed import CLOCKS


class SessionFromApi(SessionForm):
    """A session of an event that is known, without its status, which commands change."""

    is_capacity_required = False
    # Where none is named, a place that is named brings its capacity along.
    capacity_follows_place = True
    # A webinar's capacity means something else.
    judged_together = (frozenset(CLOCKS), frozenset({"capacity", "format"}))

    webinar_url = forms.URLField(required=False, max_length=200, assume_scheme="https")

    def capacity_of_place(self) -> int | None:
        """Capacity of the most specific chosen place, as far as the event and a hard limit allow it.

        Nobody is refused for a number that they did not give.
        """
        event = self.event
        of_event = event.seats.capacity if event and event.allow_custom_agenda else None
        found = (super().capacity_of_place(), of_event, self.wanted_hard_limit)
        return None if found[0] is None else min(limit for limit in found if limit is not None)

    # Other systems send them as one object, which is kept verbatim.
    custom_fields = None  # type: ignore[assignment]

    class Meta(SessionForm.Meta):
        # Named are those left out, so that a new field of a session is written without being named here too:
        # a value that no field of the form takes would be dropped in silence.
        fields = None  # type: ignore[assignment]
        exclude: ClassVar[tuple[str, ...]] = (
            *("event", "session_status", "custom_fields", "starts_at", "ends_at"),
            *WAITLIST_SETTINGS,
        )
