"""The door page itself, and the service worker that keeps it on the phone: neither holds anybody's data."""

from __future__ import annotations

import hashlib
import json

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registrations.door.short import words

MODULES = (
    "answers",
    "camera",
    "choices",
    "codes",
    "door",
    "entry",
    "languages",
    "main",
    "queue",
    "roster",
    "screen",
    "server",
    "signals",
    "store",
    "words",
)
# What the page is made of, beside itself; the service worker fetches all of it together.
FILES = (
    "css/tokens.css",
    "css/door.css",
    "img/mark.svg",
    "img/door-192.png",
    "img/door-512.png",
    "vendor/barcode-detector/ponyfill.js",
    "vendor/barcode-detector/zxing-exported.js",
    "vendor/zxing-wasm/zxing_reader.wasm",
    *(f"js/door/{name}.js" for name in MODULES),
)
WORKER = "js/door/service-worker.js"


# The reader of QR codes is a compiled module, which browsers run only where the policy names it: on this page alone.
@csp_update({"script-src": ["'wasm-unsafe-eval'"], "worker-src": [SELF], "connect-src": [SELF]})
def shell(request: HttpRequest) -> HttpResponse:
    """Answer with the page. It is the same for everybody: what it shows comes later, by `/door/api/`."""
    response = render(request, "door/page.html", {"outcomes": words()})
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def service_worker(_request: HttpRequest) -> HttpResponse:
    """Answer with the service worker, for which the page's version and files are named.

    Its address is below `/door/`, so nothing else of the site is its business.
    """
    addresses = [reverse("door"), *(static(name) for name in FILES)]
    begin = f"const VERSION = {json.dumps(version())};\nconst FILES = {json.dumps(addresses)};\n"
    response = HttpResponse(begin + _content(WORKER).decode(), content_type="text/javascript; charset=utf-8")
    # Browsers ask for it whenever the page is opened, and fetch everything anew once it differs.
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """Answer with what lets a phone keep the page among its apps, opened by one tap and without a browser's bar."""
    door = reverse("door")
    icons = [
        {"src": static(f"img/door-{size}.png"), "sizes": f"{size}x{size}", "purpose": "any maskable"}
        for size in (192, 512)
    ]
    said = {
        "id": door,
        "name": f"{_('Door')} · Seatwise",
        "short_name": _("Door"),
        "start_url": door,
        "scope": door,
        "display": "standalone",
        "background_color": "#0f1413",
        "theme_color": "#0f1413",
        "icons": icons,
    }
    return HttpResponse(json.dumps(said), content_type="application/manifest+json")


def version() -> str:
    """Return a short name of all that the page consists of: another one whenever any of it is another."""
    digest = hashlib.sha256(render_to_string("door/page.html", {"outcomes": words()}).encode())
    for name in (WORKER, *FILES):
        digest.update(static(name).encode() + _content(name))
    return digest.hexdigest()[:16]


def _content(name: str) -> bytes:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"{name} belongs to the door page, and is not there.")
    with open(path, "rb") as file:
        return file.read()
