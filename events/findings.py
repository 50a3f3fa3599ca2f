"""Findings of a check: what is wrong in a file, in which place, and what was done about it; all of them at once.

Every upload speaks this way, whatever its rows are: programmes, people, capacities. A reader adds to `Findings`
while it goes on reading; `raise_refusals` at the end refuses the file with everything that stands against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Where:
    """One place in a file: a line of XML or CSV, or a path in JSON."""

    line: int | None = None
    path: str = ""

    def __str__(self) -> str:
        return self.path if self.line is None else _("line %(line)s") % {"line": self.line}


NOWHERE = Where()


class Done(TextChoices):
    """What was done about a finding."""

    REFUSED = "refused", gettext_lazy("refused")  # nothing of the file is imported while this stands
    SKIPPED = "skipped", gettext_lazy("skipped")  # the whole row is not imported: somebody chose so
    LEFT_OUT = "left_out", gettext_lazy("left out")  # this value is not imported, its row is
    REPAIRED = "repaired", gettext_lazy("repaired")  # another value stands in, and the reason says which


class Choice(TextChoices):
    """The explicit choices that let an import go on where it would refuse; each door has its own word for them."""

    SKIP_BAD = "skip_bad"
    DEFAULT_DURATION = "default_duration"
    TIME_ZONE = "timezone"
    EVENT = "event"
    BUILDING = "building"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong in a file.

    `about` is the row as people know it (a session's title, a person's address); `choice` is what would let a
    refused one pass.
    """

    where: Where
    reason: str
    done: Done
    about: str = ""
    choice: Choice | None = None

    def __str__(self) -> str:
        place = str(self.where)
        if self.where.line:
            place = f"{place[:1].upper()}{place[1:]}"
        said = ": ".join(part for part in (place, self.reason) if part)
        named = f"“{self.about}”" if self.about and f"“{self.about}”" not in said else ""
        done = "" if self.done == Done.REFUSED else str(self.done.label)
        more = ", ".join(part for part in (named, done) if part)
        return f"{said} ({more})" if more else said


class FileError(Exception):
    """The file cannot be imported; `findings` says why, and `reason` and `where` are those of the first one."""

    def __init__(self, reason: str, where: Where = NOWHERE, choice: Choice | None = None) -> None:
        self.findings = [Finding(where, reason, Done.REFUSED, choice=choice)]
        super().__init__(reason, where, choice)

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> FileError:
        """Return the error that says all of these, at least one."""
        listed = list(findings)
        error = cls(listed[0].reason, listed[0].where, listed[0].choice)
        error.findings = listed
        return error

    @property
    def reason(self) -> str:
        """What is wrong first, as a sentence."""
        return self.findings[0].reason

    @property
    def where(self) -> Where:
        """The place of what is wrong first."""
        return self.findings[0].where

    @property
    def line(self) -> int | None:
        """The line, where the format has lines."""
        return self.where.line

    @property
    def choices(self) -> list[Choice]:
        """The choices that would let something of it pass, in their order."""
        given = {finding.choice for finding in self.findings}
        return [choice for choice in Choice if choice in given]

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)


class Findings:
    """The findings of one file while it is read; a bad row is skipped where somebody chose so, else refused."""

    def __init__(self, *, skip_bad: bool = False) -> None:
        self.skip_bad = skip_bad
        self._found: list[Finding] = []

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found)

    def refuse(self, where: Where, reason: str, choice: Choice | None = None) -> None:
        """Note what no reader can get past."""
        self._found.append(Finding(where, reason, Done.REFUSED, choice=choice))

    def bad_row(self, where: Where, reason: str, about: str = "", choice: Choice | None = None) -> None:
        """Note a row that cannot be imported."""
        done = Done.SKIPPED if self.skip_bad else Done.REFUSED
        self._found.append(Finding(where, reason, done, about, choice or Choice.SKIP_BAD))

    def leave_out(self, where: Where, reason: str, about: str = "") -> None:
        """Note a value that is not imported while its row is."""
        self._found.append(Finding(where, reason, Done.LEFT_OUT, about))

    def repair(self, where: Where, reason: str, about: str = "") -> None:
        """Note that another value stands in."""
        self._found.append(Finding(where, reason, Done.REPAIRED, about))

    @contextmanager
    def left_out(self, about: str = "") -> Iterator[None]:
        """Leave out the value whose check fails in this block."""
        try:
            yield
        except FileError as error:
            for finding in error.findings:
                self.leave_out(finding.where, finding.reason, about)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Note what refuses the whole file when a check fails in this block, and let the reader go on."""
        try:
            yield
        except FileError as error:
            for finding in error.findings:
                self.refuse(finding.where, finding.reason, finding.choice)

    @contextmanager
    def row(self, about: str = "") -> Iterator[None]:
        """Note a bad row when a check fails in this block."""
        try:
            yield
        except FileError as error:
            for finding in error.findings:
                self.bad_row(finding.where, finding.reason, about, finding.choice)

    @property
    def refused(self) -> list[Finding]:
        """The findings that stand against the whole file."""
        return [finding for finding in self._found if finding.done == Done.REFUSED]

    def raise_refusals(self, error: type[FileError] = FileError) -> None:
        """Raise everything that stands against the file at once, if anything does."""
        if self.refused:
            raise error.of(self.refused)
