"""People by file: an upload that the worker carries out, what became of each row, and taking it back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.filters import ApiFilterSet
from events.api.serializers import ApiSerializer, FlagField, IdField, TextField
from events.api.views import ApiViewSet
from events.errors import Invalid
from registrations.api.adding import overrides_in
from registrations.api.base import RegistrationsView
from registrations.api.order_record import Owed
from registrations.api.requests import LONGEST_REASON
from registrations.imports.tables import MOST_BYTES, too_large
from registrations.imports.uploading import choose, keep, same_before_each, undo
from registrations.imports.words import CODES
from registrations.models import ImportBatch, ImportRow
from registrations.rules.doors import Override

Status, Policy = ImportBatch.Status, ImportBatch.Policy
# Beside the file: its name, the other fields, and what parts them.
_FRAME = 64 * 1024


class ColumnSerializer(serializers.Serializer):
    """One column of a file."""

    heading = serializers.CharField()
    means = serializers.CharField(
        help_text="email, first_name, last_name, full_name, company, job_title, phone, pass, complimentary, "
        "sessions, "
        "`session:<id>`, `question:<id>`; empty: left out."
    )


class ImportSerializer(ApiSerializer):
    """One upload of people, and how far it has come. Needs `counted`."""

    id = serializers.IntegerField()
    event_id = serializers.IntegerField()
    session_id = serializers.IntegerField(allow_null=True)
    file_name = serializers.CharField()
    encoding = serializers.CharField()
    kind = serializers.ChoiceField(ImportBatch.Kind.choices)
    policy = serializers.ChoiceField(Policy.choices)
    validate_only = serializers.SerializerMethodField()
    send_email = FlagField(source="notify")
    reason = serializers.CharField()
    columns = serializers.SerializerMethodField()
    status = serializers.ChoiceField(Status.choices)
    total = serializers.IntegerField()
    done = serializers.IntegerField(help_text="Rows that this step is through with.")
    counts = serializers.SerializerMethodField(help_text="How often each code was said of a row.")
    owed = Owed(many=True, help_text="By orders for passes with a price: what would be, or is.")
    same_file_as = serializers.SerializerMethodField(
        help_text="An earlier upload of the very same file to the same place."
    )
    failure = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)

    def get_validate_only(self, row: Any) -> int:
        """1 where the rows were only tried."""
        return int(row.status in {Status.CHECKING, Status.CHECKED})

    @extend_schema_field(ColumnSerializer(many=True))
    def get_columns(self, row: Any) -> list[dict[str, str]]:
        """What each column was understood to mean."""
        pairs = zip(row.headings, row.columns, strict=False)
        return [{"heading": heading, "means": means} for heading, means in pairs]

    def get_counts(self, row: Any) -> dict[str, int]:
        """The verdicts by code."""
        return row.counted

    def get_same_file_as(self, row: Any) -> int | None:
        """The id of the earlier one."""
        return row.same_file_as


class ImportRequest(ApiSerializer):
    """A file of people, and how they are to be served; sent as multipart/form-data."""

    file = serializers.FileField(help_text="CSV or XLSX, at most 20 MB and 20,000 rows.", max_length=255)
    event_id = IdField()
    session_id = IdField(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(ImportBatch.Kind.choices, default=ImportBatch.Kind.ADD.value)
    policy = serializers.ChoiceField(
        Policy.choices,
        default=Policy.SKIP.value,
        help_text="Where a session is full: skip, wait, or past_capacity (scope `override`).",
    )
    columns = TextField(
        default="", help_text="JSON: what a heading means, where it is not understood: {heading: means}."
    )
    validate_only = FlagField(default=False, help_text="Try every row, change nothing.")
    send_email = FlagField(default=True, help_text="0: nobody is told.")
    override_capacity_errors = FlagField(
        default=False, help_text="The same as the policy past_capacity (scope `override`)."
    )
    override_closed = FlagField(default=False)
    override_conflicts = FlagField(default=False)
    override_limits = FlagField(default=False)
    reason = TextField(default="", max_length=LONGEST_REASON)


class ImportViewSet(RegistrationsView, ApiViewSet):
    """A client sees its own uploads only."""

    queryset = ImportBatch.objects.none()
    serializer_class = ImportSerializer
    sort_fields = {"id": "id", "created_at": "created_at"}
    most_bytes = MOST_BYTES + _FRAME
    media_types: ClassVar[dict[str, list[str]]] = {"create": ["multipart/form-data"]}

    def get_parsers(self) -> list[Any]:
        """A file comes in parts; all else comes as everywhere."""
        return [MultiPartParser(), *super().get_parsers()]

    def override_scope(self, request: Request) -> bool:
        """True also for a file of people past capacity."""
        body: Any = request.data
        return super().override_scope(request) or body.get("policy") == Policy.PAST_CAPACITY

    def rows(self) -> QuerySet[ImportBatch]:
        """This client's uploads, at the events that it sees."""
        return ImportBatch.objects.filter(client=self.client, event__in=self.events.values("pk"))

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The uploads with the verdicts counted."""
        said = ImportRow.objects.filter(batch__in=rows).exclude(code="").order_by()
        counts: dict[int, dict[str, int]] = {row.pk: {} for row in rows}
        for pk, code, number in said.values_list("batch", "code").annotate(number=Count("pk")):
            counts[pk][code] = number
        same = same_before_each(rows)
        for row in rows:
            row.counted, row.same_file_as = counts[row.pk], same.get(row.pk)
        return rows

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Have people registered, or taken out, by a file; the worker carries it out."""
        asked = self.asked(ImportRequest)
        if asked["file"].size > MOST_BYTES:
            raise too_large()
        event = self.event_named(asked["event_id"])
        wanted = [asked["session_id"]] if asked["session_id"] else []
        sessions = self.sessions_of(event, wanted, "session_id")
        with transaction.atomic():
            batch = keep(
                asked["file"].read(),
                asked["file"].name,
                event,
                sessions[0] if sessions else None,
                client=self.client,
                may_override="override" in request.auth.scope.split(),  # type: ignore[union-attr]
            )
            choose(
                batch,
                _columns(batch, asked["columns"]),
                _how(asked, self.client.name),
                then=Status.CHECKING if asked["validate_only"] else Status.RUNNING,
            )
        return self.record(batch.pk, 202)

    @action(detail=True, methods=["post"])
    def undo(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take back exactly what the file made and nobody has touched since; the rows say which."""
        batch = self.get_object()
        undo(batch)
        return self.record(batch.pk, 202)


def _how(asked: dict[str, Any], name: str) -> dict[str, Any]:
    """The terms as an upload keeps them; who gives no reason is recorded by the client's name."""
    overrides = overrides_in(asked)
    policy = Policy.PAST_CAPACITY if Override.CAPACITY in overrides else asked["policy"]
    reason = asked["reason"] or (name if policy == Policy.PAST_CAPACITY else "")
    # Past capacity is a policy, beside which nothing else is kept of it.
    others = sorted(str(override) for override in overrides - {Override.CAPACITY})
    terms = {"kind": asked["kind"], "policy": policy, "reason": reason, "overrides": others}
    return {**terms, "notify": asked["send_email"]}


def _columns(batch: ImportBatch, chosen: str) -> list[str]:
    """What the columns mean: as they were understood, but for those that the request names."""
    if not chosen:
        return batch.columns
    try:
        named = json.loads(chosen)
    except ValueError:
        named = None
    known = isinstance(named, dict) and all(isinstance(role, str) for role in named.values())
    if not known or set(named) - set(batch.headings):
        raise Invalid(
            fields={"columns": [_("Give a JSON object: a heading of the file, and what it means.")]}
        )
    return [named.get(heading, role) for heading, role in zip(batch.headings, batch.columns, strict=True)]


class ImportRowSerializer(ApiSerializer):
    """One row of a file."""

    id = serializers.IntegerField()
    row = serializers.IntegerField(source="number", help_text="The row's number, counting from 1.")
    line = serializers.IntegerField(source="place", help_text="Its line in the file.")
    email = serializers.CharField()
    code = serializers.ChoiceField([(code, code) for code in CODES], allow_blank=True)
    detail = serializers.CharField(source="words")
    done = FlagField(source="is_done", help_text="0: what would become of it.")
    registrant_id = serializers.SerializerMethodField()
    order_id = serializers.SerializerMethodField(help_text="Of the pass, where it has a price.")
    undo = serializers.CharField(source="undo_code", help_text="undone, touched, gone, changed_others.")
    cells = serializers.ListField(child=serializers.CharField())

    def get_registrant_id(self, row: Any) -> int | None:
        """Whom the row registered, or gave something."""
        return row.made.get("registration")

    def get_order_id(self, row: Any) -> int | None:
        """The order that the row made."""
        return row.made.get("order")


class RowFilters(ApiFilterSet):
    """Narrow a list of rows."""

    code = django_filters.CharFilter()

    class Meta:
        model = ImportRow
        fields: list[str] = []


class ImportRowViewSet(ApiViewSet):
    """The rows of one upload, in the file's order."""

    queryset = ImportRow.objects.none()
    serializer_class = ImportRowSerializer
    filterset_class = RowFilters
    sort_fields = {"id": "id", "row": "number"}

    def rows(self) -> QuerySet[ImportRow]:
        """The rows of the upload in the address, which has to be this client's."""
        own = ImportBatch.objects.filter(client=self.client, event__in=self.events.values("pk"))
        return ImportRow.objects.filter(batch=get_object_or_404(own, pk=self.kwargs["import_id"]))
