"""One frame for every verb: the same page asks, the same table shows who is affected, the same words follow."""

from __future__ import annotations

from inspect import isabstract

import pytest
from django.contrib import admin
from django.urls import reverse

from events.admin.event_verbs import Stop
from events.admin.panels import register_panels
from events.admin.verbs import Verb, VerbsAdmin
from events.errors import NotPermitted
from events.models import Event
from registrations.actions import submit_agenda
from registrations.admin.panels import BY_KIND
from registrations.models import Activity, EventRegistration, SessionRegistration
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.admin_forms.paper import change, said
from tests.factories import EventFactory, SessionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session():
    """A session with two people in it."""
    session = SessionFactory(name="Knots", capacity=5)
    for number in range(2):
        submit_agenda(session.event, Attendee(f"p{number}@example.com", f"Pia {number}"), [session])
    return session


def pages(desk, url, session):
    """One page of each kind of verb: of an object, of rows, before saving."""
    registration = EventRegistration.objects.first()
    seats = [seat.pk for seat in SessionRegistration.objects.all()]
    cancel = reverse("admin:panel_verb", args=["session", session.pk, "session_registrations", "cancel"])
    return {
        "object": desk.get(url(session, "cancel")),
        "person": desk.get(url(registration.contact, "erase")),
        "links": desk.get(url(registration, "revoke")),
        "delete": desk.get(url(SessionFactory(), "delete")),
        "rows": desk.post(cancel, {"row": seats}),
        "before saving": change(desk, url(session), "session_form", capacity="1"),
    }


def test_every_verb_asks_on_the_same_page(desk, url, session):
    for what, page in pages(desk, url, session).items():
        assert page.status_code == 200, what
        assert "admin/verbs/confirm.html" in [template.name for template in page.templates], what
        first = page.context["consequences"][0]
        assert all(str(words) for words in (first.who, first.now, first.then)), what
        assert page.content.decode().count("data-confirm") == 1, what


def test_way_back_changes_nothing(desk, url, session):
    page = desk.get(url(session, "cancel"))
    assert page.context["back"] == url(session)
    assert [address for _place, address in page.context["trail"]][-1] == url(session)


@pytest.mark.parametrize("what", ["event", "session"])
def test_other_reason_asks_for_words(desk, url, session, what):
    subject = session.event if what == "event" else session
    answer = desk.post(url(subject, "cancel"), {"reason": "other", "notify": "1"})
    assert answer.status_code == 422
    assert "Say why in a few words." in answer.content.decode()
    assert SessionRegistration.objects.active().count() == 2
    answer = desk.post(url(subject, "cancel"), {"reason": "other", "reason_text": "Storm"})
    assert said(desk, answer)[0].endswith("Nobody was told.")
    verb = Activity.Verb.TARGET_CANCELLED
    assert Activity.objects.filter(verb=verb, reason="Storm").exists()


def test_refusal_keeps_what_was_decided(desk, url, session):
    page = desk.post(url(session, "cancel"), {"reason": "other", "reason_text": ""})
    shown = page.content.decode()
    assert 'value="other" data-own-words' not in shown
    assert 'name="notify"' in shown
    assert 'name="notify" id="id_notify" checked' not in shown


def test_deed_that_is_not_permitted_is_refused_on_a_page(rf, alice):
    class NotMine(Stop):
        def act(self, listing, rows, decided):
            raise NotPermitted

    event = EventFactory(name="Harbour Conf")
    request = rf.post("/")
    request.user, request.session = alice, {}
    answer = admin.site.get_model_admin(Event).verb_view(request, str(event.pk), NotMine()).render()
    assert answer.status_code == 403
    assert "Nothing was changed." in answer.content.decode()


def test_deletes_what_nobody_hangs_on(desk, url):
    session = SessionFactory(name="Empty")
    page = desk.get(url(session, "delete"))
    assert "stays on record" in page.content.decode()
    answer = desk.post(url(session, "delete"))
    assert said(desk, answer) == ["“Empty” was deleted. Records of attendees are kept."]
    assert not Session.objects.not_archived().filter(pk=session.pk).exists()


def test_a_panel_is_registered_once():
    with pytest.raises(AssertionError, match="ledger"):
        register_panels({"ledger": lambda request, model_admin, obj: ""})


def test_every_tab_names_registered_panels(desk, url, session):
    for subject in (session, session.event):
        for tab in admin.site.get_model_admin(type(subject)).tabs:
            for view in tab.views or [tab]:
                page = desk.get(f"{url(subject, tab=tab.slug)}&view={view.slug}")
                assert {panel.key for panel in page.context["panels"]} <= set(view.panels)


def test_verbs_are_one_class_with_keys_of_their_own():
    offered = [[*panel.verbs, *panel.tools] for panels in BY_KIND.values() for panel in panels.values()] + [
        list(each.verbs) for each in admin.site._registry.values() if isinstance(each, VerbsAdmin)
    ]
    for verbs in offered:
        assert all(issubclass(verb, Verb) and not isabstract(verb) for verb in verbs)
        assert len({verb.key for verb in verbs}) == len(verbs)
    assert sum(map(len, offered)) > 30
