"""Several tabs have a mail sent again at the same instant: it is sent once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from events.actors import Actor
from registrations import actions
from registrations.mail import send_due
from registrations.models import Activity, Notification
from tests.engine.acts import claim, person
from tests.factories import SessionFactory, UserFactory
from tests.races.at_once import appears, at_once, errors


def four_tabs(again: Callable[..., Any], rows_of: Callable[[Notification], Iterable[Any]]) -> list[Any]:
    """Bob's mail has left; four tabs have it sent again."""
    claim(SessionFactory(), person("Bob"))
    told, actor = Notification.objects.latest("id"), Actor.staff(UserFactory())
    Notification.objects.update(sent_at=told.created_at)
    return at_once(*[lambda: again(rows_of(told), actor=actor)] * 4)


BOTH_WAYS = [
    (actions.resend, lambda mail: [mail]),
    (actions.resend_registrations, lambda mail: [mail.event_registration]),
]


@pytest.mark.parametrize(("again", "rows_of"), BOTH_WAYS)
def test_four_tabs_send_one_mail(again, rows_of):
    assert errors(four_tabs(again, rows_of)) == []
    assert send_due() == 1
    assert Notification.objects.count() == 2
    assert Activity.objects.filter(verb="mail_sent_again").count() == 1


@pytest.mark.usefixtures("without_locks")
@pytest.mark.parametrize(("again", "rows_of"), BOTH_WAYS)
def test_without_locks_they_send_several_or_fail(again, rows_of):
    def race() -> bool:
        failed = errors(four_tabs(again, rows_of))
        return bool(failed) or Notification.objects.filter(sent_at=None).count() > 1

    assert appears(race)
