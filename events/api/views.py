"""The base of every view of the API: who asks, what they see, what they may ask, how fast."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.generics import get_object_or_404
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from events.actors import Actor
from events.api import parameters, rates
from events.api.filters import Filters
from events.api.idempotency import KeepsAnswers
from events.api.lists import PAGING, ListParameters, Pages
from events.api.parsers import MOST_BYTES, check_size
from events.api.searching import Known
from events.api.versions import Versioned
from events.errors import Invalid
from events.models import ApiClient, Event
from events.refused import say_whole
from events.searching import with_words

# The databases' largest id has 19 digits; a longer one is nobody's.
ID = r"[0-9]{1,18}"


class OnlyJson(DefaultContentNegotiation):
    """The answer is JSON, whatever was asked for."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        """The first renderer."""
        return renderers[0], renderers[0].media_type


class Door(KeepsAnswers):
    """Mixed into views: bearer, scopes, budget of requests, known parameters only, repeatable POSTs."""

    content_negotiation_class: Any = OnlyJson
    # What may stand behind the question mark beside what the view's kind brings along.
    parameters: ClassVar[set[str]] = set()
    most_bytes: ClassVar[int] = MOST_BYTES
    request: Any
    _budget: rates.Budget | None = None
    # Words of `fields` that are unknown here.
    ignored_fields: Sequence[str] = ()

    @property
    def looks_at_if_match(self) -> bool:
        """True where `If-Match` is asked before anything is changed."""
        return False

    def override_scope(self, request: Request) -> bool:
        """True where this request needs the scope `override` as well."""
        return False

    def known_parameters(self, request: Request) -> set[str]:
        """Every name that may stand behind the question mark."""
        return self.parameters

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks, whether they may, and whether they ask for something that exists."""
        if not hasattr(self, str(request.method).lower()):
            # Before anything else is found wrong with it.
            raise MethodNotAllowed(str(request.method))
        check_size(request, self.most_bytes)
        super().initial(request, *args, **kwargs)
        if (
            "If-Match" in request.headers
            and request.method not in SAFE_METHODS
            and not self.looks_at_if_match
        ):
            # Passed by in silence it would let happen what it is meant to prevent.
            words = _("If-Match is for PUT, PATCH and DELETE of one record.")
            raise Invalid(words, fields={"If-Match": [words]})

    def perform_authentication(self, request: Request) -> None:
        """Look at the token, and count the request for its client."""
        token: Any = request.auth
        if token is not None:
            self._budget, is_within = rates.spend_one(token.application)
            if not is_within:
                rates.refuse(self._budget)

    def check_throttles(self, request: Request) -> None:
        """Refuse unknown parameters: after permissions, before anything is looked up or kept."""
        parameters.check_names(request, self.known_parameters(request))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say on every answer what is left of the client's budget, and which fields were left out."""
        # Said before the answer is kept; where its key was lost meanwhile, another one comes back.
        say_whole(response)
        response = super().finalize_response(request, response, *args, **kwargs)
        say_whole(response)
        if self._budget is not None:
            self._budget.note_on(response)
        if self.ignored_fields:
            named = ",".join(word[:50] for word in self.ignored_fields[:50])
            response["X-Ignored-Fields"] = re.sub(r"[^\x21-\x7e]", "?", named)
        return response

    @property
    def client(self) -> ApiClient:
        """The client: the other system that asks."""
        return self.request.auth.application

    @cached_property
    def actor(self) -> Actor:
        """The actor by whose hand an action is done, in a view that is not marked `@by_action`."""
        may_override = "override" in self.request.auth.scope.split()
        return Actor.api(self.client, may_override=may_override, condition=self.condition)

    @cached_property
    def condition(self) -> Callable[[], None] | None:
        """What the request makes a condition of its change: that the record is as it was; None where nothing."""
        return None

    @cached_property
    def limited_to(self) -> list[int] | None:
        """The events that the client is limited to, be there none; None when it is not limited."""
        # While the description is generated nobody asks.
        if getattr(self, "swagger_fake_view", False) or self.client.sees_every_event:
            return None
        return list(self.client.events.order_by("pk").values_list("pk", flat=True))

    @property
    def every_event(self) -> QuerySet[Event]:
        """The events this client may know of, deleted ones too."""
        if self.limited_to is None:
            return Event.objects.all()
        return Event.objects.filter(pk__in=self.limited_to)

    @property
    def events(self) -> QuerySet[Event]:
        """The events this client sees. What lies outside does not exist for it."""
        return self.every_event.filter(archived_at=None)


