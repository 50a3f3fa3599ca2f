"""What each column of a file means: known by its heading in four languages, or as it was chosen the last time."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from django.utils.translation import gettext_lazy as _

from events.models import Event
from sessions_app.models import Session

SESSION, QUESTION = "session:", "question:"


class Role(StrEnum):
    """What a column says of a person."""

    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    COMPANY = "company"
    JOB_TITLE = "job_title"
    PHONE = "phone"
    PASS = "pass"
    COMPLIMENTARY = "complimentary"
    SESSIONS = "sessions"
    NOTHING = ""


LABELS = {
    Role.NOTHING: _("Leave out"),
    Role.EMAIL: _("E-mail"),
    Role.FIRST_NAME: _("First name"),
    Role.LAST_NAME: _("Last name"),
    Role.FULL_NAME: _("Whole name"),
    Role.COMPANY: _("Company"),
    Role.JOB_TITLE: _("Job title"),
    Role.PHONE: _("Phone"),
    Role.PASS: _("Pass"),
    Role.COMPLIMENTARY: _("Why the pass is complimentary"),
    Role.SESSIONS: _("Sessions, by name or number"),
}
NAMES = (Role.FIRST_NAME, Role.LAST_NAME, Role.FULL_NAME)
# In English, German, Spanish and French; without accents, as `plain` makes them.
_HEADINGS: dict[Role, str] = {
    Role.EMAIL: "email, e mail, mail, email address, e mail address, mail address, address email, contact email,"
    " work email, email adresse, e mail adresse, mailadresse, mail adresse, emailadresse, correo, correo electronico,"
    " direccion de correo, direccion de correo electronico, direccion de email, adresse email, adresse e mail,"
    " adresse mail, adresse electronique, courriel, adresse courriel, mel, attendee email, participant email",
    Role.FIRST_NAME: "first name, firstname, given name, forename, christian name, vorname, vornamen, rufname,"
    " nombre de pila, primer nombre, prenom, prenoms, attendee first name, nombres",
    Role.LAST_NAME: "last name, lastname, surname, family name, familyname, nachname, familienname, zuname, apellido,"
    " apellidos, primer apellido, nom de famille, attendee last name",
    Role.FULL_NAME: "name, full name, fullname, whole name, attendee, attendee name, participant, guest, person,"
    " vor und nachname, vorname und nachname, vorname nachname, nachname vorname, teilnehmer, teilnehmerin,"
    " teilnehmende, ganzer name, nombre, nombre completo, nombre y apellidos, nombre y apellido, participante,"
    " asistente, nom, nom complet, nom et prenom, prenom et nom, nom prenom",
    Role.COMPANY: "company, company name, organisation, organization, employer, institution, affiliation, firma,"
    " unternehmen, arbeitgeber, einrichtung, empresa, compania, organizacion, entidad, entreprise, societe, organisme",
    Role.JOB_TITLE: "job title, jobtitle, job, position, role, function, title, funktion, beruf, stelle,"
    " berufsbezeichnung, cargo, puesto, funcion, profesion, poste, fonction, metier, intitule du poste",
    Role.PHONE: "phone, phone number, telephone, mobile, mobile phone, cell phone, tel, telefon, telefonnummer, handy,"
    " mobiltelefon, rufnummer, telefono, movil, celular, numero de telefono, portable, numero de telephone",
    Role.PASS: "pass, ticket, ticket type, pass type, karte, kartenart, ticketart, eintrittskarte, entrada, pase,"
    " tipo de entrada, billet, type de billet",
    Role.COMPLIMENTARY: "complimentary, complimentary reason, complimentary because, reason for a complimentary pass,"
    " why the pass is complimentary, free because, freikarte, grund der freikarte, kostenlos weil, gratis, invitacion,"
    " motivo de la gratuidad, gratuit, invitation gratuite, motif de gratuite",
    Role.SESSIONS: "session, sessions, session id, session ids, session name, session names, workshop, workshops,"
    " course, courses, talk, talks, veranstaltung, veranstaltungen, kurs, kurse, vortrag, vortraege, vortrage,"
    " sitzung, sitzungen, sesion, sesiones, taller, talleres, curso, cursos, charla, charlas, seance, seances,"
    " atelier, ateliers, cours, conference, conferences",
}
# Words that mean the whole name alone, and one half of it beside the other half.
_HALVES = {
    "name": (Role.FIRST_NAME, Role.LAST_NAME),
    "nom": (Role.FIRST_NAME, Role.LAST_NAME),
    "nombre": (Role.LAST_NAME, Role.FIRST_NAME),
}


def plain(text: str) -> str:
    """The text without case, accents and punctuation, for comparing what people type."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in bare if not unicodedata.combining(each))
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())


