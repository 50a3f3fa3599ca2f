"""Registering a whole agenda."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from events.actors import ATTENDEE
from events.errors import Invalid, WrongLevel
from events.models import Event
from registrations.actions import cancel_session_registrations, submit_agenda, swap
from registrations.models import EventRegistration, SessionRegistration
from registrations.rules import would_be_held
from registrations.rules.outcomes import Mode
from registrations.rules.people import Attendee
from registrations.rules.results import AgendaResult, Line
from sessions_app.models import Session
from tests.engine.acts import (
    claim,
    contact_of,
    figures,
    fill,
    holders,
    mails,
    outcomes,
    person,
    seat_of,
)
from tests.factories import EventFactory, SessionFactory, at
from waitlists.models import WaitlistItem


def every_row() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours."""
    ours = ("events", "sessions_app", "waitlists", "registrations")
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for app in ours
        for model in apps.get_app_config(app).get_models()
    }


def said(result: AgendaResult) -> list[tuple[Line, list[Session]]]:
    """The lines, and what they offer instead as things stand now."""
    return [(line, line.alternatives) for line in result.lines]


def test_claim_gives_a_seat_and_one_mail(event: Event, bob: Attendee) -> None:
    session = SessionFactory(event=event, capacity=2)
    result = claim(session, bob)
    assert (result.applied, outcomes(result)) == (True, ["registered"])
    assert figures(session) == (2, 1, 0, 0)
    assert figures(event) == (None, 1, 0, 0)
    assert mails() == [("registered", "bob")]


def test_claim_repeated_is_harmless(event: Event, bob: Attendee) -> None:
    session = SessionFactory(event=event, capacity=2)
    claim(session, bob)
    before = every_row()
    assert outcomes(claim(session, Attendee(" BOB@example.com ", "Bob", "Baker"))) == ["already"]
    assert every_row() == before


def test_claim_of_a_full_session_changes_nothing(event: Event, bob: Attendee) -> None:
    session = SessionFactory(event=event, capacity=1)
    fill(session)
    before = every_row()
    result = claim(session, bob)
    assert (result.applied, outcomes(result), result.registration) == (False, ["full"], None)
    assert every_row() == before


def test_capacity_0_is_full(event: Event, bob: Attendee) -> None:
    assert outcomes(claim(SessionFactory(event=event, capacity=0), bob)) == ["full"]


def _live_elsewhere(session: Session) -> None:
    session.session_status = Session.Status.APPROVED
    session.save()


def _close(session: Session) -> None:
    session.event.registration_closes_at = at(1) - timedelta(days=9000)
    session.event.save()


def _unpublish(session: Session) -> None:
    session.event.publish_status = Event.PublishStatus.DRAFT
    session.event.save()


def _forget_capacity(session: Session) -> None:
    session.seats.capacity = None
    session.seats.save()


def _begin(session: Session) -> None:
    session.starts_at, session.ends_at = at(9) - timedelta(days=9000), at(10) - timedelta(days=9000)
    session.save()


@pytest.mark.parametrize(
    ("spoil", "outcome"),
    [
        (_live_elsewhere, "not_live"),
        (_unpublish, "not_live"),
        (_close, "closed"),
        (_begin, "closed"),
        (_forget_capacity, "capacity_missing"),
    ],
)
def test_claim_is_refused_by_name(event: Event, bob: Attendee, spoil: Any, outcome: str) -> None:
    session = SessionFactory(event=event)
    spoil(session)
    before = every_row()
    result = claim(session, bob, wait=True)
    assert (outcomes(result), result.applied) == ([outcome], False)
    assert every_row() == before


def test_webinar_without_capacity_is_unlimited(event: Event, bob: Attendee) -> None:
    session = SessionFactory(event=event, capacity=None, format=Session.Format.WEBINAR)
    assert outcomes(claim(session, bob)) == ["registered"]


@pytest.mark.parametrize(
    ("first", "second", "prevents", "expected"),
    [
        (((10, 0), (11, 0)), ((10, 30), (11, 30)), (True, True), "conflict"),
        (((10, 0), (11, 0)), ((10, 30), (11, 30)), (True, False), "conflict"),
        (((10, 0), (11, 0)), ((10, 30), (11, 30)), (False, True), "conflict"),
        (((10, 0), (11, 0)), ((10, 30), (11, 30)), (False, False), "registered"),
        (((10, 0), (11, 0)), ((11, 0), (12, 0)), (True, True), "registered"),
        (((10, 0), (12, 0)), ((10, 30), (11, 0)), (True, True), "conflict"),
    ],
)
def test_overlap_is_refused_if_either_prevents_conflicts(
    event: Event, bob: Attendee, first: Any, second: Any, prevents: Any, expected: str
) -> None:
    def make(hours: Any, prevent: bool) -> Session:
        return SessionFactory(
            event=event, starts_at=at(*hours[0]), ends_at=at(*hours[1]), prevent_session_conflicts=prevent
        )

    a, b = make(first, prevents[0]), make(second, prevents[1])
    claim(a, bob)
    result = claim(b, bob)
    assert outcomes(result) == [expected]
    assert result.lines[0].conflicts_with == ([a] if expected == "conflict" else [])


