"""Pictures: what is refused, what is left of what is taken, and the address under which it lies."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from PIL import Image

from events import pictures
from events.models import Event, Picture, PictureFile
from events.models.pictures import SMALL
from events.pictures import LARGEST, MOST_BYTES, forget_unshown, keep, rework
from tests.factories import EventFactory

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def drawn(size=(40, 20), mode="RGB", kind="PNG", colour=(200, 30, 30), **more):
    target = BytesIO()
    Image.new(mode, size, (*colour, 90)[: len(mode)]).save(target, kind, **more)
    target.seek(0)
    return target


def moving(kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    target = BytesIO()
    frames[0].save(target, kind, save_all=True, append_images=frames[1:], duration=100)
    target.seek(0)
    return target


def turned_and_telling():
    """A photograph held upright, of 60 × 30 points as they lie in the file, which says where it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "At Ana's, 51.92 N 4.48 E"
    return drawn((60, 30), kind="JPEG", exif=exif)


@pytest.mark.once
@pytest.mark.parametrize(
    ("file", "words"),
    [
        (BytesIO(SVG), "JPEG, PNG or WebP"),
        (BytesIO(b"<html><script>alert(1)</script>"), "JPEG, PNG or WebP"),
        (BytesIO(b""), "JPEG, PNG or WebP"),
        (drawn(kind="GIF"), "JPEG, PNG or WebP"),
        (drawn(kind="BMP"), "JPEG, PNG or WebP"),
        (moving("PNG"), "stands still"),
        (moving("WEBP"), "stands still"),
        (BytesIO(drawn((300, 300), kind="JPEG").getvalue()[:500]), "damaged"),
        (BytesIO(drawn((300, 300)).getvalue()[:60] + b"\x00" * 200), "damaged"),
    ],
)
def test_what_is_no_picture_to_show_is_refused_in_words(file, words):
    with pytest.raises(ValidationError, match=words):
        rework(file)


@pytest.mark.once
def test_too_many_points_are_refused_before_they_are_read():
    bomb = BytesIO()
    # A hundred million points of one colour, in some kilobytes.
    Image.new("1", (10_000, 10_000)).save(bomb, "PNG")
    with pytest.raises(ValidationError, match="50 million"):
        rework(bomb)


@pytest.mark.once
def test_picture_is_upright_and_tells_nothing():
    kept = rework(turned_and_telling())
    shown = Image.open(BytesIO(kept.content))
    assert (kept.width, kept.height) == shown.size == (30, 60)
    assert not shown.getexif()
    assert b"Ana" not in kept.content


@pytest.mark.once
@pytest.mark.parametrize(
    ("file", "extension"),
    [
        (drawn(kind="JPEG"), "jpg"),
        (drawn(kind="WEBP"), "jpg"),
        (drawn(mode="CMYK", kind="JPEG"), "jpg"),
        (drawn(mode="RGBA"), "png"),
        (drawn(mode="L"), "jpg"),
    ],
)
def test_photographs_are_jpeg_and_what_is_see_through_is_png(file, extension):
    assert rework(file).extension == extension


@pytest.mark.once
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_large_picture_becomes_small_enough(mode):
    noise = Image.effect_noise((400, 300), 120).resize((1800, 900), Image.Resampling.NEAREST).convert(mode)
    if mode == "RGBA":
        noise.putalpha(128)
    file = BytesIO()
    noise.save(file, "PNG", compress_level=1)
    kept = rework(file)
    assert len(kept.content) <= MOST_BYTES
    assert max(kept.width, kept.height) <= LARGEST
    assert max(Image.open(BytesIO(kept.small)).size) == SMALL
    assert kept.extension == ("webp" if mode == "RGBA" else "jpg")


@pytest.mark.django_db
def test_address_serves_the_bytes_for_ever_in_one_query(client, django_assert_num_queries):
    kept = rework(drawn((600, 300)))
    picture = keep(kept, EventFactory())
    with django_assert_num_queries(1):
        answer = client.get(picture.url)
    assert answer.content == kept.content
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert client.get(picture.small_url).content == kept.small
    with django_assert_num_queries(0):
        assert client.get(picture.url, headers={"if-none-match": answer["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_small_picture_is_its_own_small_one(client):
    kept = rework(drawn((40, 20)))
    picture = keep(kept, EventFactory())
    assert client.get(picture.small_url).content == kept.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["0" * 64 + ".jpg", "0" * 64 + ".svg", "../secret", "x.jpg"])
def test_other_addresses_are_404(client, name):
    assert client.get(f"/pictures/{name}").status_code == 404


@pytest.mark.django_db
def test_lists_of_events_never_read_the_bytes(django_assert_max_num_queries):
    event = EventFactory()
    event.header_picture = keep(rework(drawn()), event)
    event.save()
    with django_assert_max_num_queries(1) as queries:
        [found] = Event.objects.select_related("header_picture", "logo").filter(pk=event.pk)
        assert found.header_picture.url.startswith("/pictures/")
    assert "content" not in queries.captured_queries[0]["sql"]


@pytest.mark.django_db
def test_same_bytes_are_kept_once_and_forgotten_a_day_after_nothing_shows_them():
    one, other = EventFactory(), EventFactory()
    kept = rework(drawn())
    one.logo = keep(kept, one)
    one.save()
    unshown = keep(kept, other)
    assert PictureFile.objects.count() == 1
    assert forget_unshown() == 0
    tomorrow = timezone.now() + timedelta(days=1, minutes=1)
    forget_unshown(tomorrow)
    assert not Picture.objects.filter(pk=unshown.pk).exists()
    assert PictureFile.objects.count() == 1
    Event.objects.update(logo=None)
    forget_unshown(tomorrow)
    assert not Picture.objects.exists()
    assert not PictureFile.objects.exists()


@pytest.mark.django_db
def test_what_takes_more_than_its_bytes_is_read_only_up_to_the_limit(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(ValidationError, match="million"):
        rework(drawn((20, 20)))
