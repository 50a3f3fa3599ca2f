"""Sending of mails that are due, one at a time, outside of any transaction."""

from __future__ import annotations

import contextlib
import logging
import smtplib
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from events import metrics
from events.database_trouble import trouble_of, wait_out
from events.pacing import Breaker, Pace
from registrations.actions.sending import outbox
from registrations.actions.sending.calendars import note_told
from registrations.mail.facts import NoLongerTrue
from registrations.mail.rendering import render
from registrations.mail.to_addresses import lease_mails, letter_to, mark_sent, mark_tried_in_vain
from registrations.models import Notification

logger = logging.getLogger(__name__)

BATCH = 100
# A mail that has left is marked as long as its lease lasts: with the mark lost, it would be sent once more.
SECONDS_TO_MARK = 240.0
# Replies of SMTP from here on are final; those below ask to come again.
REFUSED_FOR_GOOD = 500


class MailServer:
    """The mail server as one worker knows it: whether it may be tried, how fast, and the connection to it."""

    def __init__(self, breaker: Breaker | None = None, pace: Pace | None = None) -> None:
        self.breaker = breaker or Breaker()
        self.pace = pace or Pace(settings.MAILS_PER_SECOND)
        self._connection: Any = None

    def send(self, message: EmailMultiAlternatives) -> None:
        """Hand the mail over; raises whatever keeps it from leaving."""
        self.pace.wait()
        try:
            if self._connection is None:
                self._connection = get_connection()
            # Kept open from mail to mail: a handshake for each would make thousands take an hour.
            self._connection.open()
            self._connection.send_messages([message])
        except Exception as error:
            if is_the_servers(error):
                self.breaker.failed()
            if is_the_servers(error) or not isinstance(error, smtplib.SMTPException):
                self._drop()
            raise
        self.breaker.worked()

    def hang_up(self) -> None:
        """End the connection as one should."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.close()

    def _drop(self) -> None:
        """Forget what may be broken without a farewell: a server that hangs would let us wait for its answer."""
        connection, self._connection = self._connection, None
        line = getattr(connection, "connection", None)
        with contextlib.suppress(Exception):
            (line if isinstance(line, smtplib.SMTP) else connection).close()


def is_the_servers(error: Exception) -> bool:
    """True when every other mail would have failed like this one; False when the mail itself was refused for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code < REFUSED_FOR_GOOD for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused):
        return error.smtp_code < REFUSED_FOR_GOOD
    return isinstance(error, OSError)


def send_due(
    *,
    limit: int = BATCH,
    at: datetime | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    server: MailServer | None = None,
) -> int:
    """Send up to `limit` mails that are due; return how many were dealt with, sent or not.

    `should_stop` is asked after each mail. A mail that fails is tried again later; one that is no longer true is
    closed unsent. No failure of one keeps the others from leaving, but a server that fails again and again is left
    alone for a while, and the mails stay due.
    """
    server, done = server or MailServer(), 0
    if not server.breaker.may_try():
        return 0
    try:
        # First: somebody sits before the page that asks for the code.
        done += send_to_addresses(server, limit, at, should_stop)
        for notification in outbox.lease_due(limit, at):
            _send_one(notification, server, at, should_stop)
            done += 1
            if should_stop() or not server.breaker.may_try():
                break
    finally:
        server.hang_up()
    return done


def send_to_addresses(
    server: MailServer, limit: int, at: datetime | None, should_stop: Callable[[], bool]
) -> int:
    """Send the codes that are due, and what is told to addresses that are nobody's any more; how many were tried."""
    done = 0
    for row in lease_mails(limit, at):
        try:
            server.send(letter_to(row))
        except Exception as error:
            if trouble_of(error):
                raise
            logger.warning("mail to an address %s was not sent: %s", row.pk, type(error).__name__)
            mark_tried_in_vain(row, at)
            metrics.note_mail("failed")
        else:
            wait_out(partial(mark_sent, row, at), seconds=SECONDS_TO_MARK, should_stop=should_stop)
            metrics.note_mail("sent")
        done += 1
        if should_stop() or not server.breaker.may_try():
            break
    return done


def _send_one(
    notification: Notification, server: MailServer, at: datetime | None, should_stop: Callable[[], bool]
) -> None:
    try:
        message = render(notification, at=at)
        # Held ones before, cancelled ones after: a worker killed in between corrects too much, never too little.
        note_told(notification.contact, message.entries, is_cancelled=False, at=at)
        server.send(message)
        note_told(notification.contact, message.cancelled_entries, is_cancelled=True, at=at)
    except NoLongerTrue as outdated:
        outbox.mark_no_longer_true(notification, str(outdated), at, told_with=outdated.told_with)
        metrics.note_mail("no_longer_true")
    except Exception as error:
        if trouble_of(error):
            raise
        logger.warning("mail %s was not sent: %s", notification.pk, type(error).__name__)
        outbox.mark_failed(notification, f"{type(error).__name__}: {error}", at)
        metrics.note_mail("failed")
    else:
        mark = partial(outbox.mark_sent, notification, at, told_with=message.told_with)
        wait_out(mark, seconds=SECONDS_TO_MARK, should_stop=should_stop)
        metrics.note_mail("sent")
