"""A conference in the frab format, written for the journeys: six sessions of two rooms, one after another."""

from __future__ import annotations

from pathlib import Path

_SESSION = """
      <event guid="{guid}" id="{number}">
        <date>2031-05-05T{hour:02}:00:00+02:00</date>
        <start>{hour:02}:00</start>
        <duration>00:50</duration>
        <room>{room}</room>
        <title>{title}</title>
        <track>{track}</track>
        <abstract>&lt;p&gt;All about {title}.&lt;/p&gt;</abstract>
        <persons><person id="{number}">Speaker {number}</person></persons>
      </event>"""

TITLES = ["Lighthouses", "Harbour pilots", "Reading the tide", "Rope and knots", "Charts", "Night watch"]


def write_schedule(folder: Path) -> Path:
    """Write the schedule file and return where it is."""
    sessions = {
        "Quay": [_session(index, title) for index, title in enumerate(TITLES) if index % 2 == 0],
        "Loft": [_session(index, title) for index, title in enumerate(TITLES) if index % 2 == 1],
    }
    rooms = "".join(
        f'\n    <room name="{room}">{"".join(events)}\n    </room>' for room, events in sessions.items()
    )
    path = folder / "schedule.xml"
    path.write_text(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<schedule>
  <version>1</version>
  <conference>
    <acronym>quayside-2031</acronym>
    <title>Quayside 2031</title>
    <venue>Old Customs House</venue>
    <city>Rotterdam</city>
    <start>2031-05-05</start>
    <end>2031-05-05</end>
    <days>1</days>
    <time_zone_name>Europe/Amsterdam</time_zone_name>
  </conference>
  <day index="1" date="2031-05-05" start="2031-05-05T08:00:00+02:00" end="2031-05-06T04:00:00+02:00">{rooms}
  </day>
</schedule>
""",
        encoding="utf-8",
    )
    return path


def _session(index: int, title: str) -> str:
    return _SESSION.format(
        guid=f"00000000-0000-4000-8000-00000000000{index}",
        number=index + 1,
        hour=9 + index,
        room="Quay" if index % 2 == 0 else "Loft",
        title=title,
        track="Sea" if index < 3 else "Shore",
    )
