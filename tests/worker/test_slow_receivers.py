"""Seats wait for nobody's server: mail servers and webhooks' receivers on their worst days."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.health import LOOPS
from events.models import WorkerHeartbeat
from events.pacing import Breaker, Pace
from registrations.mail import MailServer, send_due
from registrations.management.commands.worker import loops
from registrations.management.loops import run
from registrations.management.stopping import Stop
from registrations.models import Notification
from registrations.webhooks import Receivers
from registrations.webhooks import plan as plan_webhooks
from registrations.webhooks import send_due as send_webhooks
from tests.engine.acts import claim, fill, people
from tests.mail import scenes
from tests.webhooks import receiver as http
from tests.webhooks.scenes import new_client
from tests.worker import smtp
from tests.worker.process import running, until
from waitlists.models import InvitationSlot

races = pytest.mark.xdist_group("races")
SMTP = "django.core.mail.backends.smtp.EmailBackend"
BAD_DAYS: dict[str, dict[str, smtp.Answer]] = {
    "never answers DATA": {"DATA": smtp.HANG},
    "never greets back": {"EHLO": smtp.HANG},
    "451 for each message": {"END": "451 local error in processing"},
    "hangs up after DATA": {"END": None},
}


@pytest.fixture
def many_mails_and_an_invitation() -> None:
    """Forty mails are due, and somebody was invited whose time is not over yet."""
    scenes.invited()
    fill(scenes.seamanship(scenes.harbour_conf(slug="other", name="Other"), capacity=40))


def expire_the_invitation() -> Callable[[], bool]:
    """Let the invitation's time be over; return what says whether it was ended."""
    past = timezone.now() - timedelta(seconds=1)
    InvitationSlot.objects.update(opened_at=past - timedelta(days=1), expires_at=past)
    return lambda: not InvitationSlot.objects.filter(closed_at=None).exists()


@contextlib.contextmanager
def working(interval: float = 0.2) -> Iterator[Stop]:
    """The worker's loops until the block ends."""
    stop = Stop()
    thread = threading.Thread(target=run, args=[loops(interval), stop], kwargs={"look_every": 0.05})
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)


@races
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("many_mails_and_an_invitation")
@pytest.mark.parametrize("day", BAD_DAYS)
def test_invitation_ends_in_time_whatever_the_mail_server_does(settings, day):
    with working() as stop, smtp.listening(**BAD_DAYS[day]) as server:
        settings.EMAIL_BACKEND, settings.EMAIL_PORT, settings.EMAIL_HOST = SMTP, server.port, "127.0.0.1"
        until(lambda: server.words)
        assert until(expire_the_invitation()) < 5
        stop.set()
    assert Notification.objects.exclude(sent_at=None).count() == 0


