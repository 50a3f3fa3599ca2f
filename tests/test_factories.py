"""The factories make what they say."""

from datetime import timedelta

from tests.factories import EventFactory, PassFactory, SessionFactory, UserFactory


def test_makes_live_session_of_live_event(db):
    session = SessionFactory(capacity=3)
    assert (session.is_live, session.event.is_live, session.event.allow_custom_agenda) == (True, True, True)
    assert (session.seats.capacity, session.seats.available) == (3, 3)
    assert session.event.seats.capacity is None


def test_makes_sessions_that_do_not_overlap(db):
    event = EventFactory()
    first, second = SessionFactory.create_batch(2, event=event)
    assert second.starts_at - first.starts_at == timedelta(hours=1)
    assert not first.overlaps(second)


def test_makes_event_at_event_level(db):
    event = EventFactory(session_level=False, capacity=5)
    assert (event.allow_custom_agenda, event.seats.capacity) == (False, 5)
    assert PassFactory(event=event, capacity=7).seats.capacity == 7


def test_makes_user_who_can_sign_in(db, client):
    user = UserFactory(email="eve@example.com")
    assert client.login(email="eve@example.com", password="eve")
    assert user.is_staff
