"""Reports of errors, without the people: no addresses, names, links, cookies or what a form said."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.logs import scrub

_PERSONAL = {"cookies", "data", "env", "headers", "query_string"}


def report_errors(dsn: str, **more: Any) -> None:
    """Send errors to `dsn` from now on. `more` goes to the library as it is."""
    try:
        import sentry_sdk
    except ImportError as error:
        raise ImproperlyConfigured(
            "SENTRY_DSN is set, but sentry-sdk is not installed: uv sync --extra sentry."
        ) from error
    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        max_request_body_size="never",
        # Variables hold people: forms, contacts, mails.
        include_local_variables=False,
        before_send=without_people,
        before_breadcrumb=_without_values,
        **more,
    )


def without_people(event: Any, _hint: Any = None) -> Any:
    """Return the report without whatever says who it was about."""
    event.pop("user", None)
    request = event.get("request") or {}
    event["request"] = {name: value for name, value in request.items() if name not in _PERSONAL}
    return _scrubbed(event)


def _without_values(crumb: Any, _hint: Any = None) -> Any:
    """Statements are kept, their values are not."""
    crumb.pop("data", None)
    return _scrubbed(crumb)


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {key: _scrubbed(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(inner) for inner in value]
    return value
