"""The worker sends each mail once: lease, retry, giving up, sending again."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from events.actors import Actor
from registrations import actions
from registrations.actions.sending import outbox
from registrations.mail import send_due
from registrations.models import Notification
from tests.engine.acts import claim, fill, person
from tests.mail import scenes
from tests.mail.scenes import BOB, CAROL
from tests.races.at_once import at_once, errors

DOWN = "tests.mail.backends.IsDown"
REFUSES_CAROL = "tests.mail.backends.RefusesCarol"


def two_mails() -> list[Notification]:
    """One for Bob, one for Carol, both due."""
    session = scenes.seamanship()
    claim(session, BOB)
    claim(session, CAROL)
    return list(Notification.objects.order_by("id"))


def sent_to() -> list[str]:
    """Who got a mail, in order."""
    return [message.to[0] for message in mail.outbox]


@pytest.mark.django_db
def test_sends_what_is_due_once():
    two_mails()
    assert send_due() == 2
    assert send_due() == 0
    assert sent_to() == [BOB.email, CAROL.email]
    assert Notification.objects.filter(sent_at=None).count() == 0


@pytest.mark.django_db
def test_sends_nothing_before_it_is_due():
    two_mails()
    Notification.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert send_due() == 0
    assert mail.outbox == []


@pytest.mark.django_db
def test_stops_after_mail_in_hand():
    two_mails()
    assert send_due(should_stop=lambda: True) == 1
    assert sent_to() == [BOB.email]
    assert send_due() == 1


@pytest.mark.django_db
def test_failure_of_one_keeps_no_other_from_leaving(settings):
    settings.EMAIL_BACKEND = REFUSES_CAROL
    _bob, carol = two_mails()
    now = timezone.now()
    send_due(at=now)
    assert sent_to() == [BOB.email]
    carol.refresh_from_db()
    assert (carol.attempts, carol.sent_at, carol.given_up_at, carol.leased_until) == (1, None, None, None)
    assert carol.due_at == now + timedelta(minutes=1)
    assert carol.last_error == "OSError: 550 no such mailbox\r\n"


@pytest.mark.django_db
def test_pauses_grow_and_eighth_failure_gives_up(settings):
    settings.EMAIL_BACKEND = DOWN
    notification = scenes.registered()
    now, pauses = timezone.now(), []
    for _attempt in range(8):
        assert send_due(at=now) == 1
        notification.refresh_from_db()
        pauses.append(notification.due_at - now)
        now = max(now, notification.due_at)
    minutes = [round(pause.total_seconds() / 60) for pause in pauses]
    assert minutes == [1, 5, 30, 120, 720, 720, 720, 0]
    assert notification.given_up_at is not None
    assert notification.last_error == "ConnectionRefusedError: nobody answers"
    assert send_due(at=now + timedelta(days=30)) == 0


@pytest.mark.django_db
def test_recovers_when_server_is_back(settings):
    settings.EMAIL_BACKEND = DOWN
    two_mails()
    now = timezone.now()
    send_due(at=now)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due(at=now + timedelta(minutes=2)) == 2
    assert Notification.objects.exclude(last_error="").count() == 0


@pytest.mark.django_db
def test_leased_mail_is_nobody_elses_until_lease_ends():
    notification = scenes.registered()
    now = timezone.now()
    assert [row.pk for row in outbox.lease_due(10, now)] == [notification.pk]
    assert list(outbox.lease_due(10, now + outbox.LEASE - timedelta(seconds=1))) == []
    (again,) = outbox.lease_due(10, now + outbox.LEASE + timedelta(seconds=1))
    assert again.attempts == 2


@pytest.mark.django_db
def test_repeat_after_worker_died_between_sending_and_marking_carries_same_message_id(monkeypatch):
    scenes.registered()
    now = timezone.now()

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "mark_sent", dies)
        with pytest.raises(KeyboardInterrupt):
            send_due(at=now)
    assert send_due(at=now) == 0, "the dead worker's lease still holds"
    assert send_due(at=now + outbox.LEASE + timedelta(seconds=1)) == 1
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


@pytest.mark.django_db
def test_mail_that_kills_its_worker_is_given_up_in_the_end(settings):
    notification = scenes.registered()
    now = timezone.now()
    for _death in range(outbox.GIVE_UP_AFTER - 1):
        assert len(list(outbox.lease_due(1, now))) == 1
        now += outbox.LEASE + timedelta(seconds=1)
    settings.EMAIL_BACKEND = DOWN
    send_due(at=now)
    notification.refresh_from_db()
    assert notification.given_up_at == now


@pytest.mark.django_db
def test_outdated_mail_is_closed_unsent_with_reason():
    notification = scenes.waitlisted()
    item = scenes.item_of(notification.session, CAROL)
    actions.leave_waitlist(item, contact=item.contact)
    Notification.objects.exclude(pk=notification.pk).delete()
    assert send_due() == 1
    notification.refresh_from_db()
    assert mail.outbox == []
    assert notification.given_up_at is not None
    assert notification.last_error == "No longer true: the person does not wait any more"


@pytest.mark.django_db
def test_sends_again_with_message_id_of_its_own(alice):
    notification = scenes.registered()
    send_due()
    [again] = actions.resend([notification], actor=Actor.staff(alice))
    assert actions.resend([notification], actor=Actor.staff(alice)) == [again], "clicked twice"
    assert again.pk != notification.pk
    assert again.payload["resent_by"] == "alice@example.com"
    send_due()
    first, second = mail.outbox
    assert first.subject == second.subject
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]
    later = timezone.now() + timedelta(minutes=2)
    [third] = actions.resend([again], actor=Actor.staff(alice), at=later)
    assert third.dedup_key == f"{notification.dedup_key}:again:2"


@pytest.mark.django_db
def test_given_up_mail_is_tried_from_the_start(alice):
    notification = scenes.registered()
    gone = timezone.now() - timedelta(days=1)
    Notification.objects.update(attempts=8, given_up_at=gone, last_error="nobody answers")
    assert actions.resend([notification], actor=Actor.staff(alice)) == [notification]
    assert send_due() == 1
    notification.refresh_from_db()
    assert (notification.attempts, notification.last_error) == (1, "")


# Any number of workers at once.


def _many_mails(count: int = 24) -> None:
    session = scenes.seamanship(capacity=count)
    fill(session)


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_four_workers_at_once_send_each_mail_once():
    _many_mails()
    results = at_once(*[send_due] * 4)
    assert errors(results) == []
    assert sum(results) == 24
    assert len(sent_to()) == len(set(sent_to())) == 24


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("races")
def test_without_lease_workers_send_twice(monkeypatch):
    """The negative control: were the lease no condition, the test above would fail."""
    monkeypatch.setattr(outbox, "_lease", lambda pk, at: True)
    _many_mails()
    listed = threading.Barrier(2)
    at_once(*[lambda: send_due(should_stop=lambda: listed.wait(30) < 0)] * 2)
    assert len(sent_to()) > len(set(sent_to()))


# The command.


@pytest.mark.django_db
def test_worker_does_everything_once(capsys):
    scenes.invited()
    Notification.objects.all().delete()
    _backdate_invitation(timezone.now() - timedelta(minutes=1))
    call_command("worker", once=True)
    assert [message.subject.split(":")[0] for message in mail.outbox] == ["Your invitation has expired"]
    assert capsys.readouterr().out == "Done: 2 things.\n"


def _backdate_invitation(deadline: datetime) -> None:
    from waitlists.models import InvitationSlot

    InvitationSlot.objects.update(opened_at=deadline - timedelta(days=1), expires_at=deadline)


@pytest.mark.django_db
def test_worker_that_is_once_says_what_failed(monkeypatch):
    from registrations.management.commands import worker

    def broken() -> int:
        raise RuntimeError("the sweep is broken")

    monkeypatch.setattr(worker, "sweep", broken)
    claim(scenes.seamanship(), person("Dave"))
    with pytest.raises(CommandError, match="Failed, see the log: waitlists"):
        call_command("worker", once=True)
    assert sent_to() == ["dave@example.org"], "one part that fails keeps no other from being done"


@pytest.mark.parametrize("interval", [0, -1, 4000])
def test_worker_refuses_interval_that_cannot_be(interval):
    with pytest.raises(CommandError, match="--interval takes seconds"):
        call_command("worker", interval=interval)


def test_folder_backend_keeps_each_mail_in_a_file_of_its_own(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = (
        "registrations.mail.folder.FolderBackend",
        tmp_path / "mail",
    )
    for subject in ("One / two", "../../etc"):
        mail.send_mail(subject, "Text", None, ["bob@example.org"])
    names = sorted(path.name.split(" ", 1)[1] for path in (tmp_path / "mail").iterdir())
    assert names == ["bob@example.org-..-..-etc.eml", "bob@example.org-One-two.eml"]
