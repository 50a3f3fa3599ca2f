"""Attendees with personal links, and visitors who become attendees: what each may do next, and what was promised."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from django.core import signing
from django.urls import reverse

from registrations.rules.outcomes import Outcome
from registrations.website.result import SALT
from registrations.website.visitor import DRAFT_COOKIE, ME_COOKIE
from sessions_app.models import Session
from tests.soak.actors import Actor
from tests.soak.browser import Answer
from tests.soak.notes import Promise
from tests.soak.stage import identity_in, some

PROMISED_BY_OUTCOME = {
    Outcome.REGISTERED: Promise.SEAT,
    Outcome.ALREADY: Promise.SEAT,
    Outcome.WAITLISTED: Promise.PLACE,
    Outcome.ON_HOLD: Promise.PLACE,
    Outcome.DROPPED: Promise.NOTHING,
}


@dataclass
class Links:
    """Personal links that nobody uses at the moment: one person presses one button after the other."""

    tokens: list[str]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, pick: float) -> str | None:
        """Take one out; None when all are in use."""
        with self._lock:
            return self.tokens.pop(int(pick * len(self.tokens))) if self.tokens else None

    def give(self, token: str) -> None:
        """Put one back, or a new one in."""
        with self._lock:
            self.tokens.append(token)


class Attendee(Actor):
    """Everybody who has a personal link, one after the other."""

    kind = "attendee"

    def act(self) -> None:
        token = self.links.take(self.chance.random())
        if token is None:
            return
        self.browser.cookies = {ME_COOKIE: token}
        if self._as_one_likes(token, identity_in(token)):
            self.links.give(token)

    def _as_one_likes(self, token: str, who: str) -> bool:
        """Do one thing; False when the person is not registered any more."""
        seen, dice = self.watcher.seen, self.chance.random()
        offered = some(self.chance, seen.invited.get(who, []))
        if offered and dice < 0.7:
            return self._answer(token, *offered)
        if dice < 0.02:
            return self._cancel(token)
        if dice < 0.12:
            self.note("opens the own page", self.browser.get(self._at("manage", token)))
            return True
        return self._change_seat(token, who, self.chance.choice(self.stage.sessions))

    def _change_seat(self, token: str, who: str, session: Session) -> bool:
        held, waiting = self.watcher.seen.held.get(who, {}), self.watcher.seen.waiting.get(who, {})
        other, fields = self.stage.parallel(session), {}
        if session.pk in held:
            verb, promises = "remove", [(Promise.NOTHING, session)]
        elif session.pk in waiting:
            verb, promises = "leave", [(Promise.NOTHING, session)]
        elif other.pk in held and not self.watcher.seen.is_full(session):
            verb, promises = "swap", [(Promise.SEAT, session), (Promise.NOTHING, other)]
            fields = {"give_up": str(other.uuid)}
        elif self.watcher.seen.is_full(session):
            verb, promises = "join", [(Promise.PLACE, session)]
        else:
            verb, promises = "add", [(Promise.SEAT, session)]
        if verb in {"remove", "leave"} and self.chance.random() < 0.5:
            return True
        answer = self.browser.post(self._at("manage_seat", token, session.uuid, verb), fields)
        self.note(verb, answer, [(promise, ("uuid", who), each.pk) for promise, each in promises], when={302})
        return answer.status != 410

    def _answer(self, token: str, session: int, item: str) -> bool:
        answer = self.chance.choice(["accept", "swap", "swap", "decline"])
        kept = {"decline": Promise.NOTHING}.get(answer, Promise.SEAT)
        heard = self.browser.post(self._at("invitation", token, item), {"answer": answer})
        self.note(
            f"{answer}s the invitation", heard, [(kept, ("uuid", identity_in(token)), session)], when={302}
        )
        return True

    def _cancel(self, token: str) -> bool:
        answer = self.browser.post(self._at("manage_cancel", token))
        self.note(
            "cancels everything",
            answer,
            [(Promise.CANCELLED, ("uuid", identity_in(token)), None)],
            when={302},
        )
        return answer.status not in {302, 410}

    def _at(self, name: str, *arguments: object) -> str:
        return reverse(name, args=[self.stage.event.slug, *arguments])


class Visitor(Actor):
    """Strangers who look at the programme, choose, and register."""

    kind = "visitor"

    def act(self) -> None:
        slug = self.stage.event.slug
        self.browser.cookies = {}
        if self.chance.random() < 0.5:
            page = self.chance.choice(["event_page", "session_list", "session_list", "session_grid"])
            self.note("opens a page", self.browser.get(reverse(page, args=[slug])))
            return
        for session in self.chance.sample(self.stage.sessions, self.chance.randint(1, 3)):
            self.note("chooses", self.browser.post(reverse("draft_seat", args=[slug, session.uuid, "add"])))
        self._register(reverse("finish_registration", args=[slug]))

    def _register(self, path: str) -> None:
        fields = {
            "email": f"visitor.{uuid.UUID(int=self.chance.getrandbits(128)).hex}@example.org",
            "first_name": "Vera",
            "last_name": "Visitor",
            "key": self.browser.cookies.get(DRAFT_COOKIE, ""),
            "wait": "on",
            "when_clashing": self.chance.choice(["ask", "swap", "skip"]),
            "automatically_register": self.chance.choice(["yes", "no"]),
        }
        answer = self.browser.post(path, fields)
        if answer.status != 302:
            self.note("registers", answer)
            return
        token = self._keep(answer, fields["email"])
        if self.chance.random() < 0.2:
            again = self.browser.post(path, fields)
            self.note("presses twice", again)
            if again.status == 302 and token not in again.location:
                self.notes.accuse("one form registered two people")
        if token:
            self.links.give(token)

    def _keep(self, answer: Answer, email: str) -> str:
        """Note what the result page will tell; return the new personal link's token."""
        address = urlsplit(answer.location)
        _empty, _slug, me, *rest = address.path.split("/")
        if me != "me":
            self.note("registers", answer)
            return ""
        token, recorded = rest[0], parse_qs(address.query).get("r", [""])[0]
        promises = [(Promise.REGISTERED, ("email", email), None)]
        for session, outcome, *_more in signing.loads(recorded, salt=SALT) if recorded else []:
            if outcome in PROMISED_BY_OUTCOME:
                promises.append((PROMISED_BY_OUTCOME[outcome], ("uuid", identity_in(token)), session))
        self.note("registers", answer, promises, when={302})
        return token
