"""Mails as a mail program reads them."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from registrations.mail import render
from registrations.models import Notification


def as_sent(notification: Notification) -> EmailMessage:
    """The mail as a mail program reads it."""
    return message_from_bytes(render(notification).message().as_bytes(), policy=policy.default)  # type: ignore[return-value]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """One of the mail's two bodies."""
    body = mail.get_body((kind,))
    assert body is not None
    return body.get_content()
