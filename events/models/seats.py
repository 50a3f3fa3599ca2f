"""Seat counts: the one place that holds a capacity and its counters."""

from datetime import datetime

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

MAXIMUM_CAPACITY = 50_000


def available_of(capacity: int | None, taken: int, held: int, waiting: int) -> int | None:
    """Seats a newcomer may take, by a seat count's figures; None when unlimited."""
    return None if capacity is None else max(0, capacity - taken - held - waiting)


class SeatCount(models.Model):
    """One limited thing: an event's, a session's or a pass's seats. Only `registrations` writes it."""

    # The event to which the thing belongs. An event's own seats are made first, and told of it once it is saved;
    # they outlive it, as they did when nothing led from them to it.
    event = models.ForeignKey(
        "events.Event",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("event"),
        editable=False,
        db_index=False,
    )
    capacity = models.PositiveIntegerField(
        _("maximum capacity"), null=True, blank=True, validators=[MaxValueValidator(MAXIMUM_CAPACITY)]
    )
    hard_limit = models.PositiveIntegerField(
        _("hard limit"), null=True, blank=True, validators=[MaxValueValidator(MAXIMUM_CAPACITY)]
    )
    taken = models.PositiveIntegerField(_("taken"), default=0)
    held = models.PositiveIntegerField(_("held for invitations"), default=0)
    waiting = models.PositiveIntegerField(_("waiting"), default=0)
    # Raised whenever something else changes that decides who may have these seats: a claim that read older facts
    # finds another number here, gives nothing, and looks again.
    revision = models.PositiveIntegerField(default=0, editable=False)
    # While both are set a draw gives these seats: from its opening until it is published, closed or not.
    draw_opens_at = models.DateTimeField(null=True, blank=True, editable=False)
    draw_closes_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("seat count")
        verbose_name_plural = _("seat counts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capacity__isnull=True) | models.Q(capacity__lte=MAXIMUM_CAPACITY),
                name="seatcount_capacity_at_most_50000",
            ),
            models.CheckConstraint(
                condition=models.Q(hard_limit__isnull=True) | models.Q(hard_limit__lte=MAXIMUM_CAPACITY),
                name="seatcount_hard_limit_at_most_50000",
            ),
            # What is free for everybody must not pass what only a permission of its own may.
            models.CheckConstraint(
                condition=models.Q(hard_limit__isnull=True)
                | models.Q(capacity__isnull=False, capacity__lte=models.F("hard_limit")),
                name="seatcount_capacity_within_hard_limit",
            ),
            models.CheckConstraint(
                condition=models.Q(draw_opens_at__isnull=True, draw_closes_at__isnull=True)
                | models.Q(
                    draw_opens_at__isnull=False,
                    draw_closes_at__isnull=False,
                    draw_closes_at__gt=models.F("draw_opens_at"),
                ),
                name="seatcount_draw_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        limit = "unlimited" if self.capacity is None else self.capacity
        return f"{self.taken} of {limit}, {self.held} held, {self.waiting} waiting"

    @property
    def free(self) -> int | None:
        """Seats the line may be given; below 0 when overfull, None when unlimited."""
        return None if self.capacity is None else self.capacity - self.taken - self.held

    @property
    def available(self) -> int | None:
        """Seats a newcomer may take, None when unlimited."""
        return available_of(self.capacity, self.taken, self.held, self.waiting)

    @property
    def past_capacity(self) -> int:
        """Seats taken beyond the capacity."""
        return 0 if self.capacity is None else max(0, self.taken - self.capacity)

    @property
    def is_at_hard_limit(self) -> bool:
        """True when one more would pass the hard limit, which the capacity never exceeds."""
        return self.hard_limit is not None and self.taken + self.held >= self.hard_limit

    @property
    def has_seat_for_newcomer(self) -> bool:
        """True when somebody who is not in line may take a seat now."""
        return self.available is None or self.available > 0

    @property
    def has_seat_for_line(self) -> bool:
        """True when the head of the line may be served now."""
        return self.free is None or self.free > 0

    def is_in_draw(self, at: datetime) -> bool:
        """True from the opening of a draw until it is published: its seats are nobody else's to take."""
        return self.draw_opens_at is not None and self.draw_opens_at <= at

    def takes_wishes(self, at: datetime) -> bool:
        """True while these seats may be wished for: from the opening of a draw until its closing."""
        return self.is_in_draw(at) and self.draw_closes_at is not None and at < self.draw_closes_at
