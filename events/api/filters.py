"""Filters of lists: each says what it takes, and refuses the rest."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.request import Request

from events.errors import Invalid

LARGEST = 2**63 - 1


class NumberFilter(django_filters.NumberFilter):
    """A whole number that every database can hold; `lookup_expr` gte and lte make ranges."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"min_value": -LARGEST, "max_value": LARGEST, **kwargs})

    def get_max_validator(self) -> None:
        """The largest number is the field's own."""
        return


class FlagFilter(django_filters.ChoiceFilter):
    """1 or 0; true and false too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = [("1", _("yes")), ("0", _("no")), ("true", _("yes")), ("false", _("no"))]
        super().__init__(*args, choices=choices, **kwargs)

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Keep the rows whose flag is so."""
        return super().filter(qs, value in {"1", "true"}) if value not in (None, "") else qs


class TextFilter(django_filters.CharFilter):
    """Exactly this text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 300, **kwargs})


ChoiceFilter, DateFilter = django_filters.ChoiceFilter, django_filters.DateFilter


class ApiFilterSet(django_filters.FilterSet):
    """The filters of one list; of an answer only those that its request names, since making all takes long."""

    base_filters: dict[str, Any]

    def __init__(self, data: Any, *args: Any, **kwargs: Any) -> None:
        self.base_filters = {name: each for name, each in self.base_filters.items() if name in data}
        super().__init__(data, *args, **kwargs)


class Filters(DjangoFilterBackend):
    """django-filter, answering 422 with the fields."""

    def get_filterset_class(self, view: Any, queryset: Any = None) -> Any:
        """The view's own filter set, if it has one."""
        return view.filterset_class

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The rows that pass. Raises Invalid for a value that cannot be."""
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            fields = {name: [str(each) for each in errors] for name, errors in filterset.errors.items()}
            raise Invalid(fields=fields)
        return filterset.qs
