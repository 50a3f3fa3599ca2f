"""People by file: one upload, and one row for each line of people in it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import ApiClient, Event
from sessions_app.models import Session


class ImportQuerySet(models.QuerySet["ImportBatch"]):
    """Words for sets of uploads."""

    def waiting_for_work(self, at: datetime) -> Self:
        """The uploads that a worker has to go on with, and that no other one is at."""
        free = Q(leased_until=None) | Q(leased_until__lt=at)
        return self.filter(free, status__in=ImportBatch.AT_WORK)


class ImportBatch(models.Model):
    """One upload of people into an event or a session, or out of it, from its columns to its result."""

    class Status(models.TextChoices):
        COLUMNS = "columns", _("Columns to be looked at")
        CHECKING = "checking", _("Being tried")
        CHECKED = "checked", _("Tried")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Failed")

    class Kind(models.TextChoices):
        ADD = "add", _("Register these people")
        REMOVE = "remove", _("Cancel these people")

    class Policy(models.TextChoices):
        SKIP = "skip", _("Leave them out")
        WAIT = "wait", _("Put them on the waitlist")
        PAST_CAPACITY = "past_capacity", _("Register them past capacity")

    AT_WORK = (Status.CHECKING, Status.RUNNING, Status.UNDOING)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="imports", verbose_name=_("event"), db_index=False
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("session"),
        db_index=False,
    )
    # Whose upload it is: a member of staff's, or another system's.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    client = models.ForeignKey(
        ApiClient, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    may_override = models.BooleanField(default=False, editable=False)
    file_name = models.CharField(_("file"), max_length=200)
    # Of the file's content: the same one is noticed, whatever it is called.
    digest = models.CharField(max_length=64, editable=False)
    encoding = models.CharField(max_length=20, blank=True)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    kind = models.CharField(_("what to do"), max_length=10, choices=Kind, default=Kind.ADD)
    policy = models.CharField(
        _("where a session is full"), max_length=15, choices=Policy, default=Policy.SKIP
    )
    # Words of what else to go past.
    overrides = models.JSONField(default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    notify = models.BooleanField(_("tell people"), default=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.COLUMNS)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    # How many people would be told, where people are.
    mails = models.PositiveIntegerField(_("mails"), default=0)
    # What whoever gets a pass with a price owes, by currency: see `owed_by`.
    owed = models.JSONField(_("will be owed"), default=list, db_default=[], blank=True)
    failure = models.TextField(_("what went wrong"), blank=True)
    created_at = models.DateTimeField(_("uploaded"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    # A worker holds the lease it took; whoever finds another number here has lost it.
    lease = models.PositiveIntegerField(default=0, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("upload of people")
        verbose_name_plural = _("uploads of people")
        indexes = [
            models.Index(fields=["event", "-created_at"], name="import_of_event"),
            models.Index(
                fields=["status"],
                condition=Q(status__in=("checking", "running", "undoing")),
                name="import_at_work",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(policy="past_capacity") | ~Q(reason=""), name="import_past_capacity_has_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.event})"

    @property
    def is_at_work(self) -> bool:
        """True while a worker has to go on with it."""
        return self.status in self.AT_WORK

    @property
    def target(self) -> Event | Session:
        """The session, or the event, that people come into or leave."""
        return self.session or self.event


class ImportRow(models.Model):
    """One line of people of one upload: what it says, and what became of it."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    # Counting from 1, in the file's order; `place` is its line in the file.
    number = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    # Why the line cannot be trusted as it stands in the file: a quote that is never closed, a cell too many.
    flaw = models.TextField(blank=True)
    # By which somebody who is erased is found here; until the rows are tried it is what looks like an address.
    email = models.CharField(max_length=254, blank=True, db_index=True)
    code = models.CharField(max_length=30, blank=True)
    words = models.TextField(blank=True)
    # False while the verdict is only what would become of it.
    is_done = models.BooleanField(default=False)
    # What the row made, by ids, for it to be undone; and the last entry of the ledger by then.
    made = models.JSONField(default=dict, blank=True)
    undo_code = models.CharField(max_length=15, blank=True)
    undo_words = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("row of people")
        verbose_name_plural = _("rows of people")
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="importrow_once_per_number"),
        ]
        indexes = [models.Index(fields=["batch", "code", "number"], name="importrow_by_code")]

    def __str__(self) -> str:
        return f"{self.number}: {self.code or '…'}"
