"""What the door page's tests may ask for: a hall with people, and phones that stand at its door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from events.models import Event
    from registrations.models import EventRegistration
    from sessions_app.models import Session


@dataclass
class Hall:
    """One door, to the session "Knots under load", and the people who come to it, by first name."""

    event: Event
    session: Session
    people: dict[str, EventRegistration] = field(default_factory=dict)

    def code(self, name: str) -> str:
        """What is in somebody's QR code."""
        return f"SW1:{self.people[name].door_code}"


@pytest.fixture
def hall(transactional_db: None) -> Hall:
    """A hall for which Ana and Ben are registered. Cy has cancelled, Dora sits elsewhere, Eve comes later."""
    from events.actors import SYSTEM
    from registrations.actions import cancel_event_registrations, door_codes_for, submit_agenda
    from registrations.models import EventRegistration
    from tests.engine.acts import person
    from tests.factories import EventFactory, RoomFactory, SessionFactory, at

    event = EventFactory(name="Harbour Conf")
    times = {"event": event, "starts_at": at(10), "ends_at": at(11)}
    knots = SessionFactory(name="Knots under load", room=RoomFactory(name="Hall B"), **times)
    other = SessionFactory(name="Reading the tide", room=RoomFactory(name="Great Dock"), **times)
    later = SessionFactory(name="Later", event=event, starts_at=at(12), ends_at=at(13))
    knots.validate_registrants = True
    knots.save(update_fields=["validate_registrants"])
    wishes = {"Ana": knots, "Ben": knots, "Cy": knots, "Dora": other, "Eve": later}
    for name, session in wishes.items():
        assert submit_agenda(event, person(name), [session]).applied
    people = {row.contact.first_name: row for row in EventRegistration.objects.select_related("contact")}
    cancel_event_registrations([people["Cy"]], actor=SYSTEM)
    door_codes_for(event)
    for row in people.values():
        row.refresh_from_db()
    return Hall(event, knots, people)


@pytest.fixture
def stand_at_door(open_browser: Callable[..., Page]) -> Callable[..., Page]:
    """Return a function that pairs a new phone and lets it stand at the hall's door: `stand_at_door(hall)`."""
    from events.actors import SYSTEM
    from registrations.actions import begin_pairing

    def stand(hall: Hall, *, name: str = "Door 3", page: Page | None = None, **how: Any) -> Page:
        pairing = begin_pairing(hall.event, name=name, actor=SYSTEM)
        pairing.device.may_override = True
        pairing.device.save(update_fields=["may_override"])
        page = page or open_browser(**{"width": 320, "height": 640} | how)
        page.goto(f"/door/pair/{pairing.secret}/")
        page.get_by_role("button", name="Pair this phone").click()
        # A phone that is paired again knows its door.
        page.locator("body[data-panel=doors], body[data-panel=work]").wait_for()
        if page.locator("body").get_attribute("data-panel") == "doors":
            page.get_by_role("button", name=hall.session.name).click()
        page.locator("#state", has_text=" old").wait_for()
        return page

    return stand
