"""One uploaded file on its way to a run: kept by rows, its columns chosen, then tried, run, or undone by the worker."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actors import Actor
from events.errors import Invalid, Refusal
from events.models import ApiClient, Event, User
from registrations.actions import Terms
from registrations.imports.columns import NAMES, Role, Targets, email_column, match, plain
from registrations.imports.people import address_in
from registrations.imports.tables import Table, read_table
from registrations.models import ImportBatch, ImportRow
from registrations.rules.doors import Override
from sessions_app.models import Session

Status, Kind, Policy = ImportBatch.Status, ImportBatch.Kind, ImportBatch.Policy
# So many uploads are looked at for what a heading meant the last time.
_REMEMBERED = 30


class NotNow(Refusal):
    """The upload is at another step."""

    code = "not_now"
    default_message = _("This upload is at another step by now. Look at it again.")


def keep(
    content: bytes,
    file_name: str,
    event: Event,
    session: Session | None = None,
    *,
    user: User | None = None,
    client: ApiClient | None = None,
    may_override: bool = False,
    at: datetime | None = None,
) -> ImportBatch:
    """Keep the file's rows with what its columns seem to mean; nothing is done with them yet.

    Raises Invalid, at the field `file`, for what is no table of people.
    """
    table = read_table(content)
    columns = match(table.headings, Targets.of(event), remembered(event, user))
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            event=event,
            session=session,
            user=user,
            client=client,
            may_override=may_override,
            file_name=(file_name or "people")[-200:],
            digest=hashlib.sha256(content).hexdigest(),
            encoding=table.encoding,
            headings=table.headings,
            columns=email_column(table.rows, columns),
            total=len(table.rows),
            created_at=at or timezone.now(),
        )
        _keep_rows(batch, table)
    return batch


def _keep_rows(batch: ImportBatch, table: Table) -> None:
    too_wide, lost = set(table.too_wide), set(table.lost_quotes)
    lines = enumerate(zip(table.places, table.rows, strict=True), start=1)
    rows = [
        ImportRow(
            batch=batch,
            number=number,
            place=place,
            cells=cells,
            email=_address_of(batch, cells),
            flaw=_flaw(place, too_wide, lost),
        )
        for number, (place, cells) in lines
    ]
    ImportRow.objects.bulk_create(rows, batch_size=2_000)


def _address_of(batch: ImportBatch, cells: Sequence[str]) -> str:
    """By which somebody who is erased is found before anybody said which column has the addresses."""
    named = zip(batch.columns, cells, strict=False)
    found = next((cell for role, cell in named if role == Role.EMAIL), "")
    return address_in(found or next((cell for cell in cells if "@" in cell), ""))[:254]


def _flaw(place: int, too_wide: set[int], lost: set[int]) -> str:
    if place in lost:
        return _("A quote is opened here and never closed.")
    return _("This row has more cells than there are headings.") if place in too_wide else ""


def remembered(event: Event, user: User | None) -> dict[str, str]:
    """What each heading meant the last time, at this event or in a file of the same person."""
    known: dict[str, str] = {}
    tried = ImportBatch.objects.exclude(status=Status.COLUMNS).order_by("-created_at")
    here = list(tried.filter(event=event)[:_REMEMBERED].values_list("headings", "columns"))
    mine = (
        [] if user is None else list(tried.filter(user=user)[:_REMEMBERED].values_list("headings", "columns"))
    )
    for headings, columns in [*here, *mine]:
        for heading, role in zip(headings, columns, strict=False):
            known.setdefault(plain(heading), role)
    known.pop("", None)
    return known


def same_before(batch: ImportBatch) -> ImportBatch | None:
    """The last upload of the very same file to the same place that was run and not undone."""
    found = same_before_each([batch]).get(batch.pk)
    return ImportBatch.objects.get(pk=found) if found else None


def same_before_each(batches: Iterable[ImportBatch]) -> dict[int, int]:
    """The id of such an upload for each of these that has one, by the id; one query for all of them."""
    batches = list(batches)
    run = ImportBatch.objects.filter(status__in=(Status.RUNNING, Status.DONE))
    same = run.filter(
        event__in={one.event_id for one in batches}, digest__in={one.digest for one in batches}
    ).order_by("created_at", "id")
    found: dict[int, int] = {}
    for pk, *place in same.values_list("pk", "event_id", "session_id", "digest"):
        alike = (one for one in batches if [one.event_id, one.session_id, one.digest] == place)
        found |= {one.pk: pk for one in alike if one.pk != pk}
    return found


def choose(
    batch: ImportBatch, columns: Sequence[str], how: Mapping[str, Any], *, then: str = Status.CHECKING
) -> None:
    """Keep what the columns mean and how the rows are to be served, and have the rows tried; or served at once.

    Raises Invalid where no column has the address, a role is given twice, or a reason is missing; NotPermitted for what
    the uploader may not go past; NotNow once it has run.
    """
    targets = Targets.of(batch.event)
    if len(columns) != len(batch.headings) or not all(targets.knows(role) for role in columns):
        raise Invalid(fields={"columns": [_("Choose what each column means.")]})
    given = [role for role in columns if role in list(Role) and role]
    if Role.EMAIL not in given:
        words = _("Say which column holds the e-mail addresses: people are known by them.")
        raise Invalid(words, fields={"columns": [words]})
    if len(given) != len(set(given)):
        raise Invalid(fields={"columns": [_("Two columns mean the same. Leave one of them out.")]})
    for name, value in how.items():
        setattr(batch, name, value)
    batch.columns = list(columns)
    terms_of(batch).decision.check()
    if batch.rows.filter(is_done=True).exists():
        raise NotNow
    _begin(batch, then, (Status.COLUMNS, Status.CHECKED, Status.FAILED), ["columns", *how])


def run(batch: ImportBatch) -> None:
    """Have the worker carry out what was tried. Raises NotNow unless it was tried, and NotPermitted."""
    terms_of(batch).decision.check()
    _begin(batch, Status.RUNNING, (Status.CHECKED, Status.FAILED))


def undo(batch: ImportBatch) -> None:
    """Have the worker take back what the upload made. Raises NotNow unless it is done, and Invalid for a removal."""
    if batch.kind == Kind.REMOVE:
        raise Invalid(
            _(
                "Cancelling people cannot be undone: their seats may have gone to who waited. Upload them again."
            ),
            fields={"kind": [_("Cancelling cannot be undone.")]},
        )
    _begin(batch, Status.UNDOING, (Status.DONE, Status.FAILED))


def _begin(batch: ImportBatch, to: str, after: Sequence[str], also: Sequence[str] = ()) -> None:
    """Let a worker begin the next step, once: of two clicks one finds that it is begun."""
    changed = {"status": to, "done": 0, "leased_until": None, "failure": ""}
    changed |= {name: getattr(batch, name) for name in also}
    if not ImportBatch.objects.filter(pk=batch.pk, status__in=after).update(**changed):
        raise NotNow
    for name, value in changed.items():
        setattr(batch, name, value)


def actor_of(batch: ImportBatch) -> Actor:
    """The actor by whose word the rows are served: the uploader, as they may act today."""
    if batch.user is not None:
        return Actor.importing(batch.user)
    return Actor.api(batch.client, may_override=batch.may_override) if batch.client else Actor("import")


def terms_of(batch: ImportBatch, actor: Actor | None = None) -> Terms:
    """The terms that were chosen for the rows."""
    overrides = {Override(word) for word in batch.overrides}
    if batch.policy == Policy.PAST_CAPACITY:
        overrides.add(Override.CAPACITY)
    return Terms.of(
        actor or actor_of(batch),
        reason=batch.reason,
        overrides=overrides,
        wait=batch.policy == Policy.WAIT,
        notify=batch.notify,
    )


def names_to_judge(batch: ImportBatch, most: int = 3) -> list[str]:
    """A few names as they were read, those with accents first: whoever knows them sees whether they are whole."""
    places = [place for place, role in enumerate(batch.columns) if role in NAMES]
    plain_ones: list[str] = []
    accented: list[str] = []
    for cells in batch.rows.values_list("cells", flat=True)[:2_000]:
        # A row whose person was forgotten has no cells.
        name = " ".join(cells[place] for place in places if cells and cells[place])
        if name:
            (plain_ones if name.isascii() else accented).append(name)
        if len(accented) >= most:
            break
    return list(dict.fromkeys([*accented, *plain_ones]))[:most]
