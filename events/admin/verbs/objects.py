"""Verbs of one object: buttons above its form, each leading to a page that asks. The list has one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from events.admin.verbs.base import Verb
from events.admin.verbs.pages import Frame, change_url, refused
from events.admin.verbs.running import ask_or_act
from events.errors import NotPermitted


@dataclass(frozen=True)
class OneRow:
    """The list that an object's own page is: one row."""

    target: Any
    user: Any

    def name_of(self, row: Any) -> str:
        """The object's name."""
        return str(row)

    def row_url(self, row: Any) -> str:
        """Where the object's page is."""
        return change_url(row)

    def add_figures(self, rows: list[Any]) -> None:
        """The object has its figures."""


def _url_name(model: Any, key: str) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_{key.replace('-', '_')}"


def act_on_object(
    request: HttpRequest, model_admin: admin.ModelAdmin, obj: Any, verb: Verb[Any], *, after: str = ""
) -> HttpResponse:
    """Ask on GET, act on POST; `after` leads on from an object that is no longer there."""
    frame = _frame(obj, verb, after)
    fresh = partial(model_admin.get_object, request, str(obj.pk))
    listing = OneRow(obj, request.user)
    try:
        own = verb.own_page(request, frame, listing, [obj])
        if own is not None:
            return own
        return ask_or_act(
            request,
            frame,
            verb,
            listing,
            lambda: [fresh() or obj],
            is_confirmed=request.method == "POST",
        )
    except NotPermitted as refusal:
        return refused(request, frame, refusal)


def _frame(obj: Any, verb: Verb[Any], after: str) -> Frame:
    options = obj._meta
    rows = reverse(f"admin:{_url_name(type(obj), 'changelist')}")
    trail = [(capfirst(str(options.verbose_name_plural)), rows), (obj, change_url(obj))]
    return Frame(f"{verb.label}: {obj}", trail, change_url(obj), here=verb.label, after=after)


class VerbsAdmin(admin.ModelAdmin):
    """A ModelAdmin whose objects have verbs."""

    verbs: Sequence[type[Verb[Any]]] = ()

    def may_use(self, request: HttpRequest, obj: Any, verb: Verb[Any]) -> bool:
        """True when this member of staff may use the verb on the object: who may change it, and what it asks for."""
        return self.has_change_permission(request, obj) and verb.is_allowed(request.user, obj)

    def get_urls(self) -> list[Any]:
        pages = [
            path(
                f"<path:object_id>/{verb.key}/",
                self.admin_site.admin_view(partial(self.verb_view, verb=verb())),
                name=_url_name(self.model, verb.key),
            )
            for verb in self.verbs
        ]
        return [*pages, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add the buttons of the verbs that apply."""
        obj = context.get("original")
        if obj is not None:
            context["verbs"] = [*context.get("verbs", []), *self._buttons(request, obj)]
        return super().render_change_form(request, context, *args, **kwargs)

    def _buttons(self, request: HttpRequest, obj: Any) -> list[dict[str, Any]]:
        offered = [verb() for verb in self.verbs]
        return [
            {
                "url": reverse(f"admin:{_url_name(self.model, verb.key)}", args=[obj.pk]),
                "label": verb.label,
                "is_danger": verb.is_danger,
            }
            for verb in offered
            if verb.applies(obj) and self.may_use(request, obj, verb)
        ]

    def verb_view(self, request: HttpRequest, object_id: str, verb: Verb[Any]) -> HttpResponse:
        """Ask on GET, act on POST."""
        obj: Any = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        is_theirs = self.has_view_permission(request, obj) and verb.is_allowed(request.user, obj)
        if not verb.applies(obj) and is_theirs:
            messages.info(request, _("Nothing to do: it is so already."))
            return redirect(change_url(obj))
        if not self.may_use(request, obj, verb):
            raise PermissionDenied
        return act_on_object(request, self, obj, verb)
