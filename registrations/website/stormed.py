"""A form that programs storm: each sender then works a moment for it, or waits. No picture, no stranger's service.

While forms come as people send them nothing is asked. Beyond that the page carries a sum which a browser works out
unseen while its owner types (a number whose SHA-256 together with the page's task begins with so many zero bits);
checking it costs one hash. Without scripts the sender is given a turn: each network address has one every ten seconds.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.limits import TEN_MINUTES, TooOften, address_of, count
from registrations.website import kept
from registrations.website.fragments import fragments
from registrations.website.refusals import private

# A field that nobody sees: whoever fills it in is asked for the sum as in a storm.
TRAP = "homepage"
COOKIE = "seatwise_turn"
MINUTE = 60
# Expected hashes are two to this power: half a second on a phone, and up to eight where the storm is sixteen-fold.
FEWEST_BITS, MOST_BITS = 14, 18
SECONDS_OF_A_TURN = 10
# A fifth of the audience may register in one minute without being asked for anything.
SHARE_OF_AUDIENCE = 5
GOOD_FOR = 30 * MINUTE


def asked_first(request: HttpRequest, audience: Callable[[], int]) -> HttpResponse | None:
    """Count a form that was sent rightly filled in; None where it may be taken.

    Else the form once more, with all that was typed, the sum and the sender's turn. `audience` says how many people
    may come, and is asked only where more forms arrive than the setting expects. Raises TooOften where the next turn
    of this network address is too far away.
    """
    bits = _bits_while_storming(request.path, audience)
    is_trapped = bool(request.POST.get(TRAP))
    if not (bits or is_trapped) or _has_worked(request) or _has_waited(request):
        return None
    turn = _turn_of(request) or _new_turn(request, is_trapped=is_trapped)
    value = request.COOKIES[COOKIE] = signing.dumps(turn, salt=_salt(request.path))
    page = render(request, "website/stormed.html", {"fields": _fields(request)}, status=429)
    answer = kept.shown_again(request, private(page))
    answer.set_cookie(
        COOKIE,
        value,
        max_age=GOOD_FOR,
        path=request.path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def guard_of(request: HttpRequest, address: str) -> SafeString:
    """What the form of this address carries besides its fields; in calm times the same for everybody."""
    task = task_for(request, address)

    def draw() -> str:
        return render_to_string("website/partials/_against_programs.html", {"trap": TRAP, **task})

    drawn = draw() if task else fragments.drawn("calm", draw)
    return SafeString(drawn)  # nosec B703 # drawn by a template


def task_for(request: HttpRequest, address: str) -> dict[str, Any]:
    """The sum that the form of this address carries; empty in calm times.

    With what is said beside it: to whom it is new, and to whom sent the form already and when their turn is.
    """
    turn = _turn_of(request) if request.path == address else None
    bits = cache.get(_key(address), 0) or (FEWEST_BITS if turn else 0)
    if not bits:
        return {}
    task = signing.dumps([secrets.token_hex(8), bits], salt=_salt(address))
    return {"task": task, "bits": bits, "words": _words(turn), "was_sent": turn is not None}


def is_solved(task: str, proof: str, bits: int) -> bool:
    """True where the hash of task and proof begins with so many zero bits."""
    digest = hashlib.sha256(f"{task}:{proof}".encode()).digest()
    return int.from_bytes(digest) >> (len(digest) * 8 - bits) == 0


def _bits_while_storming(path: str, audience: Callable[[], int]) -> int:
    """How hard the sum is; 0 in calm times. A storm is over ten minutes after its last minute."""
    forms, most = count("forms", path, MINUTE), settings.FORMS_PER_MINUTE
    if forms > most:
        most = max(most, audience() // SHARE_OF_AUDIENCE)
    if forms > most:
        bits = min(FEWEST_BITS + int(math.log2(forms / max(most, 1))), MOST_BITS)
        cache.set(_key(path), bits, TEN_MINUTES)
        return bits
    return cache.get(_key(path), 0)


def _key(path: str) -> str:
    return f"storm:{hashlib.blake2b(path.encode(), digest_size=12).hexdigest()}"


def _salt(path: str) -> str:
    """Each form's own: what was worked for one opens no other."""
    return f"registrations.website.stormed:{path}"


def _has_worked(request: HttpRequest) -> bool:
    task, proof = request.POST.get("task", ""), request.POST.get("proof", "")[:32]
    try:
        number, bits = signing.loads(task, salt=_salt(request.path), max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return False
    return is_solved(task, proof, bits) and _is_first(number)


def _has_waited(request: HttpRequest) -> bool:
    turn = _turn_of(request)
    return turn is not None and turn["at"] <= timezone.now().timestamp() and _is_first(turn["number"])


def _is_first(number: str) -> bool:
    """True once: neither a sum nor a turn is good for two forms. True also while the cache remembers nothing."""
    key = f"storm-used:{number}"
    return cache.add(key, 1, GOOD_FOR) or cache.get(key) is None


def _turn_of(request: HttpRequest) -> dict[str, Any] | None:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=_salt(request.path), max_age=GOOD_FOR)
    except signing.BadSignature:
        return None


def _new_turn(request: HttpRequest, *, is_trapped: bool) -> dict[str, Any]:
    """The next turn of the sender's network address."""
    seconds = count("turns", address_of(request), TEN_MINUTES) * SECONDS_OF_A_TURN
    if seconds > TEN_MINUTES:
        raise TooOften
    at = timezone.now() + timedelta(seconds=seconds)
    return {"number": secrets.token_hex(8), "at": at.timestamp(), "is_trapped": is_trapped}


def _words(turn: dict[str, Any] | None) -> str:
    if turn is None:
        return _(
            "Programs are storming this form. So that people come through, your browser does a small sum while you "
            "type; where it runs no scripts, you are given a turn when you send the form."
        )
    seconds = max(0, math.ceil(turn["at"] - timezone.now().timestamp()))
    why = (
        _("A field that people do not see was filled in, as programs do.")
        if turn["is_trapped"]
        else _("Very many forms are being sent here at the moment, more than people send.")
    )
    then = ngettext(
        "Nothing is lost: please send it again in %(seconds)d second.",
        "Nothing is lost: please send it again in %(seconds)d seconds.",
        seconds,
    )
    return f"{why} {then % {'seconds': seconds} if seconds else _('Nothing is lost: please send it again.')}"


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, in its order, for the page that stands in for a form too long for a cookie."""
    ours = {"csrfmiddlewaretoken", "task", "proof", TRAP}
    return [(name, value) for name, values in request.POST.lists() if name not in ours for value in values]
