"""Sending of mails that are due, one at a time, outside of any transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.mail import get_connection

from registrations.actions.sending import outbox
from registrations.mail.facts import NoLongerTrue
from registrations.mail.rendering import render
from registrations.models import Notification

logger = logging.getLogger(__name__)

BATCH = 100


def send_due(
    *, limit: int = BATCH, at: datetime | None = None, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Send up to `limit` mails that are due; return how many were dealt with, sent or not.

    `should_stop` is asked after each mail. A mail that fails is tried again later; one that is no longer true is
    closed unsent. No failure of one keeps the others from leaving.
    """
    connection = get_connection()
    done = 0
    try:
        for notification in outbox.lease_due(limit, at):
            _send_one(notification, connection, at)
            done += 1
            if should_stop():
                break
    finally:
        connection.close()
    return done


def _send_one(notification: Notification, connection: Any, at: datetime | None) -> None:
    try:
        message = render(notification, at=at)
        # Kept open from mail to mail: a handshake for each would make thousands take an hour.
        connection.open()
        connection.send_messages([message])
    except NoLongerTrue as outdated:
        outbox.mark_no_longer_true(notification, str(outdated), at)
    except Exception as error:
        logger.warning("mail %s was not sent: %s", notification.pk, error)
        outbox.mark_failed(notification, f"{type(error).__name__}: {error}", at)
        _forget(connection)
    else:
        outbox.mark_sent(notification, at)


def _forget(connection: Any) -> None:
    """Close a connection that may be broken, so that the next mail opens a new one."""
    try:
        connection.close()
    except Exception:
        logger.debug("closing a broken mail connection failed", exc_info=True)
