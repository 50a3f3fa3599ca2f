"""The pages of somebody's wishes in a draw: ordered, taken out, changed until it closes; before a name is given too."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from events.actors import ATTENDEE
from events.errors import Invalid
from events.limits import check_visitor
from events.models import Event
from events.names import isolated
from registrations.actions import order_drafted_wishes, state_wishes
from registrations.models import Draw
from registrations.models.tickets import MOST_WISHES
from registrations.queries import draws_for, first_names_on, holder_of, stated_by
from registrations.queries.draws import draws_of_sessions
from registrations.website import kept
from registrations.website.personal import personal
from registrations.website.proving import has_proved, registration_of, to_prove
from registrations.website.refusals import at_event, private
from registrations.website.visitor import Visitor, visitor_of
from registrations.website.wish_list import WishesForm, WishLine, identity_in, lines_of, not_drawn
from sessions_app.models import Session


@at_event
def wishes(request: HttpRequest, event: Event) -> HttpResponse:
    """The wishes of a draft: shown (GET), ordered anew (POST). They are in no draw before a name is given."""
    visitor = visitor_of(request, event)
    if visitor.registration:
        return redirect("manage_wishes", event.slug, visitor.token)
    drafted = visitor.drafted_wishes
    form = WishesForm(kept.data_of(request), stated=[(session, None) for session in drafted], may_wait=False)

    def act(form: WishesForm) -> HttpResponse:
        if visitor.draft is None:
            return redirect("session_list", event.slug)
        check_visitor("draft", visitor.draft.uuid.hex)
        order_drafted_wishes(visitor.draft, _named(form, drafted, None), drafted)
        return _back(request, form)

    def show(form: WishesForm, status: int) -> HttpResponse:
        closing = {
            draw.pk: draw
            for draw in draws_of_sessions([session.pk for session in drafted]).values()
            if draw.is_open(visitor.at)
        }
        context = _context(request, visitor, form, form.lines())
        context |= {"closing": sorted(closing.values(), key=lambda draw: draw.closes_at), "may_change": True}
        return _shown_once(request, private(_shown(request, context, status)))

    return kept.form_page(request, form, show, act)


@personal
def manage_wishes(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The wishes of a registration, and with whom they are said (GET); ordered anew (POST) until the draw closes."""
    registration = registration_of(visitor)
    draws = draws_for(registration, visitor.at)
    draw = named_draw(request, draws, visitor)
    if draw is None:
        messages.info(request, _("No draw takes wishes at the moment."))
        return redirect("manage", visitor.event.slug, visitor.token)
    if draw.publishing_at:
        return redirect("manage_draw", visitor.event.slug, visitor.token)
    stated = stated_by(registration, draw)
    may_change = draw.is_open(visitor.at)
    form = WishesForm(kept.data_of(request), stated=stated, may_wait=may_change)

    def act(form: WishesForm) -> HttpResponse:
        if not has_proved(request, registration):
            return to_prove(request, visitor)
        check_visitor("wishes", registration.uuid.hex)
        known = [session for session, _most in stated]
        listed = [(session, form.most_for(session)) for session in _named(form, known, draw)]
        state_wishes(registration, draw, listed, known=known, actor=ATTENDEE)
        return _back(request, form)

    def show(form: WishesForm, status: int) -> HttpResponse:
        lines = form.lines(visitor.mine)
        if not may_change:
            lines = lines_of([session for session, _most in stated], visitor.mine)
        context = _context(request, visitor, form, lines) | _group(request, visitor, draw)
        context |= {"draw": draw, "closing": [draw] if may_change else [], "may_change": may_change}
        context["others"] = [each for each in draws if each != draw and each.is_running]
        return _shown_once(request, _shown(request, context, status))

    return kept.form_page(request, form, show, act)


def _shown(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    """The page, or the list alone where htmx puts it into the page that is there.

    A whole page would bring its own style, which the page that is there does not let in.
    """
    part = request.headers.get("HX-Target") == "wishes"
    template = "website/partials/_wish_list.html" if part else "website/wishes.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Target"])
    return response


