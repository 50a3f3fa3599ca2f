"""What a row's verdict is called, by its code; and the row in a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from registrations.imports.people import INVALID, MERGED, UNKNOWN_SESSION
from registrations.models import ImportBatch, Order
from registrations.rules.outcomes import Outcome
from registrations.rules.verdicts import PAST, Verdict

# In the order in which a result lists them.
CODES = {
    "registered": _("Registered"),
    PAST: _("Past capacity"),
    "waitlisted": _("Waitlisted"),
    "on_hold": _("On hold for the event"),
    "already": _("Registered already"),
    "dropped": pgettext_lazy("registration", "Cancelled"),
    MERGED: _("Merged with an earlier row"),
    "full": _("Full"),
    "hard_limit": _("Hard limit reached"),
    "conflict": _("Clash"),
    "closed": _("Registration closed"),
    "not_live": _("Not open"),
    "not_open_yet": _("Not open yet"),
    "in_draw": _("Seats are drawn"),
    "capacity_missing": _("Capacity missing"),
    "not_in_pass": _("Not in the pass"),
    "track_limit": _("Limit of the track"),
    "session_limit": _("Limit of sessions"),
    "wrong_level": _("No sessions to choose here"),
    "sessions_required": _("Sessions required"),
    "payment_required": _("To be paid first"),
    "not_registered": _("Not registered"),
    UNKNOWN_SESSION: _("Unknown session"),
    INVALID: _("Cannot be understood"),
}
# How each good verdict is marked; all others are bad.
KINDS = {"registered": "is-free", PAST: "is-over", "waitlisted": "is-waiting", "on_hold": "is-waiting"}
GOOD = ("registered", PAST, "waitlisted", "on_hold", "already", "dropped", MERGED)


def label(code: str) -> str:
    """The word for a verdict."""
    return str(CODES.get(code, code))


def kind(code: str) -> str:
    """The style of a verdict's mark."""
    return KINDS.get(code, "" if code in GOOD else "is-clash")


def told(verdict: Verdict) -> tuple[str, str]:
    """The verdict's code, and a sentence for a member of staff."""
    person = verdict.wanted.person
    if verdict.refusal is not None:
        fields = verdict.refusal.data.get("fields", {})
        said = " ".join(str(each) for messages in fields.values() for each in messages)
        return verdict.code, said or str(verdict.refusal.message)
    lines = [line for line in verdict.lines if not line.is_included]
    several = len(lines) > 1
    parts = []
    for line in lines:
        words = (
            pgettext("registration", "Cancelled") if line.outcome == Outcome.DROPPED else line.words(person)
        )
        parts.append(f"{line.session.name}: {words}" if several and line.session else words)
    if verdict.order is not None:
        parts.append(_owes(verdict.order))
    return verdict.code, "; ".join(parts)


def _owes(order: Order) -> str:
    if not order.total:
        return _t("Complimentary: %(reason)s") % {"reason": order.reason}
    return _t("Owes %(amount)s %(currency)s") % {"amount": f"{order.total:.2f}", "currency": order.currency}


def bad_rows(batch: ImportBatch) -> Iterable[object]:
    """The rows that were refused, in the file's order."""
    return batch.rows.exclude(code__in=("", *GOOD)).order_by("number")
