"""The terms on which many people are registered in one go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from events.actors import Actor
from registrations.actions.decisions import Decision
from registrations.rules.doors import CLAIM, Door, Override, staff_adding
from registrations.rules.outcomes import Mode


@dataclass(frozen=True)
class Terms:
    """By whose hand, past what and for which reason, whether to wait where there is no seat, whether to tell.

    Of `all_or_nothing` each row is one whole, never all rows together.
    """

    decision: Decision
    wait: bool = False
    mode: Mode = Mode.BEST_EFFORT
    notify: bool = True

    @classmethod
    def of(
        cls,
        actor: Actor,
        *,
        reason: str = "",
        overrides: Iterable[Override] = (),
        complimentary: str = "",
        **how: object,
    ) -> Terms:
        """Return the terms for this actor. `how` are the terms themselves by their names.

        Why passes with a price are `complimentary`; without a reason whoever gets one owes it.
        """
        chosen = {override.value: True for override in overrides}
        decision = Decision.of(actor, reason, complimentary=complimentary, **chosen)
        return cls(decision, **how)  # type: ignore[arg-type]

    @property
    def door(self) -> Door:
        """The door by which the rows come: other systems obey what binds everybody, staff come early as they please."""
        decision = self.decision
        # Past capacity a hard limit is a refusal of its own, no other word for full.
        is_past = Override.CAPACITY in decision.overrides
        overlooks = decision.overlooks if is_past else decision.overlooks | CLAIM.overlooks
        return staff_adding(overlooks, by_staff=decision.actor.is_staff)
