"""The small programme of these tests, as it is and with one thing changed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command

from sessions_app.schedule.apply import ImportOptions, apply_schedule
from sessions_app.schedule.capacities import Capacities
from sessions_app.schedule.parse import parse_schedule
from sessions_app.schedule.report import ImportReport

DATA = Path(__file__).parent / "data"
SMALL_XML = DATA / "small.xml"
SMALL_JSON = DATA / "small.json"
HUB = DATA / "hub.json"
OAKS, PRUNING, OWLS, PLANTING = (
    f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}" for digit in "1234"
)


def changed(path: Path, *changes: tuple[str, str]) -> bytes:
    """Return the file with each text replaced by another, once; it has to be there."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def without_event(guid: str) -> bytes:
    """Return the XML without one session."""
    text = SMALL_XML.read_text(encoding="utf-8")
    begin = text.index(f'<event guid="{guid}"')
    end = text.index("</event>", begin) + len("</event>")
    return (text[:begin] + text[end:]).encode()


def line_of(content: bytes, text: str) -> int:
    """Return the number of the first line with that text."""
    return content.decode()[: content.decode().index(text)].count("\n") + 1


def imported(content: bytes, capacity: int | None = None, **more: object) -> ImportReport:
    """Import the content; a capacity is given as `--capacity` gives it."""
    options = more.pop("options", ImportOptions(capacities=Capacities(capacity)))
    read: dict[str, Any] = {key: more.pop(key) for key in ("choices", "default_zone") if key in more}
    return apply_schedule(parse_schedule(content, **read), options=options, **more)  # type: ignore[arg-type]


def run(*arguments: object, **options: object) -> str:
    """Run a command and return what it said."""
    out = io.StringIO()
    call_command(*[str(argument) for argument in arguments], stdout=out, **options)
    return out.getvalue()


def all_rows() -> dict[str, list[dict[str, object]]]:
    """Return every row of every table of ours."""
    models = [
        model
        for label in ("events", "sessions_app", "waitlists", "registrations")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}
