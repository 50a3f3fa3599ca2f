"""The description of an operation: what the table of operations says of it, and what is true of all."""

from __future__ import annotations

import json
from copy import deepcopy
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance, get_doc
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
)
from rest_framework.serializers import ListField, ListSerializer, Serializer

from events.api.described import FLAG, Bearer
from events.api.filters import FlagFilter, NumberFilter
from events.api.parsers import JsonParser, MultipartParser, UrlencodedParser
from events.api.permissions import OVERRIDE, scope_for
from events.api.serializers import ApiSerializer, TombstoneSerializer
from events.api.tolerance import CUSTOM
from registrations.api.base import OVERRIDING
from registrations.api.openapi import answers, refusals
from registrations.api.openapi.envelope import Envelope
from registrations.api.openapi.examples import RECORDS
from registrations.api.openapi.parameters import A_FILE, ANY_TAG, BUDGET, OF_PATH, ONLY_THESE, some_of
from registrations.api.openapi.words import NOUNS

if TYPE_CHECKING:
    from registrations.api.openapi.operations import Operation

# Addresses take 18 digits.
LARGEST_ID = 10**18 - 1
_NUMBER = {"type": "integer", "format": "int64"}
FORMS = (UrlencodedParser.media_type, MultipartParser.media_type)
_ONLY_SUCH = "Only rows of which this is true."
_GIVEN = {200: "Done, or read.", 201: "Made.", 202: "Taken in hand; what became of it can be read."}
_KNOWN = "The answer is the one whose `ETag` the request names."


