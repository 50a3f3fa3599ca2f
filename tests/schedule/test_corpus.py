"""Programmes of every shape and with every blemish: what stands here afterwards is what an independent reader finds.

Or the difference is in the report, by name. The independent reader below shares no line with the importer: it
builds the files from plain rows, so that what they say is known before they are written.
"""

import json
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

import pytest

from events.findings import Done
from sessions_app.models import Session
from sessions_app.schedule.structure import Choices
from tests.schedule.files import imported

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Row:
    """One session as it is meant, and how the file is to misrepresent it."""

    number: int
    title: str
    start: datetime  # wall clock of Berlin
    minutes: int
    room: str
    track: str
    people: tuple[tuple[str, str], ...]  # (id, name)
    guid: str = ""
    blemish: str = ""

    @property
    def fact(self):
        """What must stand here: the multiset's member."""
        start = self.start.astimezone(UTC)
        names = tuple(sorted(name for _id, name in self.people if name))
        return (self.title, start, start + timedelta(minutes=self.minutes), self.room, self.track, names)


def rows(seed):
    """Return a small programme of three days, with sessions after midnight and people who speak twice.

    Clocks go forward on 30 March, at 2:00 in the night after its second day.
    """
    dice = random.Random(seed)
    people = [(str(number), f"{first} {last}") for number, (first, last) in enumerate(NAMES, start=1)]
    made = []
    for number in range(1, 13):
        hour = dice.choice([10, 11, 14, 17, 22, 24, 25])
        wall = datetime(2031, 3, 28 + number % 3, tzinfo=UTC) + timedelta(hours=hour, minutes=4 * number)
        made.append(
            Row(
                number,
                f"Talk {number} & more",
                wall.replace(tzinfo=BERLIN),
                dice.choice([20, 45, 90]),
                dice.choice(["Barn", "Silo", "K.1 (Big)"]),
                dice.choice(["Roots", "Leaves", ""]),
                tuple(dice.sample(people, dice.randint(0, 3))),
                f"{number:08}-0000-4000-8000-{seed:012}",
            )
        )
    return made


NAMES = [("Ash", "Baum"), ("Willow", "Zweig"), ("Hazel", "Nuss"), ("Rowan", "Vogel"), ("Ivy", "Ranke")]


# Shapes: each writes the rows so that they can be read back exactly


def conference_day(row):
    """Return the day that a session belongs to when days change at 4:00."""
    return (row.start.replace(tzinfo=None) - timedelta(hours=4)).date()


def moments(row):
    return {"date": row.start.isoformat(), "start": f"{row.start:%H:%M}"}


def utc_moments(row):
    return {"date": row.start.astimezone(UTC).isoformat(), "start": f"{row.start:%H:%M}"}


def walls(row):
    return {"date": f"{row.start:%Y-%m-%dT%H:%M:%S}"}


def conference_days(row):
    return {"start": f"{row.start:%H:%M}"}


def calendar_days(row):
    return {"date": f"{row.start:%Y-%m-%d}", "start": f"{row.start:%H:%M}"}


def length(row):
    return f"{row.minutes // 60:02}:{row.minutes % 60:02}"


def xml_of(made, when):
    days = {}
    for row in made:
        days.setdefault(conference_day(row), {}).setdefault(row.room, []).append(row)
    text = (
        "<schedule><conference><acronym>c</acronym><title>C</title><venue>V</venue><city>Berlin</city>"
        "<time_zone_name>Europe/Berlin</time_zone_name><day_change>04:00</day_change></conference>"
    )
    for day in sorted(days):
        text += f'\n<day date="{day}">'
        for room, inside in days[day].items():
            text += f"\n<room name={quoteattr(room)}>"
            text += "".join(f"\n{_xml_event(row, when)}" for row in inside)
            text += "</room>"
        text += "</day>"
    return f"{text}\n</schedule>".encode()


def _xml_event(row, when):
    said = spoiled(
        row,
        {**when(row), "duration": length(row), "room": row.room, "title": row.title, "track": row.track},
    )
    people = "".join(f'<person id="{one}">{name}</person>' for one, name in said.pop("persons"))
    guid = said.pop("guid")
    inner = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in said.items())
    return f'<event guid="{guid}" id="{row.number}">{inner}<persons>{people}</persons></event>'


def json_of(made, when):
    days = {}
    for row in made:
        rooms = days.setdefault(conference_day(row), {})
        said = spoiled(
            row,
            {**when(row), "duration": length(row), "room": row.room, "title": row.title, "track": row.track},
        )
        said["persons"] = [{"id": int(one), "public_name": name} for one, name in said["persons"]]
        rooms.setdefault(row.room, []).append({**said, "id": row.number})
    about = {"acronym": "c", "title": "C", "venue": "V", "city": "Berlin", "time_zone_name": "europe/berlin"}
    listed = [{"date": str(day), "rooms": days[day]} for day in sorted(days)]
    whole = {"schedule": {"conference": {**about, "day_change": "04:00", "days": listed}}}
    return json.dumps(whole, indent=1).encode()


