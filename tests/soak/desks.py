"""Staff at their desks, other systems, and the doors."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client

from registrations.rules.people import Attendee as Person
from sessions_app.models import Session
from tests.admin_panels.helpers import add_url, typed, verb_url
from tests.soak.actors import Actor, Promised
from tests.soak.browser import Answer
from tests.soak.notes import Promise
from tests.soak.people import PROMISED_BY_OUTCOME
from tests.soak.stage import some

API = "/api/v1"
TELLING = {"confirmed": "1", "notify": "on"}


class Staff(Actor):
    """A member of staff who is signed in."""

    kind = "staff"

    def prepare(self) -> None:
        """Be signed in, without the cost of a password."""
        client = Client()
        client.force_login(self.stage.admin)
        self.browser.cookies["sessionid"] = client.cookies["sessionid"].value

    def act(self) -> None:
        session, dice = self.chance.choice(self.stage.sessions), self.chance.random()
        if dice < 0.55:
            seats = {
                who: held[session.pk] for who, held in self.watcher.seen.held.items() if session.pk in held
            }
            self._cancel(session, some(self.chance, seats.values()))
        elif dice < 0.65:
            self._add_past_capacity(session)
        elif dice < 0.95:
            items = [mine[session.pk] for mine in self.watcher.seen.waiting.values() if session.pk in mine]
            self._serve(
                session, some(self.chance, items), self.chance.choice(["invite", "register", "remove"])
            )
        else:
            seats = self.chance.randint(2, 5)
            fields = {"confirmed": "1", "row": session.pk, "capacity": seats, "seen": seats}
            url = verb_url(self.stage.event, "event_sessions", "set_capacity")
            self.note("sets a capacity", self.browser.post(url, fields))

    def _cancel(self, session: Session, row: int | None) -> None:
        if row is None:
            return
        fields = {**TELLING, "row": row, "reason_choice": "Asked to cancel"}
        answer = self.browser.post(verb_url(session, "session_registrations", "cancel"), fields)
        self.note("cancels a seat", answer, [(Promise.SEAT_GIVEN_BACK, ("row", str(row)), None)], when={302})

    def _add_past_capacity(self, session: Session) -> None:
        person = Person(
            f"guest.{uuid.UUID(int=self.chance.getrandbits(128)).hex}@example.org", "Guest", "Guest"
        )
        fields = typed(person, step="add", deed="past", reason_choice="Speaker", notify="on")
        answer = self.browser.post(add_url(session), fields)
        self.note(
            "adds past capacity", answer, [(Promise.SEAT, ("email", person.email), session.pk)], when={302}
        )

    def _serve(self, session: Session, row: int | None, verb: str) -> None:
        if row is not None:
            answer = self.browser.post(verb_url(session, "session_waitlist", verb), {**TELLING, "row": row})
            self.note(f"{verb}s somebody in line", answer)


class Program(Actor):
    """Another system that registers people and changes their agendas, and sends again what it is not sure of."""

    kind = "API client"

    def act(self) -> None:
        self.browser.headers = {"Authorization": f"Bearer {self.stage.api_token}"}
        if not self.mine or self.chance.random() < 0.4:
            self._register()
        else:
            self._change(self.chance.choice(self.mine))

    @property
    def mine(self) -> list[int]:
        """Those whom it has registered."""
        return self.__dict__.setdefault("_mine", [])

    def _register(self) -> None:
        name = uuid.UUID(int=self.chance.getrandbits(128)).hex
        body = {
            "event_id": self.stage.event.pk,
            "email": f"program.{name}@example.org",
            "first_name": "Petra",
            "last_name": "Program",
            "session_ids": [one.pk for one in self.chance.sample(self.stage.sessions, 2)],
            "waitlist": True,
            "mode": "best_effort",
        }
        answer = self._send("/registrants", body, name)
        promises: list[Promised] = []
        if answer.status == 201:
            pk = answer.json["id"]
            self.mine.append(pk)
            promises = [(Promise.REGISTERED, ("id", str(pk)), None), *_lines(pk, answer.json["lines"])]
        self.note("registers somebody", answer, promises, when={201})

    def _change(self, pk: int) -> None:
        add, drop = self.chance.sample(self.stage.sessions, 2)
        body = {"add": [add.pk], "drop": [drop.pk], "mode": "best_effort", "waitlist": True}
        answer = self._send(
            f"/registrants/{pk}/agenda", body, uuid.UUID(int=self.chance.getrandbits(128)).hex
        )
        lines = _lines(pk, answer.json["lines"], drop.pk) if answer.status == 200 else []
        self.note("changes an agenda", answer, lines, when={200})

    def _send(self, path: str, body: dict[str, object], key: str) -> Answer:
        """Send it, and now and then once more with the same key: the answer has to be the same."""
        answer = self.browser.post_json(f"{API}{path}", body, Idempotency_Key=key)
        if answer.status in {200, 201} and self.chance.random() < 0.3:
            again = self.browser.post_json(f"{API}{path}", body, Idempotency_Key=key)
            self.note("repeats a request", again)
            if (again.status, again.body) != (answer.status, answer.body) and again.status not in {0, 503}:
                self.notes.accuse(f"a repeated request got another answer: {answer.status}, {again.status}")
        return answer


class Door(Program):
    """A scanner at a door."""

    kind = "door"

    def act(self) -> None:
        self.browser.headers = {"Authorization": f"Bearer {self.stage.api_token}"}
        pk = some(self.chance, self.watcher.seen.registered)
        if pk is None:
            return
        nonce = uuid.UUID(int=self.chance.getrandbits(128)).hex
        answer = self._send("/check-ins", {"registrant_id": pk, "nonce": nonce}, nonce)
        promised = [(Promise.CHECKED_IN, ("id", str(pk)), None)]
        self.note("checks somebody in", answer, promised, when={200, 201})


def _lines(pk: int, lines: list[dict[str, Any]], dropped: int = 0) -> list[Promised]:
    """What an API's lines promise; of what was given up nothing is left, also where there was nothing."""
    promised: list[Promised] = []
    for line in lines:
        promise = PROMISED_BY_OUTCOME.get(line["outcome"])
        if promise:
            is_gone = line["session_id"] == dropped
            promised.append((Promise.NOTHING if is_gone else promise, ("id", str(pk)), line["session_id"]))
    return promised
