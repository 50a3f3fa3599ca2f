"""Hundreds of visitors at once, each on their whole way; some stay, and claim and give up seats.

It says how many are registered a minute, how long each step takes, whether anything went wrong, and whether each figure
that any page or click showed was true at some moment between its request and its answer.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from django.urls import reverse

from events.models import Event, SeatCount
from registrations.queries.recount import recount
from sessions_app.models import Session
from tests.benchmarks import journey
from tests.benchmarks.browsers import Answer, Ask, Story, walk_together
from tests.benchmarks.journey import AT_ONCE, CHOSEN
from tests.benchmarks.load import Answers
from tests.benchmarks.over_http import SITE, serving
from tests.benchmarks.posts import SHOWN
from tests.benchmarks.shown import Watch, figures_in, is_true
from tests.benchmarks.table import Row

VISITORS, TOGETHER = 400, 200
# One of so many stays, and changes their mind so often.
ONE_STAYS_OF, TURNS = 10, 5
SESSIONS, SEATS, HOT_SEATS = 200, 40, 60
SECONDS_AT_MOST = 120
STEPS = ("event page", "list", "click", "form", "registration", "result", "claim", "giving up")


def crowd() -> Iterator[Row]:
    """One crowd at an event of 200 sessions, of which everybody wants the first."""
    event, sessions = journey.programme(SESSIONS)
    SeatCount.objects.filter(pk__in=[each.seats_id for each in sessions]).update(capacity=SEATS)
    SeatCount.objects.filter(pk=sessions[0].seats_id).update(capacity=HOT_SEATS)
    sessions = list(Session.objects.filter(event=event).select_related("seats").order_by("starts_at", "id"))
    watch, chance = Watch(), random.Random(4)
    stories = [visit(event, sessions, chance, stays=not number % ONE_STAYS_OF) for number in range(VISITORS)]
    with serving(SITE) as site:
        answers = walk_together(
            site.address, stories, at_once=TOGETHER, seconds=SECONDS_AT_MOST, between=watch.look
        )
    yield _people(answers)
    yield from _steps(answers)
    yield _truth(answers, watch, event, sessions)
    if offences := recount(event):
        raise RuntimeError(f"{len(offences)} offences: {offences[:5]}")


def visit(event: Event, sessions: Sequence[Session], chance: random.Random, *, stays: bool) -> Story:
    """Somebody who is new: the whole way to a registration, with the hot session among the five."""
    listed, form = (reverse(name, args=[event.slug]) for name in ("session_list", "finish_registration"))
    yield Ask("event page", reverse("event_page", args=[event.slug]))
    yield Ask("list", listed)
    held, *later = [chance.choice(sessions[which * AT_ONCE :][:AT_ONCE]) for which in range(1, CHOSEN)]
    for session in (sessions[0], held, *later):
        yield _click(reverse("draft_seat", args=[event.slug, session.uuid, "add"]), listed, sessions, "click")
    yield Ask("form", form)
    mail = f"visitor.{uuid.uuid4().hex}@example.org"
    fields = {"first_name": "Ada", "last_name": "Visitor", "email": mail, "wait": "on"}
    answer = yield Ask("registration", form, fields)
    yield Ask("result", answer.location)
    if stays:
        token = answer.location.partition("/me/")[2].split("/")[0]
        yield from _stay(event, sessions, chance, held, token)


def _stay(
    event: Event, sessions: Sequence[Session], chance: random.Random, held: Session, token: str
) -> Story:
    """Somebody registered who looks again and again, and takes another seat of that half hour instead of their own."""
    listed = reverse("session_list", args=[event.slug])

    def click(session: Session, verb: str, step: str) -> Ask:
        address = reverse("manage_seat", args=[event.slug, token, session.uuid, verb])
        return _click(address, listed, sessions, step)

    for _turn in range(TURNS):
        yield Ask("list", listed)
        yield click(held, "remove", "giving up")
        held = chance.choice(sessions[AT_ONCE:][:AT_ONCE])
        yield click(held, "add", "claim")


def _click(address: str, here: str, sessions: Sequence[Session], step: str) -> Ask:
    shown = ",".join(str(each.uuid) for each in sessions[:SHOWN])
    return Ask(step, address, {"next": here, "shown": shown}, by_htmx=True)


def _is_good(answer: Answer) -> bool:
    if answer.ask.step == "registration":
        return answer.status in {302, 303} and "/me/" in answer.location
    return answer.status == 200


def _people(answers: Sequence[Answer]) -> Row:
    done = sum(answer.ask.step == "result" and _is_good(answer) for answer in answers)
    seconds = max(each.received for each in answers) - min(each.sent for each in answers)
    bad = Counter(f"{each.ask.step}: {each.status}" for each in answers if not _is_good(each))
    return Row(
        f"{done} visitors on their whole way, {TOGETHER} at once",
        f"{done / seconds * 60:.0f} people a minute",
        goal="no error",
        more=f"{len(answers)} answers in {seconds:.0f} s, errors: {dict(bad) or 'none'}; check_seats silent",
    )


def _steps(answers: Sequence[Answer]) -> Iterator[Row]:
    by_step = defaultdict(Answers)
    for each in answers:
        by_step[each.ask.step].latencies.append(each.seconds)
    for step in STEPS:
        p50, p99 = (by_step[step].percentile(q) for q in (50, 99))
        yield Row(f"one step of theirs: {step}", f"p50 {p50:.2f} s, p99 {p99:.2f} s")


def _truth(answers: Sequence[Answer], watch: Watch, event: Event, sessions: Sequence[Session]) -> Row:
    history = watch.history_of(event, sessions)
    figures = [figure for answer in answers if answer.status == 200 for figure in figures_in(answer)]
    untrue = [each for each in figures if not is_true(each, history)]
    found = sum(not is_true(each.one_more(), history) for each in figures)
    moved = sum(len(states) - 1 for states in history.values())
    if untrue:
        print(f"untrue: {untrue[:5]}")
    return Row(
        "figures on their pages that were true between request and answer",
        f"{len(figures) - len(untrue):,} of {len(figures):,}",
        goal="all",
        more=f"{moved:,} moves of seats; with one more in each figure {found / len(figures):.1%} are found untrue",
    )
