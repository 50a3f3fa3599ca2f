"""The website's own requests, built as a browser would send them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret
from django.urls import reverse

from registrations.links import manage_token
from registrations.models import EventRegistration
from registrations.website.visitor import ME_COOKIE
from sessions_app.models import Session
from tests.benchmarks.load import request

# As many rows as a list shows at first: website.js names them all with each click.
SHOWN = 50


def claims(
    people: Sequence[EventRegistration],
    sessions: Sequence[Session],
    *,
    by_htmx: bool = False,
    verb: str = "add",
    given_up: Sequence[Session] = (),
) -> list[bytes]:
    """One POST each: the person's button "Add" (or another one) beside a session, with their own cookie and CSRF token.

    Without JavaScript the answer is a redirect; `by_htmx` it is what changed on the page, of whose rows the first 50
    are named.
    """
    made = []
    for index, person in enumerate(people):
        session = sessions[index % len(sessions)]
        token, secret = manage_token(person), _get_new_csrf_string()
        path = reverse("manage_seat", args=[person.event.slug, token, session.uuid, verb])
        here = reverse("session_list", args=[person.event.slug])
        fields = {"csrfmiddlewaretoken": _mask_cipher_secret(secret), "next": here}
        if given_up:
            fields["give_up"] = str(given_up[index % len(given_up)].uuid)
        if by_htmx:
            fields["shown"] = ",".join(str(each.uuid) for each in sessions[:SHOWN])
        cookies = f"csrftoken={secret}; {ME_COOKIE}={token}"
        more = "HX-Request: true" if by_htmx else ""
        made.append(request(path, cookies=cookies, body=urlencode(fields).encode(), more=more))
    return made


def framed(number: int) -> list[bytes]:
    """As many POSTs to the frame around the floor's statement, each with its own CSRF token."""
    made = []
    for index in range(number):
        secret = _get_new_csrf_string()
        body = urlencode({"csrfmiddlewaretoken": _mask_cipher_secret(secret)}).encode()
        made.append(request(f"/claim/{index % 200}/", cookies=f"csrftoken={secret}", body=body))
    return made


def personal_page(person: EventRegistration) -> bytes:
    """The person's own page, by their link."""
    return request(reverse("manage", args=[person.event.slug, manage_token(person)]))
