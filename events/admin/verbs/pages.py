"""Pages around a verb: the frame they share, refused, and done. One place turns refusals into words on the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from events.admin.verbs.base import Done
from events.errors import Refusal


@dataclass(frozen=True)
class Frame:
    """What stands around a verb's questions: the title, what it is about, the way there and the way back.

    `here` ends the way there where that is not the title; `carried` is what the page sends along unseen; `after`
    leads on when the deed has taken away what `back` shows.
    """

    title: Any
    trail: Sequence[tuple[Any, str]]
    back: str
    about: Any = ""
    here: Any = ""
    carried: Sequence[tuple[str, Any]] = ()
    after: str = ""


def change_url(obj: Any) -> str:
    """Return the address of an object's own page on the desk."""
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


def back_of(request: HttpRequest) -> str:
    """Return where the person came from, if that is here; empty where that is not known."""
    wanted = request.POST.get("back") or request.GET.get("back") or ""
    is_here = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if is_here else ""


def page(
    request: HttpRequest,
    frame: Frame,
    template: str,
    status: int = 200,
    *,
    folder: str = "verbs",
    **context: Any,
) -> TemplateResponse:
    """Return one of the desk's pages around a verb, or one of a `folder` that shares their frame."""
    context = {
        **admin.site.each_context(request),
        "title": frame.title,
        "about": frame.about,
        "here": frame.here,
        "trail": frame.trail,
        "back": frame.back,
        "carried": frame.carried,
        **context,
    }
    return TemplateResponse(request, f"admin/{folder}/{template}.html", context, status=status)


def refused(request: HttpRequest, frame: Frame, refusal: Refusal) -> HttpResponse:
    """Say what was refused and why, with the status that machines read."""
    return page(request, frame, "refused", refusal.status, title=_("Not done"), refusal=refusal)


def finish(request: HttpRequest, frame: Frame, done: Done) -> HttpResponse:
    """Go back with one line of words; where somebody was refused, list them by reason first; show a secret once."""
    if done.shown_once:
        return _shown_once(request, frame, done)
    if not done.refused:
        messages.success(request, done.words)
        return redirect(frame.after or frame.back)
    title = _("Done, in part") if done.count else _("Not done")
    return page(request, frame, "done", 200 if done.count else 409, title=title, done=done)


def _shown_once(request: HttpRequest, frame: Frame, done: Done) -> HttpResponse:
    """The page is no redirect: a secret stands in no message and in no cookie."""
    return page(request, frame, "shown_once", done=done, label=_("The new secret"))


def say(request: HttpRequest, done: Done) -> None:
    """Sum up a deed of a plain list, which has no page of its own: one line, and one for each reason of refusal."""
    messages.success(request, done.words) if done.count else messages.warning(request, done.words)
    for reason, rows in done.refused.items():
        refused_because = _("%(n)d refused: %(reason)s") % {"n": len(rows), "reason": reason}
        messages.warning(request, refused_because)
