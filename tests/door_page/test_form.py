"""The door without scripts: a typed code or name is answered by a page."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from events.actors import SYSTEM
from registrations.actions import begin_pairing, pair_device, revoke_device
from registrations.door.short import words
from registrations.models import CheckIn, DoorScan
from registrations.rules.scans import Answer

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "/door/form/"


@pytest.fixture
def paired(hall):
    found = pair_device(begin_pairing(hall.event, name="Side door", actor=SYSTEM).secret)
    found.device.may_override = True
    found.device.save(update_fields=["may_override"])
    return found


@pytest.fixture
def phone(paired):
    client = Client()
    client.cookies["seatwise_door"] = paired.key
    return client


def ask(phone, hall, **sent):
    """What the page says, its tags taken away."""
    answer = phone.post(FORM, {"door": str(hall.session.uuid), **sent})
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    page = answer.content.decode()
    outcome = re.search(r'data-outcome="(\w*)"', page)
    text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))
    return outcome[1] if outcome else None, text


@pytest.mark.once
def test_codes_and_names_are_answered_and_a_reload_is_the_same_scan(hall, phone):
    nonce = "6b1f6f3e-6c1d-4d53-9f2c-0c1f3a4b5d6e"
    for _again in range(2):
        outcome, text = ask(phone, hall, typed=hall.code("Ana").lower(), nonce=nonce)
        assert (outcome, "Ana Test" in text) == ("admitted", True)
    assert (CheckIn.objects.count(), DoorScan.objects.count()) == (1, 1)
    outcome, text = ask(phone, hall, typed="ana")
    assert (outcome, "since" in text) == ("already_in", True)
    outcome, text = ask(phone, hall, typed=hall.code("Dora"))
    assert (outcome, "Reading the tide · Great Dock" in text) == ("another_session", True)
    assert ask(phone, hall, typed="https://example.org/" + "x" * 4_000)[0] == "unknown_code"
    assert ask(phone, hall, typed="Nobody")[0] == "unknown_code"
    outcome, text = ask(phone, hall, typed="Test")
    assert (outcome, "Which of them? Ana Test Ben Test Dora Test Eve Test" in text) == (None, True)
    assert CheckIn.objects.count() == 1


@pytest.mark.once
def test_refused_person_is_let_in_with_a_reason_only(hall, phone, paired):
    eve = {"registration": str(hall.people["Eve"].uuid)}
    outcome, text = ask(phone, hall, **eve)
    assert (outcome, "Let in all the same" in text) == ("not_registered", True)
    assert not CheckIn.objects.exists()
    assert ask(phone, hall, **eve, reason="VIP")[0] == "admitted"
    assert CheckIn.objects.get().reason == "VIP"
    revoke_device(paired.device, actor=SYSTEM)
    assert phone.get(FORM).status_code == 401
    assert phone.post(FORM, {"typed": "Ana"}).status_code == 401


def test_every_answer_has_its_word():
    said = dict(words())
    assert set(Answer.values) <= said.keys()
    assert max(map(len, said.values())) < 40
