"""Passwords and secrets of API clients: how often they may be wrong, and how many are hashed at once.

Nobody can be locked out for good by a stranger. A browser in which somebody signed in before, and an address from
which a client fetched a token before, have counts of their own. An account that is guessed at from everywhere is
only slowed: each further network address has one try in ten minutes, which is enough for whoever knows the password.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from events.errors import Refusal
from events.limits import TEN_MINUTES, TooOften, address_of, count, forget_one, times

DEVICE_COOKIE = "seatwise_device"
A_YEAR = 365 * 86_400
A_MONTH = 30 * 86_400
# Wrong ones in ten minutes: for one account from one address; from a browser known to the account; for one account
# from everywhere, after which each further address has one try.
FROM_ONE_ADDRESS, FROM_KNOWN_DEVICE, FROM_EVERYWHERE, WHEN_GUESSED_AT = 5, 10, 100, 1
SECONDS_OF_PATIENCE = 2.0
PASSWORD, CLIENT_SECRET = "password", "client-secret"


class TooManyAtOnce(Refusal):
    """As many passwords are being hashed as may be at once; nothing was tried, and nothing was counted."""

    code = "busy"
    status = 503
    default_message = _("Very many people are signing in right now. Please try again in a moment.")


class _Slots:
    """So many at once; how many are free may be asked without taking one."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.taken = 0

    @property
    def is_full(self) -> bool:
        """True while nobody who has no patience would get in."""
        return self.taken >= settings.HASHES_AT_ONCE

    @contextmanager
    def one(self, patience: float) -> Iterator[None]:
        """Hold one for the block; raises TooManyAtOnce when none is free within `patience` seconds."""
        with self.changed:
            if not self.changed.wait_for(lambda: not self.is_full, patience):
                raise TooManyAtOnce
            self.taken += 1
        try:
            yield
        finally:
            with self.changed:
                self.taken -= 1
                self.changed.notify()


hashing = _Slots()


@dataclass
class Try:
    """One secret that somebody offers for an account. Wrong until `was_right` says otherwise."""

    kind: str
    account: str
    address: str
    device: str = ""

    @classmethod
    def of(cls, request: HttpRequest, kind: str, account: str) -> Try:
        """The try that a request makes."""
        account = _digest(account.strip().lower())
        return cls(kind, account, address_of(request), _device(request, account))

    @property
    def is_known(self) -> bool:
        """True where the account was opened before: in this browser, or by this client from this address."""
        return bool(self.device) or bool(cache.get(self._known_key))

    @contextmanager
    def made(self) -> Iterator[Try]:
        """Count it, and let the block hash; raises TooOften or TooManyAtOnce, and then nothing may be hashed."""
        is_known = self.is_known
        # A stranger waits for nobody: while threads stood in line for a slot, no page would be answered.
        with hashing.one(SECONDS_OF_PATIENCE if is_known else 0):
            self._count_known() if is_known else self._count_unknown()
            yield self

    def was_right(self) -> None:
        """Take the count back."""
        for what, who in self._counters:
            forget_one(what, who)
        if self.kind == CLIENT_SECRET:
            cache.set(self._known_key, 1, A_MONTH)

    @property
    def _pair(self) -> str:
        return f"{self.account}:{self.address}"

    @property
    def _known_key(self) -> str:
        return f"known:{self.kind}:{_digest(self._pair)}"

    @property
    def _counters(self) -> list[tuple[str, str]]:
        if self.is_known:
            return [(f"{self.kind}-known", self.device or self._pair)]
        return [
            (f"{self.kind}-from", self.address),
            (f"{self.kind}-pair", self._pair),
            (f"{self.kind}-account", self.account),
        ]

    def _count_known(self) -> None:
        [(what, who)] = self._counters
        _refuse_beyond(count(what, who, TEN_MINUTES), FROM_KNOWN_DEVICE)

    def _count_unknown(self) -> None:
        """Count by address, then by both, then by account: what an earlier one refuses is no try at the account."""
        place, pair, account = self._counters
        _refuse_beyond(count(*place, TEN_MINUTES), settings.WRONG_SECRETS_PER_NETWORK_ADDRESS)
        mine = count(*pair, TEN_MINUTES)
        _refuse_beyond(mine, FROM_ONE_ADDRESS)
        if count(*account, TEN_MINUTES) > FROM_EVERYWHERE:
            _refuse_beyond(mine, WHEN_GUESSED_AT)


def refusal_to_strangers(request: HttpRequest, kind: str) -> Refusal | None:
    """Say at once, before anything is read or drawn, that a request from here cannot be tried; None where it may."""
    if _mark(request):
        return None
    if times(f"{kind}-from", address_of(request)) >= settings.WRONG_SECRETS_PER_NETWORK_ADDRESS:
        return TooOften()
    return TooManyAtOnce() if hashing.is_full else None


class LimitedBackend(ModelBackend):
    """Staff by e-mail and password, tried no more often than is good for everybody else."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> Any:
        """The user, or None; raises TooOften or TooManyAtOnce."""
        account = username or more.get("email")
        if request is None or not account or password is None:
            return super().authenticate(request, username, password, **more)
        with Try.of(request, PASSWORD, account).made() as tried:
            user = super().authenticate(request, username, password, **more)
            if user is not None:
                tried.was_right()
        return user


def remember_device(response: HttpResponseBase, account: str) -> None:
    """Let this browser be known to the account for a year: it has then a count of its own."""
    value = signing.Signer(salt=DEVICE_COOKIE).sign(
        f"{_digest(account.strip().lower())}-{secrets.token_hex(8)}"
    )
    response.set_cookie(
        DEVICE_COOKIE,
        value,
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_known_device(request: HttpRequest, account: str) -> bool:
    """True where somebody signed in to the account in this browser before."""
    return bool(_device(request, _digest(account.strip().lower())))


def _device(request: HttpRequest, account: str) -> str:
    """The browser's own mark, where it was given for this account."""
    mark = _mark(request)
    return mark if mark.startswith(f"{account}-") else ""


def _mark(request: HttpRequest) -> str:
    try:
        return signing.Signer(salt=DEVICE_COOKIE).unsign(request.COOKIES.get(DEVICE_COOKIE, ""))
    except signing.BadSignature:
        return ""


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _refuse_beyond(tries: int, most: int) -> None:
    if tries > most:
        raise TooOften
