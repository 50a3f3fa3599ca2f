"""How many sessions one person may choose: of one track, of the event, by a pass."""

from __future__ import annotations

import pytest

from events.actors import Actor
from events.errors import Invalid, NotPermitted, SessionLimit, TrackLimit
from events.models import Event, SeatCount
from registrations import rules
from registrations.actions import (
    accept_invitation,
    add_to_session,
    cancel_session_registrations,
    default_sessions,
    join_waitlist,
    register_from_waitlist,
    settle,
    submit_agenda,
    swap,
)
from registrations.models import Activity, SessionRegistration
from registrations.queries import alternatives_to, standing_of
from registrations.rules.people import Attendee
from registrations.rules.standing import Standing
from sessions_app.models import Session, SessionTrack
from tests.engine.acts import claim, contact_of, fill, holders, outcomes, people, person, seat_of
from tests.factories import EventFactory, PassFactory, SessionFactory, SessionTrackFactory, UserFactory, at
from waitlists.models import WaitlistItem


@pytest.fixture
def track(event: Event) -> SessionTrack:
    """A track of which everybody may choose one session."""
    return SessionTrackFactory(event=event, name="Workshops", most_sessions=1)


@pytest.fixture
def workshops(event: Event, track: SessionTrack) -> list[Session]:
    """Three sessions of that track, of one seat each."""
    return [SessionFactory(event=event, track=track, capacity=1, name=name) for name in "ABC"]


@pytest.fixture
def staff(db: None) -> Actor:
    """Somebody at the desk who may go past capacity."""
    return Actor.staff(UserFactory(is_superuser=True))


def test_claim_beyond_a_track_limit_names_what_counts(workshops, bob: Attendee) -> None:
    a, b, _c = workshops
    claim(a, bob)
    [line] = claim(b, bob).lines
    assert (line.outcome, line.reason.limit, line.reason.sessions) == ("track_limit", 1, (a,))
    assert line.message == "At most 1 session of this track can be chosen; this counts: A."
    assert holders(b) == set()


def test_other_tracks_and_included_sessions_do_not_count(event, track, workshops, bob: Attendee) -> None:
    included = SessionFactory(event=event, track=track, selection_control="included", capacity=None)
    SeatCount.objects.filter(pk=included.seats_id).update(capacity=50)
    other = SessionFactory(event=event, track=SessionTrackFactory(event=event, most_sessions=1))
    result = submit_agenda(event, bob, [workshops[0], other, SessionFactory(event=event)])
    assert outcomes(result) == ["registered"] * 4


def test_one_list_beyond_the_limit_gives_the_first(event, workshops, bob: Attendee) -> None:
    assert outcomes(submit_agenda(event, bob, workshops)) == ["registered", "track_limit", "track_limit"]


def test_swap_inside_the_track_is_fine(workshops, bob: Attendee) -> None:
    a, b, _c = workshops
    registration = claim(a, bob).registration
    assert outcomes(swap(registration, a, b)) == ["dropped", "registered"]


def test_place_in_line_counts_for_whoever_chooses(workshops, bob: Attendee, carol: Attendee) -> None:
    a, b, c = workshops
    claim(a, carol)
    assert outcomes(claim(a, bob, wait=True)) == ["waitlisted"]
    assert outcomes(claim(b, bob)) == ["track_limit"]
    fill(c)
    with pytest.raises(TrackLimit) as refused:
        join_waitlist(c, bob)
    assert refused.value.data["limited_by"] == [a]
    assert WaitlistItem.objects.filter(session=c).count() == 0


def test_line_passes_over_and_serves_once_there_is_room(workshops, staff, bob: Attendee, carol) -> None:
    a, b, _c = workshops
    claim(a, carol)
    claim(a, bob, wait=True)
    # By another decision he gets one of the track meanwhile.
    [line] = add_to_session(b, [bob], actor=staff, override_limits=True, reason="Speaker")
    assert line.is_success
    cancel_session_registrations([seat_of(a, carol)], actor=staff)
    [item] = WaitlistItem.objects.filter(session=a)
    words = "At most 1 session of this track can be chosen; this counts: B."
    assert (item.passed_over_reason, holders(a)) == (words, set())
    cancel_session_registrations([seat_of(b, bob)], actor=staff)
    assert holders(a) == {"bob"}


