"""The page of one message: what it says, how far it has come, and the button that stops it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.actors import Actor
from events.admin import words
from events.admin.verbs import page
from registrations import actions
from registrations.admin.verbs import access
from registrations.admin.verbs.mail import CHANGE
from registrations.admin.verbs.pages import frame_of
from registrations.models import Message, MessagePortion, Notification


def message_page(request: HttpRequest, message: Any) -> HttpResponse:
    """Show how far a message has come; a POST stops it."""
    found = _found(request, message)
    if request.method == "POST":
        withdrawn = actions.stop_message(found, actor=Actor.staff(request.user))  # type: ignore[arg-type]
        said = ngettext(
            "Stopped. %(n)d mail was withdrawn.", "Stopped. %(n)d mails were withdrawn.", withdrawn
        )
        messages.success(request, said % {"n": withdrawn})
        return redirect("admin:message_page", found.uuid)
    context: dict[str, Any] = {"message": found, "figures": figures_of([found])[found.pk]}
    if request.headers.get("HX-Request"):
        return TemplateResponse(request, "admin/messages/_progress.html", context)
    target = found.session or found.event
    zone, who = found.event.zone, found.user or "Seatwise"
    facts = [_("Sent by %(who)s, %(when)s") % {"who": who, "when": words.moment(found.created_at, zone)}]
    if found.stopped_at:
        facts.append(_("stopped %(when)s") % {"when": words.moment(found.stopped_at, zone)})
    frame = frame_of(request, target, found.subject)
    return page(request, frame, "message", folder="messages", said=" · ".join(facts), **context)


def _found(request: HttpRequest, message: Any) -> Message:
    """The message, for whoever may send some there. Raises Http404 at an event that is none of theirs."""
    found = get_object_or_404(
        Message.objects.select_related("event__seats", "session__seats", "session__event", "user"),
        uuid=message,
    )
    if not access.visible_events(request.user).filter(pk=found.event_id).exists():
        raise Http404
    if not access.may(request.user, found.event, *CHANGE):
        raise PermissionDenied
    return found


def figures_of(sent: Iterable[Message]) -> dict[int, dict[str, int]]:
    """How many mails of each message there are or will be, were sent, wait, or will not be sent."""
    known = {message.activity_id: message.pk for message in sent}
    rows = Notification.objects.filter(activity__in=known).order_by().values("activity")
    counted = rows.annotate(
        all=Count("pk"),
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        ended=Count("pk", filter=Q(sent_at=None, given_up_at__isnull=False)),
    )
    mails: dict[int, Any] = {known[row["activity"]]: row for row in counted}
    portions = MessagePortion.objects.filter(message__in=known.values()).order_by()
    unwritten = dict(portions.values_list("message").annotate(Sum("size")))
    return {pk: _figures(mails.get(pk, {}), unwritten.get(pk, 0)) for pk in known.values()}


def _figures(counted: Mapping[str, int], unwritten: int) -> dict[str, int]:
    total, sent, ended = (counted.get(name, 0) for name in ("all", "sent", "ended"))
    total += unwritten
    return {"total": total, "sent": sent, "ended": ended, "waiting": total - sent - ended}


def state_of(message: Message, figures: dict[str, int]) -> str:
    """Where the message is, in a word."""
    if message.stopped_at:
        return _("Stopped")
    return _("On its way") if figures["waiting"] else _("Sent")
