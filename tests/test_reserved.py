"""No event takes an address of the site: at every door, and in what was kept before."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.urls import get_resolver

from events.models import Event
from events.slugs import free_slug, is_reserved
from sessions_app.schedule.event_row import _free_slug
from tests.factories import EventFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("acronym", "title"), [("door", ""), ("", "Door")])
def test_import_takes_another(acronym, title):
    assert _free_slug(SimpleNamespace(acronym=acronym, title=title)) == "door-2"
    EventFactory(slug="Door-2")
    assert _free_slug(SimpleNamespace(acronym=acronym, title=title)) == "door-3"


def test_free_slug_is_neither_reserved_nor_taken():
    assert free_slug("door", {"door-2"}) == "door-3"
    assert free_slug("expo", set()) == "expo"
    assert free_slug("Expo", {"expo"}) == "Expo-2"


def test_migration_renames_and_says_what(capsys):
    door, health, kept = (EventFactory(slug=slug) for slug in ("door", "Health", "expo"))
    EventFactory(slug="door-2")
    import_module("events.migrations.0016_reserved_slugs").rename_reserved(apps, None)
    slugs = dict(Event.objects.values_list("pk", "slug"))
    assert (slugs[door.pk], slugs[health.pk], slugs[kept.pk]) == ("door-3", "Health-2", "expo")
    said = capsys.readouterr().out
    assert "/door/ is now at /door-3/" in said
    assert "/Health/ is now at /Health-2/" in said
    assert "expo" not in said


def test_every_first_word_of_the_sites_own_addresses_is_reserved():
    """A new address at the top cannot be forgotten in the list."""
    own = {str(each.pattern).split("/")[0].strip("^") for each in get_resolver().url_patterns}
    words = {word for word in own if word and word[0].isalpha() and "<" not in word and "(" not in word}
    assert {"admin", "oauth2", "media"} <= words
    assert [word for word in sorted(words) if not is_reserved(word)] == []
