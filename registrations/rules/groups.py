"""Several people who register in one go: what each wishes, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from events.models import Event
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from registrations.rules.results import Line
from sessions_app.models import Session


@dataclass(frozen=True)
class Member:
    """One person of a group, with the sessions wished for them in their order; none where the event has no agendas."""

    attendee: Attendee
    sessions: Sequence[Session] = ()


@dataclass
class MemberResult:
    """What became of one person of a group."""

    attendee: Attendee
    lines: list[Line] = field(default_factory=list)
    # False where the person waits for the event itself.
    is_seated: bool = True
    registration: EventRegistration | None = None
    # Where this address has something already that only its owner may touch: the person was left as they are.
    known_at: Event | None = None


@dataclass
class GroupResult:
    """What became of a group, in the order entered; `applied` is False when nothing at all was changed."""

    members: list[MemberResult]
    applied: bool
    # The sessions (None: the event itself) in which not all who wished so could have a seat, and so nobody took one.
    apart: frozenset[int | None] = frozenset()
    # True where the same form was sent before: it says then what became of that.
    is_repeated: bool = False

    @property
    def lines(self) -> list[Line]:
        """Everybody's lines, one after the other."""
        return [line for member in self.members for line in member.lines]

    @property
    def recorded(self) -> dict[str, Any]:
        """What is kept of it: ids and outcomes, and nobody's name."""
        return {
            "apart": sorted(pk or 0 for pk in self.apart),
            "people": [
                {
                    "registration": member.registration.pk if member.registration else None,
                    "is_seated": member.is_seated,
                    "lines": [[line.session.pk, str(line.outcome)] for line in member.lines],
                }
                for member in self.members
            ],
        }
