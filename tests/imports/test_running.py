"""Uploads of people, from the file to the result and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from events.errors import Invalid, NotPermitted
from events.models import Contact
from registrations.actions import cancel_session_registrations, erase_contact, submit_agenda
from registrations.actions.people.addresses import correct_address
from registrations.actions.people.details import update_details
from registrations.actions.people.retention import forget_people
from registrations.imports import running
from registrations.imports.uploading import NotNow, choose, names_to_judge, run, same_before, undo
from registrations.models import (
    Activity,
    EventRegistration,
    ImportRow,
    Notification,
    RegistrationResponse,
    SessionRegistration,
)
from registrations.rules.people import Attendee
from tests.engine.acts import claim, figures, fill, holders, person, seat_of
from tests.factories import (
    CustomRegistrationFieldFactory,
    EventFactory,
    PassFactory,
    SessionFactory,
    UserFactory,
    at,
)
from tests.imports.conftest import HEAD, codes, people, ran, tried, undo_codes, undone, upload, words
from waitlists.models import WaitlistItem

pytestmark = pytest.mark.django_db(transaction=True)


def nothing_was_done():
    return not (EventRegistration.objects.exists() or Activity.objects.exists() or Contact.objects.exists())


class TestTrying:
    def test_says_of_every_row_what_would_become_of_it_and_changes_nothing(self):
        session = SessionFactory(capacity=2)
        batch = tried(upload(session, people(4)), policy="wait")
        assert codes(batch) == ["registered", "registered", "waitlisted", "waitlisted"]
        assert words(batch)[2:] == ["On the waitlist, number 1", "On the waitlist, number 2"]
        assert (batch.status, batch.done, batch.total) == ("checked", 4, 4)
        assert nothing_was_done()

    @pytest.mark.parametrize("how", [{}, {"policy": "wait"}, {"policy": "past_capacity", "reason": "Crew"}])
    def test_is_what_comes_true(self, how, monkeypatch):
        monkeypatch.setattr(running, "SET", 3)
        event = EventFactory()
        early = SessionFactory(event=event, capacity=3, name="Early", starts_at=at(9), ends_at=at(11))
        SessionFactory(event=event, capacity=4, name="Late", starts_at=at(10), ends_at=at(12))
        SessionFactory(event=event, capacity=5, selection_control="included")
        claim(early, person("known"))
        rows = [
            ["Email", "Name", "Sessions"],
            *([f"g{n}@example.org", f"G {n}", "Early" if n % 2 else "Late"] for n in range(9)),
            ["known@example.org", "Known", "Late"],
            ["G1@Example.org ", "G 1", "Late"],
            ["nobody", "No", "Early"],
            ["lost@example.org", "Lost", "Nowhere"],
        ]
        forecast = tried(upload(event, rows), **how)
        told = codes(forecast), words(forecast)
        assert nothing_was_done() is False  # Known was there before.
        assert EventRegistration.objects.count() == 1
        run(forecast)
        running.work_on_imports()
        assert (codes(forecast), words(forecast)) == told
        assert set(told[0]) >= {"conflict", "merged", "invalid", "unknown_session", "registered"}
        forecast.refresh_from_db()
        # One told Known of the seat held before.
        assert Notification.objects.count() == forecast.mails + 1

    def test_may_be_tried_again_with_other_terms(self):
        session = SessionFactory(capacity=1)
        batch = tried(upload(session, people(2)), policy="skip")
        assert codes(batch) == ["registered", "full"]
        assert codes(tried(batch, policy="wait")) == ["registered", "waitlisted"]


class TestRows:
    def test_names_sessions_by_name_number_or_column(self):
        event = EventFactory()
        knots, ropes = (SessionFactory(event=event, name=name) for name in ("Knots, and more", "Ropes"))
        by_name = [
            ["Email", "Sessions"],
            ["a@example.org", "knots and more"],
            ["b@example.org", f"{ropes.pk}"],
        ]
        ran(upload(event, by_name))
        both = f'Email;Sessions\nc@example.org;"Knots, and more|Ropes"\nd@example.org;"ropes, {knots.pk}"\n'
        ran(upload(event, both.encode()))
        columns = [
            ["Email", "ROPES", "Knots, and More"],
            ["e@example.org", "x", ""],
            ["f@example.org", "nein", "Ja"],
        ]
        ran(upload(event, columns))
        assert holders(knots) == {"a", "c", "d", "f"}
        assert holders(ropes) == {"b", "c", "d", "e"}

    def test_merges_duplicates_by_case_and_space_with_all_their_sessions(self):
        event = EventFactory()
        one, two = (SessionFactory(event=event, name=name) for name in ("One", "Two"))
        rows = [["Email", "Sessions"], ["bob@example.org", "One"], [" BOB@example.org", "Two"]]
        batch = ran(upload(event, rows))
        assert codes(batch) == ["registered", "merged"]
        assert words(batch)[1] == "Merged with row 1"
        assert holders(one) == holders(two) == {"bob"}
        assert Notification.objects.count() == 1

    def test_keeps_names_details_answers_and_passes(self):
        event = EventFactory(session_level=False)
        question = CustomRegistrationFieldFactory(event=event, label="Diet")
        one = PassFactory(event=event, name="Day ticket")
        rows = [
            ["Mail", "Name", "Firma", "Diet", "Ticket"],
            ["Bob Baker <bob@example.org>", "Baker, Bob", "Docks", "Vegan", "day TICKET"],
            ["carol@example.org", "Carol Anne Carter", "", "", "Gold"],
        ]
        batch = ran(upload(event, rows))
        assert codes(batch) == ["registered", "invalid"]
        registration = EventRegistration.objects.get()
        assert (registration.full_name, registration.company) == ("Bob Baker", "Docks")
        assert (registration.first_name, registration.source) == ("Bob", "import")
        assert registration.attendee_passes.get().event_pass == one
        assert RegistrationResponse.objects.get(field=question).value == "Vegan"

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            (["not an address", "Bob", "Baker"], "invalid"),
            (["", "Bob", "Baker"], "invalid"),
            (["bob@example.org", "", ""], "invalid"),
            (["bob@example.org", "https://spam.example", ""], "invalid"),
            (["bob@example.org", "Bob", "B", "one cell too many"], "invalid"),
            (['bob@example.org;"Bob'], "invalid"),
            (["bob@example.org", "=1+1", "Baker"], "registered"),
        ],
    )
    def test_judges_row(self, row, code):
        session = SessionFactory()
        batch = ran(upload(session, [HEAD, row, ["other@example.org", "Other", "One"]]))
        assert codes(batch) == [code, "registered"]

    def test_shows_names_to_judge_the_encoding_by(self):
        text = "Email;Name\na@example.org;Bob\nb@example.org;José Müller\n".encode("windows-1252")
        batch = upload(EventFactory(), text)
        assert (batch.encoding, names_to_judge(batch)) == ("Windows-1252", ["José Müller", "Bob"])


class TestPolicies:
    def test_past_capacity_takes_permission_and_reason(self):
        session = SessionFactory(capacity=1)
        batch = upload(session, people(3), user=UserFactory(is_staff=True))
        with pytest.raises(NotPermitted):
            choose(batch, batch.columns, {"policy": "past_capacity", "reason": "Crew"})
        batch = upload(session, people(3))
        with pytest.raises(Invalid, match="Say why"):
            choose(batch, batch.columns, {"policy": "past_capacity"})
        batch.refresh_from_db()
        assert batch.status == "columns"
        assert codes(ran(batch, policy="past_capacity", reason="Crew")) == [
            "registered",
            *["past_capacity"] * 2,
        ]
        assert figures(session) == (1, 3, 0, 0)
        past = Activity.objects.filter(verb=Activity.Verb.ADDED_PAST_CAPACITY, session=session)
        assert set(past.values_list("reason", "user")) == {("Crew", batch.user_id)}

    def test_tells_nobody_where_nobody_is_to_be_told(self):
        ran(upload(SessionFactory(capacity=1), people(3)), policy="wait", notify=False)
        assert not Notification.objects.exists()

    def test_lateness_is_an_override_of_its_own(self):
        session = SessionFactory(
            event=EventFactory(registration_closes_at=timezone.now() - timedelta(days=1))
        )
        assert codes(ran(upload(session, people(1)))) == ["closed"]
        late = ran(upload(session, people(1)), overrides=["override_closed"], reason="Walk-ins")
        assert codes(late) == ["registered"]


class TestRunning:
    def test_goes_on_where_a_killed_worker_stopped(self, monkeypatch):
        monkeypatch.setattr(running, "SET", 2)
        session = SessionFactory(capacity=3)
        batch = tried(upload(session, people(7)), policy="wait")
        run(batch)
        asked = iter([False, False, False, True, True, True])
        running.work_on_imports(should_stop=lambda: next(asked))
        batch.refresh_from_db()
        assert (batch.status, batch.done) == ("running", 4)
        assert Notification.objects.count() == 4
        running.work_on_imports()
        batch.refresh_from_db()
        assert (batch.status, batch.done) == ("done", 7)
        assert codes(batch) == ["registered"] * 3 + ["waitlisted"] * 4
        assert words(batch)[-1] == "On the waitlist, number 4"
        assert Notification.objects.count() == 7

    def test_worker_that_lost_its_lease_leaves_nothing_behind(self, monkeypatch):
        batch = tried(upload(SessionFactory(), people(2)))
        run(batch)
        mine = running._claim(at(9))
        type(batch).objects.update(lease=mine.lease + 1)
        assert running._work(mine, lambda: False) == 0
        assert (EventRegistration.objects.count(), ImportRow.objects.filter(is_done=True).count()) == (0, 0)

    def test_runs_once_though_it_is_asked_twice(self):
        batch = ran(upload(SessionFactory(), people(1)))
        for again in (run, undo, undo):
            if again is undo and batch.status == "done":
                undo(batch)
                continue
            with pytest.raises(NotNow):
                again(batch)
        with pytest.raises(NotNow):
            choose(batch, batch.columns, {})

    def test_notices_the_same_file(self):
        session = SessionFactory()
        first = ran(upload(session, people(1)))
        again = upload(session, people(1))
        assert (same_before(first), same_before(again)) == (None, first)
        assert same_before(upload(session, people(2))) is None
        undone(first)
        assert same_before(again) is None

    def test_remembers_what_a_heading_meant(self):
        event, user = EventFactory(), UserFactory(is_superuser=True)
        rows = [["Mail", "Spitzname"], ["bob@example.org", "Bobby"]]
        first = upload(event, rows, user=user)
        assert first.columns == ["email", ""]
        choose(first, ["email", "first_name"], {})
        for target, owner in ((event, UserFactory()), (EventFactory(), user)):
            assert upload(target, rows, user=owner).columns == ["email", "first_name"]
        assert upload(EventFactory(), rows).columns == ["email", ""]

    @pytest.mark.parametrize(
        "columns", [["", "", ""], ["email", "email", ""], ["email", "session:9", ""], ["email"]]
    )
    def test_refuses_columns_that_cannot_be(self, columns):
        batch = upload(EventFactory(), people(1))
        with pytest.raises(Invalid):
            choose(batch, columns, {})


class TestUndoing:
    def test_restores_every_count(self):
        event = EventFactory()
        session, included = (
            SessionFactory(event=event, capacity=2),
            SessionFactory(event=event, selection_control="included"),
        )
        fill(session, 1)
        before = [figures(one) for one in (event, session, included)]
        batch = undone(ran(upload(session, people(5)), policy="wait"))
        assert [figures(one) for one in (event, session, included)] == before
        assert undo_codes(batch) == {"undone": 5}
        assert batch.status == "undone"
        assert not WaitlistItem.objects.open().exists()
        cancelled = Notification.objects.filter(kind=Notification.Kind.CANCELLED)
        assert cancelled.count() == 5

    def test_leaves_what_somebody_touched_and_names_it(self):
        session = SessionFactory(capacity=9)
        other = SessionFactory(event=session.event)
        batch = ran(upload(session, people(5)))
        claim(other, Attendee("guest1@example.org"))
        cancel_session_registrations(
            [seat_of(session, Attendee("guest2@example.org"))], actor=running.actor_of(batch)
        )
        third = EventRegistration.objects.get(contact__email="guest3@example.org")
        update_details(third, Attendee("guest3@example.org", "Dora", "Day"))
        undone(batch)
        assert undo_codes(batch) == {"undone": 2, "touched": 3}
        assert holders(session) == {"guest1", "guest3"}

    def test_takes_from_those_known_before_only_what_it_gave(self):
        event = EventFactory()
        old, new = SessionFactory(event=event), SessionFactory(event=event, capacity=1)
        for who in ("one", "two"):
            claim(old, person(who))
        rows = [["Email"], ["one@example.org"], ["two@example.org"]]
        batch = undone(ran(upload(new, rows), policy="wait"))
        assert undo_codes(batch) == {"undone": 2}
        assert (holders(old), holders(new)) == ({"one", "two"}, set())
        assert EventRegistration.objects.confirmed().count() == 2

    def test_names_whoever_left_a_line_for_the_seat(self):
        session = SessionFactory(capacity=1)
        fill(session)
        claim(session, person("carol"), wait=True)
        batch = ran(upload(session, [["Email"], ["carol@example.org"]]), policy="past_capacity", reason="VIP")
        assert codes(batch) == ["past_capacity"]
        undone(batch)
        assert undo_codes(batch) == {"changed_others": 1}
        assert "carol" in holders(session)

    def test_seats_go_to_those_who_waited_before(self):
        session = SessionFactory(capacity=1)
        batch = ran(upload(session, people(1)))
        claim(session, person("carol"), wait=True)
        undone(batch)
        assert holders(session) == {"carol"}


class TestRemoving:
    def test_takes_people_out_of_a_session(self):
        session = SessionFactory(capacity=1)
        claim(session, person("bob"))
        for who in ("carol", "dora"):
            claim(session, person(who), wait=True)
        rows = [
            ["Email"],
            ["bob@example.org"],
            ["carol@example.org"],
            ["eve@example.org"],
            ["BOB@example.org"],
        ]
        batch = tried(upload(session, rows), kind="remove", reason="Moved")
        expected = ["dropped", "dropped", "not_registered", "merged"]
        assert (codes(batch), holders(session)) == (expected, {"bob"})
        run(batch)
        running.work_on_imports()
        assert (codes(batch), holders(session)) == (expected, {"dora"})
        assert figures(session) == (1, 1, 0, 0)
        assert EventRegistration.objects.confirmed().count() == 3

    def test_takes_people_out_of_an_event(self):
        session = SessionFactory()
        for who in ("bob", "carol"):
            claim(session, person(who))
        batch = ran(upload(session.event, [["Email"], ["bob@example.org"]]), kind="remove")
        assert (codes(batch), holders(session)) == (["dropped"], {"carol"})
        assert EventRegistration.objects.confirmed().count() == 1
        batch.refresh_from_db()
        with pytest.raises(Invalid, match="cannot be undone"):
            undo(batch)


def test_erasing_somebody_empties_their_rows():
    session = SessionFactory()
    batch = ran(upload(session, people(2)))
    erase_contact(Contact.objects.get(email="guest0@example.org"), actor=running.actor_of(batch))
    first, second = batch.rows.order_by("number")
    assert (first.email, first.cells, first.code) == ("", [], "registered")
    assert second.cells[0] == "guest1@example.org"
    assert submit_agenda(session.event, person("new"), [session]).applied


@pytest.mark.parametrize("heading", ["Email", "Whereabouts"])
def test_erasing_somebody_empties_rows_that_were_never_tried(heading):
    session = SessionFactory()
    claim(session, person("bob"))
    batch = upload(session, [["Name", heading], ["Bob", " Bob <BOB@example.org>"], ["Ada", "-"]])
    erase_contact(Contact.objects.get(email="bob@example.org"), actor=running.actor_of(batch))
    assert list(batch.rows.order_by("number").values_list("cells", flat=True)) == [[], ["Ada", "-"]]


def test_erasing_finds_the_rows_of_an_address_that_was_corrected_since():
    session = SessionFactory()
    batch = ran(upload(session, people(2)))
    actor = running.actor_of(batch)
    registration = EventRegistration.objects.get(contact__email="guest0@example.org")
    correct_address(registration, "right@example.org", actor=actor, notify=False)
    erase_contact(Contact.objects.get(email="right@example.org"), actor=actor)
    assert list(batch.rows.values_list("cells", flat=True)) == [[], ["guest1@example.org", "Guest", "1"]]


@pytest.mark.parametrize("is_kept_elsewhere", [False, True])
def test_rows_are_forgotten_with_the_people_of_their_event(is_kept_elsewhere):
    session = SessionFactory(event__retention_days=30)
    later = {"starts_at": at(9, day=200), "ends_at": at(10, day=200)}
    elsewhere = SessionFactory(event=EventFactory(**later), **later)
    batch = ran(upload(session, [*people(2), ["nobody", "No", "Body"]]))
    untried = upload(session, people(1, "later"))
    rows = [*people(2)[: 2 if is_kept_elsewhere else 1], ["nobody", "No", "Body"]]
    other = ran(upload(elsewhere, rows))
    assert forget_people(session.event.ends_at + timedelta(days=30)) == 2
    assert set(ImportRow.objects.exclude(batch=other).values_list("email", "words")) == {("", "")}
    assert all(row.cells == [] for row in ImportRow.objects.exclude(batch=other))
    assert codes(batch) == ["registered", "registered", "invalid"]
    assert names_to_judge(untried) == []
    assert [row.cells[0] for row in other.rows.all()] == [
        *(["guest0@example.org"] if is_kept_elsewhere else []),
        "nobody",
    ]


def test_costs_few_queries_for_each_set(django_assert_max_num_queries):
    session = SessionFactory(capacity=30)
    batch = tried(upload(session, people(60)), policy="wait")
    run(batch)
    with django_assert_max_num_queries(75):
        running.work_on_imports()
    assert SessionRegistration.objects.active().count() == 30
