"""A copy that knows nothing but the feed equals the database, row for row, after a storm of changes."""

from __future__ import annotations

import pytest
from django.db import connection

from registrations import actions
from registrations.models import Activity
from tests.feed.copying import Copy, differences, rows_of
from tests.feed.storm import Stage, Storm
from tests.races.at_once import send_home

PEOPLE = 36


@pytest.fixture(autouse=True)
def _nobody_left():
    yield
    send_home()


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_copy_equals_database_after_a_storm(api):
    """Read while it rages, from the beginning afterwards, and again from the very beginning."""
    copy, late = (Copy(lambda **query: api.get("/feed", **query).json()) for _ in range(2))
    stage = Stage.new(PEOPLE)
    storm = Storm.on(stage, walkers=4, acts=80, seed=1)
    storm.rage(lambda: copy.read_on(limit=20), seconds=20, pause=0.02)
    actions.sweep()
    copy.read_on()
    late.read_on()
    assert storm.failed == []
    assert storm.done["done"] > PEOPLE
    rows = rows_of(stage.event_ids)
    assert list(differences(copy.tables, rows)) == []
    assert list(differences(late.tables, rows)) == []
    assert all(rows.values()), "something of each kind, or this proves nothing"


@pytest.mark.django_db
def test_finds_what_is_missing_and_what_differs(api):
    """The comparison itself: it would say so."""
    copy = Copy(lambda **query: api.get("/feed", **query).json())
    stage = Stage.new(3)
    for who in stage.people:
        actions.submit_agenda(stage.chosen, who, stage.sessions[:1], wait=True)
    copy.read_on()
    rows = rows_of(stage.event_ids)
    assert list(differences(copy.tables, rows)) == []
    assert len(Activity.objects.all()) > 3
    first, second, _third = sorted(copy.tables["registrant"])
    del copy.tables["registrant"][first]
    copy.tables["registrant"][second]["email"] = "other@example.org"
    assert list(differences(copy.tables, rows)) == [
        f"registrant {first}: not in the feed",
        f"registrant {second}, email: feed 'other@example.org', database 'storm1@example.org'",
    ]
    assert connection.vendor in {"sqlite", "postgresql"}
