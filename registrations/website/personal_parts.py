"""Boxes of a personal page that say the same to everybody but for the link, the address and the form's token."""

from __future__ import annotations

import secrets
from types import SimpleNamespace
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from registrations.website.fragments import fragments
from registrations.website.skeletons import is_keeping

# Nobody outside this process knows them, so no text that a person wrote can hold one.
_TOKEN, _EMAIL, _CSRF, _QR, _SAID = (
    f"{name}{secrets.token_hex(16)}" for name in ("token", "email", "csrf", "qr", "said")
)


def personal_part(name: str, given: dict[str, Any]) -> str:
    """The partial; drawn once for all to whom the event says the same, and whose own words are put in last."""
    event, template = given["event"], f"website/partials/_{name}.html"
    if not is_keeping(event):
        return render_to_string(template, given)
    ticket = given["ticket"]
    marked = given | {
        "token": _TOKEN,
        "csrf_token": _CSRF,
        "registration": SimpleNamespace(contact=SimpleNamespace(email=_EMAIL)),
        "ticket": ticket and SimpleNamespace(qr=_QR, said=_SAID),
    }
    key = (name, event.pk, event.shown_as, ticket is None)
    html = fragments.drawn(key, lambda: render_to_string(template, marked))
    own = {
        _TOKEN: lambda: given["token"],
        _CSRF: lambda: given["csrf_token"],
        _EMAIL: lambda: given["registration"].contact.email,
        _QR: lambda: ticket.qr,
        _SAID: lambda: ticket.said,
    }
    for mark, said in own.items():
        if mark in html:
            html = html.replace(mark, conditional_escape(str(said())))
    return SafeString(html)  # nosec B703 # drawn by a template, and what was put in is escaped
