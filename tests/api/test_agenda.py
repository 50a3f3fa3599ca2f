"""One session or a whole agenda of a registrant."""

from __future__ import annotations

import pytest

from events.models import SeatCount
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from tests.api.registering import emails_in, outcomes, register, registered, rows_of_every_table
from tests.engine.acts import fill
from tests.factories import EventFactory, SessionFactory, at
from waitlists.models import WaitlistItem


@pytest.fixture(autouse=True)
def seats_stay_true(db, assert_seats_true):
    """After every test `check_seats` is silent."""
    yield
    assert_seats_true(swept=True)


@pytest.fixture
def event(db):
    return EventFactory(sessions_required=False)


@pytest.fixture
def rid(api, event):
    """Bob's registration, without any session."""
    return registered(api, event)


def seat(api, rid, session, query=""):
    return api.post(f"/registrants/{rid}/session/{session.pk}{query}")


def agenda(api, rid, add=(), drop=(), **more):
    body = {"add": [session.pk for session in add], "drop": [session.pk for session in drop], **more}
    return api.post(f"/registrants/{rid}/agenda", body)


def without_reference(response):
    """What an answer says, without what names this very request and the page about its code."""
    return {
        name: value
        for name, value in response.json().items()
        if name not in {"request_id", "documentation_url"}
    }


# One session


def test_takes_seat_once(api, event, rid):
    session = SessionFactory(event=event)
    first, again = seat(api, rid, session), seat(api, rid, session)
    assert (first.status_code, first.json()["success"]) == (200, True)
    assert [answer.json()["line"]["outcome"] for answer in (first, again)] == ["registered", "already"]
    assert emails_in(session) == ["bob@example.com"]


def test_refuses_full_session(api, event, rid):
    session, other = SessionFactory(event=event, capacity=1), SessionFactory(event=event)
    fill(session)
    before = rows_of_every_table()
    response = seat(api, rid, session)
    assert response.status_code == 409
    line = {
        "session_id": session.pk,
        "outcome": "full",
        "detail": "Fully booked",
        "alternatives": [other.pk],
    }
    words = {"detail": "Fully booked", "message": "Fully booked"}
    assert without_reference(response) == {"success": False, "code": "full", **words, "line": line}
    assert rows_of_every_table() == before


def test_waits_where_asked_for(api, event, rid):
    session = SessionFactory(event=event, capacity=0)
    response = seat(api, rid, session, "?waitlist=1")
    assert (response.status_code, response.json()["line"]["position"]) == (200, 1)
    assert WaitlistItem.objects.waiting().count() == 1


def test_refuses_clash_and_names_it(api, event, rid):
    held, wanted = (SessionFactory(event=event, starts_at=at(10), ends_at=at(11)) for _ in range(2))
    seat(api, rid, held)
    response = seat(api, rid, wanted)
    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert response.json()["line"]["conflicts_with"] == [held.pk]


def test_override_needs_its_scope(api, event, rid):
    session = SessionFactory(event=event)
    response = seat(api, rid, session, "?override_capacity_errors=1")
    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")
    assert emails_in(session) == []


@pytest.mark.parametrize(("query", "reason"), [("", "Badges"), ("&reason=VIP", "VIP")])
def test_override_adds_past_capacity_and_records_why(api_client_of, api, event, rid, query, reason):
    desk = api_client_of("read write override", name="Badges")
    session = SessionFactory(event=event, capacity=0)
    response = seat(desk, rid, session, "?override_capacity_errors=1" + query)
    assert response.status_code == 200
    line = response.json()["line"]
    assert (line["outcome"], line["past_capacity"], line["over_by"]) == ("registered", True, 1)
    row = SessionRegistration.objects.get()
    assert (row.is_past_capacity, row.reason, row.source) == (True, reason, "api")
    entry = Activity.objects.get(verb="added_past_capacity")
    assert (entry.actor, entry.reason) == ("Badges", reason)


def test_override_of_a_free_session_is_none(api_client_of, event, rid):
    desk = api_client_of("read write override")
    session = SessionFactory(event=event)
    assert seat(desk, rid, session, "?override_capacity_errors=1").status_code == 200
    assert not SessionRegistration.objects.get().is_past_capacity


