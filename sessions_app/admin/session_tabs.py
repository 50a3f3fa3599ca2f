"""What stands on which tab of the session."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from events.admin.tab_parts import Tab

SUMMARY = Tab(
    "summary",
    _("Summary"),
    fieldsets=(
        (
            _("Key information"),
            {"fields": ("event", "name", ("admin_short_name", "badge_name"), "description")},
        ),
        (_("Schedule"), {"fields": (("date", "start_time", "end_time", "end_date"), "own_timezone")}),
        (_("Location"), {"fields": (("building", "room", "layout"), ("format", "webinar_url"))}),
        (
            _("Venue constraints"),
            {"fields": (("capacity", "hard_limit"), "capacity_was", "capacity_follows", "hard_limit_was")},
        ),
        (_("Custom fields"), {"fields": ("custom_fields",)}),
    ),
)
AGENDA = Tab(
    "agenda",
    _("Agenda"),
    fieldsets=(
        (_("Programme"), {"fields": ("track", ("kind", "level"), "speakers", "passes")}),
        (
            _("Choosing it"),
            {
                "fields": (
                    "selection_control",
                    "selected_by_default",
                    "locked_when_saved",
                    "prevent_session_conflicts",
                )
            },
        ),
    ),
)
REGISTRATION = Tab(
    "registration",
    _("Registration and attendance"),
    fieldsets=(
        (_("Registration"), {"fields": ("session_status", "sold_out_message")}),
        (_("Door"), {"fields": ("validate_registrants", "own_standby_minutes")}),
        (
            _("Waitlist"),
            {
                "fields": (
                    (
                        "own_waitlist_enabled",
                        "own_auto_register_waitlisted",
                        "own_contacts_choose_auto_register",
                    ),
                    ("own_invitations_per_slot", "own_invitation_hours"),
                )
            },
        ),
    ),
    panels=(
        "session_registrations",
        "session_via_pass",
        "session_waitlist",
        "door_counts",
        "session_scans",
        "session_devices",
        "session_check_ins",
        "session_cancelled",
        "ledger",
    ),
)
RELATED = Tab("related", _("Related sessions"), panels=("related_sessions",))
SESSION_TABS = (SUMMARY, AGENDA, REGISTRATION, RELATED)
