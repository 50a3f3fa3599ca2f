"""Requests at the addresses, and with the parameters, that clients of Swoogo's API send, led to ours.

A middleware: it only says which of our addresses is meant. Nothing is decided here, and no view knows of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from django.http import HttpRequest, HttpResponseBase, QueryDict

ROOT = "/api/v1/"
_WRITING = ("PUT", "PATCH")
# By method: what stands behind the root, and the address that is meant.
_MEANT: list[tuple[Collection[str], str, str]] = [
    (("POST",), r"oauth2/token", "/oauth2/token"),
    (("POST",), r"registrants/checkin", f"{ROOT}check-ins"),
    (("POST",), r"session-attendances(?:/create)?", f"{ROOT}check-ins"),
    (
        ("POST", "PUT"),
        r"registrants/(\d{1,18})/trigger-email/confirmation",
        rf"{ROOT}registrants/\1/confirmation",
    ),
    (("GET", "HEAD"), r"event-questions(/\d{1,18})?", rf"{ROOT}registration-fields\1"),
    (("POST",), r"([a-z]+(?:-[a-z]+)*)/create", rf"{ROOT}\1"),
    (_WRITING, r"([a-z]+(?:-[a-z]+)*)/update/(\d{1,18})", rf"{ROOT}\1/\2"),
    (("DELETE",), r"([a-z]+(?:-[a-z]+)*)/delete/(\d{1,18})", rf"{ROOT}\1/\2"),
]

# A page for people, which means something by a blank parameter of its own.
_PAGES = {f"{ROOT}docs"}


class Aliases:
    """Leads a request of the API to the address that is meant, and reads blank parameters as none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(ROOT):
            # `path` stays as it was asked for, so that links to further pages are of the same kind.
            request.path_info = meant_path(str(request.method), request.path_info)
            if request.META.get("QUERY_STRING") and request.path_info not in _PAGES:
                request.GET = said_parameters(request.GET)  # type: ignore[assignment]
        return self.get_response(request)


def meant_path(method: str, path: str) -> str:
    """The address that is meant; the one asked for where that is ours already, or nobody's."""
    rest = path.removeprefix(ROOT).removesuffix(".json")
    for methods, pattern, meant in _MEANT:
        found = re.fullmatch(pattern, rest, re.ASCII)
        if found and method in methods:
            return found.expand(meant)
    return f"{ROOT}{rest}"


def said_parameters(given: QueryDict) -> QueryDict:
    """The parameters that say something: blank ones are left out, equal ones are one."""
    said = QueryDict(mutable=True)
    for name, values in given.lists():
        kept = list(dict.fromkeys(value for value in values if value != ""))
        if kept:
            said.setlist(name, kept)
    return said
