"""The first page of the desk."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from events.roles import setup_roles
from tests.factories import EventFactory, PassFactory, UserFactory, at

pytestmark = pytest.mark.django_db(transaction=True)


def test_begins_with_events_that_are_not_over(desk):
    soon = EventFactory(name="Regatta")
    EventFactory(name="Long ago", starts_at=at(9, day=-9000), ends_at=at(18, day=-9000))
    page = desk.get("/admin/")
    assert [row.event for row in page.context["events"]] == [soon]
    assert "Seatwise" in page.content.decode()


def test_orders_what_organizers_reach_for_first(desk):
    apps = desk.get("/admin/").context["app_list"]
    assert [app["app_label"] for app in apps][:4] == ["events", "sessions_app", "registrations", "waitlists"]
    assert [model["object_name"] for model in apps[0]["models"]][:2] == ["Event", "Pass"]
    assert "AccessToken" not in {model["object_name"] for app in apps for model in app["models"]}


def test_hides_events_of_others(client):
    setup_roles()
    EventFactory(name="Somebody else's")
    client.force_login(UserFactory())
    assert client.get("/admin/").context["events"] is None


def way(desk, address):
    """The way to a page as it is read, its last part without a link."""
    html = desk.get(address).content.decode()
    inside = html.partition('<div class="breadcrumbs">')[2].partition("</div>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inside)).split())


def test_the_way_to_a_page_is_called_as_in_the_sidebar(desk, url):
    event, event_pass = EventFactory(name="Regatta"), PassFactory(name="Full")
    ways = {
        reverse("admin:events_event_changelist"): "Home › Events › All events",
        reverse("admin:events_event_add"): "Home › Events › Add event",
        url(event): "Home › Events › All events › Regatta",
        reverse(
            "admin:events_event_history", args=[event.pk]
        ): "Home › Events › All events › Regatta › History",
        reverse("admin:sessions_app_session_changelist"): "Home › Programme › Sessions",
        reverse("admin:events_room_add"): "Home › Programme › Rooms › Add room",
        reverse("admin:app_list", args=["events"]): "Home › All data › Events",
        reverse("admin:events_pass_changelist"): "Home › All data › Events › Passes",
        reverse(
            "admin:events_pass_change", args=[event_pass.pk]
        ): f"Home › All data › Events › Passes › {event_pass}",
        reverse("admin:auth_group_changelist"): "Home › All data › Authentication and Authorization › Groups",
    }
    assert {address: way(desk, address) for address in ways} == ways


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(320, False), (1440, True)])
def test_first_pages_are_accessible(open_browser, sign_in, assert_accessible, alice, width, dark):
    EventFactory()
    page = open_browser(width=width, dark=dark)
    page.goto("/admin/login/")
    assert_accessible(page)
    sign_in(page, alice)
    page.goto("/admin/")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
