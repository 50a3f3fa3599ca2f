"""Formatters of logs: a line of JSON each, and never an address of a person or a personal link."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from events import tracing

_PERSONAL_LINK = re.compile(r"(/me/)[^/\s\"\\]+")
_ADDRESS = re.compile(r"[\w.+%\'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")


def scrub(text: str) -> str:
    """Return the text without addresses of people and without what opens somebody's page."""
    return _ADDRESS.sub("…@…", _PERSONAL_LINK.sub(r"\1…", text))


class WithoutPersonalLinks(logging.Filter):
    """Leaves out the token of a personal link: whoever reads a log must not be able to open somebody's page."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the log record pass, its text without tokens."""
        record.msg, record.args = scrub(record.getMessage()), ()
        return True


class Lines(logging.Formatter):
    """A line for people to read, tracebacks included, without anybody's address."""

    def format(self, record: logging.LogRecord) -> str:
        """The log record as one line, before it the number of the request that caused it."""
        number = tracing.number()
        return scrub(f"[{number}] {super().format(record)}" if number else super().format(record))


class JsonLines(logging.Formatter):
    """One object a line, for machines: when, how bad, from where, in which request, what, and the request's facts."""

    def format(self, record: logging.LogRecord) -> str:
        """The log record as one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := tracing.number():
            line["request_id"] = number
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return scrub(json.dumps(line, ensure_ascii=False, default=str))
