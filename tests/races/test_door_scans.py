"""Doors at the same instant: one scan sent fifty times, two phones with one code, undo against check-out."""

from __future__ import annotations

import uuid
from functools import partial

import pytest
from django.utils import timezone

from events.actors import SYSTEM
from registrations.actions import begin_pairing, check_in, check_out, merge_scans, pair_device, undo_check_in
from registrations.actions.staff import scans as merging
from registrations.models import CheckIn, DoorDevice, DoorScan
from registrations.queries.doors import PairingEnded
from registrations.rules.scans import Scan
from tests.doors.phones import device as new_device
from tests.engine.acts import claim, person
from tests.factories import EventFactory, SessionFactory
from tests.races.at_once import appears, at_once, errors

TIMES = 50


def guest_at(event):
    return claim(SessionFactory(event=event), person(f"Guest{uuid.uuid4().hex[:6]}")).registration


def scan_of(registration, **more):
    return Scan(uuid.uuid4(), timezone.now(), registration=registration.uuid, admitted=True, **more)


def words(results):
    assert errors(results) == []
    return [result.verdicts[0].outcome for result in results]


@pytest.fixture
def event():
    return EventFactory()


def test_one_scan_sent_fifty_times_is_one_entry(event):
    phone, guest = new_device(event), guest_at(event)
    one = scan_of(guest)
    results = at_once(*[partial(merge_scans, phone, [one])] * TIMES)
    assert words(results) == ["admitted"] * TIMES
    assert (CheckIn.objects.count(), DoorScan.objects.count()) == (1, 1)


def test_without_locks_one_scan_sent_at_once_collides(event, without_locks, monkeypatch):
    """The control: only the scan's own nonce keeps the second entry out, and nobody asks again."""
    monkeypatch.setattr(merging, "TRIES", 1)
    phone = new_device(event)

    def collides():
        one = scan_of(guest_at(event))
        return bool(errors(at_once(*[partial(merge_scans, phone, [one])] * 4)))

    assert appears(collides)


def test_unknown_code_sent_at_once_is_one_scan(event):
    """There is nobody to lock: the scan's own nonce makes them one."""
    phone = new_device(event)
    one = Scan(uuid.uuid4(), timezone.now(), code="0" * 12)
    assert words(at_once(*[partial(merge_scans, phone, [one])] * 8)) == ["unknown_code"] * 8
    assert DoorScan.objects.count() == 1


def test_two_phones_let_one_person_in_once(event):
    phones, guest = [new_device(event), new_device(event)], guest_at(event)
    results = at_once(*(partial(merge_scans, each, [scan_of(guest)]) for each in phones * 4))
    assert errors(results) == []
    entry = CheckIn.objects.get()
    first = DoorScan.objects.filter(outcome="admitted").get()
    assert entry.checked_in_at == first.scanned_at == min(scan.scanned_at for scan in DoorScan.objects.all())


def test_without_locks_two_phones_collide(event, without_locks, monkeypatch):
    """The control: only the table's own constraint keeps the second entry out."""
    monkeypatch.setattr(merging, "TRIES", 1)
    phones = [new_device(event), new_device(event)]

    def collides():
        guest = guest_at(event)
        acts = [partial(merge_scans, each, [scan_of(guest)]) for each in phones * 2]
        return bool(errors(at_once(*acts)))

    assert appears(collides)


def test_batches_of_the_same_people_in_another_order_do_not_stop_each_other(event):
    phone, guests = new_device(event), [guest_at(event) for _each in range(6)]
    batches = [[scan_of(guest) for guest in order] for order in (guests, guests[::-1]) * 3]
    results = at_once(*(partial(merge_scans, phone, batch) for batch in batches), tries=1)
    assert errors(results) == []
    assert CheckIn.objects.count() == len(guests)


def undo_against_check_out(guest):
    entry = check_in(guest, actor=SYSTEM).check_in
    at_once(partial(undo_check_in, entry, actor=SYSTEM), partial(check_out, entry, actor=SYSTEM))
    entry.refresh_from_db()
    verbs = list(guest.contact.activities.filter(verb__in=["checked_out", "check_in_undone"]).order_by("id"))
    return entry, [row.verb for row in verbs]


def test_undo_against_check_out_leaves_what_the_ledger_says(event):
    for _round in range(4):
        entry, verbs = undo_against_check_out(guest_at(event))
        assert entry.undone_at is not None
        assert verbs == (["checked_out", "check_in_undone"] if entry.left_at else ["check_in_undone"])


def test_without_locks_somebody_leaves_by_an_entry_that_was_undone(event, without_locks):
    """The control: both read an entry that stands."""

    def goes_wrong():
        entry, verbs = undo_against_check_out(guest_at(event))
        return entry.undone_at is None or verbs == ["check_in_undone", "checked_out"]

    assert appears(goes_wrong)


def test_two_phones_with_one_pairing_code_are_one_device(event):
    made = begin_pairing(event, name="Door", actor=SYSTEM)
    results = at_once(*[partial(pair_device, made.secret)] * 6)
    assert sum(isinstance(result, PairingEnded) for result in results) == 5
    [paired] = [result for result in results if not isinstance(result, Exception)]
    assert DoorDevice.objects.get().key_hash == paired.device.key_hash
