"""Pages of which only the holes are filled for each request: all else is kept by the revision of what is shown.

A skeleton is a whole page, drawn by its ordinary templates, with a mark wherever something belongs to one request, one
visitor or one moment: the form's token, the address, the rows with their seats. `filled` puts these in, last.

How to keep a page: put `{% hole "name" %}` into its template; let the view hand `sketch_of` a key that holds whatever
else the template is told (the phase of registration, numbers of free seats, the hour), and a function that makes the
context, called only where nothing is kept; then `answer` with a function for each hole. The event must come from
`at_event`: it carries the revision, which the database raises with each change of what pages show. Without a revision,
or with FRAGMENTS_KEPT=0, the same is done and nothing is kept.
"""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.urls import get_script_prefix
from django.utils.functional import SimpleLazyObject
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from events.models import Event
from registrations.sql import revision_of

# Nobody outside this process knows it, so no text that a person wrote can hold a mark.
_SECRET = f"hole{secrets.token_hex(16)}"
_MARK = re.compile(_SECRET + r"([\w-]+);")
# Characters of all skeletons together: about thirty long pages, with what was read to draw them.
MOST_KEPT = 8_000_000

_TOKEN = "_seatwise_form_token"

Holes = Mapping[str, Callable[[], str]]


@dataclass(frozen=True)
class Sketch:
    """A page in pieces: texts, and between them the names of its holes; with what the view needs to fill these."""

    pieces: tuple[str, ...]
    data: Any = None

    @property
    def weight(self) -> int:
        """The number of its characters."""
        return sum(map(len, self.pieces))

    def filled(self, holes: Holes) -> str:
        """The page; only what its holes ask for is made."""
        said = list(self.pieces)
        for place in range(1, len(said), 2):
            said[place] = holes[said[place]]()
        return "".join(said)


class Skeletons:
    """One process's kept sketches; those not asked for longest go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Sketch] = OrderedDict()
        self._lock = Lock()
        self.weight = 0

    def get(self, key: Hashable) -> Sketch | None:
        """The sketch of this key."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Hashable, sketch: Sketch) -> None:
        """Keep the sketch, and let go of others until all go into the bound."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = sketch
                self.weight += sketch.weight
            while self.weight > MOST_KEPT:
                _key, other = self._kept.popitem(last=False)
                self.weight -= other.weight


skeletons = Skeletons()


def mark(name: str) -> SafeString:
    """What stands in a skeleton where the hole of this name is filled."""
    return SafeString(f"{_SECRET}{name};")  # nosec B703 # letters and digits of our own


def is_keeping(event: Event) -> bool:
    """Whether what is drawn of the event now may be kept."""
    return bool(settings.FRAGMENTS_KEPT) and event.shown_as is not None


def sketch_of(event: Event, key: Hashable | None, draw: Callable[[], Sketch]) -> Sketch:
    """The sketch of this key and this revision in the language of the request; without a key it is drawn anew."""
    if key is None or not is_keeping(event):
        return draw()
    key = (event.pk, event.shown_as, get_language(), get_script_prefix(), key)
    found = skeletons.get(key)
    if found is None:
        found = draw()
        # Changed meanwhile: nobody knows whether what was read belongs to the revision.
        if revision_of(event) == event.shown_as:
            skeletons.keep(key, found)
    return found


def sketch_saying(said: Hashable, draw: Callable[[], Sketch]) -> Sketch:
    """The sketch that shows nothing else than what is `said`, in the language of the request: never wrong once kept."""
    if not settings.FRAGMENTS_KEPT:
        return draw()
    key = (get_language(), get_script_prefix(), said)
    found = skeletons.get(key)
    if found is None:
        found = draw()
        skeletons.keep(key, found)
    return found


def drawn(request: HttpRequest, template: str, context: dict[str, Any], data: Any = None) -> Sketch:
    """The page as a sketch, by its template."""
    marked = {
        "here": mark("here"),
        "request": _Asked(request.path),
        **context,
        "csrf_token": mark("csrf"),
        "holes": True,
    }
    return Sketch(tuple(_MARK.split(get_template(f"website/{template}").render(marked))), data)


def answer(
    request: HttpRequest, sketch: Sketch, holes: Holes, *, here: str = "", status: int = 200
) -> HttpResponse:
    """The page with its holes filled; `here` is where its buttons come back to."""
    address = conditional_escape(request.get_full_path())
    always: dict[str, Callable[[], str]] = {
        # A page without a form asks for no token, and so sends no cookie.
        "csrf": lambda: conditional_escape(str(form_token(request))),
        "here": lambda: conditional_escape(here) if here else address,
        "address": lambda: address,
        "nonce": lambda: str(request.csp_nonce),  # type: ignore[attr-defined]
        "messages": lambda: _messages(request),
    }
    return HttpResponse(sketch.filled({**always, **holes}), status=status)


def form_token(request: HttpRequest) -> Any:
    """The CSRF token of all forms of one answer, made once and only where a form asks for it.

    It is masked anew for each answer, which takes longer than to put a row in its place.
    """
    known = vars(request)
    if _TOKEN not in known:
        known[_TOKEN] = SimpleLazyObject(lambda: get_token(request))
    return known[_TOKEN]


def framed(
    request: HttpRequest,
    event: Event,
    template: str,
    context: dict[str, Any],
    parts: Holes,
    *,
    status: int = 200,
) -> HttpResponse:
    """A page that is one person's own: what stands around its content is kept, the content drawn for this request.

    Its template extends `parent|default:"base.html"`, and says outside of its block `content` nothing but of the event.
    """
    name = f"website/{template}"
    # The answer to a form stands at an address of which there is no page.
    if request.method != "GET" or not is_keeping(event):
        return render(request, name, context, status=status)

    def frame() -> Sketch:
        asked = {
            "event": event,
            "section": context.get("section"),
            "is_frame": True,
            **of_nobody(),
        }
        return drawn(request, template, asked)

    def content() -> str:
        return get_template(name).render({**context, "parent": "website/_content.html"}, request)

    sketch = sketch_of(event, ("frame", template), frame)
    return answer(request, sketch, {**parts, "content": content}, status=status)


def _messages(request: HttpRequest) -> str:
    said = list(get_messages(request))
    return render_to_string("website/partials/_messages.html", {"messages": said}) if said else ""


class _Asked:
    """A request as far as a skeleton may know it: by its path, and by whether its address is that of a page."""

    def __init__(self, path: str, *, is_page: bool = True) -> None:
        self.path = path
        self.method = "GET" if is_page else "POST"
        self.csp_nonce = mark("nonce")

    def get_full_path(self) -> str:
        """The whole address, which each request puts in itself."""
        return mark("address")


def of_nobody(*, is_page: bool = True) -> dict[str, Any]:
    """What a skeleton is told of a request whose address is one person's own: there is no hole of this name.

    A key says `is_page` where that is not always so: the answer to a form stands at an address of which there is none.
    """
    return {"request": _Asked(mark("nobody"), is_page=is_page)}
