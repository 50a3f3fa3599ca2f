"""One record as several systems have read it, which all of them change at the same instant if it is that one still."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.test import Client

from tests.api.conftest import Api, make_api_client, make_token
from tests.api.registering import registered
from tests.draws.plans import plan
from tests.factories import EventFactory, SessionFactory, SessionTrackFactory
from tests.races.at_once import at_once

CLIENTS, ROUNDS = 6, 3


def caller():
    """Another system with a connection of its own."""
    owner = make_api_client("Hurry")
    return Api(owner, make_token(owner, "read write"), Client())


def words_of(path, change):
    """What became of the changes of several systems that had all read the same record."""
    callers = [caller() for _ in range(CLIENTS)]
    read = callers[0].get(path)["ETag"]
    acts = [partial(one.patch, path, change(number), if_match=read) for number, one in enumerate(callers)]
    return Counter(answer.status_code for answer in at_once(*acts))


@pytest.mark.parametrize("kind", ["track", "session", "registrant", "draw"])
def test_one_of_several_changes_what_all_have_read(kind):
    for _round in range(ROUNDS):
        event = EventFactory(sessions_required=False)
        if kind == "track":
            path, name = f"/tracks/{SessionTrackFactory(event=event).pk}", "name"
        elif kind == "session":
            path, name = f"/sessions/{SessionFactory(event=event).pk}", "name"
        elif kind == "draw":
            path, name = f"/draws/{plan(event, [SessionFactory(event=event)]).pk}", "name"
        else:
            path, name = (
                f"/registrants/{registered(caller(), event, [], email='bob@example.org')}",
                "company",
            )
        assert words_of(path, lambda number, name=name: {name: f"By {number}"}) == {200: 1, 412: CLIENTS - 1}


def test_without_the_lock_several_would(without_locks):
    """The control: read without a lock, one record is the one that they all have read for several at once."""
    changed = 0
    for _round in range(20):
        path = f"/tracks/{SessionTrackFactory(event=EventFactory()).pk}"
        changed = words_of(path, lambda number: {"name": f"By {number}"})[200]
        if changed > 1:
            break
    assert changed > 1
