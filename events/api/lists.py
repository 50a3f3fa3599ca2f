"""Lists: pages in an envelope, in an order that ends with the id, so that nothing is shown twice or never."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from events.api import parameters, searching
from events.errors import Invalid

# Rows that are expanded cost several queries' worth of rows each.
PER_PAGE, MOST_PER_PAGE, MOST_EXPANDED = 20, 1_000, 200
MOST_IDS = 1_000
# Beyond it databases do not count.
MOST = 2**31
LONGEST_SEARCH = 500
MOST_DIGITS = 11
PAGING = {"page", "per-page", "sort", "search", "searchCondition", "updated_since", "ids"}


class Pages(BasePagination):
    """`page` and `per-page`, answered as `{"items", "_links", "_meta"}`."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page asked for; a page beyond the last is empty."""
        self.request = request
        self.page = _number(request, "page", 1, MOST)
        most = MOST_EXPANDED if "expand" in request.query_params else MOST_PER_PAGE
        # A client that asks for more than there is on a page follows `next`, as it would anyway.
        self.per_page = min(most, _number(request, "per-page", PER_PAGE, MOST))
        start = (self.page - 1) * self.per_page
        # With one more, which tells whether this is the last page: then nothing is left to be counted.
        found = list(queryset[start : start + self.per_page + 1])
        is_last = len(found) <= self.per_page and bool(found or not start)
        self.total = start + len(found) if is_last else queryset.order_by().count()
        self.pages = -(-self.total // self.per_page)
        return found[: self.per_page]

    def get_paginated_response(self, data: Any) -> Response:
        """One page of a list in its envelope."""
        meta = {
            "totalCount": self.total,
            "pageCount": self.pages,
            "currentPage": self.page,
            "perPage": self.per_page,
        }
        return Response({"items": data, "_links": self._links(), "_meta": meta})

    def _links(self) -> dict[str, Any]:
        last = max(1, self.pages)
        links = {"self": self.page, "first": 1, "last": last}
        if self.page < last:
            links["next"] = self.page + 1
        if 1 < self.page <= last + 1:
            links["prev"] = self.page - 1
        here = self.request.build_absolute_uri()
        hrefs = {page: replace_query_param(here, "page", page) for page in set(links.values())}
        return {name: {"href": hrefs[page]} for name, page in links.items()}

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The list's envelope in the generated description."""
        href = {
            "type": "object",
            "properties": {"href": {"type": "string", "format": "uri"}},
            "required": ["href"],
        }
        meta = ["totalCount", "pageCount", "currentPage", "perPage"]
        return {
            "type": "object",
            "required": ["items", "_links", "_meta"],
            "properties": {
                "items": schema,
                "_links": {
                    "type": "object",
                    "required": ["self", "first", "last"],
                    "properties": dict.fromkeys(("self", "first", "prev", "next", "last"), href),
                },
                "_meta": {
                    "type": "object",
                    "required": meta,
                    "properties": {name: {"type": "integer"} for name in meta},
                },
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The list's parameters in the generated description."""
        page = {"type": "integer", "minimum": 1, "maximum": MOST, "default": 1}
        # More is taken as the most that there is, so more is no mistake.
        per_page = {"type": "integer", "minimum": 1, "maximum": MOST, "default": PER_PAGE}
        capped = f"Capped at {MOST_PER_PAGE:,}, with expand at {MOST_EXPANDED}."
        return [
            in_query("page", page, "Counting from 1; a page beyond the last is empty."),
            in_query("per-page", per_page, capped),
        ]


def _number(request: Request, name: str, default: int, most: int) -> int:
    given = request.query_params.get(name, str(default))
    if not (given.isascii() and given.isdecimal() and len(given) <= MOST_DIGITS and 1 <= int(given) <= most):
        raise Invalid(fields={name: [_("Give a whole number from 1 to %(most)d.") % {"most": most}]})
    return int(given)


def in_query(name: str, schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    """One parameter of the generated description."""
    return {"name": name, "required": False, "in": "query", "description": description, "schema": schema}


class ListParameters(BaseFilterBackend):
    """`search`, `updated_since` and `sort` of every list."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows asked for, in order."""
        text = request.query_params.get("search", "")
        if len(text) > LONGEST_SEARCH:
            words = _("Search for at most %(n)d characters.") % {"n": LONGEST_SEARCH}
            raise Invalid(fields={"search": [words]})
        narrowed = searching.narrowed(queryset, request, text, view.searchable)
        if narrowed is not None:
            queryset = narrowed
        elif words := searching.without_stars(text):
            queryset = view.with_words(queryset, words)
        ids = parameters.numbers(request, "ids", MOST_IDS)
        if ids is not None:
            queryset = queryset.filter(pk__in=ids)
        since = parameters.moment(request, "updated_since")
        if since is not None:
            queryset = view.changed_since(queryset, since)
        return queryset.order_by(*_order(request, view.sort_fields))

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The list's parameters in the generated description."""
        text = {"type": "string", "maxLength": LONGEST_SEARCH}
        words = [f"{sign}{name}" for name in sorted(view.sort_fields) for sign in ("", "-")]
        order = {"type": "string", "example": words[0] if words else "id"}
        found = [
            in_query("ids", {"type": "string", "example": "1,2,3"}, "Only these rows, ids between commas."),
            in_query("sort", order, f"Names between commas, each perhaps with a minus: {', '.join(words)}"),
        ]
        if view.search_fields:
            said = "Every word must occur; or conditions between commas, such as `id>=5`, on "
            said += f"{', '.join(sorted(view.searchable))}: =, !=, <, >, <=, >=, a text with * around it."
            found.append(in_query("search", text, said))
            joined = {"type": "string", "enum": ["and", "or"], "default": "and"}
            found.append(in_query("searchCondition", joined, "How the conditions of `search` are joined."))
        if view.has_tombstones or view.has_changes:
            since = {"type": "string", "format": "date-time"}
            said = "Changed then or later."
            said += " Deleted rows come too, as id, deleted, deleted_at." if view.has_tombstones else ""
            found.append(in_query("updated_since", since, said))
        return found


def _order(request: Request, known: Mapping[str, str]) -> list[Any]:
    """The order of a list: what is empty last on both databases, the id at the end, so that pages never overlap."""
    order: list[Any] = []
    for word in parameters.names(request, "sort", {f"{sign}{name}" for name in known for sign in ("", "-")}):
        column = F(known[word.lstrip("-")])
        order.append(column.desc(nulls_last=True) if word.startswith("-") else column.asc(nulls_last=True))
    return [*order, "id"]
