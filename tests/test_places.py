"""Places in line are counted from the nearer end; whatever the line looks like, they are those of a plain count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import Contact, SeatCount
from registrations.queries import length_of_line, position, positions
from sessions_app.models import Session
from tests.factories import FIRST_DAY, EventFactory, SessionFactory
from waitlists.models import InvitationSlot, WaitlistItem
from waitlists.order import LINE

pytestmark = pytest.mark.django_db

Status = WaitlistItem.Status
PASSED_OVER = "passed over"
# Few moments, so that many people joined at the same one.
PEOPLE = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.sampled_from(
            [*[Status.WAITING] * 3, PASSED_OVER, Status.INVITED, Status.WITHDRAWN, Status.ON_HOLD]
        ),
    ),
    max_size=14,
)


def line_up(session: Any, people: list[tuple[int, str]], *, served: bool) -> None:
    """Let these people wait, with the counter as the actions leave it: 0 while the waitlist is off."""
    slot = InvitationSlot.objects.create(
        seats=session.seats, opened_at=FIRST_DAY, expires_at=FIRST_DAY + timedelta(hours=1)
    )
    for minute, status in people:
        WaitlistItem.objects.create(
            event=session.event,
            session=session,
            seats=session.seats,
            contact=Contact.objects.create(email=f"{Contact.objects.count()}.{session.pk}@example.org"),
            status=Status.WAITING if status == PASSED_OVER else status,
            joined_at=FIRST_DAY + timedelta(minutes=minute),
            passed_over_at=FIRST_DAY if status == PASSED_OVER else None,
            invitation_slot=slot if status == Status.INVITED else None,
            closed_at=FIRST_DAY if status == Status.WITHDRAWN else None,
        )
    eligible = sum(status == Status.WAITING for _minute, status in people)
    SeatCount.objects.filter(pk=session.seats_id).update(waiting=eligible if served else 0)


def plain_count(item: WaitlistItem) -> int:
    line = list(WaitlistItem.objects.waiting().filter(seats_id=item.seats_id).in_line())
    return line.index(item) + 1


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(st.tuples(PEOPLE, st.booleans()), min_size=1, max_size=3), data=st.data())
@pytest.mark.parametrize("columns", [LINE.columns, ("-joined_at", "-id")], ids=["as it is", "turned round"])
def test_counts_places_from_either_end(
    monkeypatch: pytest.MonkeyPatch, columns: tuple[str, ...], lines: list[Any], data: st.DataObject
) -> None:
    monkeypatch.setattr(LINE, "columns", columns)
    event = EventFactory()
    for people, served in lines:
        line_up(SessionFactory(event=event), people, served=served)
    items = list(WaitlistItem.objects.filter(event=event))
    right = {item.pk: plain_count(item) for item in items if item.status == Status.WAITING}
    assert positions(items) == right
    assert [position(item) for item in items] == [right.get(item.pk) for item in items]
    for session in Session.objects.filter(event=event):
        waiting = WaitlistItem.objects.waiting().filter(session=session)
        assert length_of_line(session.seats_id) == waiting.count()
    some = data.draw(st.lists(st.sampled_from(items), unique=True) if items else st.just([]))
    assert positions(some) == {item.pk: right[item.pk] for item in some if item.pk in right}


def test_knows_no_place_of_somebody_served_since() -> None:
    session = SessionFactory(event=EventFactory())
    line_up(session, [(1, Status.WAITING), (2, Status.WAITING)], served=True)
    first, second = WaitlistItem.objects.in_line()
    WaitlistItem.objects.filter(pk=first.pk).update(status=Status.REGISTERED, closed_at=FIRST_DAY)
    SeatCount.objects.filter(pk=session.seats_id).update(waiting=1)
    assert positions([first, second]) == {second.pk: 1}
