"""The order of a line is written once: turned round there, the line is served the other way everywhere."""

from __future__ import annotations

import pytest

from events.actors import Actor
from events.models import Event, User
from registrations import actions, sql
from registrations.queries import position, positions
from sessions_app.models import Session
from tests.engine.acts import claim, fill, holders, person, seat_of
from tests.factories import SessionFactory
from waitlists.models import WaitlistItem
from waitlists.order import LINE, Order

NAMES = ["ann", "ben", "cem", "dan"]


@pytest.fixture
def line(event: Event) -> Session:
    """One seat, taken, and four who wait for it."""
    session: Session = SessionFactory(event=event, capacity=1)
    fill(session)
    for name in NAMES:
        claim(session, person(name), wait=True)
    return session


def names(session: Session) -> list[str]:
    """Who waits, in the order of the line."""
    rows = WaitlistItem.objects.waiting().filter(session=session).in_line()
    return [email.split("@")[0] for email in rows.values_list("contact__email", flat=True)]


def every_order(session: Session) -> list[list[str]]:
    """The line as the fixed statements, the numbers and the queryset have it."""
    items = list(WaitlistItem.objects.waiting().filter(session=session).select_related("contact"))
    by_contact = {item.contact_id: item.contact.first_name for item in items}
    in_all, one_by_one = positions(items), {item.pk: position(item) or 0 for item in items}
    return [
        names(session),
        [by_contact[head.contact_id] for head in sql.heads_of(session.seats_id, 10)],
        [item.contact.first_name for item in sorted(items, key=lambda item: in_all[item.pk])],
        [item.contact.first_name for item in sorted(items, key=lambda item: one_by_one[item.pk])],
    ]


def test_model_and_index_have_the_order() -> None:
    assert list(WaitlistItem._meta.ordering or []) == LINE.fields
    assert [index.fields for index in WaitlistItem._meta.indexes if index.name == "waitlist_line"] == [
        ["seats", *LINE.names]
    ]


def test_order_that_goes_both_ways_is_none() -> None:
    with pytest.raises(AssertionError, match="both ways"):
        Order(("-joined_at", "id")).by()


def test_whoever_joined_first_stands_first(line: Session) -> None:
    assert every_order(line) == [NAMES] * 4


@pytest.mark.usefixtures("line_turned_round")
def test_line_turned_round_stands_the_other_way(line: Session) -> None:
    assert every_order(line) == [NAMES[::-1]] * 4


@pytest.mark.usefixtures("line_turned_round")
def test_line_turned_round_is_served_from_its_other_end(line: Session, alice: User) -> None:
    actions.change_capacity(line, 3, actor=Actor.staff(alice))
    assert holders(line) >= {"dan", "cem"}
    assert names(line) == ["ben", "ann"]
    actions.cancel_session_registrations([seat_of(line, person("dan"))], actor=Actor.staff(alice))
    assert names(line) == ["ann"]


@pytest.mark.usefixtures("line_turned_round")
@pytest.mark.parametrize("is_one_moment", [False, True])
def test_staff_move_somebody_in_a_line_turned_round(line: Session, alice: User, is_one_moment: bool) -> None:
    """Those ahead stay ahead, although all may have joined at the same moment."""
    if is_one_moment:
        first = WaitlistItem.objects.filter(session=line)[0]
        WaitlistItem.objects.filter(session=line).update(joined_at=first.joined_at)
    assert names(line) == ["dan", "cem", "ben", "ann"]
    rows = {item.contact.first_name: item for item in WaitlistItem.objects.filter(session=line)}
    actions.move_in_line(rows["ann"], before=rows["cem"], actor=Actor.staff(alice))
    assert every_order(line) == [["dan", "ann", "cem", "ben"]] * 4


def test_line_led_by_another_column_is_served_and_moved_by_it(
    line: Session, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever moves before somebody of the first rank has that rank; any column of few values stands for one."""
    monkeypatch.setattr(LINE, "columns", ("when_clashing", *LINE.columns))
    rows = {item.contact.first_name: item for item in WaitlistItem.objects.filter(session=line)}
    WaitlistItem.objects.filter(session=line).update(when_clashing=WaitlistItem.WhenClashing.SWAP)
    WaitlistItem.objects.filter(pk=rows["dan"].pk).update(when_clashing=WaitlistItem.WhenClashing.ASK)
    assert every_order(line) == [["dan", "ann", "ben", "cem"]] * 4
    actions.move_in_line(rows["cem"], before=rows["dan"], actor=Actor.staff(alice))
    assert every_order(line) == [["cem", "dan", "ann", "ben"]] * 4
    actions.change_capacity(line, 2, actor=Actor.staff(alice))
    assert names(line) == ["dan", "ann", "ben"]
