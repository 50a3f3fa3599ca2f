"""Pages of events: the list of all, and each event's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models import Event, Pass, Room, Sponsor
from events.replica import newcomers_read_replica
from events.searching import with_words
from events.templatetags.seatwise import pass_state
from registrations.models import Draw
from registrations.website.face.sharing import of_event, of_list
from registrations.website.face.structured import as_script, event_data
from registrations.website.fragments import fragments
from registrations.website.own_parts import own_parts
from registrations.website.paging import page_links
from registrations.website.phases import phase_of
from registrations.website.public_draw import announced
from registrations.website.refusals import at_event
from registrations.website.shown_programme import passes_now
from registrations.website.skeletons import Sketch, answer, drawn, sketch_of
from registrations.website.summary import summary_of
from registrations.website.visitor import Visitor, visitor_of
from sessions_app.models import Session, SessionTrack, Speaker

EVENTS_A_PAGE = 24
SPEAKERS_SHOWN = 24
SORTS = {"date": ("starts_at", "name"), "-date": ("-starts_at", "name"), "name": ("name",)}
SORT_LABELS = {"date": _("Soonest first"), "-date": _("Latest first"), "name": _("Name")}


@newcomers_read_replica
def event_list(request: HttpRequest) -> HttpResponse:
    """The list of live events that are not over, with search and sort; past ones on request."""
    words = request.GET.get("q", "")[:100].strip()
    sort = request.GET.get("sort", "date")
    sort = sort if sort in SORTS else "date"
    past = request.GET.get("past") == "1"
    rows = _found(words, past=past).order_by(*SORTS[sort])
    page = Paginator(rows, EVENTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "words": words, "sort": sort, "sorts": SORT_LABELS.items(), "past": past}
    context["shared"] = of_list()
    context["pages"] = page_links(request, page)
    return render(request, "website/event_list.html", context)


def _found(words: str, *, past: bool) -> QuerySet[Event]:
    now = timezone.now()
    rows = Event.objects.live().select_related("building", "room", "header_picture")
    rows = rows.filter(ends_at__lt=now) if past else rows.filter(ends_at__gte=now)
    return with_words(rows, words, ["name", "description", "building__name"])


@dataclass(frozen=True)
class DayAtAGlance:
    """One day of the programme, in short."""

    date: date
    sessions: int


@newcomers_read_replica
@at_event
def event_page(request: HttpRequest, event: Event) -> HttpResponse:
    """The event's page: what, when and where, and the one button; then days, tracks, speakers, places and passes."""
    visitor = visitor_of(request, event)
    state, passes = registration_state(visitor), passes_now(event)
    offered = [
        (each.pk, *pass_state(each, visitor.at).values(), each.seats.available == 0) for each in passes
    ]
    key = (request.path, phase_of(visitor), state, tuple(offered))
    sketch = sketch_of(event, key, lambda: _sketch(request, visitor, state, passes))
    has_programme, has_draws = sketch.data
    holes = {
        **own_parts(visitor),
        "register_button": lambda: _register_button(visitor, state, has_programme),
        "drawing": lambda: _drawing(visitor) if has_draws else "",
    }
    return answer(request, sketch, holes)


def _drawing(visitor: Visitor) -> str:
    """How the event's draw stands now."""
    found = announced(visitor.event, visitor.at)
    context = {**(found or {}), "event": visitor.event}
    return render_to_string("website/partials/_draw_announced.html", context) if found else ""


def _register_button(visitor: Visitor, state: str, has_programme: bool) -> str:
    """The one button, and what is said beside it."""
    event, summary = visitor.event, summary_of(visitor)
    context = {"event": event, "state": state, "summary": summary, "has_programme": has_programme}

    def draw() -> str:
        return render_to_string("website/partials/_register_button.html", context)

    if event.shown_as is None or summary is None or summary.is_registered:
        return draw()
    waiting = event.seats.waiting if state == "wait" else 0
    key = (event.pk, event.shown_as, state, waiting, has_programme, bool(summary.count))
    return fragments.drawn(("register_button", key), draw)


def _sketch(request: HttpRequest, visitor: Visitor, state: str, passes: list[Pass]) -> Sketch:
    event = visitor.event
    live = Session.objects.live().filter(event=event)
    shared = of_event(event)
    speakers = Speaker.speaking_at(live).select_related("picture")
    context = {
        "event": event,
        "visitor": visitor,
        "state": state,
        "days": [DayAtAGlance(*row) for row in live.days(event).items()],
        "tracks": _tracks(live),
        "rooms": _rooms(live),
        "speakers": speakers.order_by(F("position").asc(nulls_last=True), "name")[:SPEAKERS_SHOWN],
        "speaker_count": speakers.count(),
        "passes": passes,
        "sponsors": Sponsor.by_level(list(event.sponsors.select_related("picture"))),
        "shared": shared,
        "structured": as_script(event_data(event, shared, state, passes)),
    }
    return drawn(
        request,
        "event_page.html",
        context,
        (bool(context["days"]), Draw.objects.filter(event=event).exists()),
    )


def registration_state(visitor: Visitor) -> str:
    """One word for the event's one button: mine, early, closed, full, wait, choose or register."""
    event, at = visitor.event, visitor.at
    if visitor.registration:
        return "mine"
    if event.registration_opens_at and event.registration_opens_at > at:
        return "early"
    if not event.is_registration_open(at) or event.ends_at <= at:
        return "closed"
    if not event.seats.has_seat_for_newcomer:
        return "wait" if event.waitlist_enabled else "full"
    return "choose" if event.allow_custom_agenda else "register"


def _tracks(live: QuerySet[Session]) -> list[SessionTrack]:
    """The tracks with sessions, each with their number. Two plain queries: one with a filtered count took a second."""
    counts = dict(live.order_by().values_list("track").annotate(Count("id")))
    tracks = list(
        SessionTrack.objects.filter(id__in=[pk for pk in counts if pk]).order_by("position", "name")
    )
    for track in tracks:
        track.count = counts[track.pk]  # type: ignore[attr-defined]
    return tracks


def _rooms(live: QuerySet[Session]) -> QuerySet[Room]:
    shown = Room.objects.filter(id__in=live.order_by().values("room"))
    return shown.select_related("building").order_by("building__name", "name")