def test_offer_beyond_the_limit_stays_open(workshops, staff, bob: Attendee, carol: Attendee) -> None:
    a, b, _c = workshops
    Session.objects.filter(pk=a.pk).update(own_auto_register_waitlisted=False)
    a.refresh_from_db()
    claim(a, carol)
    claim(a, bob, wait=True)
    cancel_session_registrations([seat_of(a, carol)], actor=staff)
    add_to_session(b, [bob], actor=staff, override_limits=True, reason="Speaker")
    [item] = WaitlistItem.objects.filter(session=a)
    with pytest.raises(TrackLimit):
        accept_invitation(item, contact=contact_of(bob))
    item.refresh_from_db()
    assert (item.status, holders(a)) == ("invited", set())


def test_staff_override_limits_with_a_reason_that_is_kept(workshops, staff, bob: Attendee) -> None:
    a, b, c = workshops
    claim(a, bob)
    assert [str(line.outcome) for line in add_to_session(b, [bob], actor=staff)] == ["track_limit"]
    with pytest.raises(Invalid):
        add_to_session(b, [bob], actor=staff, override_limits=True)
    past = add_to_session(b, [bob], actor=staff, past_capacity=True, reason="VIP")
    assert [str(line.outcome) for line in past] == ["track_limit"]
    [line] = add_to_session(b, [bob], actor=staff, override_limits=True, reason="Speaker")
    assert (line.outcome, line.is_past_capacity) == ("registered", False)
    row = Activity.objects.filter(session=b).latest("id")
    assert (row.reason, row.detail) == ("Speaker", {"limits_overridden": ["track_limit"]})
    fill(c)
    full = add_to_session(c, [bob], actor=staff, override_limits=True, reason="Speaker")
    assert [str(line.outcome) for line in full] == ["full"]


def test_other_system_needs_its_leave_to_override(workshops, bob: Attendee) -> None:
    a, b, _c = workshops
    claim(a, bob)
    from tests.api.conftest import make_api_client

    with pytest.raises(NotPermitted):
        add_to_session(b, [bob], actor=Actor.api(make_api_client()), override_limits=True)


def test_register_now_asks_the_limit_and_staff_may_override(workshops, staff, bob: Attendee, carol) -> None:
    a, b, _c = workshops
    claim(a, carol)
    item = join_waitlist(a, bob)
    add_to_session(b, [bob], actor=staff, override_limits=True, reason="Speaker")
    SeatCount.objects.filter(pk=a.seats_id)
    refused = register_from_waitlist([item], actor=staff, past_capacity=True, reason="VIP")
    assert [str(line.outcome) for line in refused] == ["track_limit"]
    done = register_from_waitlist([item], actor=staff, past_capacity=True, override_limits=True, reason="VIP")
    assert [str(line.outcome) for line in done] == ["registered"]
    assert holders(a) == {"carol", "bob"}


def test_register_now_asks_the_pass(event, staff, bob: Attendee, carol: Attendee) -> None:
    """A seat that the pass does not open is flagged, with the reason, like one past capacity."""
    Event.objects.filter(pk=event.pk).update(passes_with_agenda=True)
    event.refresh_from_db()
    mine, wanted = SessionFactory(event=event), SessionFactory(event=event, capacity=1)
    offered = PassFactory(event=event)
    offered.sessions.set([mine, wanted])
    submit_agenda(event, carol, [wanted], event_pass=offered)
    submit_agenda(event, bob, [mine], event_pass=offered)
    item = join_waitlist(wanted, bob)
    wanted.passes.clear()
    cancel_session_registrations([seat_of(wanted, carol)], actor=staff)
    assert [str(line.outcome) for line in register_from_waitlist([item], actor=staff)] == ["not_in_pass"]
    [line] = register_from_waitlist([item], actor=staff, past_capacity=True, reason="Speaker")
    assert (line.outcome, line.is_past_capacity) == ("registered", True)
    seat = SessionRegistration.objects.active().get(session=wanted)
    assert (seat.is_past_capacity, seat.reason) == (True, "Speaker")


def test_lower_limit_takes_nothing_away(event, workshops, track, bob: Attendee) -> None:
    SessionTrack.objects.filter(pk=track.pk).update(most_sessions=2)
    a, b, c = [Session.objects.get(pk=session.pk) for session in workshops]
    submit_agenda(event, bob, [a, b])
    SessionTrack.objects.filter(pk=track.pk).update(most_sessions=0)
    assert outcomes(submit_agenda(event, bob, [a, b])) == ["already", "already"]
    assert outcomes(claim(Session.objects.get(pk=c.pk), bob)) == ["track_limit"]


