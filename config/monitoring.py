"""How the site is watched: its log, and its figures for Prometheus."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

HIGHEST_PORT = 65535


def logging_from_environment(usual_format: str) -> dict[str, Any]:
    """Return Django's settings for the log: LOG_LEVEL says how much, LOG_FORMAT for whom."""
    level, shape = os.environ.get("LOG_LEVEL", "WARNING"), os.environ.get("LOG_FORMAT", "") or usual_format
    if shape not in {"json", "line"}:
        raise ImproperlyConfigured(f"LOG_FORMAT is {shape!r}; it may be json or line.")
    line = {"()": "config.logs.Lines", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    console = {"class": "logging.StreamHandler", "formatter": shape, "filters": ["personal_links"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line, "json": {"()": "config.logs.JsonLines"}},
        "filters": {"personal_links": {"()": "config.logs.WithoutPersonalLinks"}},
        "handlers": {"console": console},
        "root": {"handlers": ["console"], "level": level},
        # Statements with their values, and what a template could not find, name people: never below INFO.
        "loggers": {
            "django": {"level": level},
            "django.db.backends": {"level": "INFO"},
            "django.template": {"level": "INFO"},
        },
    }


def metrics_from_environment(folder: Path) -> tuple[str, str, int]:
    """Return the token, and the host and port of the worker's own; figures are kept in `folder` where one is set.

    The library looks for the folder in the environment, when it is first imported.
    """
    token, port = os.environ.get("METRICS_TOKEN", ""), os.environ.get("METRICS_PORT", "")
    if port and not (port.isdecimal() and 0 < int(port) <= HIGHEST_PORT):
        raise ImproperlyConfigured(f"METRICS_PORT is {port!r}; it may be a port from 1 to 65535.")
    if token or port:
        Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder))).mkdir(
            parents=True, exist_ok=True
        )
    return token, os.environ.get("METRICS_HOST", "127.0.0.1"), int(port or 0)
