"""Take in what phones at doors have scanned: many scans in one go, each answered once for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.errors import Busy, Invalid
from events.retrying import action
from registrations import locks
from registrations.actions.staff._merging import Merge
from registrations.actions.staff._scan_facts import ScanFacts, people_of
from registrations.models import DoorDevice
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
    waits for the database waits for these people only, no session's seats. Raises Invalid for more than 500.
    """
    at = at or timezone.now()
    if len(scans) > MOST_AT_ONCE:
        words = _("Send at most %(most)s scans at once.") % {"most": MOST_AT_ONCE}
        raise Invalid(words, fields={"scans": [words]})
    ahead = (sent_at or at) - at
    for tries_left in reversed(range(TRIES)):
        try:
            return Merged(_merge(device, scans, ahead, at), ahead)
        except IntegrityError:
            # One scan was sent twice at the same instant: asked again, it is known.
            if tries_left == 0:
                raise
    raise AssertionError("unreachable")


@action
def _merge(device: DoorDevice, scans: Sequence[Scan], ahead: timedelta, at: datetime) -> list[Verdict]:
    with transaction.atomic(durable=True):
        people = people_of(device, scans)
        # Without it two phones could let in one person twice, or one take back an entry that the other ends.
        locked = locks.lock_contacts(people) if people else {}
        facts = ScanFacts.about(device, scans)
        if any(row.contact_id not in locked for row in facts.registrations.values()):
            # Somebody got another address, or a code, since they were looked for.
            raise Busy
        merge = Merge(facts, at)
        moments = [moment_of(scan.scanned_at, ahead, device.event, at) for scan in scans]
        for place in sorted(range(len(scans)), key=lambda place: moments[place][0]):
            moment, is_unsure = moments[place]
            merge.take(scans[place], moment, is_unsure=is_unsure)
        merge.write()
        return [merge.verdicts[scan.nonce] for scan in scans]
