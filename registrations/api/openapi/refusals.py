"""Every code with which the API refuses, by status, with the words that come with it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings

from events import errors
from events.api.errors import Duplicate, InUse
from events.api.permissions import InsufficientScope
from events.errors_of_orders import OrderOver
from events.refused import CATALOGUE
from registrations.imports.uploading import NotNow
from registrations.rules.reasons import REFUSALS

# What each status means, in the words of the description.
STATUSES = {
    400: "The body is not what its Content-Type says.",
    401: "No token, or one that is not known or has expired.",
    403: "The token's scopes do not allow this.",
    404: "There is no such thing, or this client may not see it.",
    409: "A rule refuses it; nothing was changed.",
    410: "The invitation is no longer open: it was answered, or its deadline has passed.",
    412: "The record is not the one that `If-Match` names any more; nothing was changed.",
    413: "The body is larger than 1 MB.",
    415: "Send JSON or a form, in UTF-8.",
    422: "A value or a parameter cannot be right; `fields` says which. Nothing was changed.",
    429: "Too many requests; come back after `Retry-After` seconds.",
    503: "A lock was not had in time; nothing was changed. Send the same request again.",
}
_REQUEST = "01hf7yat00e5b3f6ac26d2e4e5e"
# Every request may be answered so.
ALWAYS = (401, 403, 422, 429)
_LIBRARY = {
    400: ("malformed", "This is not JSON: Expecting value: line 1 column 1 (char 0)"),
    401: ("not_authenticated", "This token has expired. Fetch another at /oauth2/token."),
    404: ("not_found", "Not found."),
    413: ("too_large", "The body is larger than 1 MB."),
    415: ("unsupported_media_type", 'Unsupported media type "text/plain" in request.'),
    429: ("too_many_requests", "Request was throttled. Expected available in 12 seconds."),
}
_RULES: list[type[errors.Refusal]] = [
    *REFUSALS.values(),
    errors.WrongLevel,
    errors.SessionsRequired,
    OrderOver,
    errors.NoWaitlist,
    errors.NotRegistered,
    errors.AnotherSession,
    errors.StandbyNotOpen,
    errors.FullHouse,
    errors.NotNextInLine,
    errors.RegistrationCancelled,
    errors.AlreadyRegistered,
    errors.NotBegun,
    errors.CheckedIn,
    errors.NotInside,
    errors.NotWaiting,
    errors.InvitationGone,
    errors.InProgress,
    NotNow,
    errors.ChangedMeanwhile,
    errors.HasRegistrations,
    errors.Busy,
    InUse,
    Duplicate,
    InsufficientScope,
]
SEAT = tuple(outcome.value for outcome in REFUSALS)
# Deleting answers so, with the number of people who hang on it.
_MORE: dict[str, dict[str, Any]] = {
    "session_has_registrations": {"registered": 12, "waiting": 3},
    "has_registrations": {"registered": 12, "waiting": 3},
}


def examples_of(status: int, codes: tuple[str, ...] = ()) -> dict[str, dict[str, Any]]:
    """Return an answer for each code that may come with this status; for 409 those named."""
    return {code: {**said, **_told_of_all(said)} for code, said in _said(status, codes).items()}


def _told_of_all(said: dict[str, Any]) -> dict[str, Any]:
    page = f"{settings.SITE_URL}{CATALOGUE}/{said['code']}"
    return {"message": said["detail"], "request_id": _REQUEST, "documentation_url": page}


def _said(status: int, codes: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        fields = {"name": ["This field is required."]}
        return {
            "invalid": {"code": "invalid", "detail": "Please correct the marked fields.", "fields": fields}
        }
    if status in _LIBRARY:
        code, detail = _LIBRARY[status]
        return {code: {"code": code, "detail": detail}}
    wanted = {
        403: ("insufficient_scope",),
        410: ("invitation_gone",),
        412: ("changed_meanwhile",),
        503: ("busy",),
    }.get(status, codes)
    return {code: {"code": code, "detail": _words(code), **_MORE.get(code, {})} for code in wanted}


def _words(code: str) -> str:
    found = next((rule for rule in _RULES if rule.code == code), None)
    if code == "session_has_registrations":
        found = errors.HasRegistrations
    assert found is not None, f"no refusal has the code {code}"
    return str(found.default_message)