@races
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("many_mails_and_an_invitation")
def test_invitation_ends_in_time_when_mail_server_is_not_there(settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT, settings.EMAIL_HOST = SMTP, smtp.closed_port(), "127.0.0.1"
    with working():
        until(lambda: Notification.objects.exclude(last_error="").exists())
        assert until(expire_the_invitation()) < 5
    # Then it rests: most were not even tried, and lose none of their attempts.
    assert Notification.objects.filter(attempts__gt=0).count() < 10


@races
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("many_mails_and_an_invitation")
def test_worker_process_ends_invitations_while_mail_server_and_receivers_hang_and_stops_when_asked(
    settings, tmp_path
):
    """The whole command: nothing of it waits for who does not answer."""
    log = tmp_path / "worker.log"
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with smtp.listening(DATA=smtp.HANG) as server, http.listening() as receiver:
        held = threading.Event()
        receiver.otherwise = http.until(held)
        hooks_for(receiver, 9)
        claim(scenes.tides(scenes.harbour_conf(slug="third", name="Third"), capacity=3), people(1, "late")[0])
        where = {"EMAIL_BACKEND": SMTP, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": server.port}
        networks = {"WEBHOOK_ALLOWED_NETWORKS": ["127.0.0.0/8"]}
        with running(log, "worker", "--interval", "0.5", **where, **networks) as process:
            until(lambda: "DATA" in server.words and receiver.messages, why=log.read_text)
            assert until(expire_the_invitation()) < 5
            beats = set(WorkerHeartbeat.objects.values_list("loop", flat=True))
            assert beats == set(LOOPS)
            process.terminate()
            begun = time.monotonic()
            # What hangs is left behind: its lease ends, and then somebody takes it up.
            held.set()
            assert process.wait(30) == 0, log.read_text()
            assert time.monotonic() - begun < 15
    assert "Traceback" not in log.read_text()


def hooks_for(receiver: http.Receiver, count: int, **more: Any) -> None:
    """Register the receiver so many times."""
    from registrations.actions.sending.webhooks import create_webhook

    client = new_client("Reporting")
    for number in range(count):
        create_webhook(client, f"{receiver.url}/{number}", ["session_registration.created"], **more)


# One connection, a pace, a rest.


@pytest.fixture
def mail_server(settings) -> Iterator[smtp.Server]:
    """A healthy server, which the settings name."""
    with smtp.listening() as server:
        settings.EMAIL_BACKEND, settings.EMAIL_PORT, settings.EMAIL_HOST = SMTP, server.port, "127.0.0.1"
        yield server


@pytest.mark.django_db
def test_many_mails_leave_through_one_connection(mail_server):
    fill(scenes.seamanship(capacity=12))
    mail_server.answers["RCPT"] = "550 no such mailbox"
    send_due(limit=2)
    mail_server.answers.clear()
    before = mail_server.connections
    assert send_due() == 10
    assert (len(mail_server.mails), mail_server.connections - before) == (10, 1)
    assert before == 1, "a mailbox that does not exist is no reason to hang up"


@pytest.mark.django_db
def test_failing_mail_server_rests_longer_each_time_and_is_tried_with_one_mail(mail_server):
    clock = [0.0]
    server = MailServer(Breaker(failures=3, rest=5, longest=12, clock=lambda: clock[0]))
    fill(scenes.seamanship(capacity=12))
    mail_server.answers["DATA"] = "451 not now"
    assert [send_due(server=server), send_due(server=server)] == [3, 0]
    for rest in (5, 10, 12, 12):
        clock[0] += rest - 0.1
        assert send_due(server=server) == 0
        clock[0] += 0.1
        assert send_due(server=server) == 1
    mail_server.answers.clear()
    clock[0] += 12
    assert send_due(server=server) == 5
    assert len(mail_server.mails) == 5


@pytest.mark.django_db
def test_mailboxes_that_do_not_exist_let_nobody_rest(mail_server):
    mail_server.answers["RCPT"] = "550 no such mailbox"
    server = MailServer()
    fill(scenes.seamanship(capacity=6))
    assert send_due(server=server) == 6
    assert server.breaker.may_try()


@pytest.mark.django_db
def test_mails_keep_the_pace_that_the_server_takes(mail_server):
    now, naps = [100.0], []
    pace = Pace(4, clock=lambda: now[0])

    def nap(seconds: float) -> None:
        naps.append(round(seconds, 3))
        now[0] += seconds

    for _mail in range(4):
        pace.wait(nap)
    assert naps == [0.25, 0.25, 0.25]
    fill(scenes.seamanship(capacity=4))
    begun = time.monotonic()
    assert send_due(server=MailServer(pace=Pace(20))) == 4
    assert time.monotonic() - begun >= 0.15


@pytest.mark.django_db
def test_mail_dropped_after_data_is_repeated_with_same_message_id(mail_server):
    claim(scenes.seamanship(), scenes.BOB)
    mail_server.answers["."] = None
    now = timezone.now()
    send_due(at=now)
    mail_server.answers.clear()
    assert send_due(at=now + timedelta(minutes=2)) == 1
    assert len(mail_server.ids()) == 1
    assert Notification.objects.get().attempts == 2


# Receivers of webhooks.


@pytest.mark.django_db
def test_receivers_that_hang_leave_room_for_those_that_answer(settings, monkeypatch):
    from registrations.webhooks import connecting

    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(connecting, "SECONDS", 1.0)
    with http.listening() as slow, http.listening() as quick:
        slow.otherwise = http.until(threading.Event())
        hooks_for(slow, 12)
        hooks_for(quick, 1)
        claim(scenes.seamanship(), scenes.BOB)
        plan_webhooks()
        most: list[int] = []
        quick.otherwise = lambda handler: (most.append(len(slow.messages)), http.status(204)(handler))
        receivers = Receivers(new_breaker=lambda: Breaker(failures=2, rest=60))
        send_webhooks(receivers=receivers, seconds=30)
        assert len(quick.messages) == 1
        assert most[0] <= 2, "one host gets two messages at a time, the others' turn comes at once"
        assert len(slow.messages) <= 3, "a host where nobody answers rests, whichever webhook is asked next"
        assert send_webhooks(receivers=receivers) == 0
