"""Seats come free one after the other, beside newcomers: who waits together is seated together, or not yet."""

from __future__ import annotations

from functools import partial

import pytest

from events.actors import ATTENDEE
from registrations import sql
from registrations.actions import cancel_session_registrations, join_together
from registrations.models import SessionRegistration
from registrations.queries.recount import recount
from sessions_app.models import Session
from tests.races.at_once import at_once, errors
from tests.races.test_waiting import full_session, holders, keep_asking, someone


def two_seats_come_free() -> tuple[Session, list[object]]:
    """Two people go at the same instant; two wait together, and others who just came ask again and again."""
    session, _names = full_session(2, 0)
    join_together(session, [someone(session, "ann"), someone(session, "ben")])
    going = list(SessionRegistration.objects.filter(session=session))
    acts = [partial(cancel_session_registrations, [seat], actor=ATTENDEE) for seat in going]
    newcomers = [partial(keep_asking, session, someone(session, f"newcomer{n}")) for n in range(4)]
    return session, at_once(*newcomers, *acts)


def seated_of_the_group(session: Session) -> set[str]:
    return {"ann", "ben"} & set(holders(session))


def test_never_parts_who_waits_together() -> None:
    for _round in range(3):
        session, results = two_seats_come_free()
        assert errors(results) == []
        assert len(seated_of_the_group(session)) in {0, 2}
        assert [str(one) for one in recount(session.event, swept=True)] == []


def test_parts_them_where_each_is_read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: by the first of them alone the line would be served as any other."""
    monkeypatch.setattr(sql, "mates_of", lambda *_args: [])
    session, _names = full_session(2, 0)
    join_together(session, [someone(session, "ann"), someone(session, "ben")])
    cancel_session_registrations(session.registrations.active()[:1], actor=ATTENDEE)
    assert seated_of_the_group(session) == {"ann"}
