"""What pages say of themselves to chats and search engines, and the pictures that are drawn for it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from events.models import Event, SharedPicture
from events.pictures import forget_unshown, keep, rework
from registrations.website.face.cards import Card, draw
from tests.factories import EventFactory, PassFactory, SessionFactory, SpeakerFactory
from tests.test_pictures import drawn

pytestmark = pytest.mark.django_db


def tags(page: str) -> dict[str, str]:
    found = re.findall(
        r'<meta (?:property|name)="((?:og|twitter):[\w:]+|description)" content="([^"]*)">', page
    )
    return {name: unescape(value) for name, value in found}


def data(page: str) -> dict:
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(text)


def read(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_event_page_describes_itself(client, event):
    page = read(client, "/harbour/?utm_source=x")
    said = tags(page)
    assert '<link rel="canonical" href="http://127.0.0.1:8000/harbour/">' in page
    assert said["og:title"] == event.name
    assert said["description"] == said["og:description"] == "Boats, ropes & tides."
    assert said["og:url"] == "http://127.0.0.1:8000/harbour/"
    assert said["twitter:card"] == "summary_large_image"


def test_session_and_list_describe_themselves(client, event):
    session = SessionFactory(event=event, name="Knots", description="")
    said = tags(read(client, f"/harbour/sessions/{session.uuid}/"))
    assert said["og:title"] == f"Knots · {event.name}"
    assert "Harbour Hall" in said["og:description"] or said["og:description"]
    assert tags(read(client, "/"))["twitter:card"] == "summary"


def test_card_is_drawn_once_and_another_one_when_the_event_changes(client, event, monkeypatch):
    event.logo = event.header_picture = keep(rework(drawn((200, 80), mode="RGBA")), event)
    event.save()
    address = tags(read(client, "/harbour/"))["og:image"]
    assert address.startswith("http://127.0.0.1:8000/harbour/card-")
    first = client.get(address)
    assert Image.open(BytesIO(first.content)).size == (1200, 630)
    assert first["Content-Type"] == "image/jpeg"
    assert "immutable" in first["Cache-Control"]
    monkeypatch.setattr("registrations.website.face.cards.draw", None)
    assert client.get(address).content == first.content
    Event.objects.update(name="Harbour Conf 2")
    # The address of before leads on, and draws nothing by itself.
    assert client.get(address)["Location"] in tags(read(client, "/harbour/"))["og:image"]
    assert SharedPicture.objects.count() == 1
    forget_unshown(timezone.now() + timedelta(days=61))
    assert not SharedPicture.objects.exists()


def test_only_what_is_public_has_a_card(client, event):
    session = SessionFactory(event=event)
    address = tags(read(client, f"/harbour/sessions/{session.uuid}/"))["og:image"]
    made_up = re.sub(r"card-\w+", "card-0", address)
    assert client.get(made_up)["Location"] in address
    event.publish_status = Event.PublishStatus.DRAFT
    event.save()
    assert client.get(address).status_code == 404
    assert not SharedPicture.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "title",
    ["A", "Seaman" * 40, "Navigating by stars " * 12, "مؤتمر الميناء", "Žluťoučký kůň · Ελληνικά · Київ", ""],
)
def test_any_title_finds_room(title):
    card = Card("Conference", title, "3 May 2031\nRotterdam " * 3, "#0f766e", "x", "", "")
    assert Image.open(BytesIO(draw(card))).size == (1200, 630)


# Whatever a search engine requires or recommends of an event.
REQUIRED = {
    "name",
    "startDate",
    "location",
    "eventStatus",
    "eventAttendanceMode",
    "image",
    "description",
    "endDate",
}


def test_event_is_described_to_search_engines(client, event):
    page = read(client, "/harbour/")
    found = data(page)
    assert REQUIRED | {"offers", "url"} <= found.keys()
    assert (found["@context"], found["@type"], found["name"]) == ("https://schema.org", "Event", event.name)
    assert found["startDate"] == event.starts_at.astimezone(event.zone).isoformat()
    assert found["location"] == {"@type": "Place", "name": "Harbour Hall", "address": "Quay 1, Rotterdam"}
    assert found["offers"]["availability"] == "https://schema.org/InStock"
    assert found["offers"]["price"] == "0"
    assert page.count("</script>") == page.count("<script")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"registration_opens_at": timezone.now() + timedelta(days=1)}, "PreOrder"),
        ({"registration_closes_at": timezone.now() - timedelta(days=1)}, None),
    ],
)
def test_offer_is_as_true_as_the_button(client, event, changed, says):
    Event.objects.update(**changed)
    found = data(read(client, "/harbour/"))
    assert found.get("offers", {}).get("availability") == (says and f"https://schema.org/{says}")


def test_passes_are_offers_with_their_price(client):
    event = EventFactory(slug="harbour", session_level=False, how_to_pay="By invoice.")
    PassFactory(event=event, name="Full", price="90.00", capacity=1)
    PassFactory(event=event, name="Gone", price="9.00", capacity=1)
    event.passes.get(name="Gone").seats.__class__.objects.filter(
        pk=event.passes.get(name="Gone").seats_id
    ).update(taken=1)
    offers = {each["name"]: each for each in data(read(client, "/harbour/"))["offers"]}
    assert (offers["Full"]["price"], offers["Full"]["priceCurrency"]) == ("90.00", "EUR")
    assert offers["Full"]["availability"].endswith("InStock")
    assert offers["Gone"]["availability"].endswith("SoldOut")


@pytest.mark.parametrize(
    ("form", "mode", "kinds"),
    [
        ("on_site", "Offline", ["Place"]),
        ("webinar", "Online", ["VirtualLocation"]),
        ("hybrid", "Mixed", ["Place", "VirtualLocation"]),
    ],
)
def test_where_one_takes_part(client, event, form, mode, kinds):
    Event.objects.update(format=form)
    found = data(read(client, "/harbour/"))
    places = found["location"] if isinstance(found["location"], list) else [found["location"]]
    assert [place["@type"] for place in places] == kinds
    assert found["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"


def test_cancelled_event_says_so(client, event):
    Event.objects.update(cancelled_at=timezone.now(), publish_status="cancelled")
    answer = client.get("/harbour/")
    found = data(answer.content.decode())
    assert answer.status_code == 410
    assert found["eventStatus"] == "https://schema.org/EventCancelled"
    assert "offers" not in found
    assert found.keys() >= REQUIRED


def test_session_is_described_with_its_speakers_and_event(client, event):
    session = SessionFactory(event=event, name="Knots")
    session.speakers.add(SpeakerFactory(event=event, name="Ana Diaz"))
    found = data(read(client, f"/harbour/sessions/{session.uuid}/"))
    assert found.keys() >= REQUIRED
    assert found["performer"] == [{"@type": "Person", "name": "Ana Diaz"}]
    assert found["superEvent"]["name"] == event.name
    assert found["eventStatus"].endswith("EventScheduled")
