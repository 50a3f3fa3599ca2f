"""Shapes of request bodies. Whether it may be had, the actions say."""

from __future__ import annotations

from django.conf import settings
from rest_framework import serializers

from events.api.serializers import ApiSerializer, FlagField, IdField, TextField
from registrations.api.custom_fields import AnswersField
from registrations.api.reading import REGISTRATION_STATUSES
from registrations.rules.outcomes import Mode
from waitlists.models import MOST_UNTIL_HOURS, WaitlistItem

MOST_SESSIONS = 500
LONGEST_REASON = 300
# What is kept of a person besides names and answers.
DETAILS = ("company", "job_title", "phone")


class ModeField(serializers.ChoiceField):
    """What becomes of the other sessions where one is refused."""

    def __init__(self) -> None:
        super().__init__(
            choices=[(mode.value, mode.value) for mode in Mode],
            default=Mode.ALL_OR_NOTHING.value,
            help_text="all_or_nothing: one refused line refuses the whole; best_effort: what can be had is given.",
        )


class LateRequest(ApiSerializer):
    """Something that comes too late all the same, which needs the scope `override`."""

    override_closed = FlagField(
        default=False, help_text="Also after registration has closed, or after the start (scope `override`)."
    )
    reason = TextField(
        default="",
        max_length=LONGEST_REASON,
        help_text="Why it is overridden; the client's name if blank.",
    )


class OverrideRequest(LateRequest):
    """Adding somebody past what would refuse them, which needs the scope `override`; none implies another."""

    override_capacity_errors = FlagField(
        default=False, help_text="Add past capacity (scope `override`); never past a hard limit or a clash."
    )
    override_conflicts = FlagField(
        default=False, help_text="Add though it overlaps a session held (scope `override`)."
    )
    override_limits = FlagField(
        default=False, help_text="Add beyond how many sessions one person may choose (scope `override`)."
    )
    send_email = FlagField(default=True, help_text="0: nobody is told.")


class PreviewableRequest(OverrideRequest):
    """A request that can be tried first."""

    validate_only = FlagField(default=False, help_text="Answer what would happen, change nothing.")
    waitlist = FlagField(default=False, help_text="Wait where there is no seat.")


class SeatRequest(PreviewableRequest):
    """One session for one registrant; may be sent as query, form or JSON."""


class DropRequest(ApiSerializer):
    """Giving a seat up."""

    validate_only = FlagField(default=False)
    send_email = FlagField(default=True)


class RegistrantRequest(PreviewableRequest):
    """Somebody to be registered at an event."""

    event_id = IdField()
    email = serializers.EmailField(max_length=254)
    first_name = TextField(default="", max_length=100, help_text="One name is enough, first or last.")
    last_name = TextField(default="", max_length=100)
    company = TextField(max_length=200, required=False)
    job_title = TextField(max_length=200, required=False)
    phone = TextField(max_length=50, required=False)
    language = serializers.ChoiceField(
        settings.LANGUAGES,
        default="",
        allow_blank=True,
        help_text="Of the pages and mails of somebody who is new; whoever is known keeps theirs.",
    )
    registration_status = serializers.ChoiceField(
        [("confirmed", "confirmed")],
        default="confirmed",
        help_text="Somebody is registered as confirmed, or waits where `waitlist` says so.",
    )
    pass_id = IdField(allow_null=True, default=None)
    session_ids = serializers.ListField(
        child=IdField(),
        default=list,
        max_length=MOST_SESSIONS,
        help_text="None: registered without, where the event does not require sessions of other systems.",
    )
    complimentary_reason = TextField(
        default="",
        max_length=LONGEST_REASON,
        help_text="Why a pass with a price costs nothing; left out: the person owes it, by an order of their own.",
    )
    mode = ModeField()
    automatically_register = FlagField(
        allow_null=True,
        default=None,
        help_text="Where they wait: register them when a seat frees, or invite.",
    )
    custom_fields = AnswersField(
        default=dict, help_text="Answers to the event's registration questions: `c_<id of the question>`."
    )


