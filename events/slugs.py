"""Words that no event's readable ID may be, because an address of ours begins with them."""

RESERVED_SLUGS = frozenset({"admin", "api", "media", "oauth2", "static"})


def is_reserved(slug: str) -> bool:
    """True when an event of this readable ID could never be reached."""
    return slug.lower() in RESERVED_SLUGS
