"""What search engines ask for first: which pages there are, and which are not for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from xml.sax.saxutils import escape

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from events.models import Event
from registrations.website.face.sharing import absolute
from sessions_app.models import Session

# As many as one file may name.
MOST_PAGES = 50_000
KEPT = 600
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Each belongs to one person, to staff, or to programs.
NOT_FOR_SEARCH = (
    *("/admin/", "/accounts/", "/api/", "/oauth2/", "/door/", "/me/"),
    *("/*/me/", "/*/agenda/", "/*/register/", "/*/link/", "/*/forget/", "/*/calendar/", "/*/live"),
    "/*?*q=",
)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """`robots.txt`."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_SEARCH)]
    lines += ["", f"Sitemap: {absolute(reverse('sitemap'))}", ""]
    return _kept_by_all(HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8"))


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask without having read a page."""
    return redirect(static("img/mark.svg"))


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page; where one file cannot name them all, the files that do."""
    part = request.GET.get("part", "")
    if part and not (part.isdecimal() and len(part) < 4):  # noqa: PLR2004
        raise Http404
    text = cache.get(f"sitemap:{part}")
    if text is None:
        text = _part(int(part)) if part else _first()
        cache.set(f"sitemap:{part}", text, KEPT)
    if not text:
        raise Http404
    return _kept_by_all(HttpResponse(text, content_type="application/xml; charset=utf-8"))


def _first() -> str:
    number = 1 + Event.objects.live().count() + _sessions().count()
    if number <= MOST_PAGES:
        return _part(1)
    address = absolute(reverse("sitemap"))
    parts = range(1, -(-number // MOST_PAGES) + 1)
    rows = "".join(f"<sitemap><loc>{address}?part={part}</loc></sitemap>" for part in parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_NAMESPACE}">{rows}</sitemapindex>\n'
    )


def _part(number: int) -> str:
    """One file of the whole; empty where there is none of that number."""
    rows = "".join(islice(_pages(), (number - 1) * MOST_PAGES, number * MOST_PAGES))
    if not rows:
        return ""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_NAMESPACE}">{rows}</urlset>\n'


def _pages() -> Iterator[str]:
    yield _page(reverse("event_list"))
    for slug, changed in Event.objects.live().order_by("pk").values_list("slug", "updated_at").iterator():
        yield _page(reverse("event_page", args=[slug]), changed)
    rows = _sessions().order_by("pk").values_list("event__slug", "uuid", "updated_at")
    for slug, uuid, changed in rows.iterator():
        yield _page(reverse("session_page", args=[slug, uuid]), changed)


def _sessions() -> QuerySet[Session]:
    return Session.objects.live().filter(event__in=Event.objects.live().order_by())


def _page(path: str, changed: datetime | None = None) -> str:
    when = f"<lastmod>{changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed else ""
    return f"<url><loc>{escape(absolute(path))}</loc>{when}</url>"


def _kept_by_all(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=KEPT)
    return response
