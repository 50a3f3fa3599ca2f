"""Panels under a tab: each app registers its own while the desk is put together, and a tab names them by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest
from django.utils.safestring import SafeString

PanelFunction = Callable[[HttpRequest, ModelAdmin, Any], SafeString]

_registered: dict[str, PanelFunction] = {}


@dataclass(frozen=True)
class RenderedPanel:
    """One panel, ready to be put on the page."""

    key: str
    html: SafeString


def register_panels(functions: Mapping[str, PanelFunction]) -> None:
    """Draw these panels by these functions from now on; a key has one function."""
    twice = _registered.keys() & functions.keys()
    assert not twice, f"panels registered twice: {sorted(twice)}"
    _registered.update(functions)


def render_panels(
    keys: Iterable[str], request: HttpRequest, model_admin: ModelAdmin, obj: Any
) -> list[RenderedPanel]:
    """Draw the panels in the given order; an empty answer leaves no trace on the page."""
    drawn = []
    for key in keys:
        html = _registered[key](request, model_admin, obj)
        if html:
            drawn.append(RenderedPanel(key, html))
    return drawn