def test_override_seats_who_waits(api_client_of, api, event, rid):
    desk = api_client_of("read write override")
    session = SessionFactory(event=event, capacity=0)
    seat(api, rid, session, "?waitlist=1")
    response = seat(desk, rid, session, "?override_capacity_errors=1&waitlist=1")
    assert response.json()["line"]["outcome"] == "registered"
    assert not WaitlistItem.objects.open().exists()


@pytest.mark.parametrize("query", ["", "&waitlist=1", "&override_capacity_errors=1"])
@pytest.mark.parametrize("capacity", [0, 1])
def test_dry_run_changes_nothing_and_says_the_same(api_client_of, event, capacity, query):
    desk = api_client_of("read write override")
    rid = registered(desk, event)
    session = SessionFactory(event=event, capacity=capacity)
    before = rows_of_every_table()
    tried = seat(desk, rid, session, "?validate_only=1" + query)
    assert rows_of_every_table() == before
    done = seat(desk, rid, session, "?validate_only=0" + query)
    assert (tried.status_code, without_reference(tried)) == (done.status_code, without_reference(done))


def test_tells_nobody_when_asked_not_to(api, event, rid):
    Notification.objects.all().delete()
    seat(api, rid, SessionFactory(event=event), "?send_email=0")
    assert not Notification.objects.exists()


def test_options_may_stand_in_a_form(api, event, rid):
    session = SessionFactory(event=event, capacity=0)
    response = api.post(f"/registrants/{rid}/session/{session.pk}", {"waitlist": "1"}, form=True)
    assert response.json()["line"]["outcome"] == "waitlisted"


@pytest.mark.parametrize("query", ["?waitlist=2", "?unknown=1", "?send_email=maybe", "?reason=" + "x" * 301])
def test_refuses_options_that_cannot_be(api, event, rid, query):
    session = SessionFactory(event=event)
    assert seat(api, rid, session, query).status_code == 422
    assert emails_in(session) == []


def test_gives_seat_up_once_and_the_line_is_served(api, event, rid):
    session = SessionFactory(event=event, capacity=1)
    seat(api, rid, session)
    other = registered(api, event, email="carol@example.com")
    seat(api, other, session, "?waitlist=1")
    first = api.delete(f"/registrants/{rid}/session/{session.pk}")
    again = api.delete(f"/registrants/{rid}/session/{session.pk}")
    assert [(a.status_code, a.json()["line"]["outcome"]) for a in (first, again)] == [
        (200, "dropped"),
        (200, "already"),
    ]
    assert emails_in(session) == ["carol@example.com"]
    assert api.get(f"/registrants/{rid}").json()["registration_status"] == "confirmed"


def test_gives_place_in_line_up(api, event, rid):
    session = SessionFactory(event=event, capacity=0)
    seat(api, rid, session, "?waitlist=1")
    assert api.delete(f"/registrants/{rid}/session/{session.pk}").json()["line"]["outcome"] == "dropped"
    assert not WaitlistItem.objects.open().exists()


def test_locked_seat_stays(api, event, rid):
    session = SessionFactory(event=event, locked_when_saved=True)
    seat(api, rid, session)
    response = api.delete(f"/registrants/{rid}/session/{session.pk}")
    assert (response.status_code, response.json()["success"], response.json()["code"]) == (
        409,
        False,
        "locked",
    )
    assert emails_in(session) == ["bob@example.com"]


def test_refuses_everything_for_a_cancelled_registration(api, event, rid):
    session = SessionFactory(event=event)
    api.delete(f"/registrants/{rid}")
    before = rows_of_every_table()
    answers = [
        seat(api, rid, session),
        api.delete(f"/registrants/{rid}/session/{session.pk}"),
        agenda(api, rid, [session]),
        api.patch(f"/registrants/{rid}", {"first_name": "Robert"}),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "cancelled")}
    assert rows_of_every_table() == before


def test_refuses_session_of_another_event(api, rid):
    assert seat(api, rid, SessionFactory()).status_code == 404


def test_refuses_where_registrants_do_not_choose(api):
    event = EventFactory(session_level=False)
    response = seat(api, registered(api, event), SessionFactory(event=event))
    assert (response.status_code, response.json()["success"], response.json()["code"]) == (
        409,
        False,
        "wrong_level",
    )


# A whole agenda


def test_takes_several(api, event, rid):
    sessions = SessionFactory.create_batch(3, event=event)
    response = agenda(api, rid, sessions)
    assert (response.status_code, response.json()["applied"]) == (200, True)
    assert outcomes(response) == {session.pk: "registered" for session in sessions}
    assert Notification.objects.filter(kind="registered").count() == 2


