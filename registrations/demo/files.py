"""Two files of people that the organizer uploaded: one that was kept, and one that was the wrong list."""

from __future__ import annotations

import random

from events.models import Event, User
from registrations.demo.names import people
from registrations.imports.running import work_on_imports
from registrations.imports.uploading import choose, keep, run, undo
from registrations.models import ImportBatch
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
