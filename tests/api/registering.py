"""Short words for what the API's tests ask for."""

from __future__ import annotations

from typing import Any

from registrations.models import EventRegistration, SessionRegistration

BOB = {"email": "bob@example.com", "first_name": "Bob", "last_name": "Baker"}


def register(api: Any, event: Any, sessions: Any = (), query: str = "", **more: Any) -> Any:
    """POST somebody, Bob unless another is named."""
    body = {**BOB, "event_id": event.pk, "session_ids": [session.pk for session in sessions], **more}
    return api.post(f"/registrants{query}", body)


def registered(api: Any, event: Any, sessions: Any = (), **more: Any) -> int:
    """The id of somebody who was registered so."""
    response = register(api, event, sessions, **more)
    assert response.status_code == 201, response.content
    return response.json()["id"]


def outcomes(response: Any) -> dict[int, str]:
    """What became of each session."""
    return {line["session_id"]: line["outcome"] for line in response.json()["lines"]}


def emails_in(session: Any) -> list[str]:
    """Who has a seat, in the order of registering."""
    rows = SessionRegistration.objects.active().filter(session=session).order_by("id")
    return list(rows.values_list("contact__email", flat=True))


def nobody_is_registered() -> bool:
    """True while nothing was written."""
    return not EventRegistration.objects.exists()


def rows_of_every_table() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the database holds, table by table."""
    from django.apps import apps

    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
