"""The page on which a session moves: by a form, or dropped on the calendar; what it would do is shown first."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.actors import Actor
from events.admin.asking import TellOfMoveForm
from events.admin.verbs import Consequence, Frame, back_of, change_url, page
from events.errors import Refusal
from events.forms.effects import save_columns
from events.retrying import action
from events.roles import events_named_to
from registrations.moves import TimeAndPlace
from sessions_app.admin.moving import preview_of_move, when_and_where
from sessions_app.forms import MoveSessionForm
from sessions_app.forms.effects import act_on_session_changes
from sessions_app.models import Session
from sessions_app.queries import warnings_of


class MovePageAdmin(admin.ModelAdmin):
    """A ModelAdmin with a page of its own for moving a session."""

    def get_urls(self) -> list[Any]:
        move = self.admin_site.admin_view(self.move)
        return [
            path("<int:object_id>/move/", move, name="sessions_app_session_move"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add the way to that page."""
        session = context.get("original")
        if session is not None and _can_move(session) and self.has_change_permission(request, session):
            url = reverse("admin:sessions_app_session_move", args=[session.pk])
            button = {"url": url, "label": _("Move…"), "is_danger": False}
            context["verbs"] = [button, *context.get("verbs", [])]
        return super().render_change_form(request, context, *args, **kwargs)

    def move(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show what a move would do; once that was seen, move the session and go back."""
        session: Any = self.get_object(request, str(object_id))
        if session is None:
            raise Http404
        if not self.has_change_permission(request, session):
            raise PermissionDenied
        back = back_of(request) or change_url(session)
        if not _can_move(session):
            messages.info(request, _("A session that was cancelled stays where it was."))
            return redirect(back)
        before: Any = self.get_object(request, str(object_id))
        form = _form(request, session)
        if request.method == "POST" and form.is_valid() and form.is_seen:
            try:
                _save(request, before, form)
            except Refusal as refusal:
                return self._move_page(request, before, form, back, refusal)
            return redirect(back)
        return self._move_page(request, before, form, back)

    def _move_page(
        self,
        request: HttpRequest,
        before: Session,
        form: MoveSessionForm,
        back: str,
        refusal: Refusal | None = None,
    ) -> HttpResponse:
        """The form, and below it what the move that was typed would do."""
        preview, consequences = None, []
        is_bound = form.is_bound
        if is_bound and form.is_valid() and form.changed_data:
            preview = preview_of_move(before, form, sees=events_named_to(request.user))
            here, there = when_and_where(before), when_and_where(form.instance)
            consequences = [
                *([] if preview.told else [Consequence(_("The session"), here, there)]),
                *preview.consequences,
            ]
            form.show_as_seen()
        status = refusal.status if refusal else 422 if form.is_bound and not form.is_valid() else 200
        return page(
            request,
            _frame(before, back),
            "move",
            status,
            folder="sessions",
            form=form,
            now=when_and_where(before),
            preview=preview,
            consequences=consequences,
            is_unchanged=is_bound and form.is_valid() and not form.changed_data,
            tell=TellOfMoveForm(request.POST if request.POST.get("seen") else None),
            refusal=refusal,
        )


def _can_move(session: Session) -> bool:
    return session.cancelled_at is None and session.event.cancelled_at is None


def _form(request: HttpRequest, session: Session) -> MoveSessionForm:
    """The form: as sent; as the session was dropped on the calendar; else as the session is."""
    if request.method == "POST":
        return MoveSessionForm(request.POST, instance=session)
    unbound = MoveSessionForm(instance=session)
    if "start_time" not in request.GET:
        return unbound
    return MoveSessionForm(unbound.dropped(request.GET), instance=session)


def _frame(session: Session, back: str) -> Frame:
    event = session.event
    rows = reverse("admin:events_event_changelist")
    trail: list[tuple[Any, str]] = [
        (capfirst(str(event._meta.verbose_name_plural)), rows),
        (event, f"{change_url(event)}?tab=agenda"),
        (session, change_url(session)),
    ]
    return Frame(_("Move: %(name)s") % {"name": session}, trail, back, here=_("Move"))


def _save(request: HttpRequest, before: Session, form: MoveSessionForm) -> None:
    """Move the session, and say whom it concerned."""
    told = _move(before, form, Actor.staff(request.user), notify="notify" in request.POST)  # type: ignore[arg-type]
    session = form.instance
    said = _("“%(name)s” is now %(when)s.") % {"name": session, "when": when_and_where(session)}
    if told:
        more = ngettext("%(n)d person is told of the change.", "%(n)d people are told of the change.", told)
        said = f"{said} {more % {'n': told}}"
    messages.success(request, said)
    for warning in warnings_of(session, sees=events_named_to(request.user)):
        messages.warning(request, warning.detail)


@action
@transaction.atomic
def _move(before: Session, form: MoveSessionForm, actor: Actor, *, notify: bool) -> int:
    """Save the move with all that follows from it, or nothing; how many are told."""
    was = TimeAndPlace.of(before)
    save_columns(form.instance, form.changed_columns())
    return act_on_session_changes(was, form.instance, form, actor=actor, notify=notify)
