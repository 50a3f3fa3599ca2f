"""What a member of staff, or another system by its leave, decides to go past; with the reason that the ledger keeps."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Invalid, NotPermitted
from registrations.rules.doors import (
    ACCEPT_CLASH,
    OVERRIDE_LIMITS,
    PAST_CAPACITY,
    PAST_HARD_LIMIT,
    Why,
)


@dataclass(frozen=True)
class Decision:
    """What a member of staff decided, once for all people of one go."""

    actor: Actor
    reason: str
    past_capacity: bool = False
    accept_clash: bool = False
    past_hard_limit: bool = False
    override_limits: bool = False

    @property
    def overlooks(self) -> frozenset[Why]:
        """The reasons to refuse that were decided past."""
        chosen = (
            (self.past_capacity, PAST_CAPACITY),
            (self.past_hard_limit, PAST_HARD_LIMIT),
            (self.accept_clash, ACCEPT_CLASH),
            (self.override_limits, OVERRIDE_LIMITS),
        )
        return frozenset().union(*(whys for is_chosen, whys in chosen if is_chosen))

    @property
    def is_any(self) -> bool:
        """True where anything was decided: then a reason is kept."""
        return bool(self.overlooks)

    def check(self) -> None:
        """Raise NotPermitted or Invalid unless this decision may be taken at all."""
        if not self.is_any:
            return
        if self.past_hard_limit and not self.actor.has_perm_past_hard_limit:
            raise NotPermitted(_("You may not add people past the hard limit. Ask an Event Administrator."))
        if self.override_limits and not self.actor.has_perm_to_override_limits:
            raise NotPermitted(_("You may not override how many sessions one person may choose."))
        if self.past_capacity and not self.actor.has_perm_past_capacity:
            raise NotPermitted(_("You may not add people past capacity. Ask an Event Administrator."))
        if not self.reason.strip():
            raise Invalid(_("Say why: it is kept in the ledger."), fields={"reason": [_("Give a reason.")]})
