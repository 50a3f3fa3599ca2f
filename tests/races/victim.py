"""A process of its own that acts on the test's database and is killed where the test says (SIGKILL).

Started once (`python -m tests.races.victim`), it reads one order a line and forks for each: the fork acts, is
killed or ends, and one line says how. It opens no connection itself, so nothing is shared. For a crowd it forks
one process for each of its people; they begin together, and one line says what each was answered.
"""

from __future__ import annotations

import functools
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


def die_at_statement(number: int, *, after: bool) -> None:
    """Be killed right before, or right after, the so many-th statement to the database."""
    from django.db import connection

    done = 0

    def counted(execute: Any, *statement: Any) -> Any:
        nonlocal done
        done += 1
        if done == number and not after:
            die()
        answer = execute(*statement)
        if done == number and after:
            die()
        return answer

    connection.execute_wrappers.append(counted)


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
    from events.actors import ATTENDEE
    from registrations.actions import cancel_session_registrations
    from registrations.models import SessionRegistration

    cancel_session_registrations(SessionRegistration.objects.filter(pk__in=ids), actor=ATTENDEE)


def expire(at: str) -> None:
    from registrations.actions import expire_invitations

    expire_invitations(datetime.fromisoformat(at))


def cancel_event(event: int) -> None:
    from events.actors import SYSTEM
    from events.models import Event
    from registrations import actions

    actions.cancel_event(Event.objects.get(pk=event), actor=SYSTEM, reason="Storm")


def sweep() -> None:
    from registrations import actions

    actions.sweep()


def work() -> None:
    from django.core.management import call_command

    call_command("worker", once=True, verbosity=0, stdout=sys.stderr)


def claim(email: str, sessions: list[int]) -> str:
    """One person asks for sessions, one after the other, and would wait; return the answers."""
    from events.errors import Refusal
    from registrations.actions import submit_agenda
    from registrations.rules.people import Attendee
    from sessions_app.models import Session

    who, answers = Attendee(email, "Guest", "Test"), []
    for session in Session.objects.select_related("event").filter(pk__in=sessions).order_by("id"):
        try:
            answer = submit_agenda(session.event, who, [session], wait=True)
            answers += [str(line.outcome) for line in answer.lines]
        except Refusal as refusal:
            answers.append(type(refusal).__name__)
    return " ".join(answers)


def send(at: str) -> None:
    from registrations.mail import send_due

    send_due(at=datetime.fromisoformat(at))


def post(path: str, token: str, key: str, body: str) -> None:
    """Another system's request, under its key."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    _browser().post(path, body, content_type="application/json", headers=headers)


def publish(draw: int, batch: int) -> None:
    """Publish a draw in sets of `batch` people, all in one go."""
    from events.actors import SYSTEM
    from registrations.actions.draws import _sets, publishing
    from registrations.models import Draw

    _sets.BATCH, publishing.AT_ONCE = batch, 60.0
    # The desk's own clock: the draws of these tests are of another year.
    row = Draw.objects.get(pk=draw)
    publishing.publish(row, actor=SYSTEM, at=row.drawn_at)


def tell(body: str, headers: dict[str, str], site: dict[str, Any]) -> None:
    """A provider's message comes, at a site of these settings."""
    from django.conf import settings

    from registrations.payments.flow import receive

    for name, value in site.items():
        setattr(settings, name, value)
    receive("stripe", body.encode(), headers)


ACTS: dict[str, Callable[..., None]] = {
    act.__name__: act for act in (cancel, cancel_event, expire, sweep, work, publish, send, post, tell)
}
DEATHS: dict[str, Callable[..., None]] = {
    "commit": die_at_commit,
    "statement": die_at_statement,
    "mail": die_at_mail,
}


def main() -> None:
    """Set Django up once, then obey."""
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = os.environ["SEATWISE_VICTIM_DATABASE"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    django.setup()
    _read_once()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(_obey_all(order) if "crowd" in order else _obey(order)), flush=True)


def _read_once() -> None:
    """Read what the acts need before the forks: each of them would else read it again."""
    from django.core.management import get_commands, load_command_class
    from django.urls import get_resolver

    get_resolver()._populate()
    load_command_class(get_commands()["worker"], "worker")
    _browser()


@functools.cache
def _browser() -> Any:
    """Another system's way to ask, ready to go."""
    from django.test import Client

    client = Client()
    client.handler.load_middleware()
    return client


def _obey_all(order: dict[str, Any]) -> list[str]:
    """Let one process for each begin at the same instant; return the answers, an error's name for one that failed."""
    answers, gate = os.pipe(), os.pipe()
    pids = []
    for words in order["crowd"]:
        pid = os.fork()
        if pid == 0:
            os.close(gate[1])
            os.read(gate[0], 1)  # until the gate is closed, which opens it for all
            _answer(words, answers[1])
        pids.append(pid)
    os.close(gate[1])
    os.close(answers[1])
    for pid in pids:
        os.waitpid(pid, 0)
    with os.fdopen(answers[0]) as said:
        lines = said.read().splitlines()
    os.close(gate[0])
    return lines


def _answer(words: dict[str, Any], out: int) -> None:
    """What one of the crowd does; never returns. A short line is written whole, whoever else writes."""
    try:
        said = claim(**words)
    except Exception as error:
        said = repr(error)[:200].replace("\n", " ")
    os.write(out, f"{said}\n".encode())
    os._exit(0)


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
