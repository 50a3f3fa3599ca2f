"""Commands of the desk: each shows who is affected, asks, acts by one action, says what happened.

A verb is never a choice in the form: it has a page of its own that only a POST passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.errors import Refusal


@dataclass(frozen=True)
class Consequence:
    """One line of the table: who, how it is for them now, how it will be then."""

    who: Any
    now: Any
    then: Any


@dataclass(frozen=True)
class Choice:
    """One more thing to decide on the page, a checkbox."""

    name: str
    label: Any
    is_ticked: bool = False


@dataclass(frozen=True)
class Answers:
    """What was decided on the page."""

    actor: Actor
    reason: str
    notify: bool
    ticked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verb:
    """One command on one object. `act` returns the sentence that says what happened."""

    slug: str
    label: Any
    applies: Callable[[Any], bool]
    consequences: Callable[[Any], list[Consequence]]
    act: Callable[[Any, Answers], Any]
    button: Callable[[Any], Any]
    is_danger: bool = False
    reasons: Sequence[Any] = ()
    tells: bool = False
    choices: Callable[[Any], list[Choice]] = field(default=lambda obj: [])
    # Asked for besides the permission to change the object.
    permission: str = ""

    def url(self, obj: Any) -> str:
        """Where its page is."""
        return reverse(f"admin:{_url_name(type(obj), self.slug)}", args=[obj.pk])


def _url_name(model: Any, slug: str) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_{slug.replace('-', '_')}"


def _may(request: HttpRequest, verb: Verb) -> bool:
    return not verb.permission or request.user.has_perm(verb.permission)


class VerbsAdmin(admin.ModelAdmin):
    """A ModelAdmin whose objects have verbs: buttons above the form, each leading to a page that asks."""

    verbs: Sequence[Verb] = ()

    def get_urls(self) -> list[Any]:
        pages = [
            path(
                f"<path:object_id>/{verb.slug}/",
                self.admin_site.admin_view(partial(self.verb_view, verb=verb)),
                name=_url_name(self.model, verb.slug),
            )
            for verb in self.verbs
        ]
        return [*pages, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add the buttons of the verbs that apply."""
        obj = context.get("original")
        if obj is not None and self.has_change_permission(request, obj):
            buttons = [
                {"url": verb.url(obj), "label": verb.label, "is_danger": verb.is_danger}
                for verb in self.verbs
                if verb.applies(obj) and _may(request, verb)
            ]
            context["verbs"] = [*context.get("verbs", []), *buttons]
        return super().render_change_form(request, context, *args, **kwargs)

    def verb_view(self, request: HttpRequest, object_id: str, verb: Verb) -> HttpResponse:
        """Ask on GET, act on POST."""
        obj: Any = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        back = redirect(f"admin:{_url_name(self.model, 'change')}", obj.pk)
        if not verb.applies(obj) and self.has_view_permission(request, obj) and _may(request, verb):
            messages.info(request, _("Nothing to do: it is so already."))
            return back
        if not (self.has_change_permission(request, obj) and _may(request, verb)):
            raise PermissionDenied
        if request.method != "POST":
            return self._ask_about_verb(request, obj, verb)
        try:
            messages.success(request, verb.act(obj, self._answers(request, verb)))
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
            # What the action wrote on it before it refused is not so.
            obj = self.get_object(request, object_id) or obj
            return self._ask_about_verb(request, obj, verb, refusal.status)
        return back

    def _answers(self, request: HttpRequest, verb: Verb) -> Answers:
        reason = request.POST.get("reason_text", "").strip() or request.POST.get("reason", "").strip()
        return Answers(
            actor=Actor.staff(request.user),  # type: ignore[arg-type]
            reason=reason[:300],
            notify=not verb.tells or "notify" in request.POST,
            ticked=frozenset(request.POST.getlist("choice")),
        )

    def _ask_about_verb(self, request: HttpRequest, obj: Any, verb: Verb, status: int = 200) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": f"{verb.label}: {obj}",
            "opts": self.opts,
            "original": obj,
            "verb": verb,
            "consequences": verb.consequences(obj),
            "choices": verb.choices(obj),
            "button": verb.button(obj),
            "back_url": reverse(f"admin:{_url_name(self.model, 'change')}", args=[obj.pk]),
        }
        return TemplateResponse(request, "admin/verbs/confirm.html", context, status=status)
