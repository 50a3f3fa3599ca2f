"""Mail servers as they are on bad days."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend


class RefusesCarol(EmailBackend):
    """Takes every mail except Carol's."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        """Send, or fail as a server does that does not know the address."""
        if any("carol" in address for message in messages for address in message.to):
            raise OSError("550 no such mailbox\r\n")
        return super().send_messages(messages)


class IsDown(EmailBackend):
    """Cannot even be reached."""

    def open(self) -> bool:
        """Fail as a connection does."""
        raise ConnectionRefusedError("nobody answers")
