"""Door codes: made once, read forgivingly, ended with the links."""

from __future__ import annotations

import re

import pytest

from events.actors import SYSTEM
from events.errors import Refusal
from registrations import door_codes
from registrations.actions import correct_address, door_code_of, door_codes_for, erase_contact, revoke_links
from registrations.links import manage_token, registration_from_token
from registrations.models import Activity, EventRegistration
from tests.engine.acts import claim, people
from tests.factories import SessionFactory

CODE = "0ABC1DEFGHJK"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"SW1:{CODE}",
        f"SW1{CODE}",
        f"sw1:{CODE.lower()}",
        f"SW1Ö{CODE}",
        "0abc-1def-ghjk",
        " 0ABC – 1DEF – GHJK\r\n",
        "OABC IDEF GHJK",
        "oabcldefghjk",
    ],
)
def test_reads_what_was_meant(text):
    assert door_codes.read(text) == CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        CODE[:-1],
        f"{CODE}0",
        "UABC1DEFGHJK",
        f"https://example.com/{CODE}",
        f"SW2:{CODE}",
        "ﬀABC1DEFGHJK",
        "0ABC1DEFGHJ٣",
        "A" * 4096,
        " " * 301 + CODE,
    ],
)
def test_takes_nothing_else_for_a_code(text):
    assert door_codes.read(text) is None


def test_code_is_read_as_it_is_said_and_written():
    for code in {door_codes.new_code() for _each in range(50)}:
        assert door_codes.read(door_codes.said(code)) == door_codes.read(door_codes.written(code)) == code


def test_qr_code_is_small_and_says_what_it_is():
    svg = door_codes.qr_svg(CODE)
    assert re.search(r'viewBox="0 0 33 33"', svg), "25 modules, and four of quiet on each side"
    assert svg.startswith('<svg role="img" ')
    assert "<title>QR code for the door</title>" in svg
    assert 'fill="#fff"' in svg
    assert "style" not in svg
    assert "&lt;b&gt;" in door_codes.address_svg("https://example.com/", "<b>")


def test_qr_code_is_made_of_its_bits_as_the_library_makes_it():
    letters = [letter * 12 for letter in door_codes.ALPHABET]
    for code in [*letters, *(door_codes.new_code() for _each in range(40))]:
        assert door_codes.qr_svg(code) == door_codes.svg_of(door_codes.qr_of(code), "QR code for the door")


@pytest.fixture
def registration(event, bob):
    return claim(SessionFactory(event=event), bob).registration


@pytest.mark.django_db
def test_code_is_made_once_and_is_no_link(registration):
    assert registration.door_code is None
    lines = Activity.objects.count()
    stale = EventRegistration.objects.get(pk=registration.pk)
    code = door_code_of(registration)
    assert door_code_of(stale) == door_code_of(registration) == code
    assert code not in manage_token(registration)
    assert Activity.objects.count() == lines
    for text in (code, door_codes.written(code), f"{code}.1"):
        with pytest.raises(Refusal):
            registration_from_token(text)


@pytest.mark.django_db
def test_code_ends_with_links(registration):
    first = door_code_of(registration)
    fresh = revoke_links(registration, actor=SYSTEM)
    assert fresh.door_code is None
    second = door_code_of(fresh)
    moved = correct_address(fresh, "new@example.com", actor=SYSTEM)
    assert moved.door_code is None
    assert len({first, second, door_code_of(moved)}) == 3
    erase_contact(moved.contact, actor=SYSTEM)
    assert EventRegistration.objects.get().door_code is None
    assert door_codes_for(moved.event) == 0


@pytest.mark.django_db
def test_missing_codes_of_event_are_made_together(event, django_assert_num_queries):
    session = SessionFactory(event=event, capacity=9)
    made = [claim(session, who).registration for who in people(4)]
    known = door_code_of(made[0])
    with django_assert_num_queries(4):
        assert door_codes_for(event) == 3
    codes = EventRegistration.objects.order_by("id").values_list("door_code", flat=True)
    assert codes[0] == known
    assert len(set(codes)) == 4
    assert door_codes_for(event) == 0
