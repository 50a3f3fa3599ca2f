"""Django's own ChangeList inside a tab: its parameters carry the panel's prefix, all others are left alone."""

from __future__ import annotations

import copy
from typing import Any, Protocol

from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode

# What the frame adds for itself and no link should repeat.
NOT_KEPT = {"_panels"}


class Shown(Protocol):
    """A panel as its change list knows it."""

    key: str
    prefix: str
    kept: list[tuple[str, str]]

    def add_figures(self, rows: list[Any]) -> None:
        """Give each row the figures that it is shown with."""

    def row_url(self, row: Any) -> str:
        """Where the row's link leads; empty: to the row's own page."""


class PanelChangeList(ChangeList):
    """One page of a panel. `result_list` is read at once, so that the panel can add figures for its rows."""

    model_admin: Any
    # Django's rows look for it; nothing is edited in a panel.
    formset = None

    def get_results(self, request: HttpRequest) -> None:
        """Read the rows of this page, and with them what the panel shows beside each."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        if self.result_list:
            self.model_admin.add_figures(self.result_list)

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Return the address of this panel with other parameters, the rest of the page as it is."""
        inner = QueryDict(super().get_query_string(new_params, remove).removeprefix("?"))
        panel: Shown = self.model_admin
        own = [(f"{panel.prefix}-{name}", value) for name, values in inner.lists() for value in values]
        return f"?{urlencode(panel.kept + own)}#panel-{panel.key}"

    def url_for_result(self, result: Any) -> str:
        """Where a row's link leads."""
        return self.model_admin.row_url(result) or super().url_for_result(result)


def own_request(request: HttpRequest, prefix: str, parameters: QueryDict | None = None) -> HttpRequest:
    """Return a copy of `request` whose GET holds this panel's parameters, by their plain names."""
    inner = copy.copy(request)
    inner.GET = parameters if parameters is not None else own_parameters(request.GET, prefix)  # type: ignore[assignment]
    return inner


def own_parameters(given: QueryDict, prefix: str) -> QueryDict:
    """Return the parameters that carry `prefix`, without it."""
    own = QueryDict(mutable=True)
    for name, values in given.lists():
        if name.startswith(f"{prefix}-"):
            own.setlist(name.removeprefix(f"{prefix}-"), values)
    return own


def foreign_parameters(given: QueryDict, prefix: str, tab: str) -> list[tuple[str, str]]:
    """Return everything else that stands in the address, with the tab named even where it was left out."""
    kept = [
        (name, value)
        for name, values in given.lists()
        for value in values
        if name not in NOT_KEPT and name != "tab" and not name.startswith(f"{prefix}-")
    ]
    return [("tab", tab), *kept]
