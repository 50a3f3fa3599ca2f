"""Links that somebody is known by: what each is called and its address, one in a line of text."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

MOST_LINKS = 10
LONGEST_LABEL = 60
LONGEST_ADDRESS = 500
_is_address = URLValidator(schemes=["https"])


class Link(NamedTuple):
    """One link: its words, and an address that begins with https."""

    label: str
    url: str


def links_in(text: str) -> list[Link]:
    """The links of the text; a line that has no proper address is left out. Without words the host stands for them."""
    return [link for link in map(_link, text.splitlines()) if link and not _faults_of(link)]


def validate_links(text: str) -> None:
    """Raise ValidationError that names each line which is no link, or for more than ten of them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINKS:
        raise ValidationError(_("At most %(n)d links."), params={"n": MOST_LINKS})
    found = [_faults_of(link) for link in map(_link, lines) if link]
    if any(found):
        raise ValidationError([fault for fault in found if fault])


def _link(line: str) -> Link | None:
    words = line.split()
    if not words:
        return None
    url = words[-1]
    return Link(" ".join(words[:-1]) or _host(url), url)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def _faults_of(link: Link) -> str:
    try:
        _is_address(link.url)
    except ValidationError:
        return _("“%(url)s” is no address. A line ends with one that begins with https://") % {
            "url": link.url
        }
    if len(link.url) > LONGEST_ADDRESS:
        return _("An address has at most %(n)d characters.") % {"n": LONGEST_ADDRESS}
    if len(link.label) > LONGEST_LABEL:
        return _("What a link is called has at most %(n)d characters.") % {"n": LONGEST_LABEL}
    return ""
