"""Rows of a file as wishes: who, into which sessions, with which pass; and what cannot be understood of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events.errors import Invalid
from events.models import CustomRegistrationField, Event, Pass
from registrations.forms import as_json, field_for
from registrations.imports.columns import NAMES, QUESTION, SESSION, Role, Targets, plain
from registrations.models import ImportBatch
from registrations.rules.people import Attendee
from registrations.rules.verdicts import Wanted
from sessions_app.models import Session

MERGED, UNKNOWN_SESSION, INVALID = "merged", "unknown_session", "invalid"
_YES = {
    "x",
    "1",
    "y",
    "yes",
    "j",
    "ja",
    "s",
    "si",
    "o",
    "oui",
    "true",
    "wahr",
    "verdadero",
    "vrai",
    "ok",
    "registered",
}
_NO = {"", "0", "n", "no", "nein", "non", "false", "falsch", "falso", "faux"}
_LONGEST_ID = 18
_TICKS = "✓✔☑✅"
_ADDRESS_IN = re.compile(r"^.*<([^<>\s]+@[^<>\s]+)>$")


@dataclass
class Planned:
    """One row as it was understood: a wish, or why there is none."""

    number: int
    email: str
    wanted: Wanted | None = None
    code: str = ""
    words: str = ""


@dataclass
class Reader:
    """Reads the rows of one upload. Whoever stands in several rows becomes one wish, at the first of them."""

    batch: ImportBatch
    targets: Targets
    passes: dict[str, Pass] = field(default_factory=dict)
    questions: dict[int, CustomRegistrationField] = field(default_factory=dict)

    @classmethod
    def of(cls, batch: ImportBatch) -> Reader:
        """Read what the rows may name."""
        event: Event = batch.event
        passes = {plain(one.name): one for one in event.passes.offered().select_related("seats")}
        asked = {one.pk: one for one in event.custom_registration_fields.all()}
        return cls(batch, Targets.of(event), passes, asked)

    def plan(self, rows: Iterable[tuple[int, Sequence[str], str]]) -> list[Planned]:
        """Every row as it was understood, in order."""
        planned: list[Planned] = []
        first: dict[str, int] = {}
        for number, cells, flaw in rows:
            row = self._planned(number, cells, flaw)
            place = first.get(row.email) if row.wanted else None
            if place is not None and row.wanted is not None:
                planned[place] = _merged(planned[place], row.wanted)
                row = Planned(
                    number, row.email, None, MERGED, _("Merged with row %(n)d") % {"n": planned[place].number}
                )
            elif row.wanted is not None:
                first[row.email] = len(planned)
            planned.append(row)
        return planned

    def _planned(self, number: int, cells: Sequence[str], flaw: str) -> Planned:
        said: dict[str, str] = {}
        for role, cell in zip(self.batch.columns, cells, strict=False):
            said.setdefault(role, cell)
        email = address_in(said.get(Role.EMAIL, ""))
        if flaw:
            return Planned(number, email, None, INVALID, flaw)
        try:
            person = self._person(email, said)
            sessions = self._sessions(said)
            event_pass = self._pass(said.get(Role.PASS, ""))
            wanted = Wanted(number, person, sessions, event_pass, complimentary=_reason_in(said))
        except Invalid as error:
            code = UNKNOWN_SESSION if "session" in error.data.get("fields", {}) else INVALID
            words = " ".join(str(each) for messages in error.data["fields"].values() for each in messages)
            return Planned(number, email[:254], None, code, words)
        return Planned(number, person.email, wanted)

    def _person(self, email: str, said: dict[str, str]) -> Attendee:
        """The person of a row. Raises Invalid for an address or a name that cannot be."""
        if not email:
            raise Invalid(fields={"email": [_("There is no e-mail address in this row.")]})
        first, last = said.get(Role.FIRST_NAME, ""), said.get(Role.LAST_NAME, "")
        if said.get(Role.FULL_NAME) and not (first and last):
            first, last = _halves(said[Role.FULL_NAME], first, last)
        details = {name: said[name] for name in (Role.COMPANY, Role.JOB_TITLE, Role.PHONE) if said.get(name)}
        _check_lengths(details)
        person = Attendee(
            email, first, last, self._answers(said), details={str(k): v for k, v in details.items()}
        )
        person.check()
        if any(role in self.batch.columns for role in NAMES):
            person.check_named()
        return person

    def _answers(self, said: dict[str, str]) -> dict[int, object]:
        answers: dict[int, object] = {}
        for pk, question in self.questions.items():
            text = said.get(f"{QUESTION}{pk}", "")
            if not text:
                continue
            typed: object = text
            if question.kind == CustomRegistrationField.Kind.MULTIPLE:
                typed = [part.strip() for part in re.split(r"[;|\n]", text) if part.strip()]
            try:
                answers[pk] = as_json(field_for(question).clean(typed))
            except ValidationError as error:
                said_so = [f"{question.label}: {message}" for message in error.messages]
                raise Invalid(fields={"answer": said_so}) from error
        return answers

    def _pass(self, name: str) -> Pass | None:
        if not name:
            return None
        found = self.passes.get(plain(name))
        if found is None:
            raise Invalid(fields={"pass": [_("The event has no pass “%(name)s”.") % {"name": name[:60]}]})
        return found

    def _sessions(self, said: dict[str, str]) -> list[Session]:
        """The sessions that the row names: the upload's own, else those of its columns."""
        if self.batch.session_id:
            return (
                [self.targets.sessions[self.batch.session_id]]
                if self._is_known(self.batch.session_id)
                else []
            )
        found = self._named(said.get(Role.SESSIONS, ""))
        for role, cell in said.items():
            if role.startswith(SESSION) and _is_yes(cell):
                found.append(self.targets.sessions[int(role.removeprefix(SESSION))])
        return list(dict.fromkeys(found))

    def _is_known(self, pk: int) -> bool:
        if pk not in self.targets.sessions:
            raise Invalid(fields={"session": [_("The session of this upload was deleted.")]})
        return True

    def _named(self, cell: str) -> list[Session]:
        """The sessions of one cell: one name with commas in it, or several between semicolons, lines or commas."""
        if not cell.strip():
            return []
        for parts in ([cell], re.split(r"[;|\n]", cell), re.split(r"[;|\n,]", cell)):
            names = [part for part in parts if part.strip()]
            found = [self._called(name) for name in names]
            if all(found):
                return [one for one in found if one is not None]
        unknown = [
            name.strip()[:60] for name in re.split(r"[;|\n]", cell) if name.strip() and not self._called(name)
        ]
        words = _("No session, or more than one, is called %(names)s; a session's number is always clear.")
        raise Invalid(fields={"session": [words % {"names": ", ".join(f"“{name}”" for name in unknown)}]})

    def _called(self, name: str) -> Session | None:
        name = name.strip().removeprefix("#")
        if name.isdecimal() and len(name) <= _LONGEST_ID:
            return self.targets.sessions.get(int(name))
        role = self.targets.role_of(name)
        return self.targets.sessions[int(role.removeprefix(SESSION))] if role.startswith(SESSION) else None


