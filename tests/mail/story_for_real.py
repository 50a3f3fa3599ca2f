"""What happens to one agenda while calendar programs follow it; rows of a database of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from events.actors import SYSTEM
from registrations import actions
from registrations.models import EventRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.factories import BuildingFactory, EventFactory, RoomFactory, SessionFactory
from tests.mail import scenes

BOB = Attendee("bob@example.com", "Bob", "Baker")
# Hours after midnight UTC of the day before the clocks go back: before, through and after that night.
HOURS = {"Knots": (32, 33), "Night watch": (47, 52), "Tides": (56, 57), "Ropes": (58, 59), "Charts": (60, 61)}


class Story:
    """Bob at an event of five sessions around a night in which the clocks change."""

    def __init__(self, day: datetime) -> None:
        hall = BuildingFactory(name="Harbour Hall")
        rooms = [RoomFactory(name=f"Room {number}", building=hall) for number in (1, 2)]
        event = EventFactory(
            name="Harbour Conf",
            slug="harbour",
            timezone="Europe/Amsterdam",
            starts_at=day,
            ends_at=day + timedelta(days=4),
        )
        for name, (begins, ends) in HOURS.items():
            times = {"starts_at": day + timedelta(hours=begins), "ends_at": day + timedelta(hours=ends)}
            SessionFactory(event=event, name=name, room=rooms[0], building=hall, **times)
        self.event, self.other_room = event, rooms[1]
        actions.submit_agenda(event, BOB, [self.session(name) for name in HOURS])

    def session(self, name: str) -> Session:
        return Session.objects.select_related("event", "room", "building").get(name=name)

    @property
    def registration(self) -> EventRegistration:
        return EventRegistration.objects.select_related("event", "contact").get()

    def address_at(self, port: int) -> str:
        """The secret address of Bob's calendar on this port."""
        key = actions.calendar_key_of(self.registration)
        return f"http://127.0.0.1:{port}/{self.event.slug}/calendar/{key}.ics"

    @property
    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        """What is done, one after the other, by name."""
        return [
            ("five seats around a clock change", lambda: None),
            ("one moves over the clock change", self._moves),
            ("one moves to another room", lambda: self._change("Ropes", room=self.other_room)),
            ("one gets another title", lambda: self._change("Tides", name="Tides and moons")),
            ("one is cancelled", lambda: actions.cancel_session(self.session("Charts"), actor=SYSTEM)),
            (
                "one is given up",
                lambda: actions.submit_agenda(self.event, BOB, [], [self.session("Ropes")]),
            ),
            ("it is taken again", lambda: actions.submit_agenda(self.event, BOB, [self.session("Ropes")])),
        ]

    def _moves(self) -> None:
        session, day = self.session("Knots"), timedelta(days=1)
        self._change("Knots", starts_at=session.starts_at + day, ends_at=session.ends_at + day)

    def _change(self, of: str, /, **changes: object) -> None:
        scenes.move(self.session(of), **changes)
