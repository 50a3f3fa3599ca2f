"""An event's pictures on the desk: uploaded, shown, replaced, taken away, refused; and copied with the event."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from events.actors import Actor
from events.models import Event, Picture, PictureFile
from events.pictures import keep, rework
from registrations.actions import copy_event
from registrations.queries.copying import Copying
from tests.admin_forms.paper import change, errors, read
from tests.factories import EventFactory
from tests.test_pictures import SVG, drawn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event():
    return EventFactory(session_level=False)


def upload(file: BytesIO, name: str = "harbour.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def test_pictures_are_kept_shown_replaced_and_taken_away(desk, url, event):
    change(desk, url(event), "event_form", header_picture=upload(drawn((80, 40))), header_focus_x="10")
    event.refresh_from_db()
    first = event.header_picture
    assert (first.width, first.height, event.header_focus_x) == (80, 40, 10)
    assert first.url in desk.get(url(event, tab="website")).content.decode()

    change(desk, url(event), "event_form", name="Renamed")
    event.refresh_from_db()
    assert (event.name, event.header_picture) == ("Renamed", first)

    change(desk, url(event), "event_form", header_picture=upload(drawn((60, 60))), logo=upload(drawn((9, 9))))
    event.refresh_from_db()
    assert (event.header_picture.width, event.logo.width) == (60, 9)

    change(desk, url(event), "event_form", **{"header_picture-clear": "on"})
    event.refresh_from_db()
    assert event.header_picture is None
    assert event.logo.width == 9


def test_what_is_no_picture_is_refused_at_its_field_and_nothing_is_kept(desk, url, event):
    answer = change(
        desk, url(event), "event_form", header_picture=upload(BytesIO(SVG), "harbour.svg"), name="X"
    )
    assert "header_picture" in errors(answer)
    assert not PictureFile.objects.exists()
    assert not Event.objects.filter(name="X").exists()


def test_new_event_has_its_pictures_at_once(desk, alice):
    add = "/admin/events/event/add/"
    typed = read(desk.get(add), "event_form").data | {
        "name": "Harbour",
        "slug": "harbour",
        "starts_at_0": "2031-05-03",
        "starts_at_1": "09:00",
        "ends_at_0": "2031-05-03",
        "ends_at_1": "18:00",
    }
    desk.post(add, {**typed, "logo": upload(drawn((9, 9))), "_continue": "1"})
    event = Event.objects.get(slug="harbour")
    assert event.logo.event == event


def test_copy_shows_pictures_of_its_own_and_the_same_bytes(alice, event):
    event.logo = event.header_picture = keep(rework(drawn()), event)
    event.save()
    how = Copying(name="Again", slug="again", first_day=event.starts_at.date())
    [copy] = copy_event(event, how, actor=Actor.staff(alice))
    copy.refresh_from_db()
    assert copy.logo == copy.header_picture
    assert copy.logo != event.logo
    assert copy.logo.event == copy
    assert (Picture.objects.count(), PictureFile.objects.count()) == (2, 1)


def test_sponsors_are_edited_with_their_pictures_and_copied_with_the_event(desk, url, alice, event):
    line = {"sponsors-0-name": "Great Dock", "sponsors-0-level": "Gold", "sponsors-0-link": "dock.example"}
    change(desk, url(event), "event_form", **line, **{"sponsors-0-picture": upload(drawn((80, 40)))})
    [sponsor] = event.sponsors.all()
    assert (sponsor.name, sponsor.link, sponsor.picture.width) == ("Great Dock", "https://dock.example", 80)
    assert sponsor.picture.event == event

    change(desk, url(event), "event_form", **{"sponsors-0-level": "Silver"})
    sponsor.refresh_from_db()
    assert (sponsor.level, sponsor.picture.width) == ("Silver", 80)

    how = Copying(name="Again", slug="again", first_day=event.starts_at.date())
    [copy] = copy_event(event, how, actor=Actor.staff(alice))
    [same] = copy.sponsors.all()
    assert (same.name, same.picture.event) == ("Great Dock", copy)


def test_sites_that_may_frame_are_checked_and_the_frame_is_there_to_copy(desk, url, event):
    assert "embed_sites" in errors(change(desk, url(event), "event_form", embed_sites="*"))
    change(desk, url(event), "event_form", embed_sites="www.example.org")
    event.refresh_from_db()
    assert event.embedding_sites == ["https://www.example.org"]
    page = desk.get(url(event, tab="website")).content.decode()
    assert f"&lt;iframe src=&quot;http://127.0.0.1:8000/{event.slug}/embed/&quot;" in page
