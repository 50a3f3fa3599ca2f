"""Before a session moves: who is affected (requirements C7). Nothing is saved until somebody has seen it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.verbs import Consequence
from events.errors import Refusal
from registrations.admin import words
from registrations.moves import MoveConsequences, SessionFacts, consequences_of_move
from sessions_app.models import Session

CONFIRMED = "_confirmed"
EDIT_AGAIN = "_edit_again"
NAMES_SHOWN = 10
# What the confirm page sends by itself.
OWN_KEYS = {"csrfmiddlewaretoken", CONFIRMED, EDIT_AGAIN, "notify"}


class NotSavedYet(Refusal):
    """Somebody saw the consequences of a move and went back to the form."""

    code = "not_saved_yet"
    default_message = gettext_lazy("Nothing is saved yet. Change what you like, then save.")


class MovingAdmin(admin.ModelAdmin):
    """A ModelAdmin that asks before a session with people in it moves, or becomes too small for them."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """As Django's, with a page in between where people are affected."""
        if request.method == "POST" and object_id and CONFIRMED not in request.POST:
            if EDIT_AGAIN in request.POST:
                request.seatwise_refusal = NotSavedYet()  # type: ignore[attr-defined]
            else:
                page = self._page_before_move(request, object_id)
                if page is not None:
                    return page
        return super().changeform_view(request, object_id, form_url, extra_context)

    def is_told(self, request: HttpRequest) -> bool:
        """True unless whoever confirmed decided to tell nobody."""
        return CONFIRMED not in request.POST or "notify" in request.POST

    def _page_before_move(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        session: Any = self.get_object(request, unquote(object_id))
        if session is None or not self.has_change_permission(request, session):
            return None
        before = self.get_object(request, unquote(object_id))
        form: Any = self.get_form(request, session, change=True)(
            request.POST, request.FILES, instance=session
        )
        if not form.is_valid():
            return None
        after, capacity = SessionFacts.of(form.instance), self._room_for(form)
        affected = consequences_of_move(before, after, capacity)  # type: ignore[arg-type]
        moves = SessionFacts.of(before).concerns_people(after)  # type: ignore[arg-type]
        shrinks = form.is_capacity_changed and affected.room_too_small_by
        if not affected.registered or not (moves or shrinks):
            return None
        return self._ask_about_move(request, before, form.instance, affected, moves)

    def _room_for(self, form: Any) -> int | None:
        """How many fit after the move: the capacity as typed, and the place's own where another is chosen."""
        limits = [form.cleaned_data.get("capacity")]
        if form.is_location_changed:
            limits.append(form.capacity_of_place())
        return min((limit for limit in limits if limit is not None), default=None)

    def _ask_about_move(
        self, request: HttpRequest, before: Any, after: Session, affected: MoveConsequences, moves: bool
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Before you save: who is affected"),
            "opts": self.opts,
            "original": before,
            "consequences": list(_table(before, after, affected, moves)),
            "moves": moves,
            "typed": [
                (name, value)
                for name, values in request.POST.lists()
                if name not in OWN_KEYS
                for value in values
            ],
            "button": _button(affected.registered) if moves else _("Save the smaller capacity"),
            "confirmed": CONFIRMED,
            "edit_again": EDIT_AGAIN,
        }
        return TemplateResponse(request, "admin/verbs/move.html", context)


def _table(before: Session, after: Session, affected: MoveConsequences, moves: bool) -> Any:
    registered = ngettext("%(n)d registered", "%(n)d registered", affected.registered) % {
        "n": affected.registered
    }
    if moves:
        yield Consequence(registered, _when_and_where(before), _when_and_where(after))
    if affected.now_clashing:
        names = ", ".join(str(contact) for contact in affected.now_clashing[:NAMES_SHOWN])
        more = len(affected.now_clashing) - NAMES_SHOWN
        who = f"{names} {_('and %(n)d more') % {'n': more}}" if more > 0 else names
        yield Consequence(who, _("no clash"), _("clash with another session they hold; they keep both seats"))
    if affected.room_too_small_by:
        fits = affected.registered - affected.room_too_small_by
        then = _("too small by %(n)d: only %(fits)d fit; nobody is removed")
        shown = then % {"n": affected.room_too_small_by, "fits": fits}
        yield Consequence(_("The room"), words.taken_of(before.seats), shown)


def _when_and_where(session: Session) -> str:
    place = session.room or session.building or _("no place")
    return f"{words.hours(session, session.event)} · {place}"


def _button(registered: int) -> str:
    return ngettext("Move, with %(n)d person in it", "Move, with %(n)d people in it", registered) % {
        "n": registered
    }
