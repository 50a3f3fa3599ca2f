"""`--part journey --profile`: which share of the web server's work on a visitor's whole way is whose.

The same steps in this process, through the whole application, under Python's own profiler, by its CPU. It makes
each call dearer, so small functions look larger than they are: good for finding what is large, never for how fast.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from http.client import HTTPMessage
from typing import Any
from urllib.parse import urlsplit

from django.core.handlers.wsgi import WSGIHandler

from tests.benchmarks import journey
from tests.benchmarks.table import Row

SESSIONS, VISITORS, WARM = 200, 20, 5
# By a part of the file's path, the first that is found.
WHOSE = {
    "templates": ("django/template/", "django/utils/safestring", "django/utils/html", "crispy"),
    "translation": (
        "django/utils/translation/",
        "gettext.py",
        "django/utils/formats",
        "django/utils/dateformat",
    ),
    "addresses": ("django/urls/", "django/utils/http.py", "urllib/"),
    "forms": ("django/forms/",),
    "ORM": ("django/db/models/",),
    "database driver": ("django/db/", "psycopg", "sqlite3"),
    "cookies, sessions, signing": (
        "http/cookies",
        "django/contrib/sessions",
        "signing.py",
        "hmac.py",
        "messages",
    ),
    "compression": ("gzip.py", "brotli", "zlib"),
    "the rest of Django": ("django/", "allauth/", "csp/", "whitenoise/"),
    "middleware and settings of ours": ("/config/", "events/middleware", "events/languages"),
    "pages of ours": ("registrations/website/",),
    "rules and acts of ours": ("registrations/", "waitlists/", "sessions_app/", "events/"),
}
LARGEST = 15


class InProcess:
    """What stands for a connection: it asks the application of this process."""

    def __init__(self, application: Any, profiler: cProfile.Profile) -> None:
        self.application, self.profiler = application, profiler

    def request(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> None:
        """Ask; the answer is there afterwards."""
        sent, url = (body or "").encode(), urlsplit(path)
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(sent),
            "wsgi.errors": io.StringIO(),
            "CONTENT_LENGTH": str(len(sent)),
            "HTTP_HOST": "127.0.0.1",
        }
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
        self.headers = HTTPMessage()
        self.said = self.profiler.runcall(self._answer, environ)

    def _answer(self, environ: dict[str, Any]) -> bytes:
        answer = self.application(environ, self._begin)
        said = b"".join(answer)
        answer.close()
        return said

    def _begin(self, status: str, headers: Iterable[tuple[str, str]], exc_info: Any = None) -> None:
        self.status = int(status.split(maxsplit=1)[0])
        for name, value in headers:
            self.headers[name] = value

    def getresponse(self) -> InProcess:
        """The answer to what was asked last."""
        return self

    def read(self) -> bytes:
        """Its body."""
        return self.said


def shares() -> Iterator[Row]:
    """The shares of a whole journey at 200 sessions, then the functions that take most of their own."""
    application = WSGIHandler()
    steps = journey.steps_of(*journey.programme(SESSIONS))
    _walk(steps, application, cProfile.Profile(), WARM)
    profiler = cProfile.Profile(time.thread_time)
    _walk(steps, application, profiler, VISITORS)
    spent, largest = _own_time(profiler)
    whole = sum(spent.values())
    for name, seconds in spent.most_common():
        yield Row(f"share of a journey: {name}", f"{seconds / whole:.0%}", more=_in_ms(seconds))
    for name, seconds in largest.most_common(LARGEST):
        yield Row(f"itself: {name}", f"{seconds / whole:.1%}", more=_in_ms(seconds))


def _walk(
    steps: dict[str, journey.Step], application: Any, profiler: cProfile.Profile, visitors: int
) -> None:
    for number in range(visitors):
        visitor = journey.Visitor(("127.0.0.1", 0), number)
        visitor.wire = InProcess(application, profiler)
        for step in steps.values():
            step(visitor)


def _in_ms(seconds: float) -> str:
    return f"{seconds * 1000 / VISITORS:.2f} ms of a journey, with the profiler's own"


def _own_time(profiler: cProfile.Profile) -> tuple[Counter[str], Counter[str]]:
    """Seconds by owner and by function; what is written in C counts for whoever called it."""
    spent: Counter[str] = Counter()
    largest: Counter[str] = Counter()
    for (file, line, name), (_calls, _all, own, _with, callers) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        if file != "~" or not callers:
            spent[_whose(file)] += own
            largest[f"{'/'.join(file.split('/')[-3:])}:{line} {name}"] += own
            continue
        largest[name] += own
        for (caller, _line, _name), (*_numbers, of_caller, _with_calls) in callers.items():
            spent[_whose(caller if caller != "~" else name)] += of_caller
    return spent, largest


def _whose(file: str) -> str:
    return next(
        (name for name, parts in WHOSE.items() if any(part in file for part in parts)), "Python itself"
    )
