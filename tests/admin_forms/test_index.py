"""The first page of the desk."""

from __future__ import annotations

import pytest

from events.roles import setup_roles
from tests.factories import EventFactory, UserFactory, at

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
