"""Every refusal in one form: `{"code", "detail", "fields"?}` and what `events.refused` adds to each."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import IntegrityError, models
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from events.api.parsers import TooLarge
from events.database_trouble import trouble_of
from events.errors import Invalid, NotYours, Refusal
from events.refused import whole
from events.views.busy import answer_for, busy_for, is_api

SECONDS_TO_WAIT = 2
# The words for statuses that the library raises with its own.
_CODES = {400: "malformed", 401: "not_authenticated", 403: "not_permitted", 404: "not_found"}
_CODES |= {405: "method_not_allowed", 406: "not_acceptable", 415: "unsupported_media_type"}
_CODES |= {413: "too_large", 429: "too_many_requests"}


class InUse(Refusal):
    """The row cannot be deleted, because something else refers to it."""

    code = "in_use"
    default_message = _lazy("This is still used elsewhere. Take it out of there first.")


class Duplicate(Refusal):
    """Somebody else made an equal row at the same moment."""

    code = "duplicate"
    default_message = _lazy("There is one like this already.")


def answer_to(exc: Exception, context: Any) -> Response | None:
    """The answer to an exception; None for what nobody expected, which is logged and answered with 500."""
    known = _known(exc)
    if known is None:
        return None
    if isinstance(known, Refusal):
        return _refused(known)
    if isinstance(known, exceptions.ValidationError):
        return _refused(Invalid(fields=fields_of(known.detail)))
    return _of_library(known)


def _known(exc: Exception) -> Refusal | exceptions.APIException | None:
    """The exception as a refusal, or as the library's own."""
    if isinstance(exc, Refusal | exceptions.APIException):
        return exc
    if isinstance(exc, Http404):
        return exceptions.NotFound()
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exc, DjangoValidationError):
        return Invalid(fields=_fields_of_django(exc))
    if isinstance(exc, RequestDataTooBig):
        return TooLarge()
    if isinstance(exc, SuspiciousOperation):
        return exceptions.ParseError()
    if isinstance(exc, ProtectedError | RestrictedError):
        return InUse()
    if isinstance(exc, IntegrityError) and _is_duplicate(exc):
        return Duplicate()
    return busy_for(exc) if trouble_of(exc) else None


def _is_duplicate(error: IntegrityError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == "23505" or "UNIQUE constraint" in str(error)


def _refused(refusal: Refusal) -> Response:
    body = {"code": refusal.code, "detail": str(refusal.message), **as_json(refusal.data)}
    response = Response(body, status=refusal.status)
    if refusal.status in {429, 503} or refusal.code == "in_progress":
        response["Retry-After"] = str(refusal.data.get("retry_after", SECONDS_TO_WAIT))
    return response


def _of_library(exc: exceptions.APIException) -> Response:
    detail = exc.detail if isinstance(exc.detail, str) else str(exc.default_detail)
    code = _CODES.get(exc.status_code, str(exc.default_code))
    response = Response({"code": code, "detail": str(detail)}, status=exc.status_code)
    if getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]
    if getattr(exc, "wait", None) is not None:
        response["Retry-After"] = str(int(exc.wait) + 1)  # type: ignore[attr-defined]
    return response


def fields_of(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Every message of an error by the name of its field; what lies deeper has dots: `custom_fields.c_1`."""
    if isinstance(detail, Mapping):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            here = prefix if name == "non_field_errors" else f"{prefix}.{name}".strip(".")
            for key, messages in fields_of(inner, here).items():
                found.setdefault(key, []).extend(messages)
        return found
    if isinstance(detail, list) and any(isinstance(each, Mapping | list) for each in detail):
        return fields_of({str(number): each for number, each in enumerate(detail) if each}, prefix)
    messages = detail if isinstance(detail, list) else [detail]
    return {prefix or "body": [str(each) for each in messages]}


def _fields_of_django(error: DjangoValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return {("body" if name == "__all__" else name): each for name, each in error.message_dict.items()}
    return {"body": list(error.messages)}


def as_json(value: Any) -> Any:
    """What a refusal carries, as far as other systems may see it: rows become their ids."""
    if isinstance(value, Mapping):
        return {str(name): as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset | models.QuerySet):
        return [as_json(each) for each in value]
    if isinstance(value, models.Model):
        return value.pk
    return str(value) if isinstance(value, Promise) else value


# Addresses that no view of the API answers. Pages keep Django's own.


@csrf_exempt
def unknown_address(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """404 for every address below /api/ that leads nowhere; no form is posted there, so no cookie protects it."""
    return _as_json(NotYours.code, _("There is nothing at this address."), 404)


def _as_json(code: str, words: str, status: int) -> HttpResponse:
    return JsonResponse(whole({"code": code, "detail": words}), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for what is too large to be read; as JSON below /api/."""
    if is_api(request):
        return _as_json("malformed", _("This request cannot be read."), 400)
    if isinstance(exception, RequestDataTooBig):
        return render(request, "400.html", {"is_too_large": True}, status=413)
    return defaults.bad_request(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, as JSON below /api/."""
    return unknown_address(request) if is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, as JSON below /api/; 503 where a middleware met trouble of the database."""
    error = sys.exc_info()[1]
    if error is not None and trouble_of(error):
        return answer_for(request, error)
    if is_api(request):
        words = _("Something went wrong on our side. It was noted.")
        return _as_json("error", words, 500)
    return defaults.server_error(request)
