"""Display only: times in the right zone, seats in words, icons, the event's colour. No queries."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from events import counted
from events.colours import accent_pair
from events.languages import codes, name_of
from events.models import Event, Pass, SeatCount
from events.names import isolated
from events.numbers import Grouped, with_number
from events.ranking import marked
from events.zones import abbreviation, hours_in_words
from sessions_app.models import Session, SessionTrack

register = template.Library()
register.filter("isolated", isolated)
register.filter("marked", marked)
# Fewer seats than this, or than a tenth of all, are called few.
FEW_SEATS = 5
NAMES_OF_A_PASS = 6


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return the icon; it says nothing to a screen reader, so a word must stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("img/icons.svg"), name
    )


@register.simple_tag
def dot(colour: str) -> SafeString:
    """Return a small disc in a track's colour. Presentation attributes pass a policy without inline styles."""
    return format_html(
        '<svg class="dot" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill="{}"/></svg>',
        colour or "currentColor",
    )


@register.simple_tag
def track_dot(track: SessionTrack) -> SafeString:
    """Return the track's disc: in its own colour, else in one that its neighbours in the programme do not have."""
    # The golden angle: however many follow one another, none is close to the one before.
    return dot(track.colour or f"oklch(62% 0.14 {track.pk * 137.5 % 360:.0f})")


@register.filter
def languages_offered(event: Event | None) -> list[tuple[str, str]]:
    """The languages of an event's pages, or of the whole site, each with what it calls itself."""
    offered = event.offered_languages if isinstance(event, Event) else codes()
    return [(code, name_of(code)) for code in codes() if code in offered]


@register.filter
def accent(event: Event) -> dict[str, str]:
    """Return the event's accent for light and dark pages."""
    light, dark = accent_pair(event.accent_colour)
    return {"light": light, "dark": dark}


@register.filter
def hours(session: Session) -> str:
    """“10:00–11:00” by the event's clock, and beside it by the session's own where that shows another time."""
    if not (session.starts_at and session.ends_at):
        return _("Time to be announced")
    return hours_in_words(session.starts_at, session.ends_at, session.event.zone, session.zone)


@register.filter
def online_from(session: Session) -> str:
    """The start, with the offset of the event's clocks then, of what can be followed from elsewhere; else nothing."""
    formats = {session.format, session.event.format}
    if not session.starts_at or formats == {Session.Format.ON_SITE}:
        return ""
    return session.starts_at.astimezone(session.event.zone).isoformat(timespec="minutes")


@register.filter
def starts(session: Session) -> str:
    """“10:00” by the event's clock."""
    return f"{session.starts_at.astimezone(session.event.zone):%H:%M}" if session.starts_at else "–"


