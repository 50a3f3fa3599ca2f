"""Tabs: one form, the place in the address, nothing typed is lost."""

from __future__ import annotations

import pytest

from events.models import Event
from tests.admin_forms.paper import change, read
from tests.factories import BuildingFactory, EventFactory, PassFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)

EVENT_TABS = ["general", "agenda", "registration", "overview", "website", "more"]
SESSION_TABS = ["summary", "agenda", "registration", "related"]


@pytest.fixture
def event():
    return EventFactory(name="Harbour Conf")


@pytest.mark.parametrize("tab", EVENT_TABS)
def test_shows_every_tab_of_event(desk, url, event, tab):
    page = desk.get(url(event, tab=tab))
    assert page.status_code == 200
    assert page.context["active_tab"] == tab
    assert {"name", "allow_custom_agenda", "registration_closed_message"} <= set(
        read(page, "event_form").data
    ) | {"allow_custom_agenda"}


@pytest.mark.parametrize("tab", SESSION_TABS)
def test_shows_every_tab_of_session(desk, url, event, tab):
    page = desk.get(url(SessionFactory(event=event), tab=tab))
    assert page.status_code == 200
    assert page.context["active_tab"] == tab


def test_stays_on_tab_after_saving(desk, url, event):
    answer = change(desk, url(event, tab="website"), "event_form", registration_closed_message="Sorry.")
    assert answer["Location"] == url(event, tab="website")


def test_serves_panels_of_one_tab_alone(desk, url, event):
    SessionFactory(event=event)
    page = desk.get(url(event, tab="agenda") + "&_panels=1").content.decode()
    assert 'id="panel-event_sessions"' in page
    assert "<html" not in page
    # What is done there leads back to the whole page.
    assert "_panels" not in page
    assert f'name="back" value="{url(event, tab="agenda")}#panel-event_sessions"' in page


def test_shows_panels_before_the_form_and_out_of_it(desk, url, event):
    page = desk.get(url(event, tab="agenda")).content.decode()
    assert page.index('id="panel-event_sessions"') < page.index('id="event_form"')


@pytest.mark.parametrize("tab", EVENT_TABS)
def test_leads_to_settings_that_stand_below_panels(desk, url, event, tab):
    for address in (url(event, tab=tab), url(event, tab=tab) + "&_panels=1"):
        page = desk.get(address).content.decode()
        assert (f'href="#tab-{tab}"' in page) == (tab in {"agenda", "registration", "more"})


def test_offers_delete_in_a_menu_and_not_beside_save(desk, url, event):
    page = desk.get(url(event)).content.decode()
    menu = page[page.index('class="sw-more"') :].partition("</details>")[0]
    assert url(event, "delete") in menu
    assert page.count(url(event, "delete")) == 1
    assert "deletelink" not in page


@pytest.mark.parametrize(
    ("saved", "disabled"),
    [
        ({}, {"contacts_choose_auto_register"}),
        ({"auto_register_waitlisted": False}, set()),
        ({"multi_attendee_registration": False}, {"contacts_choose_auto_register", "people_in_one_go"}),
        (
            {"waitlist_enabled": False},
            {
                "auto_register_waitlisted",
                "contacts_choose_auto_register",
                "invitations_per_slot",
                "invitation_hours",
            },
        ),
        (
            {"session_level": False},
            {
                "contacts_choose_auto_register",
                "most_sessions",
                "sessions_required",
                "sessions_required_by_api",
            },
        ),
    ],
)
def test_disables_settings_that_do_not_apply_and_keeps_their_values(desk, url, saved, disabled):
    event = EventFactory(publish_status="draft", invitation_hours=7, **saved)
    shown = read(desk.get(url(event)), "event_form")
    assert shown.disabled == disabled
    before = Event.objects.filter(pk=event.pk).values().get()
    change(desk, url(event), "event_form")
    assert Event.objects.filter(pk=event.pk).values().get() == before


def test_shows_what_session_inherits(desk, url):
    event = EventFactory(auto_register_waitlisted=False, invitation_hours=7)
    session = SessionFactory(event=event)
    text = desk.get(url(session, tab="registration")).content.decode()
    assert "As the event: No" in text
    assert "Empty: as the event, 7." in text
    change(desk, url(session), "session_form", own_auto_register_waitlisted="true", own_invitation_hours="3")
    session.refresh_from_db()
    assert (session.own_auto_register_waitlisted, session.own_invitation_hours) == (True, 3)
    change(
        desk, url(session), "session_form", own_auto_register_waitlisted="unknown", own_invitation_hours=""
    )
    session.refresh_from_db()
    assert (session.own_auto_register_waitlisted, session.own_invitation_hours) == (None, None)