def _shown_once(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The page; what was sent in vain is not shown another time, since the list may be another by then."""
    if request.method == "GET" and kept.COOKIE in request.COOKIES:
        response.delete_cookie(kept.COOKIE, path=request.path, samesite="Lax")
    return response


def _group(request: HttpRequest, visitor: Visitor, draw: Draw) -> dict[str, Any]:
    """With whom the visitor shares a ticket, and the whole link that lets others onto it."""
    holder = holder_of(registration_of(visitor), draw)
    if holder is None:
        return {"holder": None, "together": []}
    path = reverse("wish_group", args=[visitor.event.slug, holder.ticket.invitation])
    return {
        "holder": holder,
        "together": first_names_on(holder),
        "group_url": request.build_absolute_uri(path),
    }


def named_draw(request: HttpRequest, draws: Sequence[Draw], visitor: Visitor) -> Draw | None:
    """The draw that the address names; without one the draw that takes wishes, else the newest of one's own."""
    named = identity_in(request.GET.get("draw", ""))
    open_now = sorted((each for each in draws if each.is_open(visitor.at)), key=lambda each: each.closes_at)
    return next((each for each in draws if each.uuid == named), next(iter([*open_now, *draws]), None))


def _named(form: WishesForm, known: Sequence[Session], draw: Draw | None) -> list[Session]:
    """The sessions in the order that was sent. Raises Invalid for one that is not drawn here."""
    found = {session.uuid: session for session in known}
    unknown = [each for each in form.order if each not in found]
    if unknown and draw is not None:
        found |= {each.uuid: each for each in Session.objects.live().filter(draws=draw, uuid__in=unknown)}
    if any(each not in found for each in form.order):
        raise Invalid(not_drawn())
    return [found[each] for each in form.order]


def _back(request: HttpRequest, form: WishesForm) -> HttpResponse:
    """To the list by GET, which says what was done."""
    moved: uuid.UUID | None = form.moved
    query = request.GET.copy()
    for name in ("changed", "removed", "saved"):
        query.pop(name, None)
    if moved is None:
        query["saved"] = "1"
    elif form.is_removal:
        known = [session.uuid for session, _most in form.stated]
        query["removed"] = f"{moved}@{known.index(moved) + 1 if moved in known else 1}"
    else:
        query["changed"] = str(moved)
    there = f"#wish-{moved}" if moved and not form.is_removal else "#wishes"
    return HttpResponseRedirect(f"{request.path}?{query.urlencode()}{there}", status=303)


def _context(
    request: HttpRequest, visitor: Visitor, form: WishesForm, lines: list[WishLine]
) -> dict[str, Any]:
    query = request.GET.copy()
    for name in ("changed", "removed", "saved"):
        query.pop(name, None)
    return {
        "event": visitor.event,
        "visitor": visitor,
        "token": visitor.token,
        "form": form,
        "lines": lines,
        "most": MOST_WISHES,
        "said": _said(request, lines),
        "removed": _removed(request, visitor, lines),
        "action": f"{request.path}?{query.urlencode()}" if query else request.path,
        "section": "agenda",
    }


def _said(request: HttpRequest, lines: Sequence[WishLine]) -> str:
    """What the last press did, for eyes and ears."""
    changed = identity_in(request.GET.get("changed", ""))
    for line in lines:
        if line.session.uuid == changed:
            words = _("“%(name)s” is your wish %(rank)d of %(n)d now. Saved.")
            return words % {"name": isolated(line.session.name), "rank": line.rank, "n": len(lines)}
    return _("Saved.") if "saved" in request.GET else ""


def _removed(request: HttpRequest, visitor: Visitor, lines: Sequence[WishLine]) -> dict[str, str] | None:
    """The wish that was just taken out, and the button that puts it back where it was."""
    named, _at, rank = request.GET.get("removed", "").partition("@")
    which = identity_in(named)
    if which is None or any(line.session.uuid == which for line in lines):
        return None
    session = Session.objects.live().filter(event=visitor.event, uuid=which).first()
    return {"name": session.name, "again": f"again-{which}@{rank}"} if session else None
