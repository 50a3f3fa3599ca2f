"""What another capacity would do is shown before it is saved; the hard limit is set by few."""

from __future__ import annotations

from base64 import b64decode

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from events.actors import ATTENDEE
from events.models import Event, SeatCount
from events.roles import setup_roles
from registrations.actions import cancel_session_registrations, join_waitlist, submit_agenda
from registrations.models import Activity, EventRegistration, Notification, SessionRegistration
from registrations.rules.people import Attendee
from tests.admin_forms.paper import change, confirm, errors, read, said
from tests.factories import EventFactory, EventTeamMemberFactory, SessionFactory, UserFactory, at
from waitlists.models import InvitationSlot

pytestmark = pytest.mark.django_db(transaction=True)

# One grey pixel.
PIXEL = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


@pytest.fixture
def session():
    """One seat, taken; twelve people wait."""
    session = SessionFactory(event=EventFactory(), capacity=1)
    for number in range(13):
        who = Attendee(f"p{number}@example.com", "Pia", str(number))
        submit_agenda(session.event, who, [session], wait=True)
    return session


def limits(target):
    seats = SeatCount.objects.get(pk=target.seats_id)
    return seats.capacity, seats.hard_limit


def lines(page):
    return [(line.who, line.now, line.then) for line in page.context["question"].consequences]


def test_says_whom_a_raised_capacity_seats_before_it_is_saved(desk, url, session):
    page = change(desk, url(session), "session_form", capacity="3")
    assert lines(page) == [("2 waiting: Pia 1, Pia 2", "in line", "registered at once, and told by mail")]
    assert limits(session) == (1, None)
    said(desk, confirm(desk, url(session), page))
    assert SessionRegistration.objects.active().count() == 3


def test_names_the_first_ten(desk, url, session):
    page = change(desk, url(session), "session_form", capacity="40")
    [(who, _now, _then)] = lines(page)
    assert who.startswith("12 waiting: Pia 1, Pia 2")
    assert who.endswith("Pia 10 and 2 more")


def test_says_whom_it_invites(desk, url, session):
    Event.objects.update(auto_register_waitlisted=False, contacts_choose_auto_register=False)
    page = change(desk, url(session), "session_form", capacity="2")
    assert lines(page) == [("1 waiting: Pia 1", "in line", "invited to a free seat by mail")]


def test_saves_at_once_what_concerns_nobody(desk, url):
    session = SessionFactory(event=EventFactory(), capacity=1)
    said(desk, change(desk, url(session), "session_form", capacity="3"))
    assert limits(session) == (3, None)


def test_asks_for_the_event_too(desk, url):
    event = EventFactory(session_level=False, capacity=0)
    join_waitlist(event, Attendee("bob@example.com", "Bob", "Baker"))
    page = change(desk, url(event), "event_form", capacity="5")
    assert lines(page) == [("1 waiting: Bob Baker", "in line", "registered at once, and told by mail")]
    said(desk, confirm(desk, url(event), page))
    assert EventRegistration.objects.confirmed().count() == 1


def test_sets_hard_limit_and_records_it(desk, url, session):
    said(desk, change(desk, url(session), "session_form", hard_limit="2"))
    assert limits(session) == (1, 2)
    row = Activity.objects.filter(session=session).latest("id")
    assert row.detail == {"hard_limit_before": None, "hard_limit_after": 2}
    assert "hard limit 2" in desk.get(url(session)).content.decode()


@pytest.mark.parametrize("target", ["session", "event"])
@pytest.mark.parametrize(
    ("before", "typed"),
    [((5, 6), {"capacity": "8", "hard_limit": "9"}), ((5, 6), {"capacity": "2", "hard_limit": "3"})],
    ids=["both raised", "both lowered"],
)
def test_changes_both_in_the_order_in_which_they_fit(desk, url, target, before, typed):
    event = EventFactory()
    obj = SessionFactory(event=event) if target == "session" else event
    SeatCount.objects.filter(pk=obj.seats_id).update(capacity=before[0], hard_limit=before[1])
    said(desk, change(desk, url(obj), f"{target}_form", **typed))
    assert limits(obj) == tuple(map(int, typed.values()))


@pytest.mark.parametrize(
    "typed", [{"capacity": "3"}, {"hard_limit": "0"}, {"capacity": "9", "hard_limit": "8"}]
)
def test_refuses_a_capacity_above_the_hard_limit(desk, url, session, typed):
    SeatCount.objects.filter(pk=session.seats_id).update(hard_limit=2)
    answer = change(desk, url(session), "session_form", **typed)
    assert list(errors(answer)) == ["capacity"]
    assert limits(session) == (1, 2)


