"""What a page says of itself to whoever shows a link to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from events.markdown import plain_text
from events.models import Event
from events.templatetags.seatwise import day, hours, place, span
from registrations.website.face.cards import HEIGHT, WIDTH, card_of_event, card_of_session
from sessions_app.models import Session

DESCRIPTION = 200


@dataclass(frozen=True)
class Shared:
    """One public page: its one address, its title and words, and the picture that stands for it."""

    title: str
    description: str
    url: str
    picture: str = ""
    picture_says: str = ""

    def tags(self) -> Iterator[tuple[str, str, str]]:
        """The tags that chats read, each as attribute, name and content."""
        yield "property", "og:type", "website"
        yield "property", "og:site_name", "Seatwise"
        yield "property", "og:title", self.title
        yield "property", "og:description", self.description
        yield "property", "og:url", self.url
        if self.picture:
            yield "property", "og:image", self.picture
            yield "property", "og:image:type", "image/jpeg"
            yield "property", "og:image:width", str(WIDTH)
            yield "property", "og:image:height", str(HEIGHT)
            yield "property", "og:image:alt", self.picture_says
        yield "name", "twitter:card", "summary_large_image" if self.picture else "summary"


def of_list() -> Shared:
    """The list of all events."""
    said = _("Events that you can register for, with their programmes and free seats.")
    return Shared(_("Events"), said, absolute(reverse("event_list")))


def of_event(event: Event) -> Shared:
    """An event's page."""
    said = short(event.description) or _when_and_where(span(event), event)
    picture = reverse("event_card", args=[event.slug, card_of_event(event).key])
    url = absolute(reverse("event_page", args=[event.slug]))
    return Shared(event.name, said, url, absolute(picture), _when_and_where(event.name, event))


def of_session(session: Session) -> Shared:
    """A session's page."""
    at = [session.event.slug, session.uuid]
    when = f"{day(session)}, {hours(session)}" if session.starts_at else hours(session)
    said = short(session.description) or _when_and_where(when, session)
    picture = reverse("session_card", args=[*at, card_of_session(session).key])
    url = absolute(reverse("session_page", args=at))
    title = f"{session.name} · {session.event.name}"
    return Shared(title, said, url, absolute(picture), _when_and_where(session.name, session))


def absolute(path: str) -> str:
    """The whole address of a path of this site, the same however somebody came here."""
    return f"{settings.SITE_URL}{path}"


def short(markdown: str) -> str:
    """The beginning of a text, without its marks, on one line."""
    return Truncator(" ".join(plain_text(markdown).split())).chars(DESCRIPTION)


def _when_and_where(first: str, located: Any) -> str:
    return " · ".join(filter(None, [first, place(located)]))