def _merged(row: Planned, more: Wanted) -> Planned:
    """The row with the sessions of a later one about the same person."""
    assert row.wanted is not None
    sessions = list(dict.fromkeys([*row.wanted.sessions, *more.sessions]))
    return replace(row, wanted=replace(row.wanted, sessions=sessions))


def address_in(cell: str) -> str:
    """The address of a cell; also of “Bob Baker <bob@example.org>” and of a mailto link."""
    cell = cell.strip()
    inside = _ADDRESS_IN.match(cell)
    cell = inside.group(1) if inside else cell
    return cell.removeprefix("mailto:").strip(" \t;,<>").lower()


def _halves(whole: str, first: str, last: str) -> tuple[str, str]:
    """The halves of a whole name: “Baker, Bob”, or the last word is the last name."""
    before, comma, behind = whole.partition(",")
    if comma:
        return first or behind.strip(), last or before.strip()
    words = whole.split()
    if first or last:
        return first or whole, last
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (whole.strip(), "")


def _is_yes(cell: str) -> bool:
    word = plain(cell)
    if word in _YES or (cell.strip() and cell.strip() in _TICKS):
        return True
    if word in _NO:
        return False
    raise Invalid(fields={"session": [_("“%(cell)s” says neither yes nor no.") % {"cell": cell[:40]}]})


def _reason_in(said: Mapping[str, str]) -> str:
    """Why the row's pass costs nothing. Raises Invalid for what is too long."""
    reason = said.get(Role.COMPLIMENTARY, "").strip()
    _check_lengths({Role.COMPLIMENTARY: reason})
    return reason


_LONGEST = {Role.COMPANY: 200, Role.JOB_TITLE: 200, Role.PHONE: 50, Role.COMPLIMENTARY: 300}


def _check_lengths(details: dict[Role, str]) -> None:
    for role, text in details.items():
        if len(text) > _LONGEST[role]:
            words = _("At most %(n)d characters here: %(text)s…")
            raise Invalid(fields={str(role): [words % {"n": _LONGEST[role], "text": text[:30]}]})
