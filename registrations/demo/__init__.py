"""The self-written demo programme and the invented people who attend it, all through the actions."""

from registrations.demo.accounts import STAFF, give_staff_their_password, guests, make_staff
from registrations.demo.loading import load_demo, register_guests

__all__ = ["STAFF", "give_staff_their_password", "guests", "load_demo", "make_staff", "register_guests"]
