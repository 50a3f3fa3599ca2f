"""An order that another system asks for: who pays, who gets which pass, and what it would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid, Refusal
from events.models import Event
from registrations import actions
from registrations.api.custom_fields import answers_from
from registrations.api.order_requests import OrderPreview
from registrations.api.requests import DETAILS
from registrations.models import Order
from registrations.rules.orders import Bought
from registrations.rules.people import Attendee
from sessions_app.models import Session

Json = dict[str, Any]


class Previewed(Exception):
    """The order as it would be; raised inside the act's transaction, which leaves nothing behind."""

    def __init__(self, answer: Json) -> None:
        super().__init__("previewed")
        self.answer = answer


@dataclass(frozen=True)
class Placing:
    """One order as it was asked for."""

    event: Event
    asked: Mapping[str, Any]
    # The event's sessions by id, as far as lines name them.
    sessions: Mapping[int, Session]

    def place(self, actor: Actor) -> Order:
        """Place it; people are registered at once unless it is held. Raises what the action refuses, by line."""
        payer = Attendee(
            **{name: self.asked[name] for name in ("email", "first_name", "last_name", "language")}
        )
        bought = self._bought()
        try:
            return actions.place_order(
                self.event,
                payer,
                bought,
                way=Order.Way(self.asked["way"]),
                reason=self.asked["reason"],
                billing=self.asked.get("billing"),
                owed=not self.asked["hold"],
                actor=actor,
            )
        except Refusal as refusal:
            _name_line(refusal)
            raise

    def preview(self, actor: Actor) -> Json:
        """What the order would be, by the very act that places it. Raises what that refuses."""
        try:
            self.place(replace(actor, receipt=_previewed))
        except Previewed as preview:
            return preview.answer
        raise AssertionError("an order that is placed is handed over")

    def _bought(self) -> list[Bought]:
        """The lines. Raises Invalid, naming each field, for a pass or a session that the event has not."""
        passes = {one.pk: one for one in self.event.passes.offered().select_related("seats")}
        bought, wrong = [], {}
        for number, row in enumerate(self.asked["lines"]):
            event_pass = passes.get(row["pass_id"])
            if event_pass is None:
                wrong[f"lines.{number}.pass_id"] = [_("Choose a pass of this event.")]
                continue
            event_pass.event = self.event
            unknown = [pk for pk in row["session_ids"] if pk not in self.sessions]
            if unknown:
                ids = ", ".join(map(str, unknown))
                wrong[f"lines.{number}.session_ids"] = [
                    _("No session of this event: %(ids)s.") % {"ids": ids}
                ]
                continue
            sessions = tuple(self.sessions[pk] for pk in dict.fromkeys(row["session_ids"]))
            bought.append(Bought(self._person(row), event_pass, sessions))
        if wrong:
            raise Invalid(fields=wrong)
        return bought

    def _person(self, row: Mapping[str, Any]) -> Attendee:
        details = {name: row[name] for name in DETAILS if name in row}
        answers = answers_from(self.event, row["custom_fields"])
        names = row["first_name"], row["last_name"]
        return Attendee(row["email"], *names, answers, self.asked["language"], details)


def _previewed(order: Order) -> None:
    lines = order.order_lines.select_related("contact").order_by("position")
    shown = {
        "validate_only": True,
        **{
            name: getattr(order, name)
            for name in ("state", "way", "currency", "total", "held_until", "pay_by")
        },
        "lines": list(lines),
    }
    raise Previewed(OrderPreview(shown).data)


def _name_line(refusal: Refusal) -> None:
    """Let the refusal say which line it is about, by the API's names."""
    number = refusal.data.pop("person", None)
    if number is None:
        return
    refusal.data["line"] = number
    if "fields" in refusal.data:
        refusal.data["fields"] = {
            f"lines.{number}.{name}": words for name, words in refusal.data["fields"].items()
        }
