"""How many, in words: each said in one place, in the form that its number asks for."""

from __future__ import annotations

from django.utils.translation import ngettext


def sessions(number: int) -> str:
    """Say "1 session" or "5 sessions"."""
    return ngettext("%(n)d session", "%(n)d sessions", number) % {"n": number}


def seats(number: int) -> str:
    """Say "1 seat" or "5 seats"."""
    return ngettext("%(n)d seat", "%(n)d seats", number) % {"n": number}


def free(number: int) -> str:
    """Say how many seats are free."""
    return ngettext("%(n)d free", "%(n)d free", number) % {"n": number}


def held(number: int) -> str:
    """Say how many seats are held for somebody."""
    return ngettext("%(n)d held", "%(n)d held", number) % {"n": number}


def past_capacity(number: int) -> str:
    """Say how many people are past capacity."""
    return ngettext("%(n)d past capacity", "%(n)d past capacity", number) % {"n": number}


def registered(number: int) -> str:
    """Say how many people have a seat."""
    return ngettext("%(n)d registered", "%(n)d registered", number) % {"n": number}


def waiting(number: int) -> str:
    """Say how many people are in line."""
    return ngettext("%(n)d waiting", "%(n)d waiting", number) % {"n": number}


def invited(number: int) -> str:
    """Say how many people are offered a seat."""
    return ngettext("%(n)d invited", "%(n)d invited", number) % {"n": number}


def refused(number: int) -> str:
    """Say how many were refused."""
    return ngettext("%(n)d refused", "%(n)d refused", number) % {"n": number}


def cancelled(number: int) -> str:
    """Say how many cancelled."""
    return ngettext("%(n)d cancelled", "%(n)d cancelled", number) % {"n": number}


def sent(number: int) -> str:
    """Say how many mails have left."""
    return ngettext("%(n)d sent", "%(n)d sent", number) % {"n": number}


def to_be_sent(number: int) -> str:
    """Say how many mails wait to leave."""
    return ngettext("%(n)d to be sent", "%(n)d to be sent", number) % {"n": number}


def failed(number: int) -> str:
    """Say how many did not arrive."""
    return ngettext("%(n)d failed", "%(n)d failed", number) % {"n": number}
