"""Wishes in a draw: said by a button, ordered on a page, with or without a registration, until the draw closes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from events.actors import ATTENDEE
from events.models import Event
from registrations.actions import invite_to_ticket, join_ticket, state_wishes
from registrations.mail import send_due
from registrations.models import Draw, EventRegistration, TicketHolder, Wish
from registrations.rules.people import Attendee
from sessions_app.models import Session
from tests.draws.plans import plan
from tests.factories import SessionFactory, at
from tests.website.clicks import choose, finish, listed, mine, registered, text

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LIST = "/harbour/wishes/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def sessions(event: Event) -> list[Session]:
    """Four sessions; the first two overlap."""
    times = [(9, 11), (10, 12), (13, 14), (15, 16)]
    names = ["Knots", "Tides", "Charts", "Ropes"]
    return [
        SessionFactory(event=event, name=name, capacity=2, starts_at=at(begin), ends_at=at(end))
        for name, (begin, end) in zip(names, times, strict=True)
    ]


@pytest.fixture
def draw(event: Event, sessions: list[Session]) -> Draw:
    """An open draw of the first three; the fourth is first come, first served."""
    return plan(event, sessions[:3])


@pytest.fixture
def opening(event: Event) -> Session:
    session: Session = SessionFactory(event=event, name="Opening", starts_at=at(17), ends_at=at(18))
    return session


@pytest.fixture
def me(event: Event, bob: Attendee, opening: Session) -> EventRegistration:
    return registered(event, bob, opening)


def names(lines: Any) -> list[str]:
    return [line.session.name for line in lines]


def shown(client: Client, answer: Any) -> Any:
    """The page that the browser ends on."""
    while answer.status_code in {302, 303}:
        answer = client.get(answer.url.split("#")[0])
    return answer


def code_in_mail() -> str:
    send_due()
    words = [message.subject.partition(" ")[0] for message in mail.outbox]
    return next(word for word in reversed(words) if word.isdigit())


def prove(client: Client, registration: EventRegistration, address: str = "") -> Any:
    """Have a code mailed and type it in; return where the browser is sent."""
    page = client.post(address or mine("manage_prove", registration)).url
    return client.post(page, {"code": code_in_mail()})


def press(client: Client, registration: EventRegistration, session: Session, verb: str = "wish") -> Any:
    return client.post(mine("manage_seat", registration, session.uuid, verb))


def wished(registration: EventRegistration) -> list[str]:
    rows = Wish.objects.filter(ticket__holders__registration=registration).order_by("rank")
    return list(rows.values_list("session__name", flat=True))


def send(client: Client, address: str, sessions: list[Session], do: str = "save", **more: str) -> Any:
    return client.post(address, {"wish": [str(each.uuid) for each in sessions], "do": do, **more})


def test_a_stranger_orders_wishes_and_gives_a_name_with_a_confirmed_address(
    client, event, sessions, draw, bob
):
    knots, tides, charts, ropes = sessions
    page = client.get("/harbour/sessions/")
    states = {seat.session.name: (seat.state, seat.label) for seat in listed(page)}
    assert states["Knots"] == ("wish", "Wish")
    assert states["Ropes"] == ("add", "Add")
    assert "In the draw until" in text(page)
    choose(client, knots, tides, charts, verb="wish")
    choose(client, ropes)
    assert "1 session · 3 wishes" in text(client.get("/harbour/sessions/"))
    # They overlap, which is said and no reason to refuse anything.
    page = client.get(LIST)
    assert names(page.context["lines"]) == ["Knots", "Tides", "Charts"]
    assert "Overlaps your wish 1: you get at most one of the two." in text(page)
    page = shown(client, send(client, LIST, [knots, tides, charts], f"first-{charts.uuid}"))
    assert names(page.context["lines"]) == ["Charts", "Knots", "Tides"]
    assert "“Charts” is your wish 1 of 3 now. Saved." in text(page)
    assert client.get("/harbour/register/").url == "/harbour/register/address/"
    asked = client.post("/harbour/register/address/", {"email": bob.email}).url
    assert client.post(asked, {"code": code_in_mail()}).url == "/harbour/register/"
    assert "Charts" in text(client.get("/harbour/register/"))
    answer = finish(client, event, bob)
    assert answer.status_code == 302
    assert "Your 3 wishes are in the draw." in text(shown(client, answer))
    bobs = EventRegistration.objects.get(contact__email=bob.email)
    assert wished(bobs) == ["Charts", "Knots", "Tides"]
    assert bobs.session_registrations.get().session == ropes


def test_only_wishes_make_a_registration_where_sessions_are_required(client, event, sessions, draw, bob):
    Event.objects.filter(pk=event.pk).update(sessions_required=True)
    choose(client, sessions[0], verb="wish")
    asked = client.post("/harbour/register/address/", {"email": bob.email}).url
    client.post(asked, {"code": code_in_mail()})
    finish(client, event, bob)
    bobs = EventRegistration.objects.get(contact__email=bob.email)
    assert (wished(bobs), bobs.session_registrations.count()) == (["Knots"], 0)


def test_a_registration_says_wishes_once_its_address_is_proved(client, event, sessions, draw, me):
    knots, tides, charts, _ropes = sessions
    client.get(mine("manage", me))
    answer = press(client, me, knots)
    assert answer.url == f"{mine('manage_prove', me)}?wish={knots.uuid}"
    assert wished(me) == []
    page = shown(client, prove(client, me, answer.url))
    assert names(page.context["lines"]) == ["Knots"]
    # From now on each press is enough, also in another browser.
    other = Client()
    press(other, me, charts)
    press(other, me, tides)
    assert wished(me) == ["Knots", "Charts", "Tides"]
    assert "Among your wishes" in text(other.get("/harbour/sessions/"))
    undo = shown(other, press(other, me, charts, "unwish"))
    assert wished(me) == ["Knots", "Tides"]
    assert (undo.context["removed"].session, undo.context["removed"].verb) == (charts, "wish")
    assert "My wishes" in text(client.get(mine("manage", me)))


@pytest.fixture
def said(sessions: list[Session], draw: Draw, me: EventRegistration) -> list[Session]:
    """Bob wishes for all three, in their order."""
    state_wishes(me, draw, [(session, None) for session in sessions[:3]], actor=ATTENDEE)
    return sessions[:3]


MOVES = {
    "up": "Knots Charts Tides",
    "down": "Knots Tides Charts",
    "first": "Charts Knots Tides",
    "remove": "Knots Tides",
}


@pytest.mark.parametrize(("verb", "order"), MOVES.items())
def test_buttons_move_a_wish(client, me, said, verb, order):
    page = shown(client, send(client, mine("manage_wishes", me), said, f"{verb}-{said[2].uuid}"))
    assert wished(me) == order.split() == names(page.context["lines"])
    if verb == "remove":
        again = page.context["removed"]["again"]
        send(client, mine("manage_wishes", me), said[:2], again)
        assert wished(me) == ["Knots", "Tides", "Charts"]


def test_a_list_is_saved_whole_and_keeps_what_another_page_added(client, me, said):
    knots, tides, charts = said
    address = mine("manage_wishes", me)
    page = shown(
        client,
        send(client, address, [charts, knots], **{f"most-{charts.uuid}": "5", "moved": str(charts.uuid)}),
    )
    assert wished(me) == ["Charts", "Knots", "Tides"]
    assert "“Charts” is your wish 1 of 3 now. Saved." in text(page)
    assert Wish.objects.get(session=charts).wait_at_most == 5
    # A press on the programme's page asks for no place, and changes none.
    press(client, me, tides, "unwish")
    assert Wish.objects.get(session=charts).wait_at_most == 5
    wrong = shown(client, send(client, address, [knots, charts], **{f"most-{charts.uuid}": "0"}))
    assert (wrong.status_code, names(wrong.context["lines"])) == (422, ["Knots", "Charts"])
    assert wished(me) == ["Charts", "Knots"]


def test_what_cannot_be_a_list_of_wishes_changes_nothing(client, event, me, said, sessions):
    knots = said[0]
    address, ropes = mine("manage_wishes", me), sessions[3]
    foreign = SessionFactory(name="Elsewhere")
    bad = {
        "twice": ([knots, knots], "only once"),
        "undrawn": ([knots, ropes], "not in this draw"),
        "foreign": ([foreign], "not in this draw"),
    }
    for name, (listed_wishes, words) in bad.items():
        page = shown(client, send(client, address, listed_wishes))
        assert (page.status_code in {409, 422}, words in text(page)) == (True, True), name
    for sent in (["x"], ["\x00"], [""], [str(uuid.uuid4()) for _each in range(500)]):
        page = shown(client, client.post(address, {"wish": sent, "do": "save"}))
        assert page.status_code in {409, 422}
    ten_thousand = "&".join(["wish=x"] * 10_000)
    assert client.post(address, ten_thousand, content_type=FORM).status_code == 400
    for do in (
        "up-",
        "up-x",
        f"again-{ropes.uuid}@99999999999",
        f"first-{uuid.uuid4()}",
        "x" * 5_000,
        f"again-{knots.uuid}@-3",
    ):
        assert shown(client, send(client, address, said, do)).status_code < 500, do
    assert wished(me) == ["Knots", "Tides", "Charts"]


def close(draw: Draw) -> None:
    """Let the draw be one that closed an hour ago."""
    now = timezone.now()
    change = {"opens_at": now - timedelta(days=2), "closes_at": now - timedelta(hours=1)}
    Draw.objects.filter(pk=draw.pk).update(**change)
    seats = [each.seats for each in draw.sessions.all()]
    for each in seats:
        type(each).objects.filter(pk=each.pk).update(
            draw_opens_at=change["opens_at"], draw_closes_at=change["closes_at"]
        )


def test_after_closing_nothing_is_changed_and_the_list_is_still_there(client, event, draw, me, said):
    close(draw)
    address = mine("manage_wishes", me)
    page = shown(client, send(client, address, said, f"first-{said[2].uuid}"))
    assert page.status_code in {409, 422}
    page = client.get(address)
    assert names(page.context["lines"]) == ["Knots", "Tides", "Charts"]
    assert "This draw is closed" in text(page)
    assert "Make it the first" not in page.content.decode()
    assert press(client, me, said[0], "unwish").status_code in {409, 422}
    assert wished(me) == ["Knots", "Tides", "Charts"]
    stranger = Client()
    assert "In the draw, closed since" in text(stranger.get("/harbour/sessions/"))
    assert choose(stranger, said[0], verb="wish").status_code == 409


def test_a_group_shares_a_list(client, event, draw, me, said, opening):
    address = mine("manage_wishes", me)
    client.post(mine("manage_wish_group", me), {"do": "start"})
    link = client.get(address).context["group_url"]
    path = link.removeprefix("http://testserver")
    eves = registered(event, Attendee("eve@example.com", "Eve", "Extra"), opening)
    eve = Client()
    page = eve.get(path)
    assert "Register first" in text(page)
    eve.get(mine("manage", eves))
    asked = eve.post(path)
    assert asked.url == f"{mine('manage_prove', eves)}?group={path.split('/')[-2]}"
    page = shown(eve, prove(eve, eves, asked.url))
    # Nothing was joined by proving an address, and nobody's name is said before.
    assert "1 person is in the group." in text(page)
    assert "Bob" not in text(page)
    press(eve, eves, said[2])
    assert "Your own wish is replaced by the group's list." in text(eve.get(path))
    page = shown(eve, eve.post(path))
    assert page.context["together"] == ["Bob", "Eve"]
    assert wished(eves) == wished(me) == ["Knots", "Tides", "Charts"]
    press(eve, eves, said[0], "unwish")
    assert wished(me) == ["Tides", "Charts"]
    assert "already" in text(eve.get(path))
    page = shown(eve, eve.post(mine("manage_wish_group", eves), {"do": "leave"}))
    assert page.context["together"] in (["Eve"], [])
    assert wished(me) == ["Tides", "Charts"]
    assert TicketHolder.objects.filter(registration=me).exists()


def test_nobody_is_in_two_groups(client, event, draw, me, said, opening):
    eves, dans = (
        registered(event, Attendee(f"{name}@example.com", name, "Extra"), opening) for name in ("Eve", "Dan")
    )
    join_ticket(invite_to_ticket(eves, draw).invitation, dans)
    client.post(mine("manage_wish_group", me), {"do": "start"})
    path = f"/harbour/wishes/group/{invite_to_ticket(me, draw).invitation}/"
    eve = Client()
    eve.get(mine("manage", eves))
    assert eve.get(path).context["is_elsewhere"]
    press(eve, eves, said[1])
    refused = eve.post(path)
    assert refused.status_code == 422
    assert "You are in a group already. Leave it first" in text(refused)
    assert (wished(eves), wished(dans), len(wished(me))) == (["Tides"], ["Tides"], 3)
    # Once out of the one, the other takes her in; what the first wished for stays with Dan.
    eve.post(mine("manage_wish_group", eves), {"do": "leave"})
    assert shown(eve, eve.post(path)).context["together"] == ["Bob", "Eve"]
    assert (wished(eves), wished(dans)) == (["Knots", "Tides", "Charts"], ["Tides"])


def test_links_of_groups_that_lead_nowhere(client, event, draw, me, said):
    client.get(mine("manage", me))
    for code in ("x", "0" * 22, "a" * 300, "'", "%00", "ü"):
        address = f"/harbour/wishes/group/{code}/"
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 404, code
    # Oneself.
    client.post(mine("manage_wish_group", me), {"do": "start"})
    path = client.get(mine("manage_wishes", me)).context["group_url"].removeprefix("http://testserver")
    assert shown(client, client.post(path)).status_code < 500
    assert wished(me) == ["Knots", "Tides", "Charts"]


def test_addresses_that_want_a_draw_say_so_where_there_is_none(client, event, me):
    for name in ("manage_wishes", "manage_draw"):
        assert shown(client, client.get(mine(name, me))).status_code == 200
    for name in ("manage_wish_group", "manage_draw_back"):
        assert client.post(mine(name, me)).status_code < 500
    assert Client().get(LIST).status_code == 200
    session = SessionFactory(event=event)
    assert press(client, me, session).status_code < 500
    assert wished(me) == []


def test_htmx_gets_the_list_alone(client, me, said):
    """A whole page would bring the style of another page, which the browser refuses and complains of."""
    part = client.get(mine("manage_wishes", me), headers={"HX-Request": "true", "HX-Target": "wishes"})

    drawn = part.content.decode()
    assert drawn.lstrip().startswith("<form")
    assert "<style" not in drawn
    assert 'id="wish-list"' in drawn
    assert "HX-Target" in part["Vary"]
    assert b"<html" in client.get(mine("manage_wishes", me)).content
