"""A table of operations: what each takes, gives and refuses, where its kind of view does not say so by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from drf_spectacular.utils import OpenApiParameter

from events.api.described import FLAG
from events.api.event_record import EventSerializer
from events.api.events import CancellationSerializer
from events.api.sale import SaleSerializer
from registrations.api import (
    batches,
    draw_record,
    feed,
    imports,
    registration_fields,
    requests,
    shapes,
    webhooks,
)
from registrations.api.openapi import answers
from registrations.api.openapi.operations_of_orders import OF_ORDERS
from registrations.api.openapi.refusals import SEAT
from registrations.api.order_record import PDF
from registrations.models.webhooks import SUBSCRIPTIONS
from sessions_app.api.session_record import SavedSessionSerializer, SessionSerializer

REASON = {"type": "string", "maxLength": requests.LONGEST_REASON}


@dataclass(frozen=True)
class Operation:
    """One method at one address."""

    body: Any = None
    answers: dict[int, Any] | None = None
    # The kind of file that is answered instead of JSON.
    file: str = ""
    # The words of a 409, what it looks like, and what its examples say beside them.
    codes: tuple[str, ...] = ()
    refused: Any = None
    refused_with: dict[str, Any] = field(default_factory=dict)
    # Other statuses of refusals.
    more: tuple[int, ...] = ()
    query: tuple[OpenApiParameter, ...] = ()
    example: Any = None
    # What is done, where the handler's docstring says it of several kinds of record.
    summary: str = ""


def _flag(name: str, words: str) -> OpenApiParameter:
    return OpenApiParameter(name, FLAG, description=words)


OVERRIDE = _flag(
    "override_capacity_errors", "1: add past capacity (scope `override`); never past a hard limit."
)
LATE = _flag("override_closed", "1: add after closing or start (scope `override`).")
CLASH = _flag("override_conflicts", "1: add though it overlaps a session held (scope `override`).")
LIMITS = _flag("override_limits", "1: add beyond how many sessions one person may choose (scope `override`).")
OVERRIDES = (OVERRIDE, LATE, CLASH, LIMITS)
TRY = _flag("validate_only", "1: answer what would happen, change nothing.")
WAIT = _flag("waitlist", "1: wait where there is no seat.")
MAIL = _flag("send_email", "0: nobody is told.")
WHY = OpenApiParameter("reason", REASON, description="Why it is overridden; the client's name if blank.")
WHY_UNDONE = OpenApiParameter("reason", REASON, description="Why; the ledger keeps it.")
WHY_CANCELLED = OpenApiParameter("reason", REASON, description="Why; the person is told.")

AFTER = OpenApiParameter(
    "after", str, description="`next` of the last page, or `latest`; left out: the first."
)
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "default": feed.USUAL},
    description=f"How many lines of the ledger are read, at most {feed.MOST}; one may say two or three things.",
)
OF_EVENT = OpenApiParameter("event_id", {"type": "integer", "minimum": 1}, description="Of this event only.")
TYPES = OpenApiParameter(
    "types",
    {"type": "array", "items": {"type": "string", "enum": SUBSCRIPTIONS}},
    description="Only these, between commas; `session.*` for all of one kind.",
    explode=False,
)

_SEAT = {"success": False, "line": {"session_id": 12345, "outcome": "full", "detail": "Fully booked"}}
_LINES = [_SEAT["line"]]

CHANGING = ("cancelled", "already_registered", "not_begun", "checked_in", "not_registered", "not_live")

NOTHING = Operation()
# The addresses that Swoogo's clients know are described like those that they mean.
ALIASES = {
    "sessions_create_create": "sessions_create",
    "sessions_update_update": "sessions_update",
    "sessions_delete_destroy": "sessions_destroy",
}
OPERATIONS: dict[str, Operation] = {
    "events_cancellation_create": Operation(body=CancellationSerializer, answers={200: EventSerializer}),
    "events_destroy": Operation(codes=("has_registrations",)),
    "sessions_create": Operation(answers={201: SavedSessionSerializer}, codes=("duplicate",)),
    "sessions_update": Operation(answers={200: SavedSessionSerializer}, codes=("duplicate",), query=(MAIL,)),
    "sessions_partial_update": Operation(
        answers={200: SavedSessionSerializer}, codes=("duplicate",), query=(MAIL,)
    ),
    "sessions_destroy": Operation(codes=("session_has_registrations",)),
    "sessions_cancellation_create": Operation(body=CancellationSerializer, answers={200: SessionSerializer}),
    **{
        f"{kind}s_{act}": Operation(summary=summary.format(kind))
        for kind in ("track", "speaker")
        for act, summary in (
            ("create", "Make a {}"),
            ("update", "Change the {}'s named fields; the rest stays"),
            ("partial_update", "Change the {}'s named fields; the rest stays"),
            ("destroy", "Take the {} out of the programme for good; its sessions stay"),
        )
    },
    "events_sale_retrieve": Operation(answers={200: SaleSerializer}),
    **{
        f"events_sale_{act}": Operation(body=SaleSerializer, answers={200: SaleSerializer})
        for act in ("update", "partial_update")
    },
    "passes_destroy": Operation(codes=("has_registrations",)),
    "registrants_create": Operation(
        body=requests.RegistrantRequest,
        answers={200: answers.RegistrantOrPreview, 201: answers.RegistrantAnswer},
        codes=(*SEAT, "wrong_level", "no_waitlist", "sessions_required"),
        refused=answers.RefusedRegistrant,
        refused_with={"applied": False, "lines": _LINES},
        query=(*OVERRIDES, TRY, WAIT, MAIL, WHY),
    ),
    "registrants_batch_create": Operation(
        body=batches.BatchRequest,
        answers={200: answers.BatchAnswer},
        query=(*OVERRIDES, TRY, WAIT, MAIL, WHY),
    ),
    "registrants_update": Operation(body=requests.RegistrantChange, codes=CHANGING, query=(MAIL,)),
    "registrants_partial_update": Operation(body=requests.RegistrantChange, codes=CHANGING, query=(MAIL,)),
    "registrants_confirmation_create": Operation(
        answers={200: shapes.RegistrantSerializer}, codes=("cancelled",)
    ),
    "registrants_destroy": Operation(query=(MAIL, WHY_CANCELLED)),
    "registrants_session_create": Operation(
        body=requests.SeatRequest,
        answers={200: answers.SeatAnswer},
        codes=(*SEAT, "cancelled", "wrong_level"),
        refused=answers.RefusedSeat,
        refused_with=_SEAT,
        query=(*OVERRIDES, TRY, WAIT, MAIL, WHY),
    ),
    "registrants_session_destroy": Operation(
        answers={200: answers.SeatAnswer},
        codes=("locked", "cancelled", "wrong_level"),
        refused=answers.RefusedSeat,
        refused_with={"success": False},
        query=(TRY, MAIL),
    ),
    "registrants_agenda_create": Operation(
        body=requests.AgendaRequest,
        answers={200: answers.AgendaAnswer},
        codes=(*SEAT, "cancelled", "wrong_level"),
        refused=answers.RefusedAgenda,
        refused_with={"applied": False, "lines": _LINES},
        query=(*OVERRIDES, TRY, MAIL, WAIT, WHY),
    ),
    "waitlist_items_create": Operation(
        body=requests.JoinRequest,
        answers={200: shapes.WaitlistItemSerializer, 201: shapes.WaitlistItemSerializer},
        codes=(*SEAT, "no_waitlist", "wrong_level"),
        query=(LATE, MAIL, WHY),
    ),
    "waitlist_items_invitation_create": Operation(
        body=requests.InvitationRequest,
        answers={200: shapes.WaitlistItemSerializer},
        codes=("full", "not_waiting", "not_live", "no_waitlist"),
        query=(MAIL,),
    ),
    "waitlist_items_invitation_destroy": Operation(answers={204: None}, more=(410,)),
    "waitlist_items_registration_create": Operation(
        body=requests.OverrideRequest,
        answers={200: answers.SeatAnswer},
        codes=(*SEAT, "not_waiting"),
        refused=answers.RefusedServing,
        refused_with={"success": False},
        query=(*OVERRIDES, MAIL, WHY),
    ),
    "check_ins_create": Operation(
        body=requests.CheckInRequest,
        answers={200: answers.CheckInAnswer, 201: answers.CheckInAnswer},
        codes=(
            *("not_registered", "another_session", "cancelled", *SEAT),
            *("standby_not_open", "full_house", "not_next_in_line"),
        ),
        more=(404,),
    ),
    "check_ins_destroy": Operation(query=(WHY_UNDONE,)),
    "check_ins_check_out_create": Operation(
        body=requests.CheckOutRequest, answers={200: shapes.CheckInSerializer}, codes=("not_inside",)
    ),
    "draws_create": Operation(body=draw_record.DrawRequest, answers={201: draw_record.DrawSerializer}),
    "draws_update": Operation(body=draw_record.DrawChange),
    "draws_partial_update": Operation(body=draw_record.DrawChange),
    "draws_public_number_create": Operation(
        body=draw_record.PublicNumberRequest, answers={200: draw_record.DrawSerializer}
    ),
    "draws_publication_create": Operation(answers={202: draw_record.DrawSerializer}),
    "draws_figures_retrieve": Operation(answers={200: draw_record.DrawFigures}),
    "registrants_draws_wishes_retrieve": Operation(answers={200: draw_record.WishesSerializer}),
    "registrants_draws_wishes_update": Operation(
        body=draw_record.WishesRequest,
        answers={200: draw_record.WishesSerializer},
        codes=("not_open_yet", "closed", "cancelled"),
    ),
    "orders_create": Operation(**OF_ORDERS["orders_create"], query=(TRY,)),
    "orders_destroy": Operation(codes=("order_over",), query=(WHY_CANCELLED,)),
    **{name: Operation(**said) for name, said in OF_ORDERS.items() if name != "orders_create"},
    "invoices_file_retrieve": Operation(file=PDF),
    "imports_create": Operation(
        body=imports.ImportRequest,
        answers={202: imports.ImportSerializer},
        more=(413,),
        codes=("in_progress",),
    ),
    "imports_undo_create": Operation(answers={202: imports.ImportSerializer}, codes=("not_now",)),
    "events_registration_schema_retrieve": Operation(answers={200: registration_fields.RegistrationSchema}),
    "feed_retrieve": Operation(answers={200: feed.FeedSerializer}, query=(AFTER, LIMIT, OF_EVENT, TYPES)),
    "webhooks_create": Operation(body=webhooks.WebhookRequest, answers={201: webhooks.NewWebhookSerializer}),
    "webhooks_update": Operation(body=webhooks.WebhookChange),
    "webhooks_partial_update": Operation(body=webhooks.WebhookChange),
    "webhooks_test_create": Operation(answers={202: webhooks.WebhookDeliverySerializer}),
    "webhooks_secret_create": Operation(
        body=webhooks.SecretRequest, answers={200: webhooks.NewWebhookSerializer}
    ),
    "webhooks_deliveries_repetition_create": Operation(answers={200: webhooks.WebhookDeliverySerializer}),
}
