"""A session that a draw gives, in words: until when it may be wished for, and whether it is. Never how many wish it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from events.templatetags.seatwise import moment
from registrations.rules import SeatButton
from registrations.website.verbs import Verb
from registrations.website.visitor import Visitor


def words_of_draw(button: SeatButton, visitor: Visitor) -> tuple[dict[str, Any], Verb | None]:
    """What stands beside the session, as the fields of a seat, and the verb of its button."""
    closes_at = button.session.seats.draw_closes_at
    assert closes_at is not None
    when = {"when": moment(closes_at, visitor.event)}
    said = {"state": button.state, "tone": "waiting", "icon": "ticket"}
    is_wished = button.session.pk in visitor.wished
    if button.state == "wish" and not is_wished:
        return {**said, "words": _("In the draw until %(when)s") % when}, "wish"
    if button.state == "wish":
        note = _("In the draw until %(when)s") % when
        wished = {"state": "wished", "tone": "mine", "icon": "check", "words": _("Among your wishes")}
        return {**wished, "note": note}, "unwish"
    said |= {"icon": "clock", "words": _("In the draw, closed since %(when)s") % when}
    note = _("Among your wishes: the result comes by mail.") if is_wished else ""
    return {**said, "note": note}, None
