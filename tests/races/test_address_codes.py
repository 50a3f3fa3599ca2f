"""Many guesses of a mailed code at the same instant are no more than a few, and the right one is taken once."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import IntegrityError

from events.errors import Invalid
from registrations.actions import mail_address_code, prove_address
from registrations.actions.people import address_codes
from registrations.models import AddressCode
from registrations.models.address_codes import MOST_TRIES
from tests.engine.acts import claim, person
from tests.factories import SessionFactory
from tests.races.at_once import appears, at_once

GUESSES = 12


@pytest.fixture
def registration():
    return claim(SessionFactory(), person("Bob")).registration


def guess(registration, code: str, times: int = GUESSES) -> list[type]:
    """What so many tries at once came to, by kind."""
    return [type(result) for result in at_once(*[partial(prove_address, registration, code)] * times)]


def wrong_for(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def test_many_guesses_at_once_are_no_more_than_a_few(registration):
    code = mail_address_code(registration, "robert@example.org").code
    assert guess(registration, wrong_for(code)) == [Invalid] * GUESSES
    assert AddressCode.objects.get().tries == MOST_TRIES
    assert guess(registration, code, times=1) == [Invalid]


def test_right_code_in_two_tabs_is_taken_once(registration):
    code = mail_address_code(registration, "robert@example.org").code
    assert sorted(guess(registration, code, times=2), key=str) == sorted([str, Invalid], key=str)


def test_without_the_count_on_condition_more_would_be_looked_at(monkeypatch):
    """The control: all look at the code as it was, so that only the table's own constraint stops the sixth."""
    monkeypatch.setattr(address_codes, "MOST_TRIES", GUESSES)

    def race():
        session = SessionFactory()
        registration = claim(session, person(f"Bob{session.pk}")).registration
        code = mail_address_code(registration, f"robert{session.pk}@example.org").code
        return IntegrityError in guess(registration, wrong_for(code))

    assert appears(race)
