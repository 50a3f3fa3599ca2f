"""Pictures as somebody uploads them, made small and harmless before they are kept."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from math import sqrt
from typing import IO, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from events.models import Event, Picture, PictureFile, SharedPicture
from events.models.pictures import SMALL

MAXIMUM_UPLOAD = 10 * 1024 * 1024
# What a telephone's camera makes; as rows of colours it is thirty times its file.
MOST_PIXELS = 50_000_000
LARGEST = 1600
MOST_BYTES = 300 * 1024
READ = ("JPEG", "PNG", "WEBP")
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
# First a little coarser, then smaller as well.
_QUALITIES = (85, 75, 65)
KEPT_UNSHOWN = timedelta(days=1)
KEPT_SHARED = timedelta(days=60)


class PictureRefused(ValidationError):
    """A file that is no picture to show; the sentence says why, and what would be one."""


@dataclass(frozen=True)
class Reworked:
    """A picture fit to be shown: right way up, without what the camera noted, at most 1,600 px and 300 KB."""

    content: bytes
    small: bytes
    extension: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """What its address names."""
        return hashlib.sha256(self.content).hexdigest()


def rework(file: IO[bytes]) -> Reworked:
    """Return the uploaded picture as it is kept. Raises PictureRefused for all that is none, moves, or is too large."""
    image = _flat(_opened(file))
    image.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    extension, content, image = _fitting(image)
    is_small = max(image.size) <= SMALL
    small = b"" if is_small else _written(_resized(image, SMALL / max(image.size)), extension, _QUALITIES[1])
    return Reworked(content, small, extension, *image.size)


def keep(picture: Reworked, event: Event, alt: str = "", at: datetime | None = None) -> Picture:
    """Keep the picture as one of the event's, and return its row; the same bytes are kept once."""
    at = at or timezone.now()
    with transaction.atomic():
        file, _is_new = PictureFile.objects.update_or_create(
            sha256=picture.sha256,
            defaults={"uploaded_at": at},
            create_defaults={
                "uploaded_at": at,
                "media_type": MEDIA_TYPES[picture.extension],
                "content": picture.content,
                "small": picture.small,
            },
        )
        size = {"width": picture.width, "height": picture.height}
        return Picture.objects.create(
            event=event, file=file, extension=picture.extension, alt=alt, created_at=at, **size
        )


def forget_unshown(at: datetime | None = None) -> int:
    """Delete pictures that nothing shows any more, a day after they were uploaded; return how many. May be repeated."""
    at = at or timezone.now()
    before = at - KEPT_UNSHOWN
    rows = Picture.objects.filter(created_at__lt=before)
    for column in columns_that_show():
        showing = column.model._base_manager.filter(**{column.attname: OuterRef("pk")})
        rows = rows.exclude(Exists(showing))
    gone = rows.delete()[0]
    # Drawn anew where somebody still asks.
    gone += SharedPicture.objects.filter(made_at__lt=at - KEPT_SHARED).delete()[0]
    shown = Exists(Picture.objects.filter(file_id=OuterRef("sha256")))
    return gone + PictureFile.objects.filter(~shown, uploaded_at__lt=before).delete()[0]


def columns_that_show() -> Iterator[models.Field[Any, Any]]:
    """Every column by which a row of any kind shows a picture."""
    for model in apps.get_models():
        yield from (field for field in model._meta.concrete_fields if field.related_model is Picture)


def _opened(file: IO[bytes]) -> Image.Image:
    """The picture, read to its end."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(file, formats=READ)
            _check(image)
            # A photograph is read in the size that is wanted, not in the size that it has.
            image.draft("RGB", (LARGEST, LARGEST))
            image.load()
    except PictureRefused:
        raise
    except Image.UnidentifiedImageError as error:
        raise PictureRefused(
            _("This file is no picture that can be shown. Choose one in JPEG, PNG or WebP.")
        ) from error
    except (Image.DecompressionBombError, MemoryError) as error:
        raise PictureRefused(_too_large()) from error
    # Whatever a decoder meets in a file that somebody made up: none of it is ours.
    except Exception as error:
        raise PictureRefused(_("This picture is damaged. Save it anew and upload it again.")) from error
    return image


def _check(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise PictureRefused(_too_large())
    # What telephones put behind a photograph is no second frame.
    if image.format in {"PNG", "WEBP"} and getattr(image, "is_animated", False):
        raise PictureRefused(_("Pictures that move cannot be shown. Choose one that stands still."))


def _too_large() -> str:
    return _("This picture has more than 50 million points. Choose a smaller one.")


def _flat(image: Image.Image) -> Image.Image:
    """The picture the right way up, in plain colours, with nothing but its points; see-through where it is."""
    turned = ImageOps.exif_transpose(image)
    is_see_through = turned.has_transparency_data
    plain = _in_plain_colours(turned).convert("RGBA" if is_see_through else "RGB")
    if is_see_through and plain.getchannel("A").getextrema()[0] == 255:  # noqa: PLR2004
        plain = plain.convert("RGB")
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    return bare


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """The picture in the colours of screens; as it is where its own profile cannot be read."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK"}:
        return image
    mode: Any = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError):
        return image


def _fitting(image: Image.Image) -> tuple[str, bytes, Image.Image]:
    """How it is kept within its bytes: a photograph as JPEG, what is see-through as PNG, or WebP where that is much."""
    if image.mode == "RGBA":
        content = _written(image, "png", 0)
        if len(content) <= MOST_BYTES:
            return "png", content, image
    extension = "webp" if image.mode == "RGBA" else "jpg"
    while True:
        for quality in _QUALITIES:
            content = _written(image, extension, quality)
            if len(content) <= MOST_BYTES:
                return extension, content, image
        # As many points as there is room for, and a few less: what is left is the finest.
        image = _resized(image, min(0.9, sqrt(MOST_BYTES / len(content))))


def _resized(image: Image.Image, by: float) -> Image.Image:
    size = (max(1, round(image.width * by)), max(1, round(image.height * by)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _written(image: Image.Image, extension: str, quality: int) -> bytes:
    target = BytesIO()
    if extension == "png":
        image.save(target, "PNG")
    elif extension == "webp":
        image.save(target, "WEBP", quality=quality, method=4)
    else:
        image.save(target, "JPEG", quality=quality, optimize=True, progressive=True)
    return target.getvalue()
