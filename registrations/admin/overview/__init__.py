"""The event's Overview tab: its figures drawn, each with its table and as a file."""

from registrations.admin.overview.panels import FIGURES

__all__ = ["FIGURES"]