def hub_of(made, _when):
    tracks = [{"name": name, "slug": name.lower()} for name in ("Roots", "Leaves")]
    events = []
    for row in made:
        end = (row.start.astimezone(UTC) + timedelta(minutes=row.minutes)).isoformat()
        said = spoiled(row, {"start": row.start.isoformat(), "end": end, "title": row.title})
        said["participants"] = [
            {"guid": f"{int(one):08}-0000-4000-8000-000000000000", "name": name}
            for one, name in said.pop("persons")
        ]
        said.setdefault("room", {"name": row.room})
        track = said.pop("track", row.track)
        said["track"] = {"slug": track.lower()} if row.track and track == row.track else track
        if said.pop("duration", None) == "soon":
            said["end"] = "soon"
        events.append(said)
    about = {"acronym": "c", "title": "C", "time_zone_name": "Berlin", "tracks": tracks, "days": []}
    return json.dumps({"schedule": {"conference": about, "events": events}}, indent=1).encode()


SHAPES = {
    f"{name} {when.__name__}": (shape, when)
    for name, shape in (("xml", xml_of), ("json", json_of))
    for when in (moments, utc_moments, walls, conference_days, calendar_days)
}
SHAPES["hub"] = (hub_of, moments)


# Blemishes: how one session is misrepresented, and whether it can be here all the same


def spoiled(row, said):
    """Return what the file says about a session."""
    said = {"guid": row.guid, "persons": list(row.people), **said}
    if row.blemish == "no title":
        said["title"] = ""
    elif row.blemish == "no duration":
        said["duration"] = "soon"
    elif row.blemish == "long track":
        said["track"] = "x" * 121
    elif row.blemish == "person without a name":
        said["persons"] = [*said["persons"], ("77", "")]
    elif row.blemish == "another room":
        said["room"] = "Tent"
    return said


BLEMISHES = ["no title", "no duration", "long track", "person without a name", "another room"]


def stored():
    """Return the multiset of what stands here."""
    return Counter(
        (
            session.name,
            session.starts_at,
            session.ends_at,
            session.room.name if session.room else "",
            session.track.name if session.track else "",
            tuple(sorted(speaker.name for speaker in session.speakers.all())),
        )
        for session in Session.objects.select_related("room", "track").prefetch_related("speakers")
    )


def independent(made):
    """Return the multiset of what was meant."""
    return Counter(row.fact for row in made)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", range(3))
def test_clean_file_stands_here_as_it_was_meant(shape, seed):
    write, when = SHAPES[shape]
    made = rows(seed)
    report = imported(write(made, when), default_zone="Europe/Berlin")
    assert stored() == independent(made)
    assert [one for one in report.findings if "was read as" not in one.reason] == []
    again = imported(write(made, when))
    assert (again.changed_nothing, again.unchanged) == (True, len(made))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("blemish", BLEMISHES)
def test_every_difference_is_in_the_report_by_name(shape, blemish):
    write, when = SHAPES[shape]
    made = [replace(row, blemish=blemish) if row.number in (3, 8) else row for row in rows(1)]
    report = imported(write(made, when), choices=Choices(skip_bad=True))
    missing, added = independent(made) - stored(), stored() - independent(made)
    listed = {finding.about for finding in report.findings if finding.about}
    skipped = sum(finding.done == Done.SKIPPED for finding in report.findings)
    spoilt = [row for row in made if row.blemish]
    named = {row.title for row in spoilt}
    if blemish == "no title":
        assert listed == {row.guid if shape == "hub" else str(row.number) for row in spoilt}
    else:
        # In the hub's shape a session is listed under no room that could contradict its own.
        assert listed == (set() if shape == "hub" and blemish == "another room" else named)
    assert {fact[0] for fact in missing} | {fact[0] for fact in added} <= named
    assert skipped == sum(missing.values()) - sum(added.values())


@pytest.mark.parametrize("shape", SHAPES)
def test_one_guid_at_several_times_loses_no_session(shape):
    write, when = SHAPES[shape]
    made = rows(2)
    made = [replace(row, guid=made[0].guid) if row.number in (4, 5) else row for row in made]
    report = imported(write(made, when))
    assert stored() == independent(made)
    assert sum("another occurrence" in finding.reason for finding in report.findings) == 2


@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "hub"])
def test_people_under_one_id_all_stand_here(shape):
    write, when = SHAPES[shape]
    made = [replace(row, people=tuple(("0", name) for _id, name in row.people)) for row in rows(0)]
    report = imported(write(made, when))
    assert stored() == independent(made)
    assert sum("belongs to several people" in finding.reason for finding in report.findings) == 1


@pytest.mark.parametrize("shape", SHAPES)
def test_next_years_programme_leaves_this_years_as_it_is(shape):
    write, when = SHAPES[shape]
    made = rows(0)
    imported(write(made, when))
    later = [
        replace(row, start=row.start.replace(year=2032), guid=f"9{row.guid[1:]}", title=f"New {row.title}")
        for row in made
    ]
    assert imported(write(later, when)).is_event_new
    assert stored() == independent(made) + independent(later)
