"""What may be done from the panels. `VERBS` holds one of each, by the key that panels name."""

from __future__ import annotations

from registrations.admin.verbs.base import Verb
from registrations.admin.verbs.export import Export, ExportAll
from registrations.admin.verbs.mail import Resend
from registrations.admin.verbs.people import AddPeople, JoinPeople
from registrations.admin.verbs.programme import GoLive, SetCapacity, Stop
from registrations.admin.verbs.seats import Cancel, Move
from registrations.admin.verbs.waiting import Invite, Register, Remove, Reorder

_ALL: tuple[Verb, ...] = (
    AddPeople(),
    JoinPeople(),
    Cancel(),
    Move(),
    Resend(),
    Invite(),
    Register(),
    Reorder(),
    Remove(),
    SetCapacity(),
    GoLive(),
    Stop(),
    Export(),
    ExportAll(),
)
VERBS: dict[str, Verb] = {verb.key: verb for verb in _ALL}
