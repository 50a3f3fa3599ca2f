"""The roster of a door: everybody with the server's answer, then only what changed."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM
from registrations.actions import (
    add_to_event,
    cancel_event_registrations,
    check_in,
    door_code_of,
    erase_contact,
    revoke_links,
    update_details,
)
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from tests.doors.phones import paired, phone, scan, send
from tests.engine.acts import claim, people, person
from tests.factories import EventFactory, PassFactory, RoomFactory, SessionFactory, at

pytestmark = pytest.mark.django_db
ROSTER = "door_api_roster"


@pytest.fixture
def hall(event):
    return SessionFactory(
        event=event, name="Hall", capacity=40, validate_registrants=True, starts_at=at(10), ends_at=at(11)
    )


@pytest.fixture
def door(event):
    return phone(paired(event))


def ask(door, session=None, since="", tag=""):
    query = {"door": session.uuid if session else "", "since": since}
    headers = {"If-None-Match": tag} if tag else {}
    return door.get(reverse(ROSTER), query, headers=headers)


def answers(found):
    return {row[2].split()[0]: row[3] for row in found.json()["people"]}


def test_answers_are_those_of_the_one_list(door, event, hall):
    room = RoomFactory(name="Loft")
    beside = SessionFactory(
        event=event, name="Knots", starts_at=at(10, 30), ends_at=at(12), room=room, building=room.building
    )
    names = ("Seated", "Beside", "Later", "Gone", "Inside")
    sessions = (hall, beside, SessionFactory(event=event, starts_at=at(14), ends_at=at(15)), hall, hall)
    rows = {
        name: claim(session, person(name)).registration for name, session in zip(names, sessions, strict=True)
    }
    cancel_event_registrations([rows["Gone"]], actor=SYSTEM)
    check_in(rows["Inside"], hall, actor=SYSTEM, at=at(10, 2), scanned_at=at(10, 2))
    found = ask(door, hall)
    assert answers(found) == {
        "Seated": "admitted",
        "Beside": "another_session",
        "Later": "not_registered",
        "Gone": "cancelled",
        "Inside": "already_in",
    }
    beside_of = {row[2].split()[0]: row[4] for row in found.json()["people"]}
    assert beside_of["Beside"] == "Knots, Loft"
    assert beside_of["Inside"] == {"since": "2031-05-05T10:02:00Z", "where": "Hall"}
    assert set(beside_of["Gone"]) == {"since"}
    assert beside_of["Seated"] is beside_of["Later"] is None
    assert found.json()["counts"] == {"in": 1, "expected": 1, "capacity": 40}
    everywhere = ask(door)
    assert answers(everywhere) == dict.fromkeys(names, "admitted") | {"Gone": "cancelled"}
    assert everywhere.json()["counts"]["expected"] == 4
    del rows["Inside"], rows["Gone"]
    for said, answer in [(name, answers(found)[name]) for name in rows]:
        told = send(door, scan(rows[said], door=str(hall.uuid))).json()["verdicts"][0]
        assert told["outcome"] == answer


def test_pass_opens_its_sessions(event, door):
    ticket = PassFactory(event=event)
    hall = SessionFactory(event=event, validate_registrants=True)
    hall.passes.add(ticket)
    add_to_event(event, [person("Holder")], ticket, actor=SYSTEM)
    assert answers(ask(door, hall)) == {"Holder": "admitted"}


def test_everybody_has_a_code_and_only_changes_come_later(door, event, hall, bob):
    first = claim(hall, bob).registration
    whole = ask(door, hall).json()
    first.refresh_from_db()
    assert [(row[0], row[1], row[2]) for row in whole["people"]] == [
        (str(first.uuid), first.door_code, "Bob Baker")
    ]
    later = claim(hall, person("Later")).registration
    found = ask(door, hall, whole["cursor"]).json()
    later.refresh_from_db()
    assert (found["whole"], [row[:2] for row in found["people"]]) == (
        False,
        [[str(later.uuid), later.door_code]],
    )
    code = first.door_code
    for act, answer in [
        (lambda: revoke_links(first, actor=SYSTEM), "admitted"),
        (lambda: update_details(first, Attendee(bob.email, "Bobby", "Baker")), "admitted"),
        (lambda: check_in(first, hall, actor=SYSTEM, at=at(10)), "already_in"),
        (lambda: cancel_event_registrations([first], actor=SYSTEM), "already_in"),
    ]:
        act()
        found = ask(door, hall, found["cursor"]).json()
        assert [row[3] for row in found["people"]] == [answer]
    assert found["people"][0][2] == "Bobby Baker"
    assert found["people"][0][1] not in ("", code)
    erase_contact(first.contact, actor=SYSTEM)
    found = ask(door, hall, found["cursor"]).json()
    assert (found["people"], found["gone"]) == ([], [str(first.uuid)])
    assert ask(door, hall, found["cursor"]).json()["people"] == []


def test_nothing_new_is_304_and_what_concerns_everybody_is_the_whole_list(door, event, hall, bob):
    claim(hall, bob)
    found = ask(door, hall)
    assert found["Cache-Control"] == "private, no-store"
    assert ask(door, hall, tag=found["ETag"]).status_code == 304
    since = found.json()["cursor"]
    claim(SessionFactory(), person("Elsewhere"))
    assert ask(door, hall, since).json()["cursor"] == since, "another event changes nothing here"
    for change in ({"validate_registrants": False}, {"name": "Hall C"}, {"starts_at": at(9)}):
        type(hall).objects.filter(pk=hall.pk).update(**change)
        assert ask(door, hall, tag=found["ETag"]).status_code == 200
        again = ask(door, hall, since).json()
        assert (again["whole"], len(again["people"])) == (True, 1)
        since = again["cursor"]
    for odd in ("x", "9" * 30, f"999999999.{'0' * 16}", since.replace(since.split(".")[0], "99999999")):
        assert ask(door, hall, odd).json()["whole"] is True


def test_roster_is_gone_once_the_event_is_over(door, event, hall):
    over = timezone.now() - timedelta(days=1, minutes=1)
    type(event).objects.update(starts_at=over - timedelta(days=2), ends_at=over)
    answer = ask(door, hall)
    assert (answer.status_code, answer.json()["code"]) == (410, "event_over")


def test_as_many_queries_for_many_people_as_for_one(door, hall, event, django_assert_max_num_queries):
    claim(hall, person("One"))
    ask(door, hall)
    assert EventRegistration.objects.filter(door_code=None).count() == 0
    # Nine of these number the ledger, where there is something to number or to wait for.
    with django_assert_max_num_queries(25) as one:
        ask(door, hall)
    number = len(one)
    for who in people(30):
        door_code_of(claim(hall, who).registration)
    ask(door, hall)
    with django_assert_max_num_queries(number):
        found = ask(door, hall)
    assert len(found.json()["people"]) == 31


def test_list_travels_compressed(door, event, hall):
    for who in people(9):
        claim(hall, who)
    found = door.get(reverse(ROSTER), {"door": hall.uuid}, headers={"Accept-Encoding": "gzip"})
    assert found["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(found.content))["people"]) == 9
    tag = found["ETag"]
    assert tag.startswith("W/")
    assert ask(door, hall, tag=tag).status_code == 304


def test_foreign_door_is_not_found(door):
    assert ask(door, SessionFactory(event=EventFactory())).status_code == 404
    assert door.get(reverse(ROSTER), {"door": "x"}).status_code == 404


def test_who_waits_and_who_comes_late_while_standby_is_open(event, door):
    now = timezone.now()
    type(event).objects.update(starts_at=now - timedelta(hours=2), ends_at=now + timedelta(hours=9))
    event.refresh_from_db()
    hall = SessionFactory(
        event=event,
        capacity=2,
        validate_registrants=True,
        own_standby_minutes=10,
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(hours=1),
    )
    earlier = now - timedelta(days=2)
    seated, absent, first, second = (
        claim(hall, person(name), wait=True, at=earlier).registration
        for name in ("Seated", "Absent", "First", "Second")
    )
    found = ask(door, hall).json()
    assert [row[3] for row in found["people"]] == ["admitted", "admitted", "standby", "standby"]
    assert (found["standby"]["free"], found["standby"]["line"]) == (2, [str(first.uuid), str(second.uuid)])
    where = {"door": str(hall.uuid)}
    told = send(door, scan(seated, **where), scan(second, **where)).json()
    assert [each["outcome"] for each in told["verdicts"]] == ["admitted", "standby"]
    out_of_turn, in_turn = send(
        door, scan(second, **where, standby=True), scan(first, **where, standby=True)
    ).json()["verdicts"]
    assert (out_of_turn["outcome"], in_turn["outcome"]) == ("not_next_in_line", "admitted")
    assert "First Test is next" in out_of_turn["words"]
    again = scan(first, **where, standby=True)
    assert [each["outcome"] for each in send(door, again, again).json()["verdicts"]] == ["already_in"] * 2
    later = ask(door, hall, found["cursor"]).json()
    assert (later["whole"], later["counts"]) == (True, {"in": 2, "expected": 1, "capacity": 2})
    assert {row[2]: row[3] for row in later["people"]}["Absent Test"] == "full_house"
    [late] = send(door, scan(absent, **where)).json()["verdicts"]
    assert (late["outcome"], late["words"]) == ("full_house", "Everybody who fits is inside")
    [fact] = send(door, scan(absent, **where, admitted=True, offline=True)).json()["verdicts"]
    assert (fact["outcome"], fact["to_look_at"]) == ("admitted", "let_in_refused")
