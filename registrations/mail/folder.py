"""An e-mail backend for the demo: each mail is one .eml file in a folder, which any mail program opens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


class FolderBackend(BaseEmailBackend):
    """Writes mails to `settings.EMAIL_FILE_PATH`, named by time, address and subject."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = Path(settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each mail whole; return how many."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = self.folder / _name_of(message)
            part = path.with_suffix(".part")
            part.write_bytes(message.message().as_bytes())
            part.rename(path)
        return len(email_messages)


def _name_of(message: EmailMessage) -> str:
    words = " ".join([*message.to, str(message.subject)])
    readable = re.sub(r"[^\w@.+-]+", "-", words)[:80].strip("-.")
    return f"{timezone.now():%Y%m%d-%H%M%S-%f} {readable}.eml"
