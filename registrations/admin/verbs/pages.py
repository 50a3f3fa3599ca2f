"""The frame of the pages around a verb of an event or a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from events.admin.verbs import Frame, back_of, change_url, refused
from events.errors import Refusal
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target

View = Callable[..., HttpResponse]


def frame_of(
    request: HttpRequest, target: Target, title: Any = "", carried: Sequence[tuple[str, Any]] = ()
) -> Frame:
    """Return the frame of a page about `target`."""
    event = access.event_of(target)
    trail: list[tuple[Any, str]] = [(event, change_url(event))]
    about = str(target)
    if target is not event:
        trail.append((target, change_url(target)))
        about = f"{target} · {event}"
    return Frame(title, trail, back_url(request, target), about, carried=carried)


def back_url(request: HttpRequest, target: Target) -> str:
    """Return where the person came from, if that is here; else the target's list of registrations."""
    return back_of(request) or f"{change_url(target)}?tab=registration"


def with_refusals(view: View) -> View:
    """Find the event or session, call the view with it, and turn its refusals into a page."""

    @wraps(view)
    def wrapped(request: HttpRequest, kind: str, pk: int, **kwargs: Any) -> HttpResponse:
        target = access.find(request.user, kind, pk)
        try:
            return view(request, target, **kwargs)
        except Refusal as refusal:
            return refused(request, frame_of(request, target), refusal)

    return wrapped
