"""Take rows of a listing along as a file: those ticked, or all that match its search and filters."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from registrations.admin.verbs import access
from registrations.admin.verbs.base import PanelListing, PanelVerb

MAY_EXPORT = ("registrations.export_people",)
MAY_SEE_SESSIONS = ("sessions_app.view_session",)


class Export(PanelVerb):
    """Take the chosen rows along; nothing is changed."""

    key = "export"
    label = gettext_lazy("Export…")
    title = label
    permissions = {"event": MAY_EXPORT, "session": MAY_EXPORT}


class ExportAll(Export):
    """Take all rows along that match; a link beside the search."""

    key = "export_all"
    carries_list = True

    def url(self, listing: PanelListing) -> str:
        return reverse(
            "admin:panel_export", args=[access.kind_of(listing.target), listing.target.pk, listing.key]
        )


class ExportSessions(Export):
    """Take chosen sessions along, which hold no people."""

    permissions = {"event": MAY_SEE_SESSIONS, "session": MAY_SEE_SESSIONS}


class ExportAllSessions(ExportAll):
    """Take all sessions along that match."""

    permissions = ExportSessions.permissions
