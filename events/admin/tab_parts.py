"""Tabs as they are declared, and as the template shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.helpers import Fieldset


@dataclass(frozen=True)
class View:
    """One of several ways to look at what a tab is about: its own panels, under an address of its own."""

    slug: str
    title: Any
    panels: Sequence[str]


@dataclass(frozen=True)
class Tab:
    """One tab: its part of the form, its inlines, and the panels shown above the form while it is active.

    A tab with `views` shows the panels of one of them, the first unless the address names another.
    """

    slug: str
    title: Any
    fieldsets: Sequence[tuple[Any, dict[str, Any]]] = ()
    inlines: Sequence[type] = ()
    panels: Sequence[str] = ()
    views: Sequence[View] = ()

    def view(self, wanted: str | None) -> View | None:
        """The view of this name, else the first; None for a tab that has none."""
        return next((view for view in self.views if view.slug == wanted), next(iter(self.views), None))


@dataclass(frozen=True)
class ShownTab:
    """One tab as the template shows it."""

    slug: str
    title: Any
    url: str
    is_active: bool
    fieldsets: list[Fieldset]
    inlines: list[Any]
    errors: int

    @property
    def has_form(self) -> bool:
        """True when something can be typed here."""
        return bool(self.fieldsets or self.inlines)


@dataclass(frozen=True)
class ShownView:
    """One view of a tab as the template shows it."""

    title: Any
    url: str
    is_current: bool