@register.filter
def minutes(session: Session) -> str:
    """“50 min”, “2 h”, “1 h 30”."""
    if not (session.starts_at and session.ends_at):
        return ""
    whole, rest = divmod(int((session.ends_at - session.starts_at).total_seconds()) // 60, 60)
    if not whole:
        return _("%(minutes)d min") % {"minutes": rest}
    return _("%(hours)d h %(minutes)02d") % {"hours": whole, "minutes": rest} if rest else f"{whole} h"


@register.filter
def day(when: date | Session) -> str:
    """“Saturday 3 May”; of a session by the event's clock."""
    return date_format(when.day if isinstance(when, Session) else when, _("l j F"))


@register.filter
def short_day(when: date | Session) -> str:
    """“Sat 3 May”; of a session by the event's clock."""
    return date_format(when.day if isinstance(when, Session) else when, _("D j M"))


@register.filter
def whole_day(when: date) -> str:
    """“3 May 2031”."""
    return date_format(when, _("j F Y"))


@register.filter
def moment(when: datetime, event: Event) -> str:
    """“Sat 3 May, 10:00” in the event's zone."""
    return date_format(when.astimezone(event.zone), _("D j M, H:i"))


@register.filter
def span(event: Event) -> str:
    """“3–5 May 2031”, “30 April – 2 May 2031” or “3 May 2031”."""
    first, last = (edge.astimezone(event.zone).date() for edge in (event.starts_at, event.ends_at))
    if first == last:
        return whole_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{date_format(first, pgettext('first day of several', 'j'))}–{whole_day(last)}"
    form = _("j F") if first.year == last.year else _("j F Y")
    return f"{date_format(first, form)} – {whole_day(last)}"


@register.filter
def place(located: Any) -> str:
    """“Room 2 · Harbour Hall”: the room first, since that is what one looks for.

    Where the whole event is in one building, a session's room alone says it.
    """
    building = located.building
    if isinstance(located, Session) and located.room and located.building_id == located.event.building_id:
        building = None
    return " · ".join(isolated(part) for part in (located.room, building) if part)


@register.filter
def whole_place(located: Any) -> str:
    """“Room 2 · Harbour Hall”, for whoever reads it far from the programme."""
    return " · ".join(isolated(part) for part in (located.room, located.building) if part)


@register.filter
def zone_name(of: Event | Session) -> str:
    """“Europe/Brussels”, the event's zone; “Europe/Brussels (CEST)” of a session: as it is called when that begins.

    An event may lie on both sides of a clock change, and a letter may list sessions on both.
    """
    if isinstance(of, Event) or of.starts_at is None:
        return (of if isinstance(of, Event) else of.event).timezone.replace("_", " ")
    name, short = zone_name(of.event), abbreviation(of.starts_at, of.event.zone)
    return name if short == name or short.startswith("UTC") else f"{name} ({short})"


@register.filter
def seats_left(available: int | None) -> str:
    """“12 seats left”, “1 seat left”, “Seats for everyone”."""
    if available is None:
        return _("Seats for everyone")
    return with_number(ngettext("%(n)d seat left", "%(n)d seats left", available), available)


@register.filter
def are_few(available: int | None, seats: SeatCount) -> bool:
    """True when the last seats are going."""
    return are_last(available, seats.capacity)


def are_last(available: int | None, capacity: int | None) -> bool:
    """True when so few of so many seats are left."""
    if available is None or not capacity:
        return False
    return available <= max(FEW_SEATS, capacity // 10) and available < capacity


@register.filter
def grouped(number: int) -> Grouped:
    """The number with its digits grouped as the language does."""
    return Grouped(number)


@register.filter
def ordinal(position: int) -> str:
    """“1st”, “2nd”, “3rd”, “4th”; other languages have patterns of their own."""
    if position == 1:
        return pgettext("place in line", "1st")
    ending = 0 if position % 100 in {11, 12, 13} else position % 10
    pattern = {
        1: pgettext("place in line: 21, 31 …", "%(n)dst"),
        2: pgettext("place in line: 2, 22 …", "%(n)dnd"),
        3: pgettext("place in line: 3, 23 …", "%(n)drd"),
    }.get(ending, pgettext("place in line: all others", "%(n)dth"))
    return with_number(pattern, position)


@register.filter
def until_then(when: datetime) -> str:
    """“in 3 hours”, “in 2 days”; “now” once it has come."""
    left = when - timezone.now()
    if left <= timedelta(0):
        return _("now")
    if left < timedelta(hours=1):
        whole = max(1, int(left.total_seconds()) // 60)
        return ngettext("in %(n)d minute", "in %(n)d minutes", whole) % {"n": whole}
    if left < timedelta(days=2):
        whole = int(left.total_seconds()) // 3600
        return ngettext("in %(n)d hour", "in %(n)d hours", whole) % {"n": whole}
    return ngettext("in %(n)d day", "in %(n)d days", left.days) % {"n": left.days}


@register.filter
def initials(name: str) -> str:
    """“AD” for Ana Diaz."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@register.filter
def price(each: Pass) -> str:
    """“EUR 120”, “EUR 12.50”, “Free”; “EUR 12,50” where the language writes it so."""
    if not each.price:
        return _("Free")
    cents = 0 if each.price == int(each.price) else 2
    amount = number_format(each.price, cents, use_l10n=True, force_grouping=True)
    return f"{each.currency} {amount}"


@register.filter
def opened(each: Pass) -> str:
    """What the pass opens: “Opens the whole programme”, “3 sessions: Knots, Tides, Ropes”."""
    names = [isolated(session.name) for session in each.sessions.all()]
    if not names:
        return _("Opens the whole programme")
    words = counted.sessions(len(names))
    more = _(", and others") if len(names) > NAMES_OF_A_PASS else ""
    return f"{words}: {', '.join(names[:NAMES_OF_A_PASS])}{more}"


@register.filter
def pass_state(each: Pass, at: datetime) -> dict[str, str | bool]:
    """The pass's state, whether it may be had now: tone, icon and words, and perhaps what to do instead."""
    if not each.can_be_paid:
        return {"tone": "full", "icon": "dash", "words": _("Not on offer yet"), "may_be_had": False}
    if not each.is_on_sale(at):
        is_early = each.on_sale_from is not None and each.on_sale_from > at
        opens = each.on_sale_from if is_early else None
        words = (
            _("On sale %(when)s") % {"when": moment(opens, each.event)} if opens else _("No longer on sale")
        )
        return {"tone": "full", "icon": "dash", "words": words, "may_be_had": False}
    available = each.seats.available
    if available == 0:
        if each.has_line:
            words = _("Sold out – join the waitlist")
            return {"tone": "full", "icon": "square", "words": words, "may_be_had": True}
        instead = _("It has no waitlist. Look again later: one that is given back is on offer here at once.")
        words = _("Sold out")
        return {"tone": "full", "icon": "square", "words": words, "may_be_had": False, "instead": instead}
    if are_few(available, each.seats):
        words = with_number(ngettext("Only %(n)d left", "Only %(n)d left", available or 0), available or 0)
        return {"tone": "few", "icon": "half", "words": words, "may_be_had": True}
    words = (
        _("Available")
        if available is None
        else with_number(ngettext("%(n)d left", "%(n)d left", available), available)
    )
    return {"tone": "free", "icon": "circle", "words": words, "may_be_had": True}
