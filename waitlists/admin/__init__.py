"""The organizer's desk: places in line."""

from waitlists.admin.items import WaitlistItemAdmin

__all__ = ["WaitlistItemAdmin"]
