"""One search over people, sessions and events, each kind within what its permission and the events allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from events.admin import words
from events.admin.cells import time_span
from events.admin.scope import visible_events
from events.admin.verbs import change_url
from events.roles import contacts_known_to
from events.searching import with_words
from sessions_app.models import Session

MOST_FOUND = 8
FEWEST_LETTERS = 2


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    name: str
    beside: str
    url: str


@dataclass(frozen=True)
class Hits:
    """What was found of one kind, and where all of it is; `has_more` where that is more than is shown."""

    title: str
    found: list[Hit]
    has_more: bool
    url: str


def search_page(request: HttpRequest) -> HttpResponse:
    """The results of one search; fewer than two letters find nothing."""
    text = " ".join(request.GET.get("q", "").split())[:200]
    kinds = list(_search(request, text)) if len(text) >= FEWEST_LETTERS else []
    context = {
        **admin.site.each_context(request),
        "title": _("Search"),
        "searched": text,
        "is_too_short": len(text) < FEWEST_LETTERS,
        "kinds": kinds,
        "has_found": any(kind.found for kind in kinds),
    }
    return TemplateResponse(request, "admin/home/search.html", context)


def _search(request: HttpRequest, text: str) -> Iterator[Hits]:
    """Each kind that this member of staff may look at."""
    user: Any = request.user
    if user.has_perm("events.view_contact"):
        yield _people(user, text)
    if user.has_perm("sessions_app.view_session"):
        yield _sessions(request, text)
    if user.has_perm("events.view_event"):
        yield _events(request, text)


def _hits(title: str, rows: Iterable[Any], say: Any, model: str, text: str) -> Hits:
    found = list(rows)
    url = f"{reverse(f'admin:{model}_changelist')}?{urlencode({'q': text})}"
    return Hits(title, [say(row) for row in found[:MOST_FOUND]], len(found) > MOST_FOUND, url)


def _people(user: Any, text: str) -> Hits:
    rows = with_words(contacts_known_to(user), text, ["email", "first_name", "last_name"])
    rows = rows.filter(erased_at=None).order_by("last_name", "first_name", "pk")[: MOST_FOUND + 1]
    return _hits(
        _("People"),
        rows,
        lambda row: Hit(f"{row.first_name} {row.last_name}".strip() or row.email, row.email, change_url(row)),
        "events_contact",
        text,
    )


def _sessions(request: HttpRequest, text: str) -> Hits:
    mine = visible_events(request).values("pk")
    rows = Session.objects.not_archived().filter(event__in=mine).select_related("event", "room")
    rows = with_words(rows, text, ["name", "admin_short_name", "room__name", "event__name"])
    return _hits(
        _("Sessions"), rows.in_programme_order()[: MOST_FOUND + 1], _session, "sessions_app_session", text
    )


def _session(row: Session) -> Hit:
    beside = [words.hours(row, row.event), str(row.room or ""), row.event.name]
    return Hit(row.name, " · ".join(filter(None, beside)), change_url(row))


def _events(request: HttpRequest, text: str) -> Hits:
    rows = with_words(visible_events(request), text, ["name", "slug"]).order_by("-starts_at", "pk")
    return _hits(
        _("Events"),
        rows[: MOST_FOUND + 1],
        lambda row: Hit(row.name, time_span(row.starts_at, row.ends_at, row.zone), change_url(row)),
        "events_event",
        text,
    )