@cache
def _known() -> dict[str, Role]:
    return {word.strip(): role for role, words in _HEADINGS.items() for word in words.split(",")}


def role_of(heading: str) -> Role | None:
    """The role that a heading names in one of the four languages."""
    return _known().get(plain(heading))


@dataclass(frozen=True)
class Targets:
    """What of an event a column or a cell may name: sessions by id and by name, questions by id."""

    sessions: Mapping[int, Session] = field(default_factory=dict)
    questions: Mapping[int, str] = field(default_factory=dict)
    # Their roles by what they are called, as `plain` makes it.
    by_name: Mapping[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, event: Event) -> Targets:
        """Read them."""
        rows = Session.objects.not_archived().filter(event=event).select_related("seats", "track")
        sessions = {row.pk: row for row in rows.in_programme_order()}
        for session in sessions.values():
            session.event = event
        asked = event.custom_registration_fields.order_by("position", "pk").values_list("pk", "label")
        questions = dict(asked)
        by_name: dict[str, set[str]] = defaultdict(set)
        for pk, one in sessions.items():
            for name in (one.name, one.admin_short_name, f"session {pk}"):
                by_name[plain(name)].add(f"{SESSION}{pk}")
        for pk, label in questions.items():
            by_name[plain(label)].add(f"{QUESTION}{pk}")
        return cls(sessions, questions, dict(by_name))

    def role_of(self, heading: str) -> str:
        """The session or question that a heading is called like; nothing for none, or for more than one."""
        wanted = plain(heading)
        found = self.by_name.get(wanted, set()) if wanted else set()
        return next(iter(found)) if len(found) == 1 else ""

    def knows(self, role: str) -> bool:
        """True for a role that this event has."""
        kind, _colon, number = role.partition(":")
        if not number:
            return role in list(Role)
        known: Iterable[int] = self.sessions if f"{kind}:" == SESSION else self.questions
        return number.isdecimal() and int(number) in known


def match(headings: Sequence[str], targets: Targets, remembered: Mapping[str, str]) -> list[str]:
    """The role of each column: as the same heading was understood the last time, else by what it is called.

    No role of a person is given twice: the first column has it.
    """
    roles, taken = [], set()
    for heading in headings:
        role = remembered.get(plain(heading))
        if role is None or not targets.knows(role):
            role = str(role_of(heading) or "") or targets.role_of(heading)
        if role in taken and not role.startswith((SESSION, QUESTION)):
            role = ""
        taken.add(role)
        roles.append(str(role))
    return _with_halves(headings, roles, remembered)


def _with_halves(headings: Sequence[str], roles: list[str], remembered: Mapping[str, str]) -> list[str]:
    for place, heading in enumerate(headings):
        word = plain(heading)
        if word in _HALVES and word not in remembered and roles[place] == Role.FULL_NAME:
            beside, meant = _HALVES[word]
            if beside in roles and meant not in roles:
                roles[place] = str(meant)
    return roles


def email_column(rows: Sequence[Sequence[str]], roles: list[str]) -> list[str]:
    """The roles with an e-mail column: where no heading says it, the one whose cells look like addresses."""
    if Role.EMAIL in roles or not rows:
        return roles
    sample = rows[:50]
    counts = [sum("@" in row[place] for row in sample) for place in range(len(roles))]
    best = max(range(len(roles)), key=counts.__getitem__, default=0)
    if counts and counts[best] * 2 > len(sample):
        roles = [*roles[:best], str(Role.EMAIL), *roles[best + 1 :]]
    return roles