def test_event_limit_counts_all_sessions_and_a_pass_has_its_own(event, bob: Attendee, carol) -> None:
    Event.objects.filter(pk=event.pk).update(most_sessions=1, passes_with_agenda=True)
    event.refresh_from_db()
    a, b, c = (SessionFactory(event=event) for _ in range(3))
    generous, plain = PassFactory(event=event, most_sessions=2), PassFactory(event=event)
    wide = submit_agenda(event, bob, [a, b, c], event_pass=generous)
    assert outcomes(wide) == ["registered", "registered", "session_limit"]
    narrow = submit_agenda(event, carol, [a, b, c], event_pass=plain)
    assert outcomes(narrow) == ["registered", "session_limit", "session_limit"]
    with pytest.raises(SessionLimit):
        raise narrow.lines[1].reason.refusal()


def test_nothing_is_offered_that_would_be_refused(event, bob: Attendee) -> None:
    """Neither what the pass does not open, nor beyond a limit, nor what he waits for already."""
    Event.objects.filter(pk=event.pk).update(passes_with_agenda=True)
    event.refresh_from_db()
    track = SessionTrackFactory(event=event, most_sessions=1)
    mine = SessionFactory(event=event, track=track)
    same_track = SessionFactory(event=event, track=track)
    outside, fitting = SessionFactory(event=event), SessionFactory(event=event)
    full = SessionFactory(event=event, capacity=0)
    offered = PassFactory(event=event)
    offered.sessions.set([mine, same_track, fitting, full])
    submit_agenda(event, bob, [mine], event_pass=offered)
    [line] = claim(full, bob).lines
    assert (line.outcome, line.alternatives) == ("full", [fitting])
    assert alternatives_to(full, Standing(), held=[], at=at(1)) == [mine, same_track, outside]


def test_draft_begins_within_the_limit(event, track) -> None:
    chosen = [SessionFactory(event=event, track=track, selected_by_default=True) for _ in range(2)]
    assert default_sessions(event, at(1)) == chosen[:1]


def test_button_says_the_limit_and_offers_a_swap_that_cures_it(event, workshops, track, bob) -> None:
    a, b, _c = workshops
    overlapping = SessionFactory(event=event, track=track, starts_at=a.starts_at, ends_at=a.ends_at)
    claim(a, bob)
    standing = standing_of(contact_of(bob), event)
    sessions = list(Session.objects.filter(event=event).select_related("event", "track", "seats"))
    buttons = rules.seat_buttons(sessions, standing, [], at=at(1))
    assert [buttons[one.pk].state for one in (a, b, overlapping)] == ["held", "limit", "swap"]
    assert buttons[b.pk].reason.sessions == (a,)
    # Without any limit, a clash with one seat is cured by a swap too.
    SessionTrack.objects.filter(pk=track.pk).update(most_sessions=None)
    sessions = list(Session.objects.filter(event=event).select_related("event", "track", "seats"))
    buttons = rules.seat_buttons(sessions, standing, [], at=at(1))
    assert [buttons[one.pk].state for one in (a, b, overlapping)] == ["held", "add", "swap"]


def test_two_promoted_at_once_from_one_line_obey_the_limit(event, track, staff) -> None:
    """The same person at the head of two lines: the second passes over."""
    a, b = (SessionFactory(event=event, track=track, capacity=1) for _ in range(2))
    SessionTrack.objects.filter(pk=track.pk).update(most_sessions=2)
    first, second = people(2)
    claim(Session.objects.get(pk=a.pk), first)
    claim(Session.objects.get(pk=b.pk), second)
    waits = person("Wim")
    for session in (a, b):
        join_waitlist(Session.objects.get(pk=session.pk), waits)
    SessionTrack.objects.filter(pk=track.pk).update(most_sessions=1)
    cancel_session_registrations([seat_of(a, first)], actor=staff)
    cancel_session_registrations([seat_of(b, second)], actor=staff)
    settle([a.seats_id, b.seats_id])
    assert (holders(a), holders(b)) == ({"wim"}, set())


def test_what_was_not_chosen_and_what_is_elsewhere_counts_for_nothing(bob) -> None:
    event = EventFactory(most_sessions=1)
    SessionFactory(event=event, selection_control="included", starts_at=at(8), ends_at=at(9))
    claim(SessionFactory(starts_at=at(15), ends_at=at(16)), bob)
    first, second = (SessionFactory(event=event, starts_at=at(h), ends_at=at(h + 1)) for h in (10, 12))
    assert set(outcomes(claim(first, bob))) == {"registered"}
    assert SessionRegistration.objects.active().filter(session__event=event).count() == 2
    assert "session_limit" in outcomes(claim(second, bob))
