"""How many, in words: each said in one place, in the form that its number asks for."""

from __future__ import annotations

from django.utils.translation import ngettext

from events.numbers import with_number


def sessions(number: int) -> str:
    """Say "1 session" or "5 sessions"."""
    return with_number(ngettext("%(n)d session", "%(n)d sessions", number), number)


def seats(number: int) -> str:
    """Say "1 seat" or "5 seats"."""
    return with_number(ngettext("%(n)d seat", "%(n)d seats", number), number)


def free(number: int) -> str:
    """Say how many seats are free."""
    return with_number(ngettext("%(n)d free", "%(n)d free", number), number)


def held(number: int) -> str:
    """Say how many seats are held for somebody."""
    return with_number(ngettext("%(n)d held", "%(n)d held", number), number)


def past_capacity(number: int) -> str:
    """Say how many people are past capacity."""
    return with_number(ngettext("%(n)d past capacity", "%(n)d past capacity", number), number)


def registered(number: int) -> str:
    """Say how many people have a seat."""
    return with_number(ngettext("%(n)d registered", "%(n)d registered", number), number)


def waiting(number: int) -> str:
    """Say how many people are in line."""
    return with_number(ngettext("%(n)d waiting", "%(n)d waiting", number), number)


def invited(number: int) -> str:
    """Say how many people are offered a seat."""
    return with_number(ngettext("%(n)d invited", "%(n)d invited", number), number)


def refused(number: int) -> str:
    """Say how many were refused."""
    return with_number(ngettext("%(n)d refused", "%(n)d refused", number), number)


def cancelled(number: int) -> str:
    """Say how many cancelled."""
    return with_number(ngettext("%(n)d cancelled", "%(n)d cancelled", number), number)


def sent(number: int) -> str:
    """Say how many mails have left."""
    return with_number(ngettext("%(n)d sent", "%(n)d sent", number), number)


def to_be_sent(number: int) -> str:
    """Say how many mails wait to leave."""
    return with_number(ngettext("%(n)d to be sent", "%(n)d to be sent", number), number)


def failed(number: int) -> str:
    """Say how many did not arrive."""
    return with_number(ngettext("%(n)d failed", "%(n)d failed", number), number)
