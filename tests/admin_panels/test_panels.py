"""Panels under the tabs: what they show, search, sort and page, and to whom."""

from __future__ import annotations

import re

import pytest
from django.test import RequestFactory
from django.urls import reverse

from events.actors import Actor
from events.models import Event
from registrations import actions
from registrations.admin.panels import BY_KIND
from tests.admin_panels.helpers import fill, panel, person, tab, text
from tests.factories import (
    CustomRegistrationFieldFactory,
    EventFactory,
    PassFactory,
    SessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def test_shows_past_capacity_in_words(client, alice, full_session):
    actions.add_to_session(
        full_session, [person(50)], actor=Actor.staff(alice), past_capacity=True, reason="Speaker"
    )
    client.force_login(alice)
    page = text(client.get(tab(full_session)))
    assert "11 of 10, 1 past capacity" in page
    assert "Speaker" in page


def test_shows_session_row_as_the_desk_reads_it(client, alice, full_session):
    actions.add_to_session(
        full_session, [person(50)], actor=Actor.staff(alice), past_capacity=True, reason="Speaker"
    )
    client.force_login(alice)
    page = text(client.get(tab(full_session.event, "agenda")))
    assert "11/10" in page
    assert "+1" in page
    assert "Mon 09:00–10:00" in page


def test_shows_capacity_missing_as_link_to_the_fix(client, alice, event):
    session = SessionFactory(event=event, capacity=None)
    client.force_login(alice)
    page = text(client.get(tab(event, "agenda")))
    url = reverse("admin:sessions_app_session_change", args=[session.pk])
    assert f'href="{url}?tab=summary#id_capacity"' in page


def test_searches_on_the_server(client, alice, full_session):
    client.force_login(alice)
    page = panel(client.get(tab(full_session, regs_q="Number003")), "session_registrations")
    assert "guest003@example.com" in page
    assert "guest004@example.com" not in page


def test_sorts_by_the_clicked_column(client, alice, full_session):
    client.force_login(alice)
    up = panel(client.get(tab(full_session, regs_o="1")), "session_registrations")
    down = panel(client.get(tab(full_session, regs_o="-1")), "session_registrations")
    assert up.index("guest002@") < up.index("guest009@")
    assert down.index("guest009@") < down.index("guest002@")


def test_pages_by_fifty(client, alice, event):
    session = SessionFactory(event=event, capacity=60)
    fill(session, 52)
    client.force_login(alice)
    first = text(client.get(tab(session)))
    second = text(client.get(tab(session, regs_p=2)))
    assert first.count('name="row"') == 50
    assert second.count('name="row"') == 2
    assert "52 in all" in second


def test_shows_first_page_for_one_that_is_not_there(client, alice, event):
    session = SessionFactory(event=event, capacity=60)
    fill(session, 52)
    client.force_login(alice)
    response = client.get(tab(session, regs_p=99))
    assert response.status_code == 200
    assert "this is the first" in text(response)


def test_keeps_other_panels_as_they_are_in_links(client, alice, full_session):
    client.force_login(alice)
    page = text(client.get(tab(full_session, wait_q="carol", regs_o="-1")))
    assert "wait-q=carol&amp;regs-o=1" in page


def test_shows_by_default_those_with_a_seat(client, alice, event, full_session):
    event.sessions_required = False
    event.save()
    actions.submit_agenda(event, person(70), [], notify=False)
    client.force_login(alice)
    assert "guest070@" not in text(client.get(tab(event)))
    assert "guest070@" in text(client.get(tab(event, regs_status="none")))
    assert "guest070@" in text(client.get(tab(event, regs_status="all")))


def test_keeps_the_two_waitlists_apart(client, alice, full_session):
    actions.submit_agenda(full_session.event, person(60), [full_session], wait=True, notify=False)
    client.force_login(alice)
    assert "guest060@" in text(client.get(tab(full_session)))
    assert "Nobody is waiting." in text(client.get(tab(full_session.event)))


def test_says_how_many_wait_together(client, alice, full_session):
    actions.join_together(full_session, [person(60), person(61), person(62)], notify=False, until_hours=2)
    client.force_login(alice)
    # One of them is shown, and counted are all.
    page = text(client.get(tab(full_session, wait_q="Number062")))
    assert page.count("asks: together (3) · until 2 h before") == 1


def test_shows_place_in_line_on_filtered_page(client, alice, full_session):
    for number in (60, 61, 62):
        actions.submit_agenda(full_session.event, person(number), [full_session], wait=True, notify=False)
    client.force_login(alice)
    page = text(client.get(tab(full_session, wait_q="Number062")))
    assert 'class="field-place">3.</td>' in page


def test_shows_who_cancelled(client, alice, full_session):
    seat = full_session.registrations.active().get(contact__email="guest004@example.com")
    actions.cancel_session_registrations([seat], actor=Actor.staff(alice), reason="Fell ill")
    client.force_login(alice)
    page = text(client.get(tab(full_session)))
    assert "Fell ill" in page
    assert "9 of 10" in page


def test_shows_ledger_with_who_and_why(client, alice, full_session):
    actions.add_to_session(
        full_session, [person(50)], actor=Actor.staff(alice), past_capacity=True, reason="Speaker"
    )
    client.force_login(alice)
    page = text(client.get(tab(full_session.event, "more")))
    assert "Added past capacity" in page
    assert "alice@example.com" in page
    assert "Speaker" in page


def test_shows_simultaneous_sessions(client, alice, session):
    SessionFactory(event=session.event, name="At once", starts_at=session.starts_at, ends_at=session.ends_at)
    SessionFactory(event=session.event, name="Afterwards", starts_at=session.ends_at)
    client.force_login(alice)
    page = text(client.get(tab(session, "related")))
    assert "At once" in page
    assert "Afterwards" not in page


def test_hides_panels_from_door_staff(client, event, desk, grant):
    door = UserFactory(email="door@example.com")
    event.team.create(user=door, role="door_staff")
    grant(door, "view_event", "view_eventregistration")
    client.force_login(door)
    page = text(client.get(tab(event)))
    assert 'id="panel-event_registrations"' in page
    assert 'id="panel-event_waitlist"' not in page
    assert "Add registration" not in page


def test_finds_nothing_of_strangers_events(client, desk):
    other = EventFactory()
    SessionFactory(event=other)
    client.force_login(desk)
    assert client.get(reverse("admin:add_registration", args=["event", other.pk])).status_code == 404
    assert (
        client.get(reverse("admin:panel_export", args=["event", other.pk, "event_registrations"])).status_code
        == 404
    )


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(
    ("key", "queries"),
    [
        ("event_sessions", 3),
        ("event_registrations", 7),
        ("event_cancelled", 2),
        ("session_registrations", 4),
        ("session_waitlist", 3),
        ("ledger", 2),
    ],
)
def test_panel_needs_the_same_queries_for_any_number(
    alice, event, key, queries, count, django_assert_num_queries
):
    session = SessionFactory(event=event, capacity=count)
    SessionFactory.create_batch(count, event=event)
    fill(session, count)
    for number in range(100, 100 + count):
        actions.submit_agenda(event, person(number), [session], wait=True, notify=False)
    drawn_by = next(panels[key] for panels in BY_KIND.values() if key in panels)
    request = RequestFactory().get("/")
    request.user = alice
    target = event if drawn_by.key in BY_KIND["event"] else session
    drawn_by(request, target).render(request)
    with django_assert_num_queries(queries):
        drawn_by(request, target).render(request)


@pytest.mark.parametrize("slug", ["agenda", "registration", "more"])
def test_tab_needs_few_queries(client, alice, full_session, slug, django_assert_max_num_queries):
    client.force_login(alice)
    client.get(tab(full_session.event, slug))
    with django_assert_max_num_queries(35):
        client.get(tab(full_session.event, slug))


def test_filters_by_answer(client, alice, event, session):
    question = CustomRegistrationFieldFactory(
        event=event, label="Boat", kind="single_choice", choices="Dinghy\nYacht"
    )
    vegan = CustomRegistrationFieldFactory(event=event, label="Vegan", kind="yes_no")
    for number, boat, is_vegan in ((1, "Dinghy", True), (2, "Yacht", False)):
        someone = person(number)
        answers = {question.pk: boat, vegan.pk: is_vegan}
        attendee = type(someone)(someone.email, "Guest", f"Number{number}", responses=answers)
        actions.submit_agenda(event, attendee, [session], notify=False)
    client.force_login(alice)
    for name, value in ((f"regs_answer{question.pk}", "Yacht"), (f"regs_answer{vegan.pk}", "no")):
        page = panel(client.get(tab(event, **{name: value})), "event_registrations")
        assert "guest002@" in page
        assert "guest001@" not in page


def test_line_turned_round_is_shown_from_its_other_end(client, alice, full_session, line_turned_round):
    for number in (21, 22, 23):
        actions.submit_agenda(full_session.event, person(number), [full_session], wait=True, notify=False)
    client.force_login(alice)
    shown = panel(client.get(tab(full_session)), "session_waitlist")
    assert re.findall(r"(\d)\.<", shown) == ["1", "2", "3"]
    assert list(dict.fromkeys(re.findall(r"Number0(2\d)", shown))) == ["23", "22", "21"]


def test_says_what_a_pass_opens_where_nobody_chooses_sessions(client, alice):
    expo = EventFactory(session_level=False)
    day, whole = PassFactory(event=expo, name="Day"), PassFactory(event=expo, name="All")
    day.sessions.set([SessionFactory(event=expo, name=name) for name in ("Knots", "Tides")])
    for number, each in enumerate((day, whole), start=1):
        actions.register_for_event(expo, person(number), each)
    client.force_login(alice)
    page = panel(client.get(tab(expo, regs_o="1")), "event_registrations")
    first, second = page[page.index("guest001@") : page.index("guest002@")], page[page.index("guest002@") :]
    assert "2 sessions: Knots, Tides" in first
    assert "Opens the whole programme" in second
    assert page.count(">Via pass<") == 2
    assert "no sessions" not in page
    # Whoever has a seat besides has both.
    actions.add_to_session(day.sessions.all()[0], [person(1)], actor=Actor.staff(alice))
    both = panel(client.get(tab(expo, regs_o="1")), "event_registrations")
    assert re.search(r'>1<span class="panel-line">2 sessions: Knots, Tides</span>', both)
    # Where people choose, a pass limits the choice and gives nothing.
    Event.objects.filter(pk=expo.pk).update(allow_custom_agenda=True, passes_with_agenda=True)
    chosen = panel(client.get(tab(expo, regs_status="none")), "event_registrations")
    assert chosen.count(">no sessions<") == 1
    assert ">Via pass<" not in chosen
