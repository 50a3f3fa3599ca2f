"""Any acts, by anybody, in any order: the seats stay true."""

from __future__ import annotations

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

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


def share() -> settings:
    """What each of the other variants gets of the profile's examples."""
    profile = settings.get_profile(settings.get_current_profile_name())
    return settings(profile, max_examples=profile.max_examples // 6)


def test_stays_true_with_own_agendas():
    run_state_machine_as_test(OwnAgendas)


def test_stays_true_at_a_small_event():
    run_state_machine_as_test(SmallEvent, settings=share())


def test_stays_true_with_invitations():
    run_state_machine_as_test(Invitations, settings=share())


def test_stays_true_with_passes_and_agendas():
    run_state_machine_as_test(PassesWithAgendas, settings=share())


def test_stays_true_at_event_level():
    run_state_machine_as_test(WholeEvent, settings=share())
