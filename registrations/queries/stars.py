"""Stars: what somebody is interested in, and how many are interested in a session."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from registrations import sql
from registrations.models import AgendaDraft, EventRegistration, Star


def starred_by(draft: AgendaDraft | None, registration: EventRegistration | None) -> frozenset[int]:
    """The ids of the sessions that the holder of the registration, else of the draft, is interested in."""
    if registration is not None:
        return sql.starred_by(registration_id=registration.pk)
    return sql.starred_by(draft_id=draft.pk) if draft is not None else frozenset()


def _people() -> Count:
    """Whoever starred it by two agendas counts once: a registration by its id, a draft without one by its own."""
    return Count(Coalesce(F("draft__registration_id"), -F("draft_id")), distinct=True)


def interested_in(session_ids: Sequence[int]) -> dict[int, int]:
    """How many people are interested in each of these sessions; those without any are left out. One statement."""
    rows = Star.objects.filter(session__in=session_ids).order_by().values_list("session")
    return dict(rows.annotate(number=_people()))


def number_interested() -> Coalesce:
    """How many people are interested in a session, as a column of a list of sessions."""
    rows = Star.objects.filter(session=OuterRef("pk")).order_by().values("session").annotate(number=_people())
    return Coalesce(Subquery(rows.values("number"), output_field=IntegerField()), 0)
