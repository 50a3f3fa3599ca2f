"""The event's form: times in its own zone, its capacity, and the switch between the two levels."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Max
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.forms.desk import AppliesWhen, clean_wall_clocks, clean_zone, complain_unless_after, wall_clock
from events.forms.embedding import clean_sites
from events.forms.fields import LanguageField, LanguagesField, WallClockField, ZoneInput, capacity_field
from events.forms.located import LocatedForm
from events.forms.pictures import PictureBox
from events.forms.walks import WalksField, buildings_of
from events.models import Event
from events.slugs import is_reserved
from registrations.actions import refusal_to_switch_on

WALL_CLOCKS = ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at")
WAITLIST_OFF = AppliesWhen("waitlist_enabled", True, gettext_lazy("Does not apply: the waitlist is off."))
NEVER_INVITES = AppliesWhen(
    "auto_register_waitlisted",
    False,
    gettext_lazy("Does not apply: everybody is registered automatically, so nobody needs to choose."),
)
OWN_AGENDA_OFF = AppliesWhen(
    "allow_custom_agenda", True, gettext_lazy("Does not apply: registrants do not choose sessions here.")
)
REGISTERS_ALONE = AppliesWhen(
    "multi_attendee_registration",
    True,
    gettext_lazy("Does not apply: everybody registers alone."),
)


class EventForm(LocatedForm):
    """The whole event, on all tabs of the desk."""

    settings = {
        "auto_register_waitlisted": [WAITLIST_OFF],
        "contacts_choose_auto_register": [WAITLIST_OFF, NEVER_INVITES],
        "invitations_per_slot": [WAITLIST_OFF],
        "invitation_hours": [WAITLIST_OFF],
        "sessions_required": [OWN_AGENDA_OFF],
        "sessions_required_by_api": [OWN_AGENDA_OFF],
        "most_sessions": [OWN_AGENDA_OFF],
        "people_in_one_go": [REGISTERS_ALONE],
    }

    # True once saving turns the switch off, because passes and own agendas part.
    is_switched_off = False

    starts_at = WallClockField(
        label=gettext_lazy("Start"), help_text=gettext_lazy("In the event's time zone.")
    )
    ends_at = WallClockField(label=gettext_lazy("End"))
    registration_opens_at = WallClockField(label=gettext_lazy("Registration opens"), required=False)
    registration_closes_at = WallClockField(label=gettext_lazy("Registration closes"), required=False)
    header_picture = PictureBox(
        label=gettext_lazy("Header picture"),
        focus=("header_focus_x", "header_focus_y"),
        help_text=gettext_lazy(
            "JPEG, PNG or WebP, at best 1,600 pixels wide. Without one the event has a pattern of its own."
        ),
    )
    logo = PictureBox(
        label=gettext_lazy("Logo"), help_text=gettext_lazy("Shown beside the event's name, and in mails.")
    )
    map_picture = PictureBox(
        label=gettext_lazy("Map of places"),
        help_text=gettext_lazy("Shown on the event's page beside its rooms."),
    )
    capacity = capacity_field(
        label=gettext_lazy("Maximum event capacity"), help_text=gettext_lazy("0–50,000. Empty: no limit.")
    )
    walk_minutes: Any = WalksField()

    language = LanguageField(
        label=gettext_lazy("Language"),
        initial="en",
        required=False,
        help_text=gettext_lazy("For whoever asks for no language that is offered."),
    )
    languages = LanguagesField(
        label=gettext_lazy("Languages offered"),
        help_text=gettext_lazy("Of pages and mails. What you write yourselves stays as you write it."),
    )

    class Meta:
        model = Event
        exclude = ("seats", "created_by")
        widgets = {
            "timezone": ZoneInput,
            "embed_sites": forms.Textarea({"rows": 3, "placeholder": "https://www.example.org"}),
            "accent_colour": forms.TextInput({"placeholder": "#0f766e", "size": 8}),
        }
        help_texts = {
            "allow_anonymous_registration": gettext_lazy(
                "If off, people confirm their address by a code before they register on the website."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        event = kwargs.get("instance")
        if event is not None and refusal_to_switch_on(event):
            # Whatever a row written by hand says: beside passes the switch is off.
            kwargs["initial"] = {**(kwargs.get("initial") or {}), "allow_custom_agenda": False}
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in WALL_CLOCKS:
                self.initial[name] = wall_clock(getattr(self.instance, name), self.instance.zone)
        elif "timezone" in self.fields:
            self.fields["timezone"].widget.attrs["data-guess-zone"] = ""
        if "walk_minutes" in self.fields:
            table: Any = self.fields["walk_minutes"]
            table.show(self.instance, buildings_of(self.instance) if self.instance.pk else [])
        self._say_what_the_capacity_limits()
        self.reason_for_event_level = self._reason_for_event_level()
        if "allow_custom_agenda" in self.fields and self.reason_for_event_level:
            rule = AppliesWhen("passes_with_agenda", True, self.reason_for_event_level)
            reason = None if self.is_on("passes_with_agenda") else rule.reason
            self.disable("allow_custom_agenda", reason, [rule])
        if "publish_status" in self.fields:
            self._offer_statuses()

    def _say_what_the_capacity_limits(self) -> None:
        if "capacity" in self.fields and self.is_on("allow_custom_agenda"):
            self.fields["capacity"].help_text = _(
                "How many people may register at all, whatever sessions they choose; no session may have more seats "
                "than this. Empty: only the sessions' own capacities count."
            )

    def clean_timezone(self) -> str:
        return clean_zone(self.cleaned_data["timezone"])

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or self.instance.language

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if is_reserved(slug):
            raise forms.ValidationError(_("“%(slug)s” leads elsewhere. Choose another.") % {"slug": slug})
        return slug

    def clean_embed_sites(self) -> str:
        return clean_sites(self.cleaned_data["embed_sites"])

    def clean(self) -> Any:
        cleaned = super().clean()
        clean_wall_clocks(self, WALL_CLOCKS, self._zone())
        complain_unless_after(self, "starts_at", "ends_at", _("The event must end after it starts."))
        complain_unless_after(self, "registration_opens_at", "registration_closes_at")
        self._clean_switch()
        if cleaned.get("allow_custom_agenda") and cleaned.get("capacity") is not None:
            self._clean_against_sessions(cleaned["capacity"])
        return cleaned

    def fills_in_capacity(self) -> bool:
        """A place limits the event only where its sessions do not."""
        return not self.is_on("allow_custom_agenda")

    def _clean_switch(self) -> None:
        """With passes the switch is on only beside them; parting them turns it off rather than refusing."""
        cleaned = self.cleaned_data
        if not cleaned.get("allow_custom_agenda") or not self.reason_for_event_level:
            return
        if cleaned.get("passes_with_agenda"):
            return
        if self.instance.allow_custom_agenda and "passes_with_agenda" in self.changed_data:
            cleaned["allow_custom_agenda"] = False
            self.is_switched_off = True
        else:
            self.add_error("allow_custom_agenda", self.reason_for_event_level)

    def _zone(self) -> ZoneInfo | None:
        name = self.cleaned_data.get("timezone") or (
            "" if "timezone" in self.fields else self.instance.timezone
        )
        return ZoneInfo(name) if name else None

    def _reason_for_event_level(self) -> str:
        """The reason why registrants cannot make their own agenda, with the way out; empty when they could."""
        passes = self.instance.passes.offered().count() if self.instance.pk else 0
        if not passes:
            return ""
        url = reverse("admin:events_event_change", args=[self.instance.pk])
        return format_html(
            _("Off, because this event has passes ({number}): passes register people at event level. {link}"),
            number=passes,
            link=format_html(
                '<a href="{}?tab=registration#passes-group" data-tab="registration">{}</a>',
                url,
                _("See the passes"),
            ),
        )

    def _offer_statuses(self) -> None:
        """Live and Cancelled are commands, not choices."""
        status = Event.PublishStatus
        fixed = self.instance.publish_status in {status.LIVE, status.CANCELLED}
        self.offer_statuses(
            "publish_status", [s for s in status if s not in {status.LIVE, status.CANCELLED}], fixed
        )

    def _clean_against_sessions(self, capacity: int) -> None:
        if not self.instance.pk:
            return
        sessions = self.instance.sessions.filter(archived_at=None, cancelled_at=None)
        largest = sessions.aggregate(n=Max("seats__capacity"))["n"]
        if largest is not None and largest > capacity:
            message = _(
                "A session has %(largest)s seats. Give the event at least as many, or leave this empty."
            )
            self.add_error("capacity", message % {"largest": largest})