def test_all_or_nothing_is_the_default_and_changes_nothing_when_refused(api, event, rid):
    free, full = SessionFactory(event=event), SessionFactory(event=event, capacity=0)
    before = rows_of_every_table()
    response = agenda(api, rid, [free, full])
    assert (response.status_code, response.json()["applied"], response.json()["code"]) == (409, False, "full")
    assert outcomes(response) == {free.pk: "registered", full.pk: "full"}
    assert rows_of_every_table() == before


def test_best_effort_takes_what_can_be_had(api, event, rid):
    free, full = SessionFactory(event=event), SessionFactory(event=event, capacity=0)
    response = agenda(api, rid, [free, full], mode="best_effort")
    assert (response.status_code, outcomes(response)) == (200, {free.pk: "registered", full.pk: "full"})
    assert emails_in(free) == ["bob@example.com"]


def test_swaps_or_keeps(api, event, rid):
    mine, free, full = (
        SessionFactory(event=event, capacity=capacity, starts_at=at(10), ends_at=at(11))
        for capacity in (1, 1, 0)
    )
    seat(api, rid, mine)
    refused = agenda(api, rid, [full], [mine])
    assert (refused.status_code, emails_in(mine)) == (409, ["bob@example.com"])
    assert outcomes(refused) == {mine.pk: "registered", full.pk: "full"}
    assert refused.json()["code"] == "full"
    tried = agenda(api, rid, [full], [mine], validate_only=True)
    assert without_reference(tried) == without_reference(refused)
    swapped = agenda(api, rid, [free], [mine])
    assert outcomes(swapped) == {mine.pk: "dropped", free.pk: "registered"}
    assert (emails_in(mine), emails_in(free)) == ([], ["bob@example.com"])


def test_refused_whole_says_nothing_that_did_not_happen(api, event, rid):
    free, lined_up, full = (SessionFactory(event=event, capacity=capacity) for capacity in (1, 0, 0))
    waiting = SessionFactory(event=event, capacity=0)
    seat(api, rid, waiting, "?waitlist=1")
    lines = agenda(api, rid, [free, full], [waiting]).json()["lines"]
    unchanged = "Nothing was changed here, because something else was refused."
    assert [(line["session_id"], line["outcome"], line["detail"]) for line in lines] == [
        (waiting.pk, "waitlisted", unchanged),
        (free.pk, "registered", unchanged),
        (full.pk, "full", "Fully booked"),
    ]
    assert lines[0]["position"] == 1
    SessionFactory(event=event, capacity=0, own_waitlist_enabled=False)
    begun = SessionFactory(event=event, session_status="approved")
    lines = agenda(api, rid, [lined_up, begun], waitlist=1).json()["lines"]
    assert ("position" in lines[0], lines[0]["detail"]) == (False, unchanged)


def test_waits_counts_as_success_when_asked_for(api, event, rid):
    free, full = SessionFactory(event=event), SessionFactory(event=event, capacity=0)
    response = agenda(api, rid, [free, full], waitlist=1, when_clashing="swap", automatically_register=False)
    assert (response.status_code, outcomes(response)) == (200, {free.pk: "registered", full.pk: "waitlisted"})
    item = WaitlistItem.objects.get()
    assert (item.when_clashing, item.automatically_register) == ("swap", False)


@pytest.mark.parametrize("mode", ["all_or_nothing", "best_effort"])
@pytest.mark.parametrize("waitlist", [0, 1])
@pytest.mark.parametrize("is_clashing", [False, True])
def test_dry_run_gives_the_lines_of_the_real_thing(api, event, rid, mode, waitlist, is_clashing):
    held = SessionFactory(event=event, starts_at=at(10), ends_at=at(11))
    hour = 10 if is_clashing else 12
    free = SessionFactory(event=event, starts_at=at(hour, 30), ends_at=at(hour + 1))
    full = SessionFactory(event=event, capacity=0, starts_at=at(14), ends_at=at(15))
    seat(api, rid, held)
    wish = {"mode": mode, "waitlist": waitlist}
    before = rows_of_every_table()
    tried = agenda(api, rid, [free, full], validate_only=True, **wish)
    assert rows_of_every_table() == before
    done = agenda(api, rid, [free, full], **wish)
    assert (tried.status_code, without_reference(tried)) == (done.status_code, without_reference(done))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"add": [10**9]}, "add"),
        ({"drop": [10**9]}, "drop"),
        ({"add": ["x"]}, "add.0"),
        ({"mode": "some"}, "mode"),
        ({"remove": []}, "remove"),
        ({"add": None}, "add"),
        ({"when_clashing": "never"}, "when_clashing"),
    ],
)
def test_refuses_what_cannot_be(api, rid, change, field):
    before = rows_of_every_table()
    response = api.post(f"/registrants/{rid}/agenda", change)
    assert (response.status_code, set(response.json()["fields"])) == (422, {field})
    assert rows_of_every_table() == before


