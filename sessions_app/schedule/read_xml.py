"""Reads schedule.xml with its line numbers; document types, and with them every entity, are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from events.findings import Findings, Where
from sessions_app.schedule import values
from sessions_app.schedule.structure import RawDay, RawSchedule, RawSession, ScheduleError

_DEEPEST = 30
_MOST_ELEMENTS = 300_000
_TIMES = {"start", "date", "duration"}


@dataclass(slots=True)
class Element:
    """One element with its attributes, its own text and the line it begins on."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The element's own text."""
        return "".join(self.texts).strip()

    @property
    def where(self) -> Where:
        """The line to name when something about it is wrong."""
        return Where(line=self.line)

    def all(self, tag: str) -> list[Element]:
        """Return the children of that name."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> Element | None:
        """Return the first child of that name."""
        return next((child for child in self.children if child.tag == tag), None)

    def texts_of_children(self) -> dict[str, Any]:
        """Return the text of each child that has no children of its own."""
        return {child.tag: child.text for child in self.children if not child.children}

    def everything(self) -> Iterator[Element]:
        """Yield the element and all below it."""
        yield self
        for child in self.children:
            yield from child.everything()

    @property
    def is_like_a_session(self) -> bool:
        """True for an <event>, and for whatever else has a title and a time, but the conference."""
        has = {*self.attributes, *(child.tag for child in self.children)}
        return self.tag == "event" or (
            self.tag not in ("conference", "schedule") and "title" in has and bool(has & _TIMES)
        )


def read_xml(content: bytes, findings: Findings) -> RawSchedule:
    """Return what the file says; raises ScheduleError for a file that is not XML or no programme."""
    root = _tree(content)
    conference = root.first("conference")
    if root.tag != "schedule" or conference is None:
        raise ScheduleError(
            _("this is not a schedule: <schedule> with a <conference> is expected."), root.where
        )
    named = {**root.texts_of_children(), **conference.texts_of_children()}
    raw = RawSchedule(named, conference.where, findings)
    for tracks in [*root.all("tracks"), *conference.all("tracks"), conference]:
        raw.tracks.extend(_track(track) for track in tracks.all("track"))
    for day in root.all("day"):
        _read_day(day, raw)
    _refuse_unread(root, len(raw.sessions), findings)
    return raw


def _refuse_unread(root: Element, read: int, findings: Findings) -> None:
    """Refuse sessions in places where nobody looks for them."""
    found = [element for element in root.everything() if element.is_like_a_session]
    if len(found) > read:
        known = {id(event) for event in _events(root)}
        for element in found:
            if id(element) not in known:
                findings.refuse(
                    element.where,
                    _("<%(tag)s> is not expected here; a session is an <event> in a <room> of a <day>.")
                    % {"tag": element.tag[:40]},
                )


def _events(root: Element) -> list[Element]:
    return [
        event
        for day in root.all("day")
        for around in [day, *day.all("room")]
        for event in around.all("event")
    ]


def _track(track: Element) -> dict[str, Any]:
    name = track.attributes.get("name") or track.text
    return {"name": name, "color": track.attributes.get("color"), "where": track.where}


def _read_day(element: Element, raw: RawSchedule) -> None:
    given = element.attributes
    date = None
    with raw.findings.left_out():
        date = values.day(given.get("date"), element.where, _("date of the day"))
    day = RawDay(element.where, date, given.get("start"), given.get("end"))
    raw.days.append(day)
    for room in element.all("room"):
        name = room.attributes.get("name", "")
        raw.rooms.append({"name": name, "capacity": room.attributes.get("capacity"), "where": room.where})
        for event in room.all("event"):
            raw.sessions.append(RawSession(event.where, name, day, _session(event)))
    for event in element.all("event"):
        raw.sessions.append(RawSession(event.where, "", day, _session(event)))


def _session(event: Element) -> dict[str, Any]:
    read = {**event.texts_of_children(), **event.attributes}
    read["persons"] = [
        {**person.attributes, "name": person.text or person.attributes.get("name"), "where": person.where}
        for person in _members(event, "person")
    ]
    read["links"] = [_link(link) for link in _members(event, "link")]
    read["attachments"] = [_link(attachment) for attachment in _members(event, "attachment")]
    recording = event.first("recording")
    if recording is not None:
        kept = recording.texts_of_children()
        read["recording_license"] = kept.get("license")
        read["do_not_record"] = kept.get("optout") == "true"
    return read


def _members(event: Element, tag: str) -> list[Element]:
    return [member for group in event.all(f"{tag}s") for member in group.all(tag)]


def _link(link: Element) -> dict[str, Any]:
    return {"url": link.attributes.get("href"), "title": link.text, "type": link.attributes.get("type")}


def _tree(content: bytes) -> Element:
    """Return the root; nothing but elements, attributes and text is accepted."""
    builder = _Builder()
    try:
        builder.parser.Parse(content, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise ScheduleError(
            _("this is not well-formed XML: %s.") % reason, Where(line=error.lineno)
        ) from error
    except (LookupError, ValueError) as error:
        raise ScheduleError(
            _("the encoding of this XML is not known; save it as UTF-8."), Where(line=1)
        ) from error
    return builder.root.children[0]


class _Builder:
    """Builds the tree from what expat reports."""

    def __init__(self) -> None:
        self.root = Element("", {}, 0)
        self._open = [self.root]
        self._count = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype

    def _where(self) -> Where:
        return Where(line=self.parser.CurrentLineNumber)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MOST_ELEMENTS or len(self._open) > _DEEPEST:
            raise ScheduleError(
                _("this XML is too large or nested too deeply for a schedule."), self._where()
            )
        element = Element(tag, attributes, self.parser.CurrentLineNumber)
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, _tag: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].texts.append(text)

    def _refuse_doctype(self, *_arguments: Any) -> None:
        # Entities are declared in a document type; without one nothing can be expanded or fetched.
        raise ScheduleError(_("a document type (<!DOCTYPE …>) is not accepted; remove it."), self._where())