class Schema(AutoSchema):
    """Reads the view as drf-spectacular does; bodies, answers and refusals come from the table."""

    view: Any

    @property
    def _described(self) -> Operation:
        # Views name this class when they are read, and the table names views.
        from registrations.api.openapi.operations import ALIASES, NOTHING, OPERATIONS  # noqa: PLC0415

        name = self.get_operation_id()
        return OPERATIONS.get(ALIASES.get(name, name), NOTHING)

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """The class's name; what says Request by itself need not say it twice."""
        name = super().get_serializer_name(serializer, direction)
        return name.removesuffix("Request") if direction == "request" else name

    def get_summary(self) -> str:
        """What is done to what; in general the first sentence of the handler's docstring."""
        one, many = NOUNS.get(getattr(self.view, "basename", ""), ("", ""))
        if self._described.summary or (many and self._action in {"list", "retrieve"}):
            return (
                self._described.summary or {"list": f"List {many}", "retrieve": f"Read {one}"}[self._action]
            )
        handler = getattr(self.view, self._action, None)
        return (get_doc(handler) or get_doc(type(self.view))).partition("\n")[0].rstrip(".")

    @property
    def _action(self) -> str:
        return getattr(self.view, "action", None) or self.method.lower()

    def _is_list_view(self, serializer: Any = None) -> bool:
        """A list is what the view calls one."""
        return self._action == "list"

    def get_auth(self) -> list[dict[str, Any]]:
        """The scope that the method needs; with `override` as well where the request may ask to go past a rule."""
        super().get_auth()
        needed = [scope_for(self.method)]
        ways = [needed, [*needed, OVERRIDE]] if self._may_override else [needed]
        return [{Bearer.name: way} for way in ways]

    @property
    def _may_override(self) -> bool:
        body = self.get_request_serializer()
        named = {parameter.name for parameter in self._described.query} | set(body.fields if body else ())
        return not named.isdisjoint(OVERRIDING)

    # Requests

    def map_parsers(self) -> list[str]:
        """JSON, or a form; JSON alone where each body is a list of objects, which no form can say."""
        kinds = getattr(self.view, "media_types", {}).get(self._action)
        if kinds is not None:
            return list(kinds)
        body = self.get_request_serializer()
        fields = body.fields.values() if body else ()
        is_flat = not any(field.required and _is_list_of_objects(field) for field in fields)
        return [JsonParser.media_type, *(FORMS if is_flat else ())]

    def _get_request_body(self, direction: Any = "request") -> Any:
        """The body; objects inside a form have their parts in brackets."""
        body = super()._get_request_body(direction)
        fields = self.get_request_serializer().fields if body else {}
        in_brackets = {
            name: {"style": "deepObject", "explode": True}
            for name, field in fields.items()
            if name == CUSTOM or isinstance(field, Serializer)
        }
        for kind in set(FORMS) & set(body["content"] if body and in_brackets else ()):
            body["content"][kind]["encoding"] = in_brackets
        return body

    def get_request_serializer(self) -> Any:
        """The body; where a record is changed, every field may be left out."""
        body = self._described.body
        if body is None and self._action in {"create", "update", "partial_update"}:
            body = self.view.serializer_class
        if body is None:
            return None
        return body(partial=self._is_change and not getattr(body, "is_whole", False))

    @property
    def _is_of_one_record(self) -> bool:
        """A change of one record, which may be made on condition that it is as it was read."""
        return self._action in {"update", "partial_update", "destroy"}

    @property
    def _is_change(self) -> bool:
        return self.method in {"PUT", "PATCH"}

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """Unknown fields are refused, so nothing is sent that is not named; a record that is answered is whole."""
        schema = super()._map_basic_serializer(serializer, direction)
        kind = force_instance(serializer)
        if not isinstance(kind, ApiSerializer):
            return {**schema, "additionalProperties": {}} if getattr(kind, "says_more", False) else schema
        if direction == "request":
            schema["additionalProperties"] = False
            schema["properties"] = {name: _optional(said) for name, said in schema["properties"].items()}
        else:
            schema["required"] = sorted(set(schema["properties"]) - kind.may_lack)
        return schema

    def get_override_parameters(self) -> list[Any]:
        """Options in the query, `fields` and `expand`, the key of a request that may be repeated."""
        found = list(self._described.query)
        if self._has_records:
            found.append(OpenApiParameter("fields", str, description=ONLY_THESE))
            expandable = sorted(getattr(self.view.serializer_class, "expandable", {}))
            if expandable:
                found.append(some_of("expand", expandable, "What is shown whole, not as its id."))
        if self.method == "POST":
            words = "At most 255 characters; a repeat within 24 hours gets the stored answer."
            found.append(
                OpenApiParameter(
                    "Idempotency-Key", {"type": "string", "maxLength": 255}, "header", description=words
                )
            )
        found += self._conditions
        if self._action == "list":
            names = [f"{sign}{name}" for name in sorted(self.view.sort_fields) for sign in ("", "-")]
            found.append(some_of("sort", names, "A minus turns the order round."))
        return found + [
            OpenApiParameter(name, int, "header", description=words, response=True)
            for name, words in BUDGET.items()
        ]

    @property
    def _conditions(self) -> list[OpenApiParameter]:
        """Tags: which one an answer has, and those that a request may name."""
        tag = {"type": "string"}
        found = []
        if self._is_of_one_record:
            words = "The `ETag` of the record as it was read: nothing is done where it is another one by now."
            found.append(OpenApiParameter("If-Match", tag, "header", description=words, examples=[ANY_TAG]))
        if self._has_records:
            words = "The `ETag` of an answer that is known: 304 while it would be the same."
            found.append(OpenApiParameter("If-None-Match", tag, "header", description=words))
            words = "Of a record: its version, for `If-Match`; and of this very answer."
            found.append(OpenApiParameter("ETag", str, "header", description=words, response=[200, 304]))
        return found

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        """The parameters inside the address: ids, all of them."""
        number = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
        said = {"in": "path", "required": True, "schema": number}
        return [{"name": name, "description": OF_PATH[name], **deepcopy(said)} for name in variables]

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        """Filters of ids take whole numbers, whichever way they narrow."""
        kinds = getattr(getattr(self.view, "filterset_class", None), "base_filters", {})
        found = super()._get_filter_parameters()
        for parameter in found:
            kind = kinds.get(parameter["name"])
            parameter.setdefault("description", _ONLY_SUCH)
            if isinstance(kind, NumberFilter | FlagFilter):
                parameter["schema"] = dict(_NUMBER if isinstance(kind, NumberFilter) else FLAG)
        return found

    @property
    def _has_records(self) -> bool:
        return hasattr(self.view, "serializer_class") and self._action in {"list", "retrieve"}

    # Answers

    def get_response_serializers(self) -> Any:
        """Every status with what comes with it."""
        given: dict[Any, Any] = {str(code): self._given(code, kind) for code, kind in self._answers.items()}
        if self._described.file:
            given = {("200", self._described.file): A_FILE}
        refused = {str(status): self._refused(status) for status in self._refusals}
        unchanged = {"304": OpenApiResponse(description=_KNOWN)} if self._has_records else {}
        return {**given, **unchanged, **refused}

    @property
    def _answers(self) -> dict[int, Any]:
        if self._described.answers is not None:
            return self._described.answers
        if self._action == "destroy":
            return {204: None}
        return {201 if self._action == "create" else 200: self.view.serializer_class}

    def _given(self, status: int, kind: Any) -> OpenApiResponse:
        if kind is None:
            return OpenApiResponse(description="Done.")
        name = self._name(force_instance(kind))
        shown = [OpenApiExample(name, value=RECORDS[name])] if name in RECORDS else []
        return OpenApiResponse(kind, examples=shown, description=_GIVEN[status])

    def _name(self, kind: Any) -> str:
        if isinstance(kind, PolymorphicProxySerializer):
            return str(kind.component_name)
        return self._get_serializer_name(kind, "response")

    @property
    def _refusals(self) -> list[int]:
        found = set(refusals.ALWAYS)
        if "{" in self.path:
            found.add(404)
        if self.method in {"POST", "PUT", "PATCH"}:
            found |= {400, 413, 415}
        if self.method != "GET":
            found.add(503)
            found.add(409)
        if self._is_of_one_record:
            found.add(412)
        return sorted(found | set(self._described.more))

    @property
    def _codes(self) -> tuple[str, ...]:
        usual = {"POST": ("in_progress",), "DELETE": ("in_use",)}.get(self.method, ("duplicate",))
        return self._described.codes + (usual if self.method == "POST" or not self._described.codes else ())

    def _refused(self, status: int) -> OpenApiResponse:
        kind: Any = answers.RefusedFields if status == HTTPStatus.UNPROCESSABLE_ENTITY else answers.Refused
        more: dict[str, Any] = {}
        if status == HTTPStatus.CONFLICT and self._described.refused is not None:
            kind, more = self._described.refused, self._described.refused_with
        shown = [
            OpenApiExample(code, value={**more, **value})
            for code, value in refusals.examples_of(status, self._codes).items()
        ]
        return OpenApiResponse(kind, description=refusals.STATUSES[status], examples=shown)

    # Examples and lists

    def get_examples(self) -> list[OpenApiExample]:
        """The example of the body."""
        body = self.get_request_serializer() if self.method in {"POST", "PUT", "PATCH"} else None
        if not isinstance(body, Serializer):
            return []
        name = self._get_serializer_name(body, "request").removeprefix("Patched")
        value = self._described.example or RECORDS.get(name)
        return [] if value is None else [OpenApiExample(name, value=value, request_only=True)]

    def _get_paginator(self) -> Any:
        if super()._get_paginator() is None:
            return None
        has_tombstones = getattr(self.view, "has_tombstones", False)
        tombstone = self.resolve_serializer(TombstoneSerializer, "response").ref if has_tombstones else None
        return Envelope(self.path, tombstone)


def _optional(said: dict[str, Any]) -> dict[str, Any]:
    """A field of a body with its default in words: makers of typed clients hold a field with a default for required."""
    if "default" not in said:
        return said
    rest = {name: value for name, value in said.items() if name != "default"}
    shown = json.dumps(said["default"], ensure_ascii=False)
    return {**rest, "description": f"{said.get('description', '')} Default: {shown}.".strip()}


def _is_list_of_objects(field: Any) -> bool:
    return isinstance(field, ListField | ListSerializer) and isinstance(field.child, Serializer)