def test_refuses_to_take_and_give_up_the_same(api, event, rid):
    session = SessionFactory(event=event)
    response = agenda(api, rid, [session], [session])
    assert (response.status_code, set(response.json()["fields"])) == (422, {"session_ids"})


def test_waits_for_event_with_wishes_on_hold(api):
    event = EventFactory(capacity=1)
    session = SessionFactory(event=event, capacity=5)
    fill(session, 1)
    response = register(api, event, [session], waitlist=1)
    assert (response.status_code, response.json()["registration_status"]) == (201, "waitlisted")
    assert outcomes(response) == {session.pk: "on_hold"}
    assert EventRegistration.objects.count() == 2


def test_agenda_past_capacity_gives_the_event_seat_to_who_waits_for_it(api_client_of):
    event = EventFactory(capacity=1, waitlist_enabled=True)
    wanted, wished = SessionFactory(event=event, capacity=0), SessionFactory(event=event)
    register(api_client_of(), event, [wished])
    kiosk = api_client_of("read write override")
    waiting = register(kiosk, event, [wished], email="carol@example.org", waitlist=1).json()
    assert waiting["registration_status"] == "waitlisted"
    path = f"/registrants/{waiting['id']}/agenda"
    refused = kiosk.post(f"{path}?override_closed=1", {"add": [wanted.pk]})
    assert (refused.status_code, refused.json()["code"]) == (409, "full")
    given = kiosk.post(f"{path}?override_capacity_errors=1&reason=Speaker", {"add": [wanted.pk]})
    assert given.json()["lines"] == [
        {"session_id": wanted.pk, "outcome": "registered", "detail": "You have a seat", "past_capacity": True}
    ]
    after = kiosk.get(f"/registrants/{waiting['id']}").json()
    assert (after["registration_status"], after["past_capacity"]) == ("confirmed", True)
    assert sorted(after["session_ids"]) == sorted([wanted.pk, wished.pk])
    [mail] = Notification.objects.filter(contact__email="carol@example.org", kind="registered")
    assert mail.payload["session_ids"] == [wanted.pk, wished.pk]


def test_agenda_never_goes_past_a_hard_limit(api_client_of):
    event = EventFactory()
    taken, wanted = SessionFactory(event=event), SessionFactory(event=event, capacity=0)
    SeatCount.objects.filter(pk=wanted.seats_id).update(hard_limit=0)
    kiosk = api_client_of("read write override")
    rid = registered(kiosk, event, [taken])
    body = {"add": [wanted.pk], "drop": [taken.pk], "override_capacity_errors": 1}
    refused = kiosk.post(f"/registrants/{rid}/agenda", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "hard_limit")
    assert kiosk.get(f"/registrants/{rid}").json()["session_ids"] == [taken.pk]


def test_agenda_past_capacity_lets_nobody_wait(api_client_of):
    event = EventFactory()
    taken, full = SessionFactory(event=event), SessionFactory(event=event, capacity=0)
    kiosk = api_client_of("read write override")
    rid = registered(kiosk, event, [taken])
    kiosk.post(f"/registrants/{rid}/agenda", {"add": [full.pk], "waitlist": 1})
    assert kiosk.get(f"/registrants/{rid}").json()["waitlisted_session_ids"] == [full.pk]
    body = {"add": [full.pk], "waitlist": 1, "override_capacity_errors": 1}
    assert kiosk.post(f"/registrants/{rid}/agenda", body).json()["applied"] is True
    after = kiosk.get(f"/registrants/{rid}").json()
    assert (after["waitlisted_session_ids"], after["session_ids"]) == ([], [taken.pk, full.pk])
