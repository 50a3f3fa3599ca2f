"""The tools that begin with people: "Add registration", "Upload people" and "Add to waitlist"."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from registrations.admin.verbs import access
from registrations.admin.verbs.base import PanelListing, PanelVerb


class PeopleTool(PanelVerb):
    """A link to a page of its own on which people are picked."""

    url_name: str

    def url(self, listing: PanelListing) -> str:
        return self.url_for(listing.target)

    def url_for(self, target: Any) -> str:
        """The address of the tool's own page."""
        return reverse(f"admin:{self.url_name}", args=[access.kind_of(target), target.pk])


class AddPeople(PeopleTool):
    """Register people on staff's word."""

    key = "add"
    label = gettext_lazy("Add registration")
    title = gettext_lazy("Add registration")
    url_name = "add_registration"
    is_main = True
    permissions = {
        "event": ("registrations.add_eventregistration",),
        "session": ("registrations.add_sessionregistration",),
    }


class ImportPeople(PeopleTool):
    """Register people by a file, or cancel them by one."""

    key = "import"
    label = gettext_lazy("Upload people")
    title = gettext_lazy("Upload people")
    url_name = "import_people"
    permissions = AddPeople.permissions


class Files(PeopleTool):
    """Every list as a file, and the programme in and out."""

    key = "files"
    label = gettext_lazy("Files")
    title = gettext_lazy("Files")
    url_name = "files_of"
    permissions = {"event": ("sessions_app.view_session",)}


class JoinPeople(PeopleTool):
    """Put people at the end of the line."""

    key = "join"
    label = gettext_lazy("Add to waitlist")
    title = gettext_lazy("Add to waitlist")
    url_name = "join_waitlist"
    permissions = {
        "event": ("waitlists.add_waitlistitem",),
        "session": ("waitlists.add_waitlistitem",),
    }


class Mails(PeopleTool):
    """When people are reminded, what was written to them, and the organizer's own words in each mail."""

    key = "mails"
    label = gettext_lazy("Mails and reminders")
    title = gettext_lazy("Mails and reminders")
    url_name = "event_mails"
    permissions = {"event": ("events.change_event",)}
