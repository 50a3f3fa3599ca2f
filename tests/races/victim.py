"""A process of its own that acts on the test's database and is killed where the test says (SIGKILL).

Started once (`python -m tests.races.victim`), it reads one order a line and forks for each: the fork acts, is
killed or ends, and one line says how. It opens no connection itself, so nothing is shared.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any


def die() -> None:
    """End at once: no exception, no rollback, no last word."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_commit(number: int, *, after: bool) -> None:
    """Be killed right before, or right after, this process's so many-th commit."""
    from django.db import connection

    commit, done = connection.commit, 0

    def counted() -> None:
        nonlocal done
        done += 1
        if done == number and not after:
            die()
        commit()
        if done == number and after:
            die()

    connection.commit = counted  # type: ignore[method-assign]


def die_at_mail(number: int, *, after: bool) -> None:
    """Be killed right before, or right after, the so many-th mail has left."""
    from django.core.mail.backends.filebased import EmailBackend

    send, done = EmailBackend.send_messages, 0

    def counted(self: Any, messages: Any) -> Any:
        nonlocal done
        done += 1
        if done == number and not after:
            die()
        sent = send(self, messages)
        if done == number and after:
            die()
        return sent

    EmailBackend.send_messages = counted  # type: ignore[method-assign]


def cancel(ids: list[int]) -> None:
    from registrations.actions import cancel_session_registrations
    from registrations.actors import ATTENDEE
    from registrations.models import SessionRegistration

    cancel_session_registrations(SessionRegistration.objects.filter(pk__in=ids), actor=ATTENDEE)


def expire(at: str) -> None:
    from registrations.actions import expire_invitations

    expire_invitations(datetime.fromisoformat(at))


def sweep() -> None:
    from registrations import actions

    actions.sweep()


def work() -> None:
    from django.core.management import call_command

    call_command("worker", once=True, verbosity=0, stdout=sys.stderr)


def send(at: str) -> None:
    from registrations.mail import send_due

    send_due(at=datetime.fromisoformat(at))


ACTS: dict[str, Callable[..., None]] = {act.__name__: act for act in (cancel, expire, sweep, work, send)}
DEATHS: dict[str, Callable[..., None]] = {"commit": die_at_commit, "mail": die_at_mail}


def main() -> None:
    """Set Django up once, then obey."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = os.environ["SEATWISE_VICTIM_DATABASE"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    django.setup()
    from django.core.management import call_command  # noqa: F401  (read before the forks, once)

    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(_obey(json.loads(line))), flush=True)


def _obey(order: dict[str, Any]) -> dict[str, int]:
    pid = os.fork()
    if pid == 0:
        _act(order)
    _pid, status = os.waitpid(pid, 0)
    is_killed = os.WIFSIGNALED(status)
    return {
        "signal": os.WTERMSIG(status) if is_killed else 0,
        "exit": 0 if is_killed else os.WEXITSTATUS(status),
    }


def _act(order: dict[str, Any]) -> None:
    """What the fork does; never returns."""
    from django.conf import settings

    code = 1
    settings.EMAIL_FILE_PATH = order["mails"]
    try:
        if order["death"]:
            name, number, after = order["death"]
            DEATHS[name](number, after=after)
        ACTS[order["act"]](**order["words"])
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