def test_session_without_times_never_conflicts(event: Event, bob: Attendee) -> None:
    timeless = SessionFactory(event=event, starts_at=None, ends_at=None)
    claim(SessionFactory(event=event), bob)
    assert outcomes(claim(timeless, bob)) == ["registered"]


def test_earlier_line_wins_within_one_list(event: Event, bob: Attendee) -> None:
    a = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    b = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    result = submit_agenda(event, bob, [b, a])
    assert outcomes(result) == ["registered", "conflict"]
    assert holders(b) == {"bob"}
    assert holders(a) == set()


def test_holding_a_seat_stops_nobody_from_waiting_for_an_overlapping_session(
    event: Event, bob: Attendee
) -> None:
    mine = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    wanted = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    fill(wanted)
    claim(mine, bob)
    result = claim(wanted, bob, wait=True)
    assert (outcomes(result), result.lines[0].position) == (["waitlisted"], 1)


def test_all_or_nothing_with_the_fourth_of_five_full_changes_no_row(event: Event, bob: Attendee) -> None:
    sessions = [SessionFactory(event=event, capacity=1) for _ in range(5)]
    fill(sessions[3])
    before = every_row()
    dry = submit_agenda(event, bob, sessions, mode=Mode.ALL_OR_NOTHING, preview=True)
    foreseen = said(dry)
    assert every_row() == before
    result = submit_agenda(event, bob, sessions, mode=Mode.ALL_OR_NOTHING)
    assert every_row() == before
    assert outcomes(result) == ["registered"] * 3 + ["full", "registered"]
    assert (foreseen, dry.applied, result.applied) == (said(result), False, False)


def test_all_or_nothing_under_locks_changes_no_row_either(event: Event, bob: Attendee) -> None:
    """The refusal found only once the locks are held, past the unlocked first look, rolls everything back."""
    from registrations.actions.claims import agendas as agenda

    sessions = [SessionFactory(event=event, capacity=1) for _ in range(3)]
    fill(sessions[1])
    before = every_row()
    wishes = agenda.AskedAgenda(event, bob, sessions, [], ATTENDEE, at(1), Mode.ALL_OR_NOTHING)
    result, _journal = agenda._apply(wishes, True)
    assert (result.applied, outcomes(result)) == (False, ["registered", "full", "registered"])
    assert every_row() == before


def test_offers_what_is_on_the_same_day_by_the_events_clock(event: Event, bob: Attendee) -> None:
    there = {"event": event, "own_timezone": "Pacific/Auckland"}
    hours = {"starts_at": at(10), "ends_at": at(11)}
    full = SessionFactory(event=event, capacity=0, **hours)
    # By its own clock the first is on the day after, and the second on the same day.
    same_day = SessionFactory(**there, starts_at=at(18), ends_at=at(19))
    before = at(18) - timedelta(days=1)
    day_before = SessionFactory(**there, starts_at=before, ends_at=before + timedelta(hours=1))
    assert (same_day.date > full.date, day_before.date == full.date) == (True, True)
    [line] = submit_agenda(event, bob, [full], at=before - timedelta(days=1)).lines
    assert line.alternatives == [same_day, day_before]


def test_best_effort_registers_the_rest_and_offers_alternatives(event: Event, bob: Attendee) -> None:
    full, free, other = (SessionFactory(event=event, capacity=1) for _ in range(3))
    fill(full)
    result = submit_agenda(event, bob, [full, free])
    assert outcomes(result) == ["full", "registered"]
    assert result.lines[0].alternatives == [other]


def test_dry_run_gives_the_lines_of_the_real_thing_and_writes_nothing(event: Event, bob: Attendee) -> None:
    full = SessionFactory(event=event, capacity=1)
    fill(full)
    claim(full, person("Early"), wait=True)
    clash = SessionFactory(event=event, starts_at=full.starts_at, ends_at=full.ends_at)
    free = SessionFactory(event=event)
    before = every_row()
    dry = submit_agenda(event, bob, [full, clash, free], wait=True, preview=True)
    foreseen = said(dry)
    assert every_row() == before
    real = submit_agenda(event, bob, [full, clash, free], wait=True)
    assert outcomes(real) == ["waitlisted", "registered", "registered"]
    assert foreseen == said(real)
    assert real.lines[0].position == 2


def test_waiting_counts_as_success_only_if_asked_for(event: Event, bob: Attendee) -> None:
    full, free = SessionFactory(event=event, capacity=1), SessionFactory(event=event)
    fill(full)
    refused = submit_agenda(event, bob, [full, free], mode=Mode.ALL_OR_NOTHING, wait={free.pk})
    assert (outcomes(refused), refused.applied) == (["full", "registered"], False)
    accepted = submit_agenda(event, bob, [full, free], mode=Mode.ALL_OR_NOTHING, wait={full.pk})
    assert (outcomes(accepted), accepted.applied) == (["waitlisted", "registered"], True)


