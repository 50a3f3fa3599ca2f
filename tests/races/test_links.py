"""One “send me my link” form posted eight times at once is one mail."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import models

from registrations.actions import answer_link_requests, ask_for_link
from registrations.models import LinkRequest, Notification
from tests.engine.acts import claim, person
from tests.factories import EventFactory, SessionFactory
from tests.races.at_once import at_once, errors

ROUNDS, POSTS = 5, 8
BOB = person("Bob")


@pytest.fixture
def event():
    event = EventFactory()
    claim(SessionFactory(event=event), BOB)
    return event


def mailed_after(event, form) -> int:
    """How many more mails one form makes whose posts, and two workers, come together."""
    before = Notification.objects.filter(kind="link_requested").count()
    posts = [partial(ask_for_link, event, BOB.email, form)] * POSTS
    assert errors(at_once(*posts, answer_link_requests, answer_link_requests)) == []
    answer_link_requests()
    return Notification.objects.filter(kind="link_requested").count() - before


def test_eight_posts_of_one_form_are_one_mail(event):
    assert [mailed_after(event, f"form {number}") for number in range(ROUNDS)] == [1] * ROUNDS


def test_without_the_forms_key_they_are_more(event, monkeypatch):
    """The control: what makes them one is the key alone."""
    keys = iter(range(10_000))

    def insert(rows: list[models.Model], **options: object) -> None:
        for row in rows:
            row.key = str(next(keys))
            row.save()

    monkeypatch.setattr(LinkRequest.objects, "bulk_create", insert)
    assert max(mailed_after(event, f"form {number}") for number in range(ROUNDS)) > 1
