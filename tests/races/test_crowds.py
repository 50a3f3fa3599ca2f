"""Every race of acts that concern one seat, as a storm: fifty clients, some rounds, the seats counted after each.

Each has its control: with plain reads instead of locks, and without the condition at the counter, the same storm
leaves something wrong.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import connection

from registrations.queries.recount import recount
from tests.races.at_once import appears, at_once
from tests.races.crowds import RACES, Round

# SQLite lets one write at a time: more rounds would show no other order of acts, only that fifty can wait.
# Without locks the first round or two go wrong, as the controls show; a night may have many more.
ROUNDS = int(os.environ.get("RACE_ROUNDS", "4")) if connection.vendor == "postgresql" else 1


def offences(race: Round) -> list[str]:
    return [str(offence) for offence in recount(race.event, swept=True)]


@pytest.mark.parametrize("name", RACES)
def test_stays_true_in_a_storm(name: str) -> None:
    for _round in range(ROUNDS):
        race = RACES[name]()
        race.check(at_once(*race.acts))
        assert offences(race) == []


def goes_wrong(race: Round) -> Any:
    try:
        race.check(at_once(*race.acts))
    except AssertionError as error:
        return error
    return offences(race)


@pytest.mark.parametrize("name", RACES)
def test_goes_wrong_in_a_storm_without_locks(name: str, without_locks: None) -> None:
    assert appears(lambda: goes_wrong(RACES[name]()))
