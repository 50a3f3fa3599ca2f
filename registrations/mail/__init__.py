"""Mails: outbox rows put into words and sent, after the transaction that caused them."""

from registrations.mail.facts import NoLongerTrue
from registrations.mail.rendering import render
from registrations.mail.sending import MailServer, send_due

__all__ = ["MailServer", "NoLongerTrue", "render", "send_due"]
