"""Who holds an Idempotency-Key, for how long, and what is kept under it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from events import answers
from events.answers import (
    KEPT_FOR,
    LEASE,
    Repeatable,
    claim_key,
    free_key,
    keep_answer,
    within_act_keep_answer,
)
from events.errors import InProgress, Invalid
from events.models import ApiClient, IdempotencyKey
from registrations.actions import forget_old_answers

NOW = timezone.now()
SOON = NOW + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """Nobody waits five seconds for a test."""
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 0)


@pytest.fixture
def crm(db):
    return ApiClient.objects.create(
        name="CRM", client_type="confidential", authorization_grant_type="client-credentials"
    )


@pytest.fixture
def ask(crm):
    def asked(key="k1", body="a", client=crm):
        return Repeatable(client, key, fingerprint=body, request="POST /api/v1/registrants")

    return asked


def test_claims_new_key(ask):
    row = claim_key(ask(), at=NOW)
    assert (row.is_answered, row.created_at, row.leased_until) == (False, NOW, NOW + LEASE)


def test_repeat_waits_while_the_first_runs(ask):
    claim_key(ask(), at=NOW)
    with pytest.raises(InProgress):
        claim_key(ask(), at=SOON)
    assert IdempotencyKey.objects.count() == 1


def test_repeat_gets_the_kept_answer(ask):
    keep_answer(claim_key(ask(), at=NOW), 201, "application/json", '{"id": 1}')
    row = claim_key(ask(), at=SOON)
    assert (row.status_code, row.content_type, row.answer) == (201, "application/json", '{"id": 1}')


def test_refuses_another_request_under_the_same_key(ask):
    first = claim_key(ask(), at=NOW)
    for answered in (False, True):
        if answered:
            keep_answer(first, 201, "application/json", "{}")
        with pytest.raises(Invalid) as refused:
            claim_key(ask(body="b"), at=SOON)
        assert set(refused.value.data["fields"]) == {"Idempotency-Key"}
    assert IdempotencyKey.objects.get().fingerprint == "a"


def test_two_clients_may_choose_the_same_key(ask):
    other = ApiClient.objects.create(
        name="Shop", client_type="confidential", authorization_grant_type="client-credentials"
    )
    claim_key(ask(), at=NOW)
    assert not claim_key(ask(client=other, body="b"), at=NOW).is_answered
    assert IdempotencyKey.objects.count() == 2


def test_claim_without_answer_ends_with_its_lease(ask):
    first = claim_key(ask(), at=NOW)
    second = claim_key(ask(), at=NOW + LEASE)
    assert (second.pk, second.is_answered) == (first.pk, False)
    # The first one comes back after all: it may keep nothing, and what it did is undone.
    with pytest.raises(InProgress):
        within_act_keep_answer(first, 201, "application/json", "first")
    within_act_keep_answer(second, 201, "application/json", "second")
    assert IdempotencyKey.objects.get().answer == "second"


def test_key_after_its_lease_still_belongs_to_its_request(ask):
    claim_key(ask(), at=NOW)
    with pytest.raises(Invalid):
        claim_key(ask(body="b"), at=NOW + LEASE)


def test_answer_is_kept_once(ask):
    row = claim_key(ask(), at=NOW)
    keep_answer(row, 409, "application/json", "full")
    with pytest.raises(InProgress):
        keep_answer(row, 201, "application/json", "registered")
    assert IdempotencyKey.objects.get().answer == "full"


def test_freed_key_may_be_claimed_again(ask):
    free_key(claim_key(ask(), at=NOW))
    assert not claim_key(ask(body="b"), at=SOON).is_answered


def test_freeing_spares_an_answer(ask):
    row = claim_key(ask(), at=NOW)
    keep_answer(row, 201, "application/json", "{}")
    free_key(row)
    assert IdempotencyKey.objects.get().is_answered


def test_key_is_free_again_after_a_day(ask):
    keep_answer(claim_key(ask(), at=NOW), 201, "application/json", "old")
    late = NOW + KEPT_FOR
    row = claim_key(ask(body="b"), at=late)
    assert (row.is_answered, row.answer, row.fingerprint, row.created_at) == (False, "", "b", late)


def test_worker_forgets_after_a_day(ask):
    claim_key(ask(), at=NOW)
    claim_key(ask("k2"), at=SOON)
    assert forget_old_answers(NOW + KEPT_FOR - timedelta(seconds=1)) == 0
    assert forget_old_answers(NOW + KEPT_FOR) == 1
    assert [row.key for row in IdempotencyKey.objects.all()] == ["k2"]
