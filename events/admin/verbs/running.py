"""One verb on its way: show the consequences and ask; once confirmed, act and say what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from events.actors import Actor
from events.admin.verbs.base import Decision, Verb
from events.admin.verbs.forms import ReasonForm
from events.admin.verbs.pages import Frame, finish, page
from events.errors import NotPermitted, Refusal

# How many lines a confirmation lists; the others are counted.
SHOWN_ROWS = 50
REASON_CHARACTERS = 300


def ask_or_act(
    request: HttpRequest,
    frame: Frame,
    verb: Verb[Any],
    listing: Any,
    rows: Callable[[], Any],
    *,
    is_confirmed: bool,
) -> HttpResponse:
    """Ask, or act when it is confirmed and everything asked is answered; a refusal is shown where it was asked.

    `rows` reads the rows anew at each call. Raises NotPermitted for what asking again would not help.
    """
    form = verb.form(listing, request.POST if is_confirmed else None)
    if not is_confirmed or not form.is_valid():
        return _ask(request, frame, verb, listing, rows(), form, status=422 if is_confirmed else 200)
    try:
        return finish(request, frame, verb.act(listing, rows(), _decision(request, form)))
    except NotPermitted:
        raise
    except Refusal as refusal:
        # Read anew: what the action wrote on the rows before it refused is not so.
        return _ask(request, frame, verb, listing, rows(), form, refusal=refusal, status=refusal.status)


def _decision(request: HttpRequest, form: forms.Form) -> Decision:
    given = form.cleaned_data
    reason = form.reason[:REASON_CHARACTERS] if isinstance(form, ReasonForm) else ""
    return Decision(Actor.staff(request.user), reason, given.get("notify", True), given)  # type: ignore[arg-type]


def _ask(
    request: HttpRequest,
    frame: Frame,
    verb: Verb[Any],
    listing: Any,
    rows: Any,
    form: forms.Form,
    *,
    status: int,
    refusal: Refusal | None = None,
) -> HttpResponse:
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    obstacle = verb.obstacle(listing, rows)
    without, with_past = verb.deed_past_capacity(listing, rows)
    return page(
        request,
        frame,
        "confirm",
        status,
        verb=verb,
        form=form,
        refusal=refusal,
        obstacle=obstacle,
        consequences=[] if obstacle else verb.consequences(listing, list(rows[:SHOWN_ROWS])),
        not_shown=max(0, count - SHOWN_ROWS),
        warning=verb.warning(listing, count),
        notes=[verb.note] if verb.note else [],
        deed=verb.deed(count),
        deed_without=without,
        deed_with_past=with_past,
    )
