"""Other systems on the desk: which addresses are told, what each was told."""

from registrations.admin.webhooks import addresses, deliveries

__all__ = ["addresses", "deliveries"]
