"""Take in what phones at doors have scanned: many scans in one go, each answered once for good."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Busy, Invalid, Refusal
from events.retrying import action
from registrations import locks
from registrations.actions.staff._merging import Merge
from registrations.actions.staff._scan_facts import ScanFacts, people_of
from registrations.actions.staff.standby import admit_standby
from registrations.models import DoorDevice, DoorScan, EventRegistration
from registrations.rules.scans import MOST_AT_ONCE, Scan, Verdict, moment_of

TRIES = 3


@dataclass(frozen=True)
class Merged:
    """The verdicts in the order of the scans, and how far the phone's clock is ahead of ours."""

    verdicts: list[Verdict]
    ahead: timedelta


def merge_scans(
    device: DoorDevice, scans: Sequence[Scan], *, sent_at: datetime | None = None, at: datetime | None = None
) -> Merged:
    """Take in up to 500 scans in one transaction, in the order in which they were made; one verdict for each.

    A scan that is known already gets the verdict that it had. Times are by the phone's clock, put right by how far it
    is ahead at `sent_at`. The earliest scan of a person at a door wins: an entry that another phone told of before is
    put at the earlier time, and later scans learn since when the person is in. Whom the screen let in is in,
    whatever the rules say by now: that is recorded as an override with its reason, for the desk to look at. Whoever
    waits for the database waits for these people only, no session's seats; only a scan that asks for a seat by standby
    is taken afterwards, by itself. Raises Invalid for more than 500.
    """
    at = at or timezone.now()
    if len(scans) > MOST_AT_ONCE:
        words = _("Send at most %(most)s scans at once.") % {"most": MOST_AT_ONCE}
        raise Invalid(words, fields={"scans": [words]})
    ahead = (sent_at or at) - at
    found = _merged(device, [scan for scan in scans if not scan.standby], ahead, at)
    for scan in scans:
        if scan.standby:
            refused = _stand_by(device, scan, ahead, at)
            found |= _merged(device, [scan], ahead, at, {scan.nonce: refused} if refused else {})
    return Merged([found[scan.nonce] for scan in scans], ahead)


def _stand_by(device: DoorDevice, scan: Scan, ahead: timedelta, at: datetime) -> Refusal | None:
    """Have the person admitted from standby, in a transaction of its own: it waits for the session's seats."""
    if DoorScan.objects.filter(nonce=scan.nonce).exists():
        return None
    moment, _is_unsure = moment_of(scan.scanned_at, ahead, device.event, at)
    facts = ScanFacts.about(device, [scan], at)
    registration, session = facts.of(scan), facts.sessions.get(scan.door) if scan.door else None
    if registration is None or session is None or session.pk not in facts.own_doors:
        return None
    try:
        admit_standby(
            session,
            registration,
            actor=Actor.door(device.name, may_override=device.may_override),
            device=device,
            nonce=scan.nonce,
            override=scan.override and device.may_override,
            reason=scan.reason,
            not_here=EventRegistration.objects.filter(event=device.event_id, uuid__in=scan.not_here),
            scanned_at=moment,
            at=at,
        )
    except Busy:
        raise
    except Refusal as refusal:
        return refusal
    return None


def _merged(
    device: DoorDevice,
    scans: Sequence[Scan],
    ahead: timedelta,
    at: datetime,
    given: Mapping[uuid.UUID, Refusal] | None = None,
) -> dict[uuid.UUID, Verdict]:
    for tries_left in reversed(range(TRIES)):
        try:
            return _merge(device, scans, ahead, at, given or {})
        except IntegrityError:
            # One scan was sent twice at the same instant: asked again, it is known.
            if tries_left == 0:
                raise
    raise AssertionError("unreachable")


@action
def _merge(
    device: DoorDevice,
    scans: Sequence[Scan],
    ahead: timedelta,
    at: datetime,
    given: Mapping[uuid.UUID, Refusal],
) -> dict[uuid.UUID, Verdict]:
    with transaction.atomic(durable=True):
        people = people_of(device, scans)
        # Without it two phones could let in one person twice, or one take back an entry that the other ends.
        locked = locks.lock_contacts(people) if people else {}
        facts = ScanFacts.about(device, scans, at)
        if any(row.contact_id not in locked for row in facts.registrations.values()):
            # Somebody got another address, or a code, since they were looked for.
            raise Busy
        merge = Merge(facts, at, given)
        moments = [moment_of(scan.scanned_at, ahead, device.event, at) for scan in scans]
        for place in sorted(range(len(scans)), key=lambda place: moments[place][0]):
            moment, is_unsure = moments[place]
            merge.take(scans[place], moment, is_unsure=is_unsure)
        merge.write()
        return merge.verdicts
