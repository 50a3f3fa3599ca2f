"""Add registration, add to waitlist: pick people, look at the consequences, do it."""

from __future__ import annotations

import itertools
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy, ngettext

from events.actors import Actor
from events.admin import words
from events.admin.verbs import Done, finish, page
from events.errors import NotPermitted, Refusal
from events.models import Event
from registrations import actions
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.base import PanelVerb, name_of, summed_up, summed_up_by_session
from registrations.admin.verbs.forms import AddForm, JoinForm, TargetForm
from registrations.admin.verbs.pages import frame_of, with_refusals
from registrations.admin.verbs.people import AddPeople, JoinPeople
from registrations.admin.verbs.picking import Picking
from registrations.admin.verbs.previews import (
    BOXES,
    DEEDS,
    FIT,
    HARD,
    LINE,
    PAST,
    PERMISSIONS,
    Adding,
    AddingPreview,
)
from registrations.admin.verbs.waiting_instead import summed_up_with_line

PAST_LIMIT = gettext_lazy("You may not add people past the hard limit. Ask an Event Administrator.")


@with_refusals
def add_registration(request: HttpRequest, target: Target) -> HttpResponse:
    """Register people at an event or in a session, past capacity where that is decided and permitted."""
    _check_allowed(request, target, AddPeople())
    allowed = _allowed_deeds(request, target)
    deed = request.POST.get("deed", "")
    if deed in PERMISSIONS and deed not in allowed:
        raise NotPermitted(_why_not(request.user, target, deed) or NotPermitted.default_message)
    picking, where = Picking(request, target), _target_form(request, target)
    context = {
        "picking": picking,
        "where": where,
        "why_not_past": access.why_not_past_capacity(request.user, access.event_of(target)),
    }
    is_part = bool(request.htmx)  # type: ignore[attr-defined]
    if is_part and picking.step == "search":
        return page(request, frame_of(request, target), "_found", picking=picking)
    if not _is_ready(picking, where):
        return _not_ready(request, target, context) if is_part else _pick(request, target, context)
    adding = _adding(request, target, picking, where)
    return _look_or_add(request, target, adding, allowed, context)


def _not_ready(request: HttpRequest, target: Target, context: dict[str, Any]) -> HttpResponse:
    """What is missing before anything can be said about what happens."""
    return page(request, frame_of(request, target), "_not_ready", **context)


def _look_or_add(
    request: HttpRequest, target: Target, adding: Adding, allowed: set[str], context: dict[str, Any]
) -> HttpResponse:
    deed = request.POST.get("deed", "")
    decided = deed in DEEDS
    boxes = frozenset(box for box in BOXES if box in request.POST)
    needs_reason = (decided and deed not in {FIT, LINE}) or bool(boxes)
    form = AddForm(
        request.POST if decided else None, is_reason_required=needs_reason, initial=_typed_so_far(request)
    )
    refusal = None
    if decided and form.is_valid():
        try:
            return finish(request, frame_of(request, target), _add(adding, form, deed))
        except NotPermitted:
            raise
        except Refusal as refused:
            refusal = refused
    status = refusal.status if refusal else 422 if decided else 200
    preview = AddingPreview(adding, allowed, boxes)
    return _look(request, target, preview, form, status, {**context, "refusal": refusal})


def _typed_so_far(request: HttpRequest) -> dict[str, Any]:
    """The answers already given on a page that says anew what happens."""
    if "reason_other" not in request.POST:
        return {}
    given = {name: request.POST.get(name, "") for name in ("reason_choice", "reason_other")}
    return {**given, **{name: name in request.POST for name in ("notify", *BOXES)}}


def _allowed_deeds(request: HttpRequest, target: Target) -> set[str]:
    event = access.event_of(target)
    return {deed for deed, asked in PERMISSIONS.items() if access.may(request.user, event, *asked)}


def _check_allowed(request: HttpRequest, target: Target, verb: PanelVerb) -> None:
    if not verb.is_allowed(request.user, target):
        raise NotPermitted


def _target_form(request: HttpRequest, target: Target) -> TargetForm | None:
    """The question which pass or session is meant; none for a session's own page."""
    if not isinstance(target, Event):
        return None
    return TargetForm(request.POST if request.method == "POST" else None, event=target)


def _is_ready(picking: Picking, where: forms.Form | None) -> bool:
    """True when somebody was picked and everything typed can be kept."""
    if picking.step not in {"look", "add", "effects"}:
        return False
    return picking.is_valid() and (where is None or where.is_valid()) and bool(picking.people)


def _pick(
    request: HttpRequest,
    target: Target,
    context: dict[str, Any],
    verb: type[PanelVerb] = AddPeople,
    template: str = "pick",
) -> HttpResponse:
    picking: Picking = context["picking"]
    is_refused = picking.step in {"look", "add"}
    nobody = is_refused and picking.is_valid() and not picking.people
    return page(
        request,
        frame_of(request, target, verb.title),
        template,
        422 if is_refused else 200,
        nobody=nobody,
        seats=words.summary_of(target.seats),
        is_full=not target.seats.has_seat_for_newcomer,
        **context,
    )