@pytest.mark.once
def test_says_on_the_form_what_the_door_does(desk, url):
    event = EventFactory(standby_minutes=15)
    session = SessionFactory(event=event)
    text = desk.get(url(session, tab="registration")).content.decode()
    assert "Empty: as the event, 15 minutes before the start. 0: off." in text
    assert "staff with the permission may let others in" in text
    change(desk, url(session), "session_form", validate_registrants="on", own_standby_minutes="0")
    session.refresh_from_db()
    assert (session.validate_registrants, session.standby_minutes) == (True, 0)
    refused = change(desk, url(session), "session_form", own_standby_minutes="121")
    assert refused.status_code == 422
    assert "less than or equal to 120" in refused.content.decode()
    change(desk, url(event), "event_form", standby_minutes="")
    change(desk, url(session), "session_form", own_standby_minutes="")
    text = desk.get(url(session, tab="registration")).content.decode()
    assert "Empty: as the event, off. 0: off." in text


def test_disables_session_waitlist_at_event_level(desk, url):
    session = SessionFactory(event=PassFactory().event, own_waitlist_enabled=False)
    shown = read(desk.get(url(session)), "session_form")
    assert "own_waitlist_enabled" in shown.disabled
    change(desk, url(session), "session_form")
    session.refresh_from_db()
    assert session.own_waitlist_enabled is False


@pytest.mark.browser
def test_keeps_what_was_typed_across_tabs(open_browser, sign_in, alice, url, event):
    page = open_browser()
    sign_in(page, alice)
    page.goto(url(event))
    page.fill("#id_name", "Harbour Conf 2031")
    page.click(".sw-tabs >> text=Website and form")
    assert page.url.endswith("?tab=website")
    page.fill("#id_registration_closed_message", "Sorry, too late.")
    page.click(".sw-tabs >> text=Agenda")
    page.wait_for_selector("#panel-event_sessions")
    page.click("input[name=_continue]")
    page.wait_for_load_state()
    assert page.url.endswith("?tab=agenda")
    event.refresh_from_db()
    assert (event.name, event.registration_closed_message) == ("Harbour Conf 2031", "Sorry, too late.")


@pytest.mark.browser
def test_shows_all_parts_without_javascript(open_browser, sign_in, alice, url, event):
    page = open_browser(javascript=False)
    sign_in(page, alice)
    page.goto(url(event, tab="website"))
    page.fill("#id_name", "Renamed")
    page.fill("#id_registration_closed_message", "Sorry.")
    page.click("input[name=_continue]")
    event.refresh_from_db()
    assert (event.name, event.registration_closed_message) == ("Renamed", "Sorry.")


@pytest.mark.browser
def test_enables_settings_as_their_condition_changes(open_browser, sign_in, alice, url, event):
    page = open_browser()
    sign_in(page, alice)
    page.goto(url(event))
    choose = page.locator("#id_contacts_choose_auto_register")
    assert choose.is_disabled()
    page.uncheck("#id_auto_register_waitlisted")
    assert choose.is_enabled()
    choose.check()
    page.click("input[name=_continue]")
    page.wait_for_load_state()
    event.refresh_from_db()
    assert (event.auto_register_waitlisted, event.contacts_choose_auto_register) == (False, True)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(320, True), (1440, False)])
def test_is_accessible_and_fits(
    open_browser, sign_in, assert_accessible, screenshot, alice, url, event, width, dark
):
    session = SessionFactory(event=event)
    page = open_browser(width=width, dark=dark)
    blocked: list[str] = []
    page.on("console", lambda line: blocked.append(line.text) if line.type == "error" else None)
    sign_in(page, alice)
    places = [url(event, tab=tab) for tab in EVENT_TABS] + [url(session, tab=tab) for tab in SESSION_TABS]
    for place in [*places, url(session, "cancel"), url(event, "delete"), "/admin/events/event/"]:
        page.goto(place)
        assert blocked == [], place
        screenshot(page, f"desk-{place.strip('/').replace('/', '-')}-{width}-{'dark' if dark else 'light'}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
        # The picture and axe write styles of their own, which the page's policy refuses.
        blocked.clear()


@pytest.mark.once
def test_takes_minutes_between_the_buildings_of_the_sessions(desk, url):
    event = EventFactory()
    first, second = (
        SessionFactory(event=event, building=BuildingFactory(name=name)).building for name in "AB"
    )
    key = f"walk_minutes-{first.pk}-{second.pk}"
    assert f'name="{key}"' in desk.get(url(event, tab="general")).content.decode()
    change(desk, url(event), "event_form", **{key: "6"}, minutes_between_rooms="2")
    event.refresh_from_db()
    assert (event.walk_minutes, event.minutes_between_rooms) == ({f"{first.pk}-{second.pk}": 6}, 2)
    for wrong in ("-1", "241", "six"):
        refused = change(desk, url(event), "event_form", **{key: wrong})
        assert refused.status_code == 422
        assert "is no number of minutes" in refused.content.decode()
    change(desk, url(event), "event_form", **{key: ""})
    event.refresh_from_db()
    assert event.walk_minutes is None