def test_registration_where_own_agendas_are_off_is_refused(bob: Attendee) -> None:
    event = EventFactory(session_level=False)
    with pytest.raises(WrongLevel):
        claim(SessionFactory(event=event), bob)
    assert EventRegistration.objects.count() == 0


def test_session_of_another_event_is_refused(event: Event, bob: Attendee) -> None:
    with pytest.raises(Invalid):
        submit_agenda(event, bob, [SessionFactory()])


@pytest.mark.parametrize("email", ["", "bob", "bob@", "a" * 250 + "@example.org"])
def test_impossible_address_is_refused_at_its_field(event: Event, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        claim(SessionFactory(event=event), Attendee(email, "Bob", "B"))
    assert set(refused.value.data["fields"]) == {"email"}


def test_over_long_name_is_refused_at_its_field(event: Event) -> None:
    with pytest.raises(Invalid) as refused:
        claim(SessionFactory(event=event), Attendee("bob@example.org", "B" * 101, "B"))
    assert set(refused.value.data["fields"]) == {"first_name"}


def test_no_session_is_refused_where_one_is_required(event: Event, bob: Attendee) -> None:
    with pytest.raises(Invalid):
        submit_agenda(event, bob, [])
    event.sessions_required = False
    event.save()
    assert submit_agenda(event, bob, []).registration is not None
    assert mails() == [("registered", "bob")]


def test_swap_gives_up_one_for_another(event: Event, bob: Attendee) -> None:
    a = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    b = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    registration = claim(a, bob).registration
    assert registration is not None
    assert outcomes(swap(registration, a, b)) == ["dropped", "registered"]
    assert (holders(a), holders(b)) == (set(), {"bob"})


def test_swap_into_a_full_session_keeps_the_first(event: Event, bob: Attendee) -> None:
    a, b = SessionFactory(event=event), SessionFactory(event=event, capacity=1)
    fill(b)
    registration = claim(a, bob).registration
    assert registration is not None
    before = every_row()
    result = swap(registration, a, b)
    assert (outcomes(result), result.applied) == (["registered", "full"], False)
    assert every_row() == before


@pytest.mark.parametrize(
    "settings", [{"locked_when_saved": True}, {"selection_control": Session.SelectionControl.INCLUDED}]
)
def test_attendee_cannot_drop_what_only_staff_may(
    event: Event, bob: Attendee, settings: dict[str, Any]
) -> None:
    from events.errors import Locked

    session = SessionFactory(event=event, **settings)
    claim(session, bob)
    assert outcomes(submit_agenda(event, bob, [], [session])) == ["locked"]
    with pytest.raises(Locked):
        cancel_session_registrations([seat_of(session, bob)], actor=ATTENDEE)
    assert holders(session) == {"bob"}


def test_dropping_the_last_session_keeps_the_registration(event: Event, bob: Attendee) -> None:
    session = SessionFactory(event=event)
    claim(session, bob)
    submit_agenda(event, bob, [], [session])
    assert EventRegistration.objects.confirmed().count() == 1
    assert SessionRegistration.objects.active().count() == 0


def test_dropped_seat_can_be_taken_again_as_a_new_row(event: Event, bob: Attendee) -> None:
    session = SessionFactory(event=event)
    claim(session, bob)
    cancel_session_registrations([seat_of(session, bob)], actor=ATTENDEE)
    assert outcomes(claim(session, bob)) == ["registered"]
    assert SessionRegistration.objects.filter(contact=contact_of(bob)).count() == 2


def test_full_event_with_a_free_session_keeps_the_wishes_on_hold(bob: Attendee) -> None:
    from registrations.actions import cancel_event_registrations

    event = EventFactory(capacity=1)
    session = SessionFactory(event=event, capacity=5)
    first = claim(session, person("First")).registration
    result = claim(session, bob, wait=True)
    assert outcomes(result) == ["on_hold"]
    assert result.registration is not None
    assert result.registration.status == EventRegistration.Status.WAITLISTED
    assert figures(session) == (5, 1, 0, 0)
    assert first is not None
    cancel_event_registrations([first], actor=ATTENDEE)
    assert holders(session) == {"bob"}
    assert mails("promoted") == [("promoted", "bob")]
    assert WaitlistItem.objects.open().count() == 0


def test_whoever_waits_and_claims_again_keeps_the_place_though_no_waiting_is_wished(
    event: Event, bob: Attendee, carol: Attendee
) -> None:
    session = SessionFactory(event=event, capacity=1)
    claim(session, bob)
    claim(session, carol, wait=True)
    assert outcomes(claim(session, carol)) == ["waitlisted"]
    assert figures(session) == (1, 1, 0, 1)


def test_draft_holds_what_has_a_seat_or_no_waitlist(event: Event) -> None:
    """What would wait clashes with nothing."""
    free, full, full_without_line = (
        SessionFactory(event=event, capacity=1, own_waitlist_enabled=has_line)
        for has_line in (True, True, False)
    )
    fill(full)
    fill(full_without_line)
    chosen = [free, full, full_without_line]
    for session in chosen:
        session.seats.refresh_from_db()
    assert would_be_held(chosen) == [free, full_without_line]