def test_shows_why_somebody_cannot_set_it_and_refuses_it_all_the_same(client, url, session):
    setup_roles()
    planner = UserFactory()
    planner.groups.add(Group.objects.get(name="Event Planner"))
    Event.objects.update(created_by=planner)
    client.force_login(planner)
    page = client.get(url(session))
    assert "hard_limit" in read(page, "session_form").disabled
    assert "Ask an Event Administrator" in page.content.decode()
    answer = change(client, url(session), "session_form", hard_limit="1")
    assert list(errors(answer)) == ["__all__"]
    assert limits(session) == (1, None)


def test_says_that_a_chosen_picture_is_not_kept(desk, url):
    event = EventFactory(session_level=False, capacity=0)
    join_waitlist(event, Attendee("bob@example.com", "Bob", "Baker"))
    page = read(desk.get(url(event)), "event_form").data
    picture = SimpleUploadedFile("harbour.png", PIXEL, "image/png")
    answer = desk.post(url(event), {**page, "capacity": "5", "logo": picture, "_continue": "1"})
    assert answer.context["files"] == ["harbour.png"]
    assert "“harbour.png” cannot be kept over this page." in answer.content.decode()
    said(desk, confirm(desk, url(event), answer))
    assert limits(event) == (5, None)


def test_stale_form_leaves_the_hard_limit_alone(desk, url, session):
    page = read(desk.get(url(session)), "session_form").data
    SeatCount.objects.filter(pk=session.seats_id).update(hard_limit=7)
    said(desk, desk.post(url(session), {**page, "description": "Described anew", "_continue": "1"}))
    assert limits(session) == (1, 7)


def test_quick_line_asks_for_no_hard_limit(desk):
    event = EventFactory()
    page = desk.get(reverse("admin:sessions_app_session_quick_create", args=[event.pk]))
    assert "hard_limit" not in page.content.decode()


@pytest.mark.parametrize("limit", [None, 40])
def test_those_who_may_only_look_see_numbers_and_clocks(client, url, session, limit):
    SeatCount.objects.filter(pk=session.seats_id).update(hard_limit=limit)
    setup_roles()
    viewer = UserFactory()
    viewer.groups.add(Group.objects.get(name="Viewer"))
    EventTeamMemberFactory(event=session.event, user=viewer, role="viewer")
    client.force_login(viewer)
    start = session.starts_at.astimezone(session.zone)
    wanted = {
        "capacity": "1",
        "hard_limit": str(limit or "–"),
        "start_time": f"{start:%H:%M}",
        "end_date": "–",
    }
    page = " ".join(client.get(url(session)).content.decode().split())
    for name, value in wanted.items():
        shown = page.split(f"field-{name}")[1].split("</div>")[0]
        assert shown.endswith(f'<div class="readonly">{value}'), name


def test_shows_whose_invitation_a_move_shortens(desk, url):
    event = EventFactory(auto_register_waitlisted=False)
    session = SessionFactory(event=event, capacity=1, starts_at=at(10), ends_at=at(11))
    for name in ("Ada", "Bob"):
        submit_agenda(event, Attendee(f"{name}@example.com", name, "Test"), [session], wait=True)
    cancel_session_registrations(SessionRegistration.objects.all(), actor=ATTENDEE)
    InvitationSlot.objects.update(expires_at=at(9, 30))
    page = change(desk, url(session), "session_form", start_time="09:00", end_time="10:00", capacity="0")
    assert ("Bob Test", "invited to a seat", "less time to answer, and told so by mail") in lines(page)
    said(desk, confirm(desk, url(session), page))
    assert InvitationSlot.objects.get().expires_at <= at(9)
    assert Notification.objects.filter(kind="invited").count() == 2


def test_says_beside_both_capacities_what_each_limits(desk, url):
    event = EventFactory(capacity=50)
    session = SessionFactory(event=event, capacity=20)
    assert "no session may have more seats than this" in desk.get(url(event)).content.decode()
    assert "at most 50, the event takes no more" in desk.get(url(session)).content.decode()
    of_event = EventFactory(capacity=50, session_level=False)
    assert "no session may have more seats" not in desk.get(url(of_event)).content.decode()
