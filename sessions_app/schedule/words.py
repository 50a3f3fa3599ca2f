"""The report of an import in sentences, for the command line and the desk alike."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.findings import Choice, Done, FileError
from sessions_app.schedule.report import ImportReport


def summary(report: ImportReport) -> list[str]:
    """Return what was done, or in a preview would be, one sentence a line."""
    lines = [
        _("New event “%(name)s”, readable ID %(slug)s.") % _of(report)
        if report.is_event_new
        else _("Event “%(name)s”, readable ID %(slug)s.") % _of(report),
        _("Sessions: %(created)s new, %(updated)s changed, %(unchanged)s unchanged.") % vars(report),
    ]
    if report.rooms or report.tracks or report.speakers:
        lines.append(
            _("New: %(rooms)s rooms, %(tracks)s tracks; new or changed: %(speakers)s speakers.")
            % vars(report)
        )
    if report.moved:
        lines.append(
            _("%(moved)s sessions moved; %(told)s people are told once the import is done.") % vars(report)
        )
    if report.capacities_changed:
        lines.append(_("Capacities changed: %(capacities_changed)s.") % vars(report))
    if report.capacity_missing:
        lines.append(
            ngettext(
                "%(number)s session has no capacity: nobody can register for it until it has one.",
                "%(number)s sessions have no capacity: nobody can register for them until they have one.",
                report.capacity_missing,
            )
            % {"number": report.capacity_missing}
        )
    if skipped := sum(finding.done == Done.SKIPPED for finding in report.findings):
        lines.append(
            ngettext(
                "%(number)s session could not be imported and was skipped.",
                "%(number)s sessions could not be imported and were skipped.",
                skipped,
            )
            % {"number": skipped}
        )
    if report.changed_nothing:
        lines.append(_("Nothing changed."))
    return lines


def ways_out(error: FileError, words: dict[Choice, str]) -> str:
    """Return what would let a refused file pass, in the words of a door; empty when only another file would."""
    choices = [words[choice] for choice in Choice if choice in error.choices and choice in words]
    return _("Correct the file, or choose: %s.") % "; ".join(choices) if choices else ""


def refusal_of(path: Path, error: FileError) -> str:
    """Return everything that stands against a file, for a command line."""
    if len(error.findings) == 1:
        return f"{path}: {error}"
    lines = "\n".join(f"  {finding}" for finding in error.findings)
    said = _("nothing was imported, %(n)s things are wrong:") % {"n": len(error.findings)}
    return f"{path}: {said}\n{lines}"


def _of(report: ImportReport) -> dict[str, str]:
    return {"name": report.event.name, "slug": report.event.slug}
