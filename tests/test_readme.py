"""README tells the next person where things are, and they are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCREEN = 25


def _map() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("### Where is…", 1)[1].split("\n### ", 1)[0]
    return [line for line in section.splitlines() if line.startswith("| ")][2:]


def test_map_names_places_that_exist() -> None:
    rows = _map()
    assert 10 < len(rows) < SCREEN
    for row in rows:
        # `doors.py` after `registrations/rules/refusals.py` stands beside it.
        beside = ROOT
        for name in re.findall(r"`([^`]+)`", row):
            if name == "management/commands":
                assert list(ROOT.glob(f"*/{name}"))
            elif "/" in name:
                found = ROOT / name
                assert found.exists(), f"{name} in: {row}"
                beside = found if found.is_dir() else found.parent
            elif name.endswith(".py"):
                assert (beside / name).exists(), f"{name} in: {row}"


def test_links_lead_to_files_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
