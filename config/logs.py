"""Filters that keep secrets out of logs."""

from __future__ import annotations

import logging
import re

_PERSONAL_LINK = re.compile(r"(/me/)[^/\s]+")


class WithoutPersonalLinks(logging.Filter):
    """Leaves out the token of a personal link: whoever reads a log must not be able to open somebody's page."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the log record pass, its text without tokens."""
        record.msg, record.args = _PERSONAL_LINK.sub(r"\1…", record.getMessage()), ()
        return True