class ApiView(Door, APIView):
    """One address that is no collection."""


class ApiViewSet(Versioned, Door, GenericViewSet):
    """A collection: `rows()` is what the client sees of it; list and retrieve come along.

    `sort_fields` maps the words of `sort=` to columns, `search_fields` are the columns in which `search=` looks for
    words, `searchable` are the fields that its conditions may name.
    """

    lookup_value_regex = ID
    pagination_class = Pages
    filter_backends = (Filters, ListParameters)
    filterset_class: Any = None
    search_fields: ClassVar[list[str]] = []
    searchable: ClassVar[Known] = {}
    sort_fields: ClassVar[dict[str, str]] = {"id": "id"}
    # True where lists with updated_since show deleted rows as tombstones.
    has_tombstones: ClassVar[bool] = False
    # True where lists take updated_since, tombstones or not.
    has_changes: ClassVar[bool] = False

    def rows(self) -> QuerySet[Any]:
        """The rows this client sees, deleted ones too where there are tombstones."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        """The rows this client sees; deleted ones only in a list of changes."""
        rows = self.rows()
        if self.has_tombstones and not self.lists_changes():
            rows = rows.filter(archived_at=None)
        return rows

    def lists_changes(self) -> bool:
        """True for a list with `updated_since`."""
        return self.action == "list" and "updated_since" in self.request.query_params

    def changed_since(self, rows: QuerySet[Any], since: datetime) -> QuerySet[Any]:
        """The rows changed or deleted at `since` or later."""
        return rows.filter(updated_at__gte=since)

    def with_words(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """The rows in which every word of the text occurs."""
        return with_words(rows, text, self.search_fields)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of a list, filtered; a single row is asked for by its id alone."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def known_parameters(self, request: Request) -> set[str]:
        """The parameters of a record, and for lists those of lists and the filters' names."""
        known = self.parameters | {"fields", "expand"}
        if getattr(self, "action", None) != "list":
            return known
        known |= PAGING - (set() if self.has_tombstones or self.has_changes else {"updated_since"})
        known -= set() if self.search_fields else {"search", "searchCondition"}
        return known | set(self.filterset_class.base_filters if self.filterset_class else ())

    # Answers

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page of the list."""
        context = self.shape(request)
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        assert page is not None
        serializer = self.get_serializer_class()(self.prepare(page), many=True, context=context)
        return self.get_paginated_response(serializer.data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One record."""
        context = self.shape(request)
        (row,) = self.prepare([self.get_object()])
        return self.said(row, context)

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The rows of an answer, with what else is to be said about them read in a few queries."""
        return rows

    def get_object(self) -> Any:
        """The row of this id. Raises Http404 also for rows that others may see and this client may not."""
        row = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        self.check_object_permissions(self.request, row)
        return row

    def record(self, pk: int, status: int = 200) -> Response:
        """The answer to a request that wrote this row: the whole record, read again."""
        (row,) = self.prepare([self.rows().get(pk=pk)])
        return self.said(row, self.shape(self.request), status)

    def said(self, row: Any, context: dict[str, Any], status: int = 200) -> Response:
        """The answer with this one record, and its version."""
        kind: Any = self.get_serializer_class()
        said = kind(row, context=context).data
        is_whole = not context["fields"] and not context["expand"]
        response = Response(said, status=status)
        # Given to what writes the answer out (`events.api.transfer`).
        vars(response)["record_version"] = self.version(said if is_whole else kind(row).data)
        return response

    def shape(self, request: Request) -> dict[str, Any]:
        """The fields and expanded rows that the request asks for. Fields unknown here are left out, and named.

        Raises Invalid for a word of `expand` that is unknown here.
        """
        kind: Any = self.get_serializer_class()
        expandable = getattr(kind, "expandable", {})
        expand = parameters.names(request, "expand", expandable)
        known = {*kind._declared_fields, *expandable}
        fields, self.ignored_fields = parameters.known_names(request, "fields", known)
        return {
            "request": request,
            "view": self,
            "fields": {*fields, *expand, "id"} if fields else None,
            "expand": expand,
        }

    def read(self, kind: Any, *, partial: bool = False) -> dict[str, Any]:
        """The request's body, checked for its shape. Raises ValidationError."""
        serializer = kind(data=self.request.data, partial=partial, context={"data_is_written": True})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)
