"""The desk's first page and its search: work at hand, not names of tables."""

from registrations.admin.home import matters
from registrations.admin.home.page import first_page
from registrations.admin.home.search import search_page
from registrations.admin.home.uploads import uploads_page

__all__ = ["first_page", "matters", "search_page", "uploads_page"]
