"""The site remembers to what view an address leads, and nothing else."""

from __future__ import annotations

import uuid
from types import ModuleType

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import Resolver404, path

from config.handler import LONGEST_KEPT, Site, _resolved


@pytest.fixture
def site() -> Site:
    _resolved.cache_clear()
    return Site()


def led_to(site: Site, address: str) -> tuple[str, dict[str, object]]:
    request = RequestFactory().get(address)
    found = site.resolve_request(request)
    assert request.resolver_match is found
    return found.view_name, found.kwargs


def test_address_is_resolved_once(site: Site) -> None:
    identity = uuid.uuid4()
    address = f"/harbour/agenda/{identity}/add/"
    for _each in range(2):
        assert led_to(site, address) == ("draft_seat", {"slug": "harbour", "uuid": identity, "verb": "add"})
        assert led_to(site, "/harbour/?q=knots") == ("event_page", {"slug": "harbour"})
    assert (_resolved.cache_info().hits, _resolved.cache_info().currsize) == (2, 2)


def test_long_address_takes_no_room(site: Site) -> None:
    slug = "s" * LONGEST_KEPT
    assert led_to(site, f"/{slug}/sessions/") == ("session_list", {"slug": slug})
    assert _resolved.cache_info().currsize == 0


def test_address_that_leads_nowhere_is_not_remembered(site: Site) -> None:
    for _each in range(2):
        with pytest.raises(Resolver404):
            led_to(site, "/harbour/nowhere/to/go/")
    assert _resolved.cache_info().currsize == 0


def view(request: HttpRequest, slug: str) -> HttpResponse:
    return HttpResponse(slug)


def test_each_set_of_addresses_is_its_own(site: Site) -> None:
    assert led_to(site, "/harbour/") == ("event_page", {"slug": "harbour"})
    others = ModuleType("others")
    others.urlpatterns = [path("<slug:slug>/", view, name="other")]  # type: ignore[attr-defined]
    with override_settings(ROOT_URLCONF=others):
        assert led_to(site, "/harbour/") == ("other", {"slug": "harbour"})
    assert led_to(site, "/harbour/") == ("event_page", {"slug": "harbour"})
