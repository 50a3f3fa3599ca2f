"""The session's whole form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms.desk import AppliesWhen
from events.forms.effects import save_links
from events.forms.fields import ZoneInput
from events.models import Event, Pass
from sessions_app.forms.custom_fields import CustomFieldsField, merged
from sessions_app.forms.timed import TimedSessionForm
from sessions_app.models import Session, SessionTrack, Speaker

# What every database can hold as a row's number.
MOST_DIGITS = 18
WAITLIST_OFF = AppliesWhen("own_waitlist_enabled", True, gettext_lazy("Does not apply: the waitlist is off."))
NEVER_INVITES = AppliesWhen(
    "own_auto_register_waitlisted",
    False,
    gettext_lazy("Does not apply: everybody is registered automatically, so nobody needs to choose."),
)
WAITLIST_SETTINGS = (
    "own_waitlist_enabled",
    "own_auto_register_waitlisted",
    "own_contacts_choose_auto_register",
    "own_invitations_per_slot",
    "own_invitation_hours",
)


class InheritingSelect(forms.NullBooleanSelect):
    """Yes, no, or as the event says; `data-inherited` tells admin.js what that is."""

    def __init__(self, inherited: bool) -> None:
        super().__init__({"data-inherited": "on" if inherited else "off"})
        said = _("Yes") if inherited else _("No")
        self.choices = [
            ("unknown", _("As the event: %(value)s") % {"value": said}),
            ("true", _("Yes")),
            ("false", _("No")),
        ]


class SessionForm(TimedSessionForm):
    """One session, on all tabs of the desk."""

    settings = {
        "own_auto_register_waitlisted": [WAITLIST_OFF],
        "own_contacts_choose_auto_register": [WAITLIST_OFF, NEVER_INVITES],
        "own_invitations_per_slot": [WAITLIST_OFF],
        "own_invitation_hours": [WAITLIST_OFF],
    }

    custom_fields = CustomFieldsField()

    class Meta(TimedSessionForm.Meta):
        widgets = {"own_timezone": ZoneInput, "description": forms.Textarea({"rows": 6})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self._event_from_start()
        if "session_status" in self.fields:
            self._offer_statuses()
        self._limit_to(event)
        if event is not None:
            self._show_inherited(event)
            self._show_standby(event)
            self._show_what_does_not_apply(event)

    def clean_custom_fields(self) -> dict[str, Any]:
        """The texts as typed beside what another system chose; a form without them changes nothing."""
        texts, before = self.cleaned_data["custom_fields"], self.instance.custom_fields
        return before if texts is None else merged(texts, before)

    def clean_selection_control(self) -> str:
        """What everybody is given cannot be drawn: while a draw is planned or runs, the session stays one of choice."""
        chosen, session = str(self.cleaned_data["selection_control"]), self.instance
        becomes_included = chosen == Session.SelectionControl.INCLUDED != session.selection_control
        if becomes_included and session.pk and session.seats.draw_opens_at is not None:
            raise forms.ValidationError(
                _(
                    "The seats of this session are drawn. Take it out of the draw first, or wait for its result."
                )
            )
        return chosen

    def _save_m2m(self) -> None:
        """Passes that the session is put into, or taken out of, have changed too."""
        if "passes" in self.cleaned_data:
            save_links(self.instance.passes, self.cleaned_data["passes"])
        super()._save_m2m()  # type: ignore[misc]

    def is_on(self, name: str) -> bool:
        value = self[name].value() if name in self.fields else getattr(self.instance, name)
        if value in {None, "", "unknown"}:
            event = self._event_from_start() or Event()
            return bool(getattr(event, name.removeprefix("own_")))
        return value in {True, "true", "True"}

    def _event_from_start(self) -> Event | None:
        """The event, as far as it is known before anything is cleaned."""
        if self.instance.event_id:
            return self.instance.event
        given = str(self.data.get("event") or self.initial.get("event") or "")
        is_id = given.isdecimal() and len(given) <= MOST_DIGITS
        return Event.objects.not_archived().filter(pk=int(given)).first() if is_id else None

    def _offer_statuses(self) -> None:
        fixed = self.instance.is_live or self.instance.cancelled_at is not None
        self.offer_statuses("session_status", [s for s in Session.Status if s != Session.Status.LIVE], fixed)

    def _limit_to(self, event: Event | None) -> None:
        """Offer the tracks, speakers and passes of the session's own event, and no others."""
        for name, queryset in {
            "track": SessionTrack.objects.filter(event=event),
            "speakers": Speaker.objects.filter(event=event),
            "passes": Pass.objects.offered().filter(event=event),
        }.items():
            if name in self.fields:
                self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def _show_inherited(self, event: Event) -> None:
        """Say beside each waitlist setting what the event says."""
        for name in filter(self.fields.__contains__, WAITLIST_SETTINGS):
            value = getattr(event, name.removeprefix("own_"))
            field: Any = self.fields[name]
            if isinstance(value, bool):
                old, field.widget = field.widget, InheritingSelect(value)
                field.widget.attrs.update({k: v for k, v in old.attrs.items() if k == "disabled"})
            else:
                field.widget.attrs["placeholder"] = value
                field.help_text = _("Empty: as the event, %(value)s.") % {"value": value}

    def _show_standby(self, event: Event) -> None:
        """Say what an empty box means here, and what standby does."""
        if "own_standby_minutes" not in self.fields:
            return
        minutes, field = event.standby_minutes or 0, self.fields["own_standby_minutes"]
        said = _("%(n)d minutes before the start") % {"n": minutes} if minutes else _("off")
        field.widget.attrs["placeholder"] = minutes or ""
        field.help_text = _(
            "From then on the seats of those who have not come are free at the door, for the waitlist first. "
            "Empty: as the event, %(value)s. 0: off."
        ) % {"value": said}

    def _show_what_does_not_apply(self, event: Event) -> None:
        if not event.allow_custom_agenda:
            reason = _(
                "Does not apply: this event registers people at event level, so nobody waits for a session."
            )
            for name in filter(self.fields.__contains__, WAITLIST_SETTINGS):
                self.disable(name, reason)
