"""One reason to refuse: which outcome it is, in whose words, and as which exception."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events import errors
from events.errors_of_orders import PaymentRequired
from events.models import Event, Pass
from events.zones import abbreviation
from registrations.rules.doors import Why
from registrations.rules.outcomes import Outcome, names_at
from sessions_app.models import Session

OUTCOMES: dict[Why, Outcome] = {
    Why.GONE: Outcome.NOT_LIVE,
    Why.NOT_LIVE: Outcome.NOT_LIVE,
    Why.NOT_OPEN_YET: Outcome.NOT_OPEN_YET,
    Why.REGISTRATION_CLOSED: Outcome.CLOSED,
    Why.STARTED: Outcome.CLOSED,
    Why.PASS_NOT_ON_SALE: Outcome.CLOSED,
    Why.IN_DRAW: Outcome.IN_DRAW,
    Why.CAPACITY_MISSING: Outcome.CAPACITY_MISSING,
    Why.NOT_IN_PASS: Outcome.NOT_IN_PASS,
    Why.TRACK_LIMIT: Outcome.TRACK_LIMIT,
    Why.SESSION_LIMIT: Outcome.SESSION_LIMIT,
    Why.CONFLICT: Outcome.CONFLICT,
    Why.HARD_LIMIT: Outcome.HARD_LIMIT,
    Why.FULL: Outcome.FULL,
    Why.TO_BE_PAID: Outcome.PAYMENT_REQUIRED,
}
REFUSALS: dict[Outcome, type[errors.Refusal]] = {
    Outcome.FULL: errors.Full,
    Outcome.CONFLICT: errors.Conflict,
    Outcome.NOT_LIVE: errors.NotLive,
    Outcome.NOT_OPEN_YET: errors.NotOpenYet,
    Outcome.CLOSED: errors.Closed,
    Outcome.IN_DRAW: errors.InDraw,
    Outcome.CAPACITY_MISSING: errors.CapacityMissing,
    Outcome.NOT_IN_PASS: errors.NotInPass,
    Outcome.TRACK_LIMIT: errors.TrackLimit,
    Outcome.SESSION_LIMIT: errors.SessionLimit,
    Outcome.LOCKED: errors.Locked,
    Outcome.HARD_LIMIT: errors.HardLimit,
    Outcome.PAYMENT_REQUIRED: PaymentRequired,
}
# What the outcome's own words would not say of a pass, or of the event itself.
_OF_PASS = {
    Why.PASS_NOT_ON_SALE: _("This pass is not on sale now. Choose another one."),
    Why.HARD_LIMIT: _("This pass is sold out. Choose another one."),
    Why.FULL: _("This pass is sold out. Choose another one."),
}
_OF_EVENT = {Why.FULL: _("Fully booked: the event itself has no seat left.")}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one person may not get one seat: of a session, of the event itself, or a pass.

    `sessions` are those that clash, or that count towards the `limit`; `moment` is when registration opens, or a draw
    of the session's seats; `until` is when the draw closes.
    """

    why: Why
    about: Session | Event | Pass
    sessions: tuple[Session, ...] = ()
    limit: int | None = None
    moment: datetime | None = None
    until: datetime | None = None

    @property
    def outcome(self) -> Outcome:
        """The outcome as which every door says it."""
        return OUTCOMES[self.why]

    @property
    def event(self) -> Event:
        """The event at which somebody was refused."""
        return self.about if isinstance(self.about, Event) else self.about.event

    @property
    def words(self) -> str:
        """One sentence to the person."""
        if self.why == Why.CONFLICT:
            return _t("Overlaps %(names)s.") % {"names": self.names}
        if self.limit is not None:
            return self._of_limit(self.limit)
        if self.moment is not None and self.until is not None:
            said = {"opens": self._moment(self.moment), "closes": self._moment(self.until)}
            return _t("Its seats are drawn among all who wish for it from %(opens)s until %(closes)s.") % said
        if self.moment is not None:
            return _t("Registration opens %(when)s.") % {"when": self._moment(self.moment)}
        return str(self._of_its_own() or self.outcome.label)

    @property
    def names(self) -> str:
        """The names of the sessions that clash, or count."""
        return names_at(self.event.pk, self.sessions)

    def _of_limit(self, limit: int) -> str:
        if self.why == Why.TRACK_LIMIT:
            words = ngettext(
                "At most %(n)d session of this track can be chosen; this counts: %(names)s.",
                "At most %(n)d sessions of this track can be chosen; these count: %(names)s.",
                limit,
            )
            return words % {"n": limit, "names": self.names or _t("none")}
        words = ngettext(
            "At most %(n)d session can be chosen here; this counts: %(names)s.",
            "At most %(n)d sessions can be chosen here; these count: %(names)s.",
            limit,
        )
        return words % {"n": limit, "names": self.names or _t("none")}

    def _moment(self, moment: datetime) -> str:
        zone = self.event.zone
        return f"{date_format(moment.astimezone(zone), _t('D j M Y, H:i'))} {abbreviation(moment, zone)}"

    def _of_its_own(self) -> object:
        if isinstance(self.about, Pass):
            return _OF_PASS.get(self.why)
        return _OF_EVENT.get(self.why) if isinstance(self.about, Event) else None

    def refusal(self, **data: object) -> errors.Refusal:
        """The typed refusal: what, why and what now, with the sessions that it names."""
        named: dict[str, object] = {"conflicts_with": list(self.sessions)} if self.why == Why.CONFLICT else {}
        if self.limit is not None:
            named |= {"limit": self.limit, "limited_by": list(self.sessions)}
        if self.moment is not None:
            named |= {"opens_at": self.moment}
        if self.until is not None:
            named |= {"closes_at": self.until}
        if self.why == Why.TO_BE_PAID and isinstance(self.about, Pass):
            named |= {
                "pass_id": self.about.pk,
                "price": str(self.about.price),
                "currency": self.about.currency,
            }
        is_told = bool(self.sessions or self.moment or self._of_its_own())
        return REFUSALS[self.outcome](self.words if is_told else None, **{**named, **data})
