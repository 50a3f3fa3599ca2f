"""Words that no event's readable ID may be, because an address of ours begins with them, or will."""

RESERVED_SLUGS = frozenset(
    [
        "accounts",
        "admin",
        "api",
        "door",
        "draw",
        "embed",
        "favicon.ico",
        "health",
        "healthz",
        "i18n",
        "livez",
        "login",
        "logout",
        "me",
        "media",
        "metrics",
        "oauth2",
        "pay",
        "payments",
        "pictures",
        "readyz",
        "robots.txt",
        "sitemap.xml",
        "static",
        "sw.js",
        "webhooks",
        ".well-known",
    ]
)


def is_reserved(slug: str) -> bool:
    """True when an event of this readable ID could never be reached."""
    return slug.lower() in RESERVED_SLUGS


def free_slug(wanted: str, taken: set[str]) -> str:
    """Return the wanted readable ID, or the first numbered one that is neither reserved nor taken (lower case)."""
    number, slug = 1, wanted
    while is_reserved(slug) or slug.lower() in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
