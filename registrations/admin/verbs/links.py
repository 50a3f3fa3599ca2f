"""Make every personal link mailed before worthless."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.verbs import Consequence, Decision, Done, OneRow, Verb
from registrations import actions
from registrations.admin.verbs import access
from registrations.models import EventRegistration


class RevokeLinks(Verb[OneRow]):
    """End the personal links of one registration; seats stay."""

    key = "revoke"
    label = gettext_lazy("Revoke personal links")
    note = gettext_lazy(
        "Seats stay. They can ask for a new link on the website, or you send the registration mail again."
    )
    is_danger = True

    def is_allowed(self, user: Any, target: EventRegistration) -> bool:
        return access.may(user, target.event, "registrations.change_eventregistration")

    def consequences(self, listing: OneRow, rows: list[Any]) -> list[Consequence]:
        [registration] = rows
        links = _("Every personal link mailed to %(name)s until now") % {"name": registration.full_name}
        return [Consequence(links, _("opens their agenda"), _("stops working"), "clash")]

    def deed(self, count: int) -> str:
        return _("Revoke links")

    def act(self, listing: OneRow, rows: list[Any], decided: Decision) -> Done:
        [registration] = rows
        actions.revoke_links(registration, actor=decided.actor)
        said = _("Links mailed to %(name)s before no longer work.")
        return Done(said % {"name": registration.full_name})
