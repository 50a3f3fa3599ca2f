"""What stands beside sessions, to be put in its place on a page that is open: drawn once for each shape that it has.

All that is one session's or one request's own is no part of what is kept: marks stand in its place, replaced last.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from html import escape
from types import SimpleNamespace
from typing import Any

from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from events.names import isolated
from registrations.website.fragments import fragments
from registrations.website.seats import Seat, seat_with

# Nobody outside this process knows them, so no text that a person wrote can hold one. They fit into an address.
_NAMES = ("uuid", "name", "slug", "words", "note", "url", "link", "options", "giveup")
CSRF, HERE = (f"{name}{secrets.token_hex(16)}" for name in ("csrf", "here"))
_MARKS = SimpleNamespace(**{name: f"{name}{secrets.token_hex(16)}" for name in _NAMES})
_SESSION: Any = SimpleNamespace(
    uuid=_MARKS.uuid, name=_MARKS.name, event=SimpleNamespace(slug=_MARKS.slug), event_id=None
)
_GIVEN_UP: Any = (SimpleNamespace(uuid=_MARKS.giveup),)


def states_of(seats: Iterable[Seat], here: str, csrf_token: Any, *, are_elsewhere: bool = True) -> SafeString:
    """What stands beside each of these sessions, without the rest of its row; `are_elsewhere`: each finds its place."""
    html = "".join([marked_state(seat, is_elsewhere=are_elsewhere) for seat in seats])
    if CSRF in html:
        html = html.replace(CSRF, conditional_escape(str(csrf_token)))
    # Drawn by a template, and what was put in is escaped.
    return SafeString(html.replace(HERE, conditional_escape(here)))  # nosec B703


def marked_state(seat: Seat, *, is_elsewhere: bool = False, is_plain: bool = False) -> str:
    """What stands beside the session, with `CSRF` and `HERE` where the request's own belong."""
    session = seat.session
    html = _shape(seat, is_elsewhere, is_plain)
    told = [
        (_MARKS.uuid, str(session.uuid)),
        (_MARKS.slug, session.event.slug),
        (_MARKS.name, isolated(session.name)),
        (_MARKS.words, seat.words),
        (_MARKS.note, seat.note),
        (_MARKS.url, seat.url),
        (_MARKS.link, seat.link),
        (_MARKS.options, seat.options),
    ]
    if seat.give_up:
        told.append((_MARKS.giveup, ",".join([str(other.uuid) for other in seat.give_up])))
    for mark, value in told:
        if value:
            html = html.replace(mark, _escaped(value))
    return html


def _escaped(value: object) -> str:
    """The words as `conditional_escape` has them, which first looks for some to be translated later."""
    text = str(value)
    return text if hasattr(text, "__html__") else escape(text)


def _shape(seat: Seat, is_elsewhere: bool, is_plain: bool) -> str:
    """The state with marks for what it says of this session alone."""
    said = (bool(seat.words), bool(seat.note), bool(seat.url), bool(seat.link), bool(seat.options))
    of_all = (seat.state, seat.tone, seat.icon, seat.verb, seat.label, seat.in_line, seat.walks)
    key = ("state", of_all, said, bool(seat.give_up), is_elsewhere, is_plain)

    def draw() -> str:
        marked = seat_with(
            seat,
            session=_SESSION,
            words=seat.words and _MARKS.words,
            note=seat.note and _MARKS.note,
            url=seat.url and _MARKS.url,
            link=seat.link and _MARKS.link,
            options=seat.options and _MARKS.options,
            give_up=seat.give_up and _GIVEN_UP,
        )
        context = {
            "seat": marked,
            "oob": is_elsewhere,
            "is_plain": is_plain,
            "here": HERE,
            "csrf_token": CSRF,
        }
        return get_template("website/partials/_seat.html").render(context)

    return fragments.drawn(key, draw)
