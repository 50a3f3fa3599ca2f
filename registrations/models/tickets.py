"""Tickets of a draw: who wishes for what, and what was decided."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from registrations.models.draws import Draw
from registrations.models.registrations import EventRegistration
from sessions_app.models import Session

# So many people may stand on one ticket: a larger group would hardly ever find so many seats at its turn.
MOST_ON_ONE_TICKET = 4
# Nobody ranks more than that, and nobody has to read more.
MOST_WISHES = 100


def new_ticket_code() -> str:
    """Return the code under which a ticket is published: random, so it says nothing of anybody."""
    return secrets.token_hex(8)


def new_invitation_code() -> str:
    """Return the code of the link that lets others onto a ticket, which nobody can guess."""
    return get_random_string(22)


class Ticket(models.Model):
    """One person, or one group, in one draw: they share one list of wishes and one place in the drawn order.

    A ticket that nobody holds any more is that of somebody who was erased, in a file that was published.
    """

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("draw"))
    code = models.CharField(_("code"), max_length=32, unique=True, default=new_ticket_code, editable=False)
    # Whoever has it may come onto the ticket while the window is open.
    invitation = models.CharField(max_length=32, unique=True, default=new_invitation_code, editable=False)
    place = models.PositiveIntegerField(_("place in the order"), null=True, blank=True, editable=False)

    class Meta:
        default_permissions = ()
        ordering = ["draw", "place", "id"]
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["draw", "place"], condition=Q(place__isnull=False), name="ticket_place_once_per_draw"
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=True) | Q(place__gte=1), name="ticket_place_at_least_1"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class TicketHolder(models.Model):
    """One registration on one ticket; what became of its wishes is kept once it was published to them."""

    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+", db_index=False)
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, related_name="holders", verbose_name=_("ticket"), db_index=False
    )
    registration = models.ForeignKey(
        EventRegistration,
        on_delete=models.PROTECT,
        related_name="ticket_holders",
        verbose_name=_("registration"),
    )
    number = models.PositiveSmallIntegerField(_("place on the ticket"), default=1)
    # Their wishes were in the frozen file: they still were registered when the window closed.
    is_frozen = models.BooleanField(default=False, editable=False)
    # Publishing goes in two rounds, so that nobody in line is ahead of a seat that was drawn; both are marked.
    seated_at = models.DateTimeField(null=True, blank=True, editable=False)
    told_at = models.DateTimeField(_("told"), null=True, blank=True, editable=False)
    # By the session's id: what the draw decided, and what became of it when it was published.
    outcome = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        default_permissions = ()
        ordering = ["ticket", "number"]
        verbose_name = _("holder of a ticket")
        verbose_name_plural = _("holders of tickets")
        indexes = [
            models.Index(
                fields=["draw"], condition=Q(is_frozen=True, told_at=None), name="ticketholder_to_publish"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["draw", "registration"], name="ticketholder_once_per_draw"),
            models.UniqueConstraint(fields=["ticket", "number"], name="ticketholder_number_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_ON_ONE_TICKET), name="ticketholder_at_most_4"
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(seated_at__isnull=False), name="ticketholder_seated_before_told"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration} on {self.ticket_id}"


class Wish(models.Model):
    """One session that a ticket wishes for, by its rank: 1 is the dearest."""

    ticket = models.ForeignKey(
        Ticket, on_delete=models.CASCADE, related_name="wishes", verbose_name=_("ticket"), db_index=False
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="+", verbose_name=_("session")
    )
    rank = models.PositiveSmallIntegerField(_("rank"))
    # Where it is not given: they wait for it in its line if they come in at this place or before; empty: anyhow.
    wait_at_most = models.PositiveIntegerField(_("wait at most at this place"), null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["ticket", "rank"]
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "session"], name="wish_session_once"),
            models.UniqueConstraint(fields=["ticket", "rank"], name="wish_rank_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="wish_rank_at_least_1"),
            models.CheckConstraint(
                condition=Q(wait_at_most__isnull=True) | Q(wait_at_most__gte=1), name="wish_wait_at_least_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.session}"


class DrawDecision(models.Model):
    """What the draw decided about one wish, in the order in which it was decided."""

    class Verdict(models.TextChoices):
        GIVEN = "given", _("Given")
        FULL = "full", _("Full")
        CLASH = "clash", _("Overlaps what they have")
        ENOUGH = "enough", _("As many seats as one person gets")
        LIMIT = "limit", _("As many as one person may choose")

    draw = models.ForeignKey(
        Draw, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("draw"), db_index=False
    )
    number = models.PositiveIntegerField(_("in this order"))
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("ticket")
    )
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="+", verbose_name=_("session"), db_index=False
    )
    round = models.PositiveIntegerField(_("round"))
    rank = models.PositiveSmallIntegerField(_("rank"))
    verdict = models.CharField(_("decision"), max_length=6, choices=Verdict)

    class Meta:
        default_permissions = ()
        ordering = ["draw", "number"]
        verbose_name = _("decision of a draw")
        verbose_name_plural = _("decisions of draws")
        constraints = [
            models.UniqueConstraint(fields=["draw", "number"], name="drawdecision_number_once"),
            models.UniqueConstraint(fields=["ticket", "session"], name="drawdecision_once_per_wish"),
            models.CheckConstraint(
                condition=Q(number__gte=1, round__gte=1, rank__gte=1), name="drawdecision_counts_from_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.session}"
