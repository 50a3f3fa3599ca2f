"""Messages arrive, signed, at least once; who fails, is slow or hostile keeps nobody else from being told."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from registrations.actions.sending import deliveries as marking
from registrations.actions.sending import webhooks as webhook_actions
from registrations.actions.sending.deliveries import GIVE_UP_AFTER, LEASE
from registrations.models import Webhook
from registrations.models.webhooks import new_secret
from registrations.webhooks import connecting, plan, plan_and_send, send_due
from tests.engine.acts import claim, fill, person
from tests.races.at_once import at_once, errors
from tests.webhooks.receiver import dripping, endless, listening, status, twice, until
from tests.webhooks.scenes import a_session, deliveries

BOB = person("bob")


def one_message(hook, count: int = 1):
    """A webhook with messages planned for it."""
    webhook = hook()
    fill(a_session(capacity=count))
    plan()
    return webhook


@pytest.mark.django_db
def test_sends_signed_message_that_reference_verifier_accepts(hook, receiver):
    webhook = one_message(hook)
    assert send_due() == 1
    (message,) = receiver.messages
    delivery = deliveries().get()
    assert message.verified(webhook.secret) == delivery.payload
    assert message.id == str(delivery.uuid)
    assert message.headers["content-type"] == "application/json"
    assert abs(int(message.headers["webhook-timestamp"]) - time.time()) < 60
    assert (delivery.attempts, delivery.last_status, delivery.last_error) == (1, 204, "")
    assert delivery.delivered_at is not None
    assert send_due() == 0


@pytest.mark.django_db
def test_forged_message_is_not_genuine(hook, receiver):
    webhook = one_message(hook)
    send_due()
    (message,) = receiver.messages
    with pytest.raises(WebhookVerificationError):
        message.verified(new_secret())
    message.body = message.body.replace(b"registered", b"cancelled")
    with pytest.raises(WebhookVerificationError):
        message.verified(webhook.secret)


@pytest.mark.django_db
def test_secret_may_be_renewed_at_once(hook, receiver):
    webhook = one_message(hook)
    old, renewed = webhook.secret, webhook_actions.renew_secret(webhook, overlap=timedelta())
    send_due()
    (message,) = receiver.messages
    assert message.verified(renewed)
    with pytest.raises(WebhookVerificationError):
        message.verified(old)


@pytest.mark.django_db
def test_both_secrets_sign_while_they_overlap(hook, receiver):
    webhook = one_message(hook)
    now = timezone.now()
    old, renewed = webhook.secret, webhook_actions.renew_secret(webhook, overlap=timedelta(hours=2), at=now)
    send_due(at=now + timedelta(hours=1, minutes=59))
    webhook_actions.resend(deliveries().get(), at=now)
    send_due(at=now + timedelta(hours=2))
    first, second = (message.headers["webhook-signature"].split() for message in receiver.messages)
    assert (len(first), len(second)) == (2, 1)
    moment = now + timedelta(hours=1, minutes=59)
    assert [*signatures(old, renewed, receiver.messages[0], moment)] == sorted(first)
    assert set(signatures(old, renewed, receiver.messages[1], now + timedelta(hours=2))) > set(second)


def signatures(old, renewed, message, at):
    """What the reference implementation signs the message with, by either secret."""
    return sorted(Verifier(each).sign(message.id, at, message.body.decode()) for each in (old, renewed))


@pytest.mark.django_db
def test_failed_message_is_tried_again_with_same_id(hook, receiver):
    one_message(hook)
    receiver.script = [status(500, b"no\x00 way")]
    now = timezone.now()
    assert send_due(at=now) == 1
    delivery = deliveries().get()
    assert (delivery.delivered_at, delivery.last_status, delivery.leased_until) == (None, 500, None)
    assert delivery.last_error == "Answered 500: no  way"
    assert delivery.due_at == now + timedelta(seconds=5)
    assert send_due(at=now + timedelta(seconds=4)) == 0
    assert send_due(at=now + timedelta(seconds=5)) == 1
    first, second = receiver.messages
    assert first.id == second.id
    assert deliveries().get().delivered_at is not None
    assert Webhook.objects.filter(failing_since=None, failures=0, resting_until=None).count() == 1


@pytest.mark.django_db
def test_pauses_grow_and_tenth_failure_gives_up(hook, receiver):
    webhook = one_message(hook)
    receiver.otherwise = status(503)
    now, pauses = timezone.now(), []
    for _attempt in range(GIVE_UP_AFTER):
        assert send_due(at=now) == 1
        delivery = deliveries().get()
        pauses.append(int((delivery.due_at - now).total_seconds()))
        now = max(now, delivery.due_at)
    assert pauses == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400, 0]
    assert delivery.given_up_at is not None
    assert send_due(at=now + timedelta(days=1)) == 0
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.is_active) == (10, True)


@pytest.mark.django_db
def test_address_that_fails_for_days_is_switched_off_with_reason(hook, receiver):
    webhook = one_message(hook, count=2)
    receiver.otherwise = status(500)
    now = timezone.now()
    send_due(at=now)
    later = now + marking.SWITCH_OFF_AFTER
    send_due(at=later)
    webhook.refresh_from_db()
    assert webhook.switched_off_at == later
    assert webhook.switched_off_reason == "Failed for 5 days, at last: Answered 500"
    assert send_due(at=later + timedelta(days=1)) == 0
    receiver.otherwise = None
    webhook_actions.switch_on(webhook)
    assert send_due(at=later + timedelta(days=1)) == 2
    assert [row.delivered_at is None for row in deliveries()] == [False, False]


@pytest.mark.django_db
def test_receiver_that_is_gone_is_switched_off_at_once(hook, receiver):
    webhook = one_message(hook, count=2)
    receiver.otherwise = status(410)
    assert send_due() == 1
    webhook.refresh_from_db()
    assert webhook.switched_off_reason == "The receiver answered 410 Gone."
    assert len(receiver.messages) == 1


@pytest.mark.django_db
def test_receiver_may_ask_for_a_pause(hook, receiver):
    one_message(hook)
    receiver.script = [status(429, Retry_After="1200")]
    now = timezone.now()
    send_due(at=now)
    assert deliveries().get().due_at == now + timedelta(seconds=1200)
    assert send_due(at=now + timedelta(seconds=1199)) == 0
    assert send_due(at=now + timedelta(seconds=1200)) == 1


@pytest.mark.django_db
def test_failing_address_rests_while_others_are_told(hook, receiver):
    """A long queue for an address that fails costs one attempt at a time, not one for each message."""
    session = a_session(capacity=20)
    failing, fine = hook(), None
    with listening() as other:
        fine = hook(url=other.url)
        receiver.otherwise = status(500)
        fill(session)
        plan()
        now = timezone.now()
        assert send_due(at=now) == 21
        assert len(receiver.messages) == 1
        assert len(other.messages) == 20
        assert other.types == ["session_registration.created"] * 20
    assert deliveries(webhook=fine).filter(delivered_at=None).count() == 0
    failing.refresh_from_db()
    assert failing.resting_until == now + timedelta(seconds=5)


@pytest.mark.django_db
def test_messages_arrive_in_order(hook, receiver):
    hook()
    who = fill(a_session(capacity=8))
    plan_and_send()
    assert [message.data["email"] for message in receiver.messages] == [one.email for one in who]


@pytest.mark.django_db
@pytest.mark.parametrize("behaviour", [dripping, until(threading.Event())])
def test_slow_receiver_is_left_when_its_time_is_over(hook, receiver, monkeypatch, behaviour):
    monkeypatch.setattr(connecting, "SECONDS", 0.4)
    one_message(hook)
    receiver.script = [behaviour]
    begun = time.monotonic()
    send_due()
    assert time.monotonic() - begun < 5
    assert deliveries().get().last_error == "No answer within 0.4 seconds"


@pytest.mark.django_db
def test_slow_receiver_keeps_no_other_waiting(hook, receiver):
    """The quick one has all its messages before the slow one has answered its first."""
    released, session = threading.Event(), a_session(capacity=10)
    slow = hook()
    with listening() as quick:
        hook(url=quick.url)
        receiver.otherwise = until(released)
        quick.otherwise = lambda handler: _counted(quick, released, handler)
        fill(session)
        plan()
        send_due()
        assert len(quick.messages) == 10
    assert released.is_set()
    assert deliveries(webhook=slow, delivered_at=None).count() == 0


def _counted(quick, released, handler):
    if len(quick.messages) == 10:
        released.set()
    status(204)(handler)


@pytest.mark.django_db
def test_round_ends_when_its_time_is_over(hook, receiver):
    one_message(hook, count=5)
    assert send_due(seconds=0) == 0
    assert send_due(should_stop=lambda: True) == 0
    assert send_due() == 5


@pytest.mark.django_db
def test_endless_answer_is_read_in_part_only(hook, receiver):
    one_message(hook)
    receiver.script = [endless]
    send_due()
    delivery = deliveries().get()
    assert delivery.last_status == 500
    assert len(delivery.last_error) < 250
    assert "\x00" not in delivery.last_error


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "second", "is_taken"), [(200, 500, True), (500, 200, False)])
def test_receiver_that_answers_twice_is_believed_the_first_time(hook, receiver, first, second, is_taken):
    one_message(hook, count=2)
    receiver.script = [twice(first, second)]
    send_due()
    assert len(receiver.messages) == (2 if is_taken else 1)
    answered, other = deliveries()
    assert (answered.delivered_at is not None, answered.last_status) == (is_taken, first)
    assert (other.delivered_at is not None) is is_taken


@pytest.mark.django_db
def test_redirect_is_a_failure_and_not_followed(hook, receiver):
    one_message(hook)
    with listening() as elsewhere:
        receiver.script = [status(307, Location=elsewhere.url)]
        send_due()
        assert elsewhere.messages == []
    assert deliveries().get().last_error == "Answered 307"


@pytest.mark.django_db
def test_nobody_listening_is_a_failure(hook, receiver):
    with listening() as gone:
        url = gone.url
    hook(url=url)
    claim(a_session(), BOB)
    plan_and_send()
    assert deliveries().get().last_error.startswith("ConnectionRefusedError")


@pytest.mark.django_db
def test_nonsense_for_an_answer_is_a_failure(hook, receiver):
    one_message(hook)
    receiver.script = [lambda handler: handler.wfile.write(b"220 mail.example.org ESMTP\r\n")]
    send_due()
    assert deliveries().get().last_error.startswith("BadStatusLine")


@pytest.mark.django_db
def test_deleted_webhook_gets_nothing_more(hook, receiver):
    webhook = one_message(hook)
    webhook_actions.delete_webhook(webhook)
    assert (send_due(), receiver.messages) == (0, [])
    assert deliveries().count() == 1


@pytest.mark.django_db
def test_repeat_after_worker_died_between_sending_and_marking_carries_same_id(hook, receiver, monkeypatch):
    webhook = one_message(hook)
    now = timezone.now()

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(marking, "mark", dies)
        with pytest.raises(KeyboardInterrupt):
            send_due(at=now)
    assert send_due(at=now) == 0, "the dead worker's lease still holds"
    assert send_due(at=now + LEASE + timedelta(seconds=1)) == 1
    first, second = receiver.messages
    assert first.id == second.id
    assert first.verified(webhook.secret) == second.verified(webhook.secret)


@pytest.mark.django_db
def test_sent_again_by_hand_keeps_its_id(hook, receiver):
    one_message(hook)
    send_due()
    webhook_actions.resend(deliveries().get())
    assert deliveries().get().delivered_at is None
    assert send_due() == 1
    first, second = receiver.messages
    assert first.id == second.id
    assert deliveries().get().attempts == 1


@pytest.mark.django_db
def test_month_old_messages_are_forgotten(hook, receiver):
    one_message(hook)
    now = timezone.now()
    plan_and_send(at=now + marking.KEPT_FOR - timedelta(seconds=60))
    assert deliveries().count() == 1
    plan_and_send(at=now + marking.KEPT_FOR + timedelta(seconds=60))
    assert deliveries().count() == 0


@pytest.mark.django_db
def test_worker_sends_mails_and_webhooks(hook, receiver, capsys):
    hook("session_registration.created", "registrant.created")
    claim(a_session(), BOB)
    call_command("worker", once=True)
    assert receiver.types == ["registrant.created", "session_registration.created"]
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]
    assert capsys.readouterr().out == "Done: 3 things.\n"


@pytest.mark.django_db
def test_worker_that_cannot_send_webhooks_still_sends_mails(hook, receiver):
    hook()
    receiver.otherwise = status(500)
    claim(a_session(), BOB)
    call_command("worker", once=True)
    assert len(mail.outbox) == 1
    assert len(receiver.messages) == 1


# Any number of workers at once.


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_four_workers_at_once_send_each_message_once(hook, receiver):
    hook()
    fill(a_session(capacity=24))
    results = at_once(*[plan_and_send] * 4)
    assert errors(results) == []
    plan_and_send()
    assert len(receiver.messages) == len({message.id for message in receiver.messages}) == 24
    assert deliveries().filter(delivered_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_without_lease_workers_send_twice(hook, receiver, monkeypatch):
    """The negative control: were the lease no condition, the test above would fail."""
    both = threading.Barrier(2)
    monkeypatch.setattr(marking, "_lease", lambda pk, at: both.wait(30) >= 0)
    one_message(hook)
    at_once(send_due, send_due)
    assert [message.id for message in receiver.messages] == [str(deliveries().get().uuid)] * 2
