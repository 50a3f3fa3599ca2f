"""Any acts, by anybody, in any order: the seats stay true."""

from __future__ import annotations

from django.db import connection
from hypothesis import seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.machine.by_attendees import ByAttendees
from tests.machine.by_organizers import ByOrganizers
from tests.machine.by_staff import ByStaff


class OwnAgendas(ByAttendees, ByStaff, ByOrganizers):
    """People choose sessions; there is room for everybody at the event."""


class SmallEvent(OwnAgendas):
    """The event has few seats: others wait for it, with their wishes on hold."""

    variant = {"capacity": 1}


class Invitations(OwnAgendas):
    """Nobody is registered without being asked; each seat is offered to two."""

    variant = {
        "auto_register_waitlisted": False,
        "contacts_choose_auto_register": True,
        "invitations_per_slot": 2,
    }


class PassesWithAgendas(OwnAgendas):
    """Each chooses within a pass; one pass opens two sessions, the other lets choose one."""

    variant = {
        "capacity": 3,
        "passes_with_agenda": True,
        "passes": [{"capacity": 1, "opens": [0, 3]}, {"capacity": 2, "most_sessions": 1}],
    }


class WholeEvent(OwnAgendas):
    """People register for the event as a whole, by passes; staff may still add them to sessions."""

    variant = {
        "capacity": 1,
        "session_level": False,
        "passes": [{"capacity": 2}, {"capacity": 3}],
    }


def tell(machine: type[RuleBasedStateMachine], share: int = 1) -> None:
    """Run the machine for its share of the profile's examples; each database is told other stories."""
    profile = settings.get_profile(settings.get_current_profile_name())
    if profile.derandomize:
        seed(1 if connection.vendor == "sqlite" else 2)(machine)
    run_state_machine_as_test(machine, settings=settings(profile, max_examples=profile.max_examples // share))


def test_stays_true_with_own_agendas():
    tell(OwnAgendas)


def test_stays_true_at_a_small_event():
    tell(SmallEvent, share=5)


def test_stays_true_with_invitations():
    tell(Invitations, share=5)


def test_stays_true_with_passes_and_agendas():
    tell(PassesWithAgendas, share=5)


def test_stays_true_at_event_level():
    tell(WholeEvent, share=5)
