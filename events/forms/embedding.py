"""Sites that may show an event's programme in their pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _

_HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?(:\d{1,5})?")
MOST_SITES = 20


def clean_sites(typed: str) -> str:
    """The sites, one to a line, each as scheme and host: what follows them names a page, and none is left alone.

    Raises ValidationError for what is no site.
    """
    sites = [_clean(line) for line in typed.split()]
    if len(sites) > MOST_SITES:
        raise forms.ValidationError(_("Name at most %(n)d sites.") % {"n": MOST_SITES})
    return "\n".join(dict.fromkeys(sites))


def _clean(line: str) -> str:
    parts = urlsplit(line if "://" in line else f"https://{line}")
    host = parts.netloc.lower()
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        raise forms.ValidationError(
            _("“%(site)s” is no site. Give one such as https://www.example.org.") % {"site": line}
        )
    return f"{parts.scheme}://{host}"
