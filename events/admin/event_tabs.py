"""What stands on which tab of the event."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from events.admin.inlines import CustomRegistrationFieldInline, EventTeamMemberInline, SponsorInline
from events.admin.passes import PassInline
from events.admin.tab_parts import Tab, View

GENERAL = Tab(
    "general",
    _("General"),
    fieldsets=(
        (_("Key information"), {"fields": ("name", "slug", ("event_type", "format"), "publish_status")}),
        (_("Schedule"), {"fields": ("timezone", ("starts_at", "ends_at"))}),
        (_("Location"), {"fields": (("building", "room", "layout"),)}),
        (
            _("On foot"),
            {
                "fields": ("minutes_between_rooms", "walk_minutes"),
                "description": _("Who has less time between two sessions is warned, and may book both."),
            },
        ),
        (
            _("Venue constraints"),
            {
                "fields": (
                    ("capacity", "hard_limit"),
                    "overbook_by_show_up",
                    "capacity_was",
                    "capacity_follows",
                    "hard_limit_was",
                )
            },
        ),
        (
            _("Waitlist"),
            {
                "fields": (
                    "waitlist_enabled",
                    "auto_register_waitlisted",
                    "contacts_choose_auto_register",
                    ("invitations_per_slot", "invitation_hours"),
                ),
                "description": _("Sessions take these over unless they have their own."),
            },
        ),
        (
            _("Doors"),
            {
                "fields": ("standby_minutes",),
                "description": _("Sessions take this over unless they have their own."),
            },
        ),
        (_("Website"), {"fields": ("description", "contact_email", "language", "languages")}),
    ),
)
AGENDA = Tab(
    "agenda",
    _("Agenda"),
    fieldsets=(
        (
            _("Who chooses sessions"),
            {
                "fields": (
                    *("allow_custom_agenda", "passes_with_agenda"),
                    *("sessions_required", "sessions_required_by_api", "most_sessions"),
                )
            },
        ),
    ),
    views=(
        View("list", _("List"), ("capacity_missing", "event_sessions")),
        View("calendar", _("Calendar"), ("event_calendar",)),
        View("tracks", _("Tracks"), ("tracks",)),
        View("speakers", _("Speakers"), ("speakers",)),
        View("included", _("Included sessions"), ("included_sessions",)),
        View("draws", _("Draws"), ("event_draws",)),
    ),
)
REGISTRATION = Tab(
    "registration",
    _("Registration and attendance"),
    inlines=(PassInline,),
    panels=(
        *("event_registrations", "event_orders", "event_sale"),
        *("event_waitlist", "event_cancelled", "event_passes"),
    ),
)
DOORS = Tab(
    "doors",
    _("Doors"),
    fieldsets=((_("Badges"), {"fields": (("badge_width_mm", "badge_height_mm"),)}),),
    panels=("door_counts", "event_scans", "event_devices", "event_check_ins"),
)
OVERVIEW = Tab(
    "overview",
    _("Overview"),
    panels=(
        "overview_advice",
        "overview_seats",
        "overview_registrations",
        "overview_rooms",
        "overview_demand",
        "overview_waitlists",
        "overview_no_shows",
        "overview_mails",
    ),
)
WEBSITE = Tab(
    "website",
    _("Website and form"),
    fieldsets=(
        (
            _("Face"),
            {
                "fields": (
                    "header_picture",
                    ("header_focus_x", "header_focus_y"),
                    "logo",
                    "accent_colour",
                    "map_picture",
                )
            },
        ),
        (_("On other sites"), {"fields": ("embed_sites", "embed_code")}),
        (
            _("When registration is open"),
            {"fields": (("registration_opens_at", "registration_closes_at"), "registration_closed_message")},
        ),
        (_("Passes with a price"), {"fields": ("how_to_pay",)}),
        (
            _("Who may register"),
            {
                "fields": (
                    "allow_anonymous_registration",
                    ("multi_attendee_registration", "people_in_one_go"),
                )
            },
        ),
    ),
    inlines=(SponsorInline, CustomRegistrationFieldInline),
)
MORE = Tab(
    "more",
    _("Additional information"),
    fieldsets=(
        (_("Privacy"), {"fields": ("retention_days",)}),
        (_("Record"), {"fields": (("made_by", "created", "updated"), ("public_id", "external_id"))}),
    ),
    inlines=(EventTeamMemberInline,),
    panels=("ledger",),
)
EVENT_TABS = (GENERAL, AGENDA, REGISTRATION, DOORS, OVERVIEW, WEBSITE, MORE)
