"""What a member of staff, or another system by its leave, decides to go past; with the reason that the ledger keeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Invalid, NotPermitted
from registrations.rules.doors import (
    ACCEPT_CLASH,
    OVERRIDE_CLOSED,
    OVERRIDE_DRAW,
    OVERRIDE_LIMITS,
    Override,
    Why,
    gone_past,
)
from registrations.rules.reasons import Reason

_REFUSED = {
    Override.CAPACITY: _("You may not add people past capacity. Ask an Event Administrator."),
    Override.HARD_LIMIT: _("You may not add people past the hard limit. Ask an Event Administrator."),
    Override.CLASH: _("You may not accept clashes."),
    Override.LIMITS: _("You may not override how many sessions one person may choose."),
    Override.CLOSED: _("You may not add people after closing or start."),
}


@dataclass(frozen=True)
class Decision:
    """What a member of staff decided, once for all people of one go."""

    actor: Actor
    reason: str
    overrides: frozenset[Override] = frozenset()
    # Why passes with a price are given away; empty where whoever gets one owes it.
    complimentary: str = ""

    @classmethod
    def of(cls, actor: Actor, reason: str, *, complimentary: str = "", **chosen: bool) -> Decision:
        """Return the decision for the overrides chosen by their words; an API client's reason is its name."""
        overrides = frozenset(Override(name) for name, is_chosen in chosen.items() if is_chosen)
        return cls(actor, actor.reason_for(reason), overrides, complimentary)

    @classmethod
    def checked(cls, actor: Actor, reason: str, **chosen: bool) -> Decision:
        """Return the decision as `of` does. Raises what `check` raises."""
        decision = cls.of(actor, reason, complimentary="", **chosen)
        decision.check()
        return decision

    @property
    def overlooks(self) -> frozenset[Why]:
        """The reasons to refuse that were decided past."""
        return gone_past(self.overrides)

    @property
    def is_any(self) -> bool:
        """True where anything was decided: then a reason is kept."""
        return bool(self.overrides)

    def check(self) -> None:
        """Raise NotPermitted or Invalid unless this decision may be taken at all."""
        if self.complimentary and self.actor.is_attendee:
            raise Invalid(fields={"complimentary": [_("Only staff give passes away.")]})
        if not self.is_any:
            return
        for override in Override:
            if override in self.overrides and not _may_go_past(self.actor, override):
                raise NotPermitted(_REFUSED[override])
        if not self.reason.strip():
            raise Invalid(_("Say why: it is kept in the ledger."), fields={"reason": [_("Give a reason.")]})


def decided_in(overlooked: Iterable[Reason], decided: frozenset[Why]) -> dict[str, Any]:
    """What the ledger keeps of decisions that no flag of the seat tells; a draw that was gone past, whoever did it."""
    every = list(overlooked)
    if not every:
        return {}
    taken = [reason for reason in every if reason.why in decided]
    said: dict[str, list[Any]] = {
        "clash_accepted": [
            one.pk for reason in taken if reason.why in ACCEPT_CLASH for one in reason.sessions
        ],
        "limits_overridden": [str(reason.why) for reason in taken if reason.why in OVERRIDE_LIMITS],
        "closed_overridden": [str(reason.why) for reason in taken if reason.why in OVERRIDE_CLOSED],
    }
    found: dict[str, Any] = {name: list(dict.fromkeys(value)) for name, value in said.items() if value}
    if any(reason.why in OVERRIDE_DRAW for reason in every):
        found["given_during_draw"] = True
    return found


def _may_go_past(actor: Actor, override: Override) -> bool:
    """True where this actor may decide so; clashes, limits and lateness take no permission on the desk."""
    if override == Override.CAPACITY:
        return actor.has_perm_past_capacity
    return actor.has_perm_past_hard_limit if override == Override.HARD_LIMIT else actor.has_perm_to_override
