"""Pages of speakers: all of them by letter, and each with text, links and sessions."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from events.models import Event
from sessions_app.models import Session, Speaker
from sessions_app.models.links import links_in, validate_links
from tests.factories import SessionFactory, SpeakerFactory
from tests.website.clicks import text

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def alma(event: Event) -> Speaker:
    """Speaks at one session that is shown."""
    alma = SpeakerFactory(
        event=event,
        name="Álma Diaz",
        company="Harbour Locks",
        job_title="Rigger",
        biography="Ties **knots**. <script>alert(1)</script>",
        links="My blog https://alma.example.org/blog\nhttps://www.example.com/alma\nno link",
    )
    session = SessionFactory(event=event, name="Practical knots")
    session.speakers.add(alma)
    return alma


def page_of(speaker: Speaker) -> str:
    return reverse("speaker_page", args=[speaker.event.slug, speaker.code])


def names(client: Client, **query: str) -> list[str]:
    answer = client.get(reverse("speaker_list", args=["harbour"]), query)
    return [speaker.name for speaker in answer.context["speakers"]]


def test_page_shows_who_it_is_links_and_sessions_with_their_buttons(client, event, alma):
    answer = client.get(page_of(alma))
    said, html = text(answer), answer.content.decode()
    assert answer.status_code == 200
    for words in ("Álma Diaz", "Rigger", "Harbour Locks", "My blog", "example.com", "Practical knots"):
        assert words in said
    assert "<strong>knots</strong>" in html
    assert "<script>alert" not in html
    assert 'href="https://alma.example.org/blog"' in html
    assert "no link" not in said
    session = Session.objects.get()
    assert reverse("draft_seat", args=["harbour", session.uuid, "add"]) in html


def test_session_list_session_page_and_event_page_lead_there(client, event, alma):
    session = Session.objects.get()
    for address in ("/harbour/", "/harbour/sessions/", f"/harbour/sessions/{session.uuid}/"):
        assert f'href="{page_of(alma)}"' in client.get(address).content.decode()


def test_speakers_of_what_is_not_shown_have_no_page(client, event, alma):
    hidden = SpeakerFactory(event=event, name="Hidden")
    SessionFactory(event=event, session_status=Session.Status.APPROVED).speakers.add(hidden)
    assert names(client) == ["Álma Diaz"]
    assert client.get(page_of(hidden)).status_code == 404
    assert client.get(reverse("speaker_page", args=["harbour", "nobody"])).status_code == 404


def test_search_forgives_accents_and_knows_organisations(client, event, alma):
    other = SpeakerFactory(event=event, name="Bram Visser")
    Session.objects.get().speakers.add(other)
    assert names(client) == ["Álma Diaz", "Bram Visser"]
    assert names(client, q="alma") == names(client, q="locks") == ["Álma Diaz"]
    assert "No speaker matches “zzz”" in text(client.get("/harbour/speakers/?q=zzz"))


def test_many_stand_by_letter_in_few_queries(client, event, django_assert_max_num_queries):
    speakers = Speaker.objects.bulk_create(
        Speaker(event=event, name=f"{letter}name {number}") for number in range(40) for letter in "éEB3"
    )
    SessionFactory(event=event).speakers.set(speakers)
    with django_assert_max_num_queries(9):
        answer = client.get("/harbour/speakers/")
    letters = answer.context["letters"]
    assert [(each.letter, len(each.speakers)) for each in letters] == [("B", 40), ("E", 80), ("#", 40)]


def test_those_with_a_number_come_first_on_the_page_of_the_event(client, event, alma):
    keynote = SpeakerFactory(event=event, name="Zoe", position=1)
    Session.objects.get().speakers.add(keynote)
    assert [each.name for each in client.get("/harbour/").context["speakers"]] == ["Zoe", "Álma Diaz"]


@pytest.mark.parametrize(
    "line",
    ["javascript:alert(1)", "Blog http://example.org", "Blog", "Blog https://", "x" * 61 + " https://e.org"],
)
def test_links_are_checked_and_what_is_none_is_never_shown(line):
    with pytest.raises(ValidationError):
        validate_links(line)
    assert links_in(line) == []


def test_at_most_ten_links():
    validate_links("\n".join(["Blog https://example.org"] * 10))
    with pytest.raises(ValidationError):
        validate_links("\n".join(["Blog https://example.org"] * 11))


def test_picture_uploaded_on_the_desk_is_shown_wherever_the_speaker_is(client, alice, event, alma):
    file = BytesIO()
    Image.new("RGB", (40, 40), "teal").save(file, "PNG")
    client.force_login(alice)
    form = {"event": event.pk, "name": alma.name, "links": "", "biography": "", "position": "3"}
    upload = SimpleUploadedFile("alma.png", file.getvalue(), "image/png")
    answer = client.post(
        reverse("admin:sessions_app_speaker_change", args=[alma.pk]), {**form, "picture": upload}
    )
    assert answer.status_code == 302
    alma.refresh_from_db()
    assert alma.position == 3
    stranger = Client()
    for address in ("/harbour/", "/harbour/speakers/", page_of(alma)):
        assert f'src="{alma.picture.small_url}"' in stranger.get(address).content.decode()
    assert stranger.get(alma.picture.small_url).status_code == 200
    wrong = client.post(
        reverse("admin:sessions_app_speaker_change", args=[alma.pk]), {**form, "links": "Blog ftp://e.org"}
    )
    assert "is no address" in text(wrong)
