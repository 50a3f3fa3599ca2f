"""Files of people: two that the organizer uploaded, one of them the wrong list, and one that was taken along."""

from __future__ import annotations

import random
from datetime import datetime

from events.actors import Actor
from events.models import Event, User
from registrations import actions
from registrations.demo.names import people
from registrations.imports.running import work_on_imports
from registrations.imports.uploading import choose, keep, run, undo
from registrations.models import EventRegistration, ImportBatch
from sessions_app.models import Session

INTO = "Shanty night"


def upload_people(event: Event, organizer: User) -> None:
    """Upload both, and take the wrong one back; nobody is told."""
    session = Session.objects.select_related("event", "seats").get(event=event, name=INTO)
    crowd = people(14, random.Random(1901))
    lines = [f"{one.email};{one.first_name};{one.last_name}" for one in crowd]
    _upload(session, organizer, "crew-list.csv", [*lines[:8], lines[0], "harbour office;;Reception"])
    wrong = _upload(session, organizer, "last-year.csv", lines[8:])
    undo(wrong)
    work_on_imports()


def _upload(session: Session, organizer: User, name: str, lines: list[str]) -> ImportBatch:
    content = "\n".join(["E-mail;First name;Last name", *lines]).encode()
    batch = keep(content, name, session.event, session, user=organizer)
    choose(batch, batch.columns, {"policy": ImportBatch.Policy.WAIT, "notify": False})
    work_on_imports()
    run(batch)
    work_on_imports()
    return batch


def take_along(event: Event, staff: Actor, at: datetime) -> None:
    """Keep in the ledger that the list of everybody left as a file, as the desk does when one is taken."""
    count = EventRegistration.objects.filter(event=event).count()
    kept = {"list": "event_registrations", "rows": count, "format": "xlsx", "filters": {}}
    what = f"Registrations: {count} rows as XLSX"
    detail = {**kept, "is_search": False, "is_ticked": False}
    actions.note_export(event, actor=staff, what=what, detail=detail, at=at)
