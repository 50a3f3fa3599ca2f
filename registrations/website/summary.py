"""The agenda in short: the bar at the bottom, the panel at the right, the number in the header."""

from __future__ import annotations

import secrets
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial

from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import counted
from registrations.rules import clashes, would_be_held
from registrations.website.fragments import fragments
from registrations.website.paths import path_of
from registrations.website.visitor import Visitor
from sessions_app.models import Session


@dataclass(frozen=True)
class SummaryLine:
    """One session in the panel, and what is to be known about it."""

    session: Session
    tone: str
    icon: str
    words: str


@dataclass(frozen=True)
class Summary:
    """The visitor's agenda, small enough to stand beside every list."""

    lines: list[SummaryLine]
    words: str
    url: str
    button: str
    button_url: str
    is_registered: bool
    # Of a draft with wishes for sessions that a draw gives: their page.
    wishes_url: str = ""

    @property
    def count(self) -> int:
        """The number of sessions the visitor has here, seats and places in line."""
        return len(self.lines)

    @property
    def drawn_lines(self) -> SafeString:
        """The panel's lines, each drawn once for what it says."""
        return SafeString("".join(map(_drawn_line, self.lines)))  # nosec B703 # drawn by a template

    @property
    def plain_lines(self) -> SafeString:
        """The lines of a form, without the ways to their pages: nobody shall leave it by mistake."""
        draw = partial(_drawn_line, template="_finish_line")
        return SafeString("".join(map(draw, self.lines)))  # nosec B703 # drawn by a template


# Nobody outside this process knows them, so no text that a person wrote can hold one.
_LINES, _PLAIN_LINES, _URL, _BUTTON_URL, _WISHES_URL = (
    f"{name}{secrets.token_hex(16)}" for name in ("lines", "plain", "url", "button", "wishes")
)


@dataclass(frozen=True)
class _Frame:
    """A summary for whatever agenda has so many sessions: marks stand in place of its lines and addresses."""

    count: int
    words: str
    button: str
    is_registered: bool
    url: str = _URL
    button_url: str = _BUTTON_URL
    lines: str = _LINES
    wishes_url: str = ""

    @property
    def drawn_lines(self) -> SafeString:
        """The mark."""
        return SafeString(self.lines)  # nosec B703 # a mark

    @property
    def plain_lines(self) -> SafeString:
        """The mark of plain ones."""
        return SafeString(_PLAIN_LINES)  # nosec B703 # a mark


def changed_summary(summary: Summary) -> SafeString:
    """The panel, the bar and the number as they are now, each for its place on the page."""
    return drawn_summary("summary_changed", summary)


def drawn_summary(name: str, summary: Summary, **more: Hashable) -> SafeString:
    """The partial of this name: drawn once for all agendas of as many sessions, whose own lines are put in last."""
    said = (summary.count, summary.words, summary.button, summary.is_registered)
    wishes_url = summary.wishes_url and _WISHES_URL

    def draw() -> str:
        frame = _Frame(*said, lines=_LINES if summary.lines else "", wishes_url=wishes_url)
        return get_template(f"website/partials/_{name}.html").render({"summary": frame, **more})

    html = fragments.drawn((name, said, bool(wishes_url), *more.values()), draw)
    html = html.replace(_URL, conditional_escape(summary.url))
    html = html.replace(_BUTTON_URL, conditional_escape(summary.button_url))
    html = html.replace(_WISHES_URL, conditional_escape(summary.wishes_url))
    if _LINES in html:
        html = html.replace(_LINES, summary.drawn_lines)
    if _PLAIN_LINES in html:
        html = html.replace(_PLAIN_LINES, summary.plain_lines)
    return SafeString(html)  # nosec B703 # drawn by a template, and what was put in is escaped


def _drawn_line(line: SummaryLine, template: str = "_panel_line") -> str:
    session = line.session

    def draw() -> str:
        return get_template(f"website/partials/{template}.html").render({"line": line})

    said = (session.event.slug, session.event.timezone, session.uuid, session.name)
    when = (session.date, session.starts_at)
    return fragments.drawn((template, said, when, line.tone, line.icon, line.words), draw)


def summary_of(visitor: Visitor) -> Summary | None:
    """Return the visitor's agenda in short; None where the event lets nobody choose."""
    if visitor.registration:
        return _of_registration(visitor)
    return _of_draft(visitor) if visitor.event.allow_custom_agenda else None


def own_page(visitor: Visitor) -> str:
    """The path of the visitor's own page: the personal one, or the agenda chosen so far; "/" where there is none."""
    if visitor.registration:
        return reverse("manage", args=[visitor.event.slug, visitor.token])
    return path_of("agenda", visitor.event.slug) if visitor.event.allow_custom_agenda else "/"


def _of_registration(visitor: Visitor) -> Summary:
    page = own_page(visitor)
    held = [SummaryLine(session, "mine", "check", _("You have a seat")) for session in visitor.mine]
    waits = [
        _waiting_line(item.session, item.status) for item in visitor.standing.items.values() if item.session
    ]
    held += [SummaryLine(session, "mine", "check", _("With your pass")) for session in visitor.by_pass]
    lines = _by_time([*held, *waits])
    return Summary(lines, _counted(len(held), len(waits)), page, _("My page"), page, True)


def _waiting_line(session: Session, status: str) -> SummaryLine:
    if status == "invited":
        return SummaryLine(session, "invited", "diamond", _("A seat is held for you"))
    return SummaryLine(session, "waiting", "clock", _("Waiting"))


def _of_draft(visitor: Visitor) -> Summary:
    held = would_be_held(visitor.chosen)
    lines = [_draft_line(session, held) for session in visitor.chosen]
    waits = sum(line.tone == "waiting" for line in lines)
    finish = path_of("finish_registration", visitor.event.slug)
    words = _counted(len(lines) - waits, waits)
    wishes, wishes_url = len(visitor.drafted_wishes), ""
    if wishes:
        said = ngettext("%(n)d wish", "%(n)d wishes", wishes) % {"n": wishes}
        words = f"{words} · {said}" if lines else said
        wishes_url = path_of("wishes", visitor.event.slug)
    button = _("Finish registration")
    return Summary(_by_time(lines), words, own_page(visitor), button, finish, False, wishes_url)


def _draft_line(session: Session, held: list[Session]) -> SummaryLine:
    if session in held and clashes(session, held):
        return SummaryLine(session, "clash", "triangle", _("Clashes"))
    if session.seats.has_seat_for_newcomer:
        return SummaryLine(session, "mine", "check", _("Chosen"))
    if session.waitlist_enabled:
        return SummaryLine(session, "waiting", "clock", _("Will join the waitlist"))
    return SummaryLine(session, "full", "square", _("Fully booked"))


def _by_time(lines: list[SummaryLine]) -> list[SummaryLine]:
    return sorted(lines, key=lambda line: line.session.place_in_programme)


def _counted(seats: int, waits: int) -> str:
    """“4 sessions · 1 waiting”."""
    words = counted.sessions(seats)
    return f"{words} · {counted.waiting(waits)}" if waits else words
