"""Scans that phones send: each kept, each answered once for good, the earliest wins, and no fact is refused."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.actors import SYSTEM
from registrations.actions import (
    cancel_event_registrations,
    cancel_session,
    check_in,
    door_code_of,
    erase_contact,
    mark_no_show,
    revoke_device,
    revoke_links,
)
from registrations.actions.people.retention import forget_people
from registrations.door import answers
from registrations.door_codes import said, written
from registrations.models import Activity, CheckIn, DoorDevice, DoorScan, EventRegistration
from registrations.queries.everything import everything_about
from registrations.webhooks.feed import page_after
from tests.doors.phones import paired, phone, scan, send
from tests.engine.acts import claim, person
from tests.factories import EventFactory, SessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seats_stay_true")]
NOW = timezone.now().replace(microsecond=0)


def ago(**how):
    return NOW - timedelta(**how)


@pytest.fixture
def event(db):
    """Under way."""
    return EventFactory(name="Harbour", starts_at=ago(hours=1), ends_at=ago(hours=-8))


@pytest.fixture
def hall(event):
    return SessionFactory(
        event=event,
        name="Hall B",
        capacity=40,
        validate_registrants=True,
        starts_at=ago(minutes=30),
        ends_at=ago(hours=-1),
    )


@pytest.fixture
def guest(hall, bob):
    return claim(hall, bob, at=ago(days=3)).registration


@pytest.fixture
def door(event):
    return phone(paired(event))


def at_hall(hall, who, moment=None, **more):
    return scan(who, moment, door=str(hall.uuid), **more)


def outcomes(answer):
    assert answer.status_code == 200, answer.content
    return [verdict["outcome"] for verdict in answer.json()["verdicts"]]


def looks():
    return list(DoorScan.objects.order_by("id").values_list("to_look_at", flat=True))


@pytest.mark.parametrize("written_as", [str, written, said, lambda code: said(code).lower()])
def test_code_opens_door_once(door, guest, hall, written_as):
    asked = at_hall(hall, written_as(door_code_of(guest)), ago(minutes=2), admitted=True)
    first, again = send(door, asked), send(door, asked)
    assert outcomes(first) == outcomes(again) == ["admitted"]
    entry = CheckIn.objects.get()
    assert (entry.checked_in_at, entry.session, entry.device.name) == (ago(minutes=2), hall, "Door 3")
    assert (entry.is_override, entry.was_offline, entry.nonce.hex) == (
        False,
        False,
        asked["nonce"].replace("-", ""),
    )
    assert DoorScan.objects.get().check_in == entry
    assert first.json()["verdicts"][0]["name"] == "Bob Baker"
    assert first.json()["counts"] == {"in": 1, "expected": 0, "capacity": hall.seats.capacity}
    row = Activity.objects.get(verb="checked_in")
    assert (row.actor, row.session, row.contact) == ("Door 3", hall, guest.contact)


def test_two_phones_offline_with_one_code_are_one_entry_at_the_earliest_time(event, door, guest, hall):
    other = phone(paired(event, name="Door 7"))
    early = at_hall(hall, guest, ago(minutes=9), admitted=True, offline=True)
    late = at_hall(hall, guest, ago(minutes=4), admitted=True, offline=True)
    assert outcomes(send(door, early)) == ["admitted"]
    told = send(other, late).json()["verdicts"][0]
    assert told["outcome"] == "already_in"
    assert "Hall B" in told["words"]
    assert (CheckIn.objects.get().checked_in_at, told["where"]) == (ago(minutes=9), "Hall B")
    assert looks() == ["", "let_in_twice"]


def test_later_phone_that_sent_first_gives_way_and_learns_it(event, door, guest, hall):
    other = phone(paired(event, name="Door 7"))
    early = at_hall(hall, guest, ago(minutes=9), admitted=True, offline=True)
    late = at_hall(hall, guest, ago(minutes=4), admitted=True, offline=True)
    assert outcomes(send(other, late)) == ["admitted"]
    assert outcomes(send(door, early)) == ["admitted"]
    assert CheckIn.objects.get().checked_in_at == ago(minutes=9)
    assert outcomes(send(other, late)) == ["already_in"]
    assert looks() == ["let_in_twice", ""]
    verbs = Activity.objects.filter(verb__startswith="check").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["checked_in", "check_in_corrected"]


def test_whole_day_of_one_person_in_any_order(door, guest, hall):
    came, left = at_hall(hall, guest, ago(minutes=25)), at_hall(hall, guest, ago(minutes=20), kind="out")
    back, undo = at_hall(hall, guest, ago(minutes=10)), scan("", ago(minutes=9), kind="undo")
    undo["of"] = back["nonce"]
    again, gone = at_hall(hall, guest, ago(minutes=5)), at_hall(hall, guest, ago(minutes=1), kind="out")
    sent = send(door, gone, undo, back, again, left, came)
    assert outcomes(sent) == ["out", "undone", "admitted", "admitted", "out", "admitted"]
    entries = CheckIn.objects.order_by("checked_in_at")
    assert [(row.checked_in_at, row.left_at, row.undone_at is None) for row in entries] == [
        (ago(minutes=25), ago(minutes=20), True),
        (ago(minutes=10), None, False),
        (ago(minutes=5), ago(minutes=1), True),
    ]
    assert outcomes(send(door, at_hall(hall, guest, ago(minutes=22)))) == ["already_in"]
    assert outcomes(send(door, at_hall(hall, guest, kind="out"))) == ["out"]


def test_undo_may_arrive_before_what_it_takes_back(door, guest, hall):
    came = at_hall(hall, guest, ago(minutes=5), admitted=True)
    undo = scan("", ago(minutes=4), kind="undo", of=came["nonce"])
    assert outcomes(send(door, undo)) == ["undone"]
    assert outcomes(send(door, came)) == ["undone"]
    assert not CheckIn.objects.exists()
    nothing = scan("", kind="undo", of=undo["nonce"])
    assert outcomes(send(door, nothing, scan("", kind="undo"))) == ["not_undone", "not_undone"]


def test_cancelled_while_offline_is_inside_and_somebody_looks(door, guest, hall):
    cancel_event_registrations([guest], actor=SYSTEM)
    asked = at_hall(hall, guest, ago(minutes=4), admitted=True, offline=True)
    [told] = send(door, asked).json()["verdicts"]
    assert (told["outcome"], told["to_look_at"]) == ("admitted", "let_in_cancelled")
    entry = CheckIn.objects.get()
    assert (entry.is_override, entry.reason) == (True, "let in offline by Door 3")
    [row] = DoorScan.objects.to_look_at()
    assert row.get_to_look_at_display() == "Let in, but had cancelled"
    row = Activity.objects.get(verb="admitted_all_the_same")
    assert (row.reason, row.detail["refused"]) == ("let in offline by Door 3", "cancelled")


def test_who_was_sent_away_is_not_inside(door, event, hall, guest):
    assert outcomes(send(door, at_hall(hall, guest, ago(minutes=5), offline=True))) == ["turned_away"]
    cancel_event_registrations([guest], actor=SYSTEM)
    [told] = send(door, at_hall(hall, guest)).json()["verdicts"]
    assert (told["outcome"], told["words"][:12]) == ("cancelled", "Cancelled at")
    assert not CheckIn.objects.exists()
    assert looks() == ["turned_away", ""]


def test_who_cancelled_and_came_back_enters_with_the_code_from_before(door, hall, guest, bob):
    before = door_code_of(guest)
    cancel_event_registrations([guest], actor=SYSTEM)
    again = claim(hall, bob, at=ago(days=1)).registration
    roster = door.get(reverse("door_api_roster"), {"door": hall.uuid}).json()["people"]
    assert [(row[1] == before, row[3]) for row in roster] == [(True, "admitted"), (False, "admitted")]
    sent = send(door, at_hall(hall, before, ago(minutes=1), admitted=True), at_hall(hall, guest))
    assert outcomes(sent) == ["admitted", "already_in"]
    assert CheckIn.objects.get().event_registration == again


def test_refusals_name_the_other_session(door, event, hall, carol):
    beside = SessionFactory(event=event, name="Knots", starts_at=hall.starts_at, ends_at=hall.ends_at)
    elsewhere = claim(beside, carol, at=ago(days=1)).registration
    [told] = send(door, at_hall(hall, elsewhere)).json()["verdicts"]
    assert (told["outcome"], told["words"]) == ("another_session", "Expected in Knots")
    assert [session["name"] for session in told["sessions"]] == ["Knots"]
    [fact] = send(door, at_hall(hall, elsewhere, admitted=True)).json()["verdicts"]
    assert (fact["outcome"], fact["to_look_at"]) == ("admitted", "let_in_another_session")


def test_override_needs_the_device_that_may(event, hall, carol):
    later = SessionFactory(event=event, starts_at=ago(hours=-2), ends_at=ago(hours=-3))
    late = claim(later, carol, at=ago(days=1)).registration
    plain, trusted = paired(event), paired(event, name="Desk")
    DoorDevice.objects.filter(pk=trusted.device.pk).update(may_override=True)
    asked = {"override": True, "reason": "Speaker's guest"}
    assert outcomes(send(phone(plain), at_hall(hall, late, **asked))) == ["not_registered"]
    assert outcomes(send(phone(trusted), at_hall(hall, late, override=True))) == ["not_registered"]
    assert outcomes(send(phone(trusted), at_hall(hall, late, **asked))) == ["admitted"]
    entry = CheckIn.objects.get()
    assert (entry.is_override, entry.reason) == (True, "Speaker's guest")
    assert looks() == ["", "", ""]
    CheckIn.objects.update(undone_at=NOW)
    [fact] = send(phone(plain), at_hall(hall, late, admitted=True, **asked)).json()["verdicts"]
    assert fact["to_look_at"] == "let_in_not_registered"


def test_bad_codes_are_each_answered_and_kept(door, event, hall, guest, carol):
    foreign = claim(SessionFactory(event=EventFactory()), carol).registration
    yesterday = door_code_of(guest)
    revoke_links(guest, actor=SYSTEM)
    texts = {
        door_code_of(foreign): "another_event",
        yesterday: "unknown_code",
        "https://example.com/ticket?x=\0": "unknown_code",
        "ü" * 4096: "unknown_code",
        "": "unknown_code",
    }
    sent = send(door, *(at_hall(hall, text) for text in texts), at_hall(hall, guest, admitted=True))
    assert outcomes(sent) == [*texts.values(), "admitted"]
    assert DoorScan.objects.count() == len(texts) + 1
    assert max(len(row.code) for row in DoorScan.objects.all()) == 300
    assert outcomes(send(door, at_hall(hall, foreign))) == ["unknown_code"]
    assert DoorScan.objects.get(code=str(foreign.uuid)).event_registration is None
    [fact] = send(door, at_hall(hall, yesterday, admitted=True)).json()["verdicts"]
    assert fact["to_look_at"] == "let_in_unknown"


def test_what_nobody_can_read_stops_nothing_else(door, hall, guest):
    good = at_hall(hall, guest, admitted=True)
    bad = [
        7,
        {},
        {**good, "nonce": "x"},
        {**good, "nonce": str(uuid.uuid4()), "kind": "fly"},
        {**good, "nonce": str(uuid.uuid4()), "door": "hall"},
    ]
    odd = {**at_hall(hall, guest), "scanned_at": "soon", "code": ["x"], "reason": 7, "of": 3, "offline": "no"}
    assert sorted(outcomes(send(door, *bad, good, odd))) == ["admitted", "already_in", *["unreadable"] * 5]
    path = reverse("door_api_scans")
    for wrong in ("[]", "{", '{"scans": 3}', '{"scans": [' + ",".join(["{}"] * 501) + "]}"):
        answer = door.post(path, wrong, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), wrong
    assert "at most 500" in answer.json()["detail"]


def test_other_systems_hear_of_what_phones_did(event, door, guest, hall):
    late, early = (at_hall(hall, guest, ago(minutes=many), admitted=True) for many in (3, 6))
    leaves = at_hall(hall, guest, ago(minutes=1), kind="out")
    undo = scan("", kind="undo", of=early["nonce"])
    begun = page_after(0, 100).position
    assert outcomes(send(door, late)) + outcomes(send(door, early, leaves, undo)) == [
        *("admitted", "admitted"),
        *("out", "undone"),
    ]
    assert outcomes(send(door, scan("", kind="undo", of=late["nonce"]))) == ["undone"]
    told = [item for item in page_after(begun, 100).items if item["type"].startswith("check_in")]
    assert [(item["type"], item["data"]["undone_at"] is None) for item in told] == [
        ("check_in.created", True),
        ("check_in.updated", True),
        ("check_in.updated", True),
        ("check_in.updated", True),
        ("check_in.undone", False),
    ]


def test_undo_of_the_first_scan_leaves_the_entry_to_the_other_phone(event, guest, hall):
    """Two phones let one person in; one of them meant somebody else."""
    phones = [phone(paired(event)), phone(paired(event))]
    late, early = (at_hall(hall, guest, ago(minutes=many), admitted=True) for many in (3, 6))
    undo = scan("", kind="undo", of=early["nonce"])
    assert outcomes(send(phones[0], late)) == outcomes(send(phones[1], early)) == ["admitted"]
    assert outcomes(send(phones[1], undo)) == ["undone"]
    entry = CheckIn.objects.get()
    assert (entry.checked_in_at, entry.undone_at) == (ago(minutes=3), None)
    assert outcomes(send(phones[0], late)) == ["admitted"]
    assert outcomes(send(phones[0], scan("", kind="undo", of=late["nonce"]))) == ["undone"]
    assert CheckIn.objects.get().undone_at is not None


def test_too_many_requests_of_one_phone_wait(door, monkeypatch):
    monkeypatch.setattr(answers, "MOST_SENT", 2)
    codes = [send(door).status_code for _time in range(3)]
    assert codes == [200, 200, 429]


def test_event_that_forgets_its_people_forgets_what_was_typed(event, door, guest, hall):
    send(door, at_hall(hall, guest), at_hall(hall, "Bob Baker, they said"))
    type(event).objects.update(retention_days=1, starts_at=ago(days=9), ends_at=ago(days=8))
    assert forget_people() == 1
    assert [row.code for row in DoorScan.objects.all()] == ["", ""]


def test_clock_three_hours_off_is_put_right_and_said(door, hall, guest):
    fast = timedelta(hours=3)
    sent = send(
        door, at_hall(hall, guest, ago(minutes=7) + fast, admitted=True), sent_at=timezone.now() + fast
    )
    assert outcomes(sent) == ["admitted"]
    assert abs(CheckIn.objects.get().checked_in_at - ago(minutes=7)) < timedelta(seconds=60)
    assert (
        sent.json()["clock_words"] == "The clock of this phone is 180 minutes fast. Its times were put right."
    )
    assert looks() == [""]


@pytest.mark.parametrize("wrong", [timedelta(hours=3), timedelta(days=-400), timedelta(days=365 * 7000)])
def test_time_that_cannot_be_is_that_of_the_telling(door, hall, guest, wrong):
    sent = send(door, at_hall(hall, guest, NOW + wrong, admitted=True))
    assert [verdict.get("to_look_at") for verdict in sent.json()["verdicts"]] == ["clock_off"]
    assert timezone.now() - CheckIn.objects.get().checked_in_at < timedelta(minutes=1)


def test_scans_of_a_revoked_phone_are_taken_once_it_is_paired_anew(event, hall, guest):
    first = paired(event)
    waiting = at_hall(hall, guest, ago(minutes=8), admitted=True, offline=True)
    revoke_device(first.device, actor=SYSTEM)
    assert send(phone(first), waiting).status_code == 401
    assert not DoorScan.objects.exists()
    anew = paired(event, name="Door 3 again")
    assert outcomes(send(phone(anew), waiting)) == ["admitted"]
    assert CheckIn.objects.get().checked_in_at == ago(minutes=8)


def test_phone_stands_at_its_own_doors_only(event, hall, guest):
    limited = phone(paired(event, hall))
    other = SessionFactory(event=event, starts_at=ago(minutes=5), ends_at=ago(minutes=-30))
    foreign = SessionFactory()
    assert outcomes(send(limited, at_hall(hall, guest))) == ["admitted"]
    sent = send(limited, scan(guest), at_hall(other, guest, admitted=True), at_hall(foreign, guest))
    assert outcomes(sent) == ["not_this_door"] * 3
    assert CheckIn.objects.count() == 1
    assert DoorScan.objects.to_look_at().get().to_look_at == "let_in_elsewhere"
    roster = reverse("door_api_roster")
    assert limited.get(roster).status_code == limited.get(f"{roster}?door={other.uuid}").status_code == 404


def test_scan_of_another_event_says_nothing_of_its_people(event, door, hall, guest):
    asked = at_hall(hall, guest, admitted=True)
    send(door, asked)
    stranger = phone(paired(EventFactory()))
    [told] = send(stranger, asked).json()["verdicts"]
    assert told == {
        "nonce": asked["nonce"],
        "outcome": "unreadable",
        "words": "This scan cannot be read",
    }


def test_door_of_what_was_cancelled(door, hall, guest):
    cancel_session(hall, actor=SYSTEM)
    assert outcomes(send(door, at_hall(hall, guest))) == ["not_live"]
    [fact] = send(door, at_hall(hall, guest, admitted=True)).json()["verdicts"]
    assert fact["to_look_at"] == "let_in_not_live"


def test_who_comes_was_no_no_show_and_desk_and_phone_agree(door, guest, hall):
    mark_no_show(guest, actor=SYSTEM)
    check_in(guest, hall, actor=SYSTEM)
    assert outcomes(send(door, at_hall(hall, guest, timezone.now()), scan(guest))) == [
        "already_in",
        "admitted",
    ]
    mark_no_show_at = EventRegistration.objects.get().no_show_at
    assert mark_no_show_at is None


def test_many_scans_take_as_few_queries_as_one(
    door, event, hall, guest, carol, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(40) as one:
        send(door, at_hall(hall, guest, admitted=True))
    more = [claim(hall, person(f"More{number}"), at=ago(days=1)).registration for number in range(12)]
    with django_assert_num_queries(len(one)):
        send(door, *(at_hall(hall, each, admitted=True) for each in more))
    assert CheckIn.objects.count() == 13


def test_erased_person_leaves_no_code_behind(door, guest, hall):
    send(door, at_hall(hall, door_code_of(guest), admitted=True))
    [mine] = everything_about(guest.contact)["scans"]
    assert (mine["session"], mine["outcome"], mine["kind"]) == ("Hall B", "admitted", "in")
    assert DoorScan.objects.get().code
    erase_contact(guest.contact, actor=SYSTEM)
    assert DoorScan.objects.get().code == ""
    assert CheckIn.objects.count() == 1