class RegistrantChange(ApiSerializer):
    """A change of somebody's address, names, details, answers or status. A record that was read may be sent back whole.

    What lies with the event, the pass and the sessions is taken as it is, and refused where it says otherwise; all
    else that only comes with answers is passed by.
    """

    also_sent = frozenset(
        {
            *(
                "id",
                "secure_id",
                "contact_id",
                "no_sessions",
                "position",
                "past_capacity",
                "reason",
                "source",
            ),
            *("registered_by_id", "registered_at", "cancelled_at", "no_show_at"),
            *("updated_at", "lines", "applied", "order_id"),
        }
    )

    event_id = IdField(required=False, help_text="As it is.")
    email = serializers.EmailField(
        max_length=254,
        required=False,
        help_text="Another address: the registration moves to its contact, and a new personal link is mailed there.",
    )
    first_name = TextField(max_length=100, required=False)
    last_name = TextField(max_length=100, required=False)
    company = TextField(max_length=200, required=False)
    job_title = TextField(max_length=200, required=False)
    phone = TextField(max_length=50, required=False)
    language = serializers.ChoiceField(
        settings.LANGUAGES,
        required=False,
        allow_blank=True,
        help_text="Of the person's pages and mails, at each of their events that offers it; empty: as it is.",
    )
    registration_status = serializers.ChoiceField(
        [(word, word) for word in REGISTRATION_STATUSES],
        required=False,
        help_text="cancelled: cancel; attended: check in at the event's door; no_show: did not come, once the "
        "event has begun; confirmed: undo either of these two.",
    )
    pass_id = IdField(required=False, allow_null=True, help_text="As it is.")
    session_ids = serializers.ListField(
        child=IdField(),
        required=False,
        max_length=MOST_SESSIONS,
        help_text="As they are: POST /registrants/{id}/agenda changes them.",
    )
    waitlisted_session_ids = serializers.ListField(
        child=IdField(), required=False, max_length=MOST_SESSIONS, help_text="As they are."
    )
    custom_fields = AnswersField(required=False)
    send_email = FlagField(default=True, help_text="0: nobody is told.")


class CancellationRequest(ApiSerializer):
    """Cancelling everything that somebody has at an event."""

    reason = TextField(default="", max_length=LONGEST_REASON)
    send_email = FlagField(default=True)


class AgendaRequest(PreviewableRequest):
    """Several sessions to take and to give up, in one transaction."""

    add = serializers.ListField(child=IdField(), default=list, max_length=MOST_SESSIONS)
    drop = serializers.ListField(child=IdField(), default=list, max_length=MOST_SESSIONS)
    mode = ModeField()
    automatically_register = FlagField(allow_null=True, default=None)
    when_clashing = serializers.ChoiceField(
        choices=WaitlistItem.WhenClashing.choices,
        default=WaitlistItem.WhenClashing.ASK,
        help_text="When a seat frees that overlaps one held: ask, swap, or skip the person.",
    )


class JoinRequest(LateRequest):
    """Somebody who wants to wait: for a session, or (with `event_id`) for the event itself."""

    session_id = IdField(required=False)
    event_id = IdField(required=False)
    registrant_id = IdField(required=False)
    email = serializers.EmailField(max_length=254, required=False)
    first_name = TextField(max_length=100, default="")
    last_name = TextField(max_length=100, default="")
    automatically_register = FlagField(allow_null=True, default=None)
    when_clashing = serializers.ChoiceField(
        choices=WaitlistItem.WhenClashing.choices, default=WaitlistItem.WhenClashing.ASK
    )
    place_at_most = serializers.IntegerField(
        allow_null=True, default=None, min_value=1, help_text="Join only at this place or further forward."
    )
    until_hours = serializers.IntegerField(
        allow_null=True,
        default=None,
        min_value=1,
        max_value=MOST_UNTIL_HOURS,
        help_text="Leave the line so many hours before the start.",
    )
    send_email = FlagField(default=True)


class InvitationRequest(ApiSerializer):
    """Offering the next free seat to somebody who waits."""

    send_email = FlagField(default=True)


class CheckInRequest(ApiSerializer):
    """Somebody at a door."""

    registrant_id = IdField(required=False)
    secure_id = serializers.UUIDField(required=False)
    code = TextField(
        required=False,
        max_length=300,
        help_text="The door code, as the QR code says it (`SW1:…`) or as it is typed; spaces and dashes are forgiven.",
    )
    session_id = IdField(allow_null=True, default=None)
    nonce = TextField(
        required=False,
        max_length=255,
        help_text="New for each scan; the same one gets the same answer. Left out: none like it.",
    )
    checked_in_at = serializers.DateTimeField(
        allow_null=True, default=None, help_text="The moment of the scan; left out: now."
    )
    override = FlagField(
        default=False,
        help_text="Admit all the same (scope `override`), which is recorded; also somebody cancelled who is inside.",
    )
    standby = FlagField(
        default=False,
        help_text="Give the person a seat at the door of a session whose standby is open, beside those of people who "
        "have not come: its line in order, then others. With `override` out of turn.",
    )
    reason = TextField(default="", max_length=LONGEST_REASON)


class CheckOutRequest(ApiSerializer):
    """Somebody who leaves."""

    left_at = serializers.DateTimeField(
        allow_null=True, default=None, help_text="When they left; left out: now."
    )


class UndoRequest(ApiSerializer):
    """An entry to be taken back."""

    reason = TextField(default="", max_length=LONGEST_REASON)
