"""Search on the desk, by the same words as on the website and in the API."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from events.searching import holding


class SearchedAdmin(admin.ModelAdmin):
    """A ModelAdmin whose `search_fields` are found in upper and lower case of every script."""

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """The conditions by which the list is searched."""
        return [holding(column) for column in super().get_search_fields(request)]
