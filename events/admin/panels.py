"""Where the panels under a tab come from.

A panel is a function `(request, model_admin, obj) -> SafeString`, found by its key in the registries named
below when it is shown. The names are looked up late, because those admins import this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.utils.safestring import SafeString

PanelFunction = Callable[[HttpRequest, ModelAdmin, Any], SafeString]

# The first registry that knows a key draws the panel.
REGISTRIES = ("registrations.admin.panels", "sessions_app.admin.panels")


@dataclass(frozen=True)
class RenderedPanel:
    """One panel, ready to be put on the page."""

    key: str
    html: SafeString


def panel_function(key: str) -> PanelFunction | None:
    """The function that draws the panel, or None when no registry knows it."""
    for name in REGISTRIES:
        found = _registry(name).get(key)
        if found is not None:
            return found
    return None


def render_panels(
    keys: Iterable[str], request: HttpRequest, model_admin: ModelAdmin, obj: Any
) -> list[RenderedPanel]:
    """Draw the panels in the given order; an empty answer leaves no trace on the page."""
    drawn = []
    for key in keys:
        function = panel_function(key)
        html = function(request, model_admin, obj) if function else SafeString("")
        if html:
            drawn.append(RenderedPanel(key, html))
    return drawn


def _registry(name: str) -> dict[str, PanelFunction]:
    try:
        return import_module(name).PANELS
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            return {}
        raise
