"""The desk's sidebar: what people come to do, each with the pages that it is done on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# Task, its pages: words, name of the address, and what the page asks for (any of them; none: every member of staff).
Page = tuple[Any, str, tuple[str, ...]]
TASKS: tuple[tuple[Any, tuple[Page, ...]], ...] = (
    (
        _("Events"),
        (
            (_("All events"), "admin:events_event_changelist", ("events.view_event",)),
            (_("Add event"), "admin:events_event_add", ("events.add_event",)),
        ),
    ),
    (
        _("People"),
        (
            (_("Contacts"), "admin:events_contact_changelist", ("events.view_contact",)),
            (
                _("Registrations"),
                "admin:registrations_eventregistration_changelist",
                ("registrations.view_eventregistration",),
            ),
            (_("Waitlists"), "admin:waitlists_waitlistitem_changelist", ("waitlists.view_waitlistitem",)),
        ),
    ),
    (
        _("Doors"),
        ((_("Check-ins"), "admin:registrations_checkin_changelist", ("registrations.view_checkin",)),),
    ),
    (
        _("Mails"),
        ((_("Outbox"), "admin:registrations_notification_changelist", ("registrations.view_notification",)),),
    ),
    (
        _("Programme"),
        (
            (_("Sessions"), "admin:sessions_app_session_changelist", ("sessions_app.view_session",)),
            (_("Tracks"), "admin:sessions_app_sessiontrack_changelist", ("sessions_app.view_sessiontrack",)),
            (_("Speakers"), "admin:sessions_app_speaker_changelist", ("sessions_app.view_speaker",)),
            (_("Buildings"), "admin:events_building_changelist", ("events.view_building",)),
            (_("Rooms"), "admin:events_room_changelist", ("events.view_room",)),
        ),
    ),
    (
        _("Imports"),
        (
            (
                _("People by file"),
                "admin:desk_uploads",
                ("registrations.change_eventregistration", "events.add_event"),
            ),
            (_("Upload a schedule"), "upload_schedule", ("events.add_event",)),
        ),
    ),
    (_("Team"), ((_("Members of staff"), "admin:events_user_changelist", ("events.view_user",)),)),
    (
        _("Settings"),
        (
            (_("Other systems"), "admin:events_apiclient_changelist", ("events.view_apiclient",)),
            (_("Webhooks"), "admin:registrations_webhook_changelist", ("registrations.view_webhook",)),
        ),
    ),
)


@dataclass(frozen=True)
class Link:
    """One page of a task."""

    task: Any
    words: Any
    url: str
    is_current: bool


def place_among(tasks: Iterable[tuple[Any, list[Link]]]) -> Link | None:
    """The page of these tasks that is looked at, or that it hangs below; None for one that is none of theirs."""
    return next((link for _task, links in tasks for link in links if link.is_current), None)


def tasks_for(request: HttpRequest) -> list[tuple[Any, list[Link]]]:
    """The tasks of this member of staff; what they may not look at is left out, with tasks of which nothing is left."""
    found = [(task, list(_pages(request, pages))) for task, pages in TASKS]
    urls = [link[1] for _task, links in found for link in links]
    # The page itself, else what it hangs below: of two the longer address.
    current = max((url for url in urls if request.path.startswith(url)), key=len, default="")
    return [
        (task, [Link(task, words, url, url == current) for words, url in links])
        for task, links in found
        if links
    ]


def _pages(request: HttpRequest, pages: tuple[Page, ...]) -> Iterator[tuple[Any, str]]:
    for words, name, permissions in pages:
        if any(map(request.user.has_perm, permissions)):
            yield words, reverse(name)
