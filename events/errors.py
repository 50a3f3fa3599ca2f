"""Why something is refused: typed, with a code for machines, a sentence for people and a way out."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """A rule said no; nothing was changed and nobody was told.

    `code` is what machines read, `message` is what a person reads (what, why, what now), `status` the HTTP
    status, `data` what a caller may show beside it (counts, clashing sessions).
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    default_message: ClassVar[Any] = _("This is not possible.")

    def __init__(self, message: Any = None, **data: Any) -> None:
        self.message = message or self.default_message
        self.data = data
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class Full(Refusal):
    """No seat is available to a newcomer."""

    code = "full"
    default_message = _("Fully booked. You can join the waitlist or choose another session.")


class Conflict(Refusal):
    """Two sessions of one contact overlap in time."""

    code = "conflict"
    default_message = _("This overlaps a session you hold. Give that one up first, or swap.")


class Closed(Refusal):
    """Registration has closed, or what was asked for has begun."""

    code = "closed"
    default_message = _("Registration is closed.")


class NotOpenYet(Closed):
    """Registration opens later; `opens_at` in `data` says when."""

    code = "not_open_yet"
    default_message = _("Registration has not opened yet.")


class InDraw(Closed):
    """The session's seats are drawn; `opens_at` and `closes_at` in `data` say when wishes may be said."""

    code = "in_draw"
    default_message = _("The seats of this session are drawn. Say your wishes, or come back after the draw.")


class NotLive(Refusal):
    """The session or its event is not live."""

    code = "not_live"
    default_message = _("This is not open for registration.")


class CapacityMissing(Refusal):
    """An on-site or hybrid session without a maximum capacity."""

    code = "capacity_missing"
    default_message = _("The organizer has not set this session's capacity yet. Please try again later.")


class NotInPass(Refusal):
    """The contact's pass does not open this session."""

    code = "not_in_pass"
    default_message = _("Your pass does not include this session.")


class SessionLimit(Refusal):
    """The person has chosen as many sessions as one person may; `limit` and `limited_by` in `data` say which."""

    code = "session_limit"
    default_message = _("You have chosen as many sessions as one person may. Give one up first.")


class TrackLimit(Refusal):
    """The person has as many sessions of this track as one person may; `limited_by` in `data` says which."""

    code = "track_limit"
    default_message = _(
        "You have as many sessions of this track as one person may. Give one up first, or swap."
    )


class Locked(Refusal):
    """Only staff may change this seat."""

    code = "locked"
    default_message = _("Only the organizer can change this. Please contact them.")


class HardLimit(Refusal):
    """The hard limit (fire code) would be passed."""

    code = "hard_limit"
    default_message = _("The room's hard limit would be passed. Choose another session.")


class WrongLevel(Refusal):
    """The event registers people at the other level."""

    code = "wrong_level"
    default_message = _("This event does not let registrants create their own agenda.")


class NoWaitlist(Refusal):
    """There is no waitlist to join, or nothing to wait for."""

    code = "no_waitlist"
    default_message = _("There is no waitlist here. Choose another session.")


class SessionsRequired(Refusal):
    """The event takes nobody from other systems without a session."""

    code = "sessions_required"
    default_message = _("This event registers nobody without a session. Name at least one in session_ids.")


class InvitationGone(Refusal):
    """The invitation was answered, taken by somebody else, or has expired."""

    code = "invitation_gone"
    status = 410
    default_message = _("This invitation is no longer open. You can join the waitlist again.")


class NotYours(Refusal):
    """What was asked for belongs to another contact; says no more than a wrong address would."""

    code = "not_found"
    status = 404
    default_message = _("There is nothing here for you. Please use the link from your own mail.")


class NotPermitted(Refusal):
    """The member of staff lacks the permission."""

    code = "not_permitted"
    status = 403
    default_message = _("You do not have the permission for this. Ask an Event Administrator.")


class NotRegistered(Refusal):
    """The person may not enter, having no seat here."""

    code = "not_registered"
    default_message = _("Not registered here. Please ask at the registration desk.")


class AnotherSession(Refusal):
    """The person is expected in another session at this time; `session_ids` in `data` says which."""

    code = "another_session"
    default_message = _("Expected in another session at this time.")


class FullHouse(Refusal):
    """As many are inside as the session has seats; `inside` and `capacity` in `data` say how many."""

    code = "full_house"
    default_message = _("Full house: as many are inside as there are seats. Wait until somebody leaves.")


class StandbyNotOpen(Refusal):
    """No absent person's seat is free at this door now; `open_from` in `data` says from when, None for never."""

    code = "standby_not_open"
    default_message = _("No standby here: the seats of those who have not come are kept for them.")


class NotNextInLine(Refusal):
    """Somebody else is admitted first; `registrant_id` and `name` in `data` say who, `position` whose turn it is."""

    code = "not_next_in_line"
    default_message = _("Somebody else is next in line.")


class RegistrationCancelled(Refusal):
    """The registration was cancelled; nothing can be done with it any more."""

    code = "cancelled"
    default_message = _("This registration was cancelled. Register again to choose sessions.")


class AlreadyRegistered(Refusal):
    """Another registration at the event has the address that somebody was to be given."""

    code = "already_registered"
    default_message = _(
        "Somebody is registered at this event with this address already. Cancel one of the two registrations first."
    )


class NotBegun(Refusal):
    """The event has not begun: nobody can have stayed away yet; `starts_at` in `data` says when it does."""

    code = "not_begun"
    default_message = _("The event has not begun. Who stays away can be marked once it has.")


class CheckedIn(Refusal):
    """The person was let in, which outweighs what was asked for."""

    code = "checked_in"
    default_message = _("This person was let in. Undo the check-in first.")


class NotInside(Refusal):
    """Nobody is inside by this entry: it was undone."""

    code = "not_inside"
    default_message = _("This check-in was undone, so nobody can leave by it.")


class NotWaiting(Refusal):
    """The place in line has ended: its contact was registered, left, or was removed."""

    code = "not_waiting"
    default_message = _("Nobody waits here any more: this place in line has ended.")


class InProgress(Refusal):
    """The first request under this Idempotency-Key still runs."""

    code = "in_progress"
    default_message = _(
        "The first request with this Idempotency-Key still runs. Please repeat it a little later."
    )


class HasRegistrations(Refusal):
    """The row cannot be deleted, because people hang on it."""

    code = "has_registrations"
    default_message = _("People are registered or waiting. Cancel it instead; they will be told.")


class Invalid(Refusal):
    """A value cannot be right; `fields` in `data` says where."""

    code = "invalid"
    status = 422
    default_message = _("Please correct the marked fields.")


class ChangedMeanwhile(Refusal):
    """The record is not as it was when it was read; `version` in `data` is the one it has now."""

    code = "changed_meanwhile"
    status = 412
    default_message = _("It was changed since you read it, and nothing was done now. Read it again first.")


class Busy(Refusal):
    """The database gave no lock in time; nothing was changed and the same request may be sent again."""

    code = "busy"
    status = 503
    default_message = _("Very many people are registering right now. Nothing was changed; please try again.")


class Unavailable(Busy):
    """The database cannot serve us now: it restarts, is full, or may only be read."""

    default_message = _("Our database cannot be reached just now. Nothing was changed; please try again.")


class EndUnknown(Busy):
    """The database vanished at the end of it, or after it: it may have been done."""

    default_message = _(
        "Our database went away while this was being done, so it may have been done. Please look first; to try it "
        "again does no harm to anybody's seat."
    )
