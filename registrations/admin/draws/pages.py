"""The pages of a draw: the form that plans or changes it, and how it stands from the first wish to the last seat."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events.actors import Actor
from events.admin.verbs import page, refused
from events.errors import Invalid, NotPermitted, Refusal
from events.models import Event
from registrations import actions
from registrations.admin.draws.form import PICK, SOURCE, DrawForm, boxes, filled_in, groups, ticked
from registrations.admin.draws.preview import (
    Without,
    drawing,
    in_one_sentence,
    session_lines,
    without_anything,
)
from registrations.admin.draws.standing import Shown
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.draws import MAY_LOOK, PlanDraw
from registrations.admin.verbs.pages import frame_of, with_refusals
from registrations.models import Draw
from registrations.queries.draw_preview import Preview, preview_of
from registrations.queries.drawable import changes_to


@with_refusals
def plan_draw(request: HttpRequest, target: Target) -> HttpResponse:
    """Ask what a new draw of the event is to be, and plan it."""
    if not isinstance(target, Event):
        raise Http404
    if not PlanDraw().is_allowed(request.user, target):
        raise NotPermitted
    return _ask(request, target, None)


def change_draw(request: HttpRequest, draw: uuid.UUID) -> HttpResponse:
    """Ask what a draw is to be from now on, and change it."""
    found = _found(request, draw)
    if not PlanDraw().is_allowed(request.user, found.event):
        raise PermissionDenied
    try:
        return _ask(request, found.event, found)
    except Refusal as refusal:
        return refused(request, frame_of(request, found.event), refusal)


def _ask(request: HttpRequest, event: Event, draw: Draw | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = DrawForm(data, event, draw)
    refusal: Refusal | None = None
    if data is not None and (PICK in data or SOURCE in data):
        # Shown again with more in it; nothing is complained of before it is sent.
        form, data = DrawForm(filled_in(data, event, form.offered), event, draw), None
        form.errors.clear()
    elif data is not None and form.is_valid():
        try:
            return _saved(request, event, draw, form)
        except Invalid as wrong:
            refusal = None if form.say(wrong) else wrong
        except Refusal as wrong:
            refusal = wrong
    deed = _("Save the draw") if draw else _("Plan the draw")
    return page(
        request,
        frame_of(request, event, _("Change the draw") if draw else PlanDraw.title),
        "plan",
        (refusal.status if refusal else 422) if data is not None else 200,
        folder="draws",
        form=form,
        refusal=refusal,
        zone=event.timezone,
        boxes=boxes(form),
        groups=groups(form.offered),
        chosen=len(ticked(form)),
        deed=deed,
    )


def _saved(request: HttpRequest, event: Event, draw: Draw | None, form: DrawForm) -> HttpResponse:
    actor = Actor.staff(request.user)  # type: ignore[arg-type]
    if draw is None:
        draw = actions.plan_draw(event, **form.asked, actor=actor)
        messages.success(request, _("The draw is planned."))
    else:
        actions.change_draw(draw, **changes_to(draw, form.asked), actor=actor)
        messages.success(request, _("The draw is changed."))
    return redirect("admin:draw_page", draw.uuid)


def draw_page(request: HttpRequest, draw: uuid.UUID) -> HttpResponse:
    """Show how a draw stands, what to do next, and what it does or would do."""
    found = _found(request, draw)
    shown = Shown.of(found, request.user)
    if request.headers.get("HX-Request"):
        return TemplateResponse(request, "admin/draws/_progress.html", {"shown": shown})
    preview = preview_of(found)
    return page(
        request,
        frame_of(request, found.event, found.name),
        "draw",
        folder="draws",
        shown=shown,
        preview=preview,
        sentence=in_one_sentence(preview) if preview else "",
        drawing=drawing(preview) if preview else "",
        without=_without(found, preview, shown),
        lines=session_lines(found, preview),
    )


def _without(draw: Draw, preview: Preview | None, shown: Shown) -> Without | None:
    """Who gets nothing, once that is so, for whoever may see people."""
    is_so = preview is not None and not preview.is_example and shown.may_see_people
    return without_anything(draw, preview) if preview is not None and is_so else None


def _found(request: HttpRequest, draw: uuid.UUID) -> Draw:
    """The draw, for whoever may look at its event's sessions. Raises Http404 at an event that is none of theirs."""
    events = access.visible_events(request.user)
    rows = Draw.objects.select_related("event__seats")
    found = get_object_or_404(rows, uuid=draw, event__in=events)
    if not access.may(request.user, found.event, MAY_LOOK):
        raise PermissionDenied
    return found
