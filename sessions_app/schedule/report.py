"""The report of what an import did, or would do."""

from __future__ import annotations

from dataclasses import dataclass, field

from events.findings import Finding
from events.models import Event


@dataclass
class ImportReport:
    """Numbers of sessions, and what an organizer should look at. A preview's numbers are the real ones.

    `findings` are the places of the file that were not imported as they stand there.
    """

    event: Event
    is_event_new: bool = False
    is_event_changed: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    moved: int = 0
    told: int = 0
    rooms: int = 0
    tracks: int = 0
    speakers: int = 0
    capacities_changed: int = 0
    capacity_missing: int = 0
    missing_from_file: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    is_preview: bool = False

    @property
    def changed_nothing(self) -> bool:
        """True when the event was already as the file has it."""
        rows = (
            self.created + self.updated + self.rooms + self.tracks + self.speakers + self.capacities_changed
        )
        return not (rows or self.is_event_new or self.is_event_changed)