def _adding(request: HttpRequest, target: Target, picking: Picking, where: TargetForm | None) -> Adding:
    chosen = where.cleaned_data if where is not None else {}
    sessions, actor = chosen.get("session", []), Actor.staff(request.user)  # type: ignore[arg-type]
    where_to, several = (sessions[0], []) if len(sessions) == 1 else (target, sessions)
    why_free = chosen.get("complimentary", "")
    return Adding(where_to, picking.people, actor, chosen.get("event_pass"), several, why_free)


def _look(
    request: HttpRequest,
    target: Target,
    preview: AddingPreview,
    form: AddForm,
    status: int,
    context: dict[str, Any],
) -> HttpResponse:
    if preview.clashing:
        words_of_box = ngettext("Accept %(n)d clash", "Accept %(n)d clashes", preview.clashing)
        form.fields["accept_clash"].label = words_of_box % {"n": preview.clashing}
    if preview.limited:
        words_of_box = ngettext(
            "Override the limit for %(n)d person", "Override the limit for %(n)d people", preview.limited
        )
        form.fields["override_limits"].label = words_of_box % {"n": preview.limited}
    if preview.late:
        words_of_box = ngettext(
            "Add %(n)d person after closing or start", "Add %(n)d people after closing or start", preview.late
        )
        form.fields["override_closed"].label = words_of_box % {"n": preview.late}
    return page(
        request,
        frame_of(request, target, AddPeople.title),
        "_look" if request.htmx else "look",  # type: ignore[attr-defined]
        status,
        form=form,
        adding=preview.adding,
        preview=preview,
        consequences=preview.consequences(),
        figures=preview.figures(),
        deeds=_deeds(preview, {deed: _why_not(request.user, target, deed) for deed in PERMISSIONS}),
        **context,
    )


def _why_not(user: Any, target: Target, deed: str) -> str:
    """Why a deed is not permitted, and who may; nothing for what everybody may who may add people."""
    if deed == HARD:
        return str(PAST_LIMIT)
    return access.why_not_past_capacity(user, access.event_of(target)) if deed == PAST else ""


def _deeds(preview: AddingPreview, why_not: dict[str, str]) -> list[dict[str, Any]]:
    """The buttons: each names its deed, with other words for each choice of boxes; those permitted come first."""
    found = [_button(preview, deed, why_not[deed]) for deed in preview.deeds()]
    # Where two say the same, the later one decides less.
    said = {tuple(button["by_boxes"].values()): button for button in found}
    offered = [button for button in found if button in said.values() and any(button["by_boxes"].values())]
    return sorted(offered, key=lambda button: bool(button["why_not"]))


def _button(preview: AddingPreview, deed: str, why_not: str) -> dict[str, Any]:
    offered = preview.offered_boxes
    choices = [c for n in range(len(offered) + 1) for c in itertools.combinations(offered, n)]
    by_boxes = {"-".join(chosen): preview.words_for(deed, chosen) for chosen in choices}
    now = by_boxes["-".join(box for box in offered if box in preview.boxes)]
    return {
        "deed": deed,
        "by_boxes": by_boxes,
        "words": now or next(filter(None, reversed(by_boxes.values())), ""),
        "why_not": "" if deed in preview.allowed else why_not,
    }


def _add(adding: Adding, form: AddForm, deed: str) -> Done:
    if deed == LINE:
        boxes = [box for box in BOXES if form.cleaned_data[box]]
        verdicts = adding.waiting_instead.do(form.reason, boxes, notify=form.cleaned_data["notify"])
        return summed_up_with_line(verdicts)
    lines = adding.do(
        **{box: form.cleaned_data[box] for box in BOXES},
        reason=form.reason,
        notify=form.cleaned_data["notify"],
        **DEEDS[deed],
    )
    return summed_up_by_session(lines) if adding.sessions else summed_up(lines, adding.target)


@with_refusals
def join_waitlist(request: HttpRequest, target: Target) -> HttpResponse:
    """Put people at the end of the line, in the order given."""
    _check_allowed(request, target, JoinPeople())
    picking = Picking(request, target)
    form = JoinForm(request.POST if picking.step == "add" else None, target=target)
    context = {"picking": picking, "form": form}
    if picking.step != "add" or not _is_ready(picking, None) or not form.is_valid():
        return _pick(request, target, context, JoinPeople, "join")
    return finish(
        request,
        frame_of(request, target),
        _join(request, target, picking, form),
    )


def _join(request: HttpRequest, target: Target, picking: Picking, form: JoinForm) -> Done:
    done = Done("", 0)
    decided = {
        "reason": form.reason,
        "override_closed": form.cleaned_data.get("override_closed", False),
        "notify": form.cleaned_data["notify"],
    }
    for person in picking.people:
        try:
            actions.join_waitlist(target, person, actor=Actor.staff(request.user), **decided)  # type: ignore[arg-type]
        except Refusal as refusal:
            done.refuse(refusal.message, name_of(person))
        else:
            done.count += 1
    said = ngettext("%(n)d person is in line.", "%(n)d people are in line.", done.count)
    return done.saying(said % {"n": done.count})
