"""People by file, through the API: an upload is taken at once, carried out by the worker, and can be taken back."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from registrations.imports.running import work_on_imports
from registrations.models import EventRegistration, ImportBatch, Notification
from tests.api.registering import nobody_is_registered
from tests.engine.acts import figures, fill, holders
from tests.factories import EventFactory, SessionFactory
from tests.imports.files import bomb, workbook

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = b"Mail;Vorname;Nachname\nbob@example.org;Bob;Baker\ncarol@example.org;Carol;Carter\nnobody;No;Body\n"


@pytest.fixture(autouse=True)
def seats_stay_true(db, assert_seats_true):
    """After every test `check_seats` is silent."""
    yield
    assert_seats_true(swept=True)


@pytest.fixture
def session(db):
    return SessionFactory(capacity=1)


def upload(api, session, content=PEOPLE, *, headers=None, **more):
    """POST the file as browsers and scripts do."""
    file = SimpleUploadedFile("people.csv", content)
    body = {"file": file, "event_id": session.event_id, "session_id": session.pk, **more}
    return api.browser.post("/api/v1/imports", body, headers={**api._headers(headers or {})})


def uploaded(api, session, *args, **more):
    """The upload as it was taken."""
    answer = upload(api, session, *args, **more)
    assert answer.status_code == 202, answer.content
    return answer.json()


def said(api, batch):
    """The verdict on each row, in order."""
    items = api.get(f"/imports/{batch['id']}/rows").json()["items"]
    return [(row["row"], row["line"], row["code"], row["done"]) for row in items]


def test_takes_a_file_and_carries_it_out(api, session):
    taken = uploaded(api, session, policy="wait")
    assert (taken["status"], taken["total"], taken["done"]) == ("running", 3, 0)
    assert [column["means"] for column in taken["columns"]] == ["email", "first_name", "last_name"]
    assert nobody_is_registered()
    assert work_on_imports() == 1
    done = api.get(f"/imports/{taken['id']}").json()
    assert (done["status"], done["done"]) == ("done", 3)
    assert done["counts"] == {"registered": 1, "waitlisted": 1, "invalid": 1}
    assert said(api, taken) == [(1, 2, "registered", 1), (2, 3, "waitlisted", 1), (3, 4, "invalid", 1)]
    [bad] = api.get(f"/imports/{taken['id']}/rows", code="invalid").json()["items"]
    assert bad["cells"] == ["nobody", "No", "Body"]
    assert bad["detail"].startswith("Give an e-mail address")
    ids = {row["registrant_id"] for row in api.get(f"/imports/{taken['id']}/rows").json()["items"]}
    assert ids == {None, *EventRegistration.objects.values_list("pk", flat=True)}


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "large"}])
def test_takes_a_large_file_and_repeats_it_under_its_key(api, session, key):
    """Larger than what Django keeps of a form without being told."""
    rows = [f"g{n}@example.org;G;{n};".encode() + b"x" * 100_000 for n in range(30)]
    large = b"\n".join([b"Mail;Vorname;Nachname;Notes", *rows])
    first, again = (upload(api, session, large, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202), first.content
    assert (again.json() == first.json(), "Idempotent-Replayed" in again) == (bool(key), bool(key))
    assert [batch.rows.count() for batch in ImportBatch.objects.all()] == [30] * (1 if key else 2)


def test_tries_a_file_and_changes_nothing(api, session):
    taken = uploaded(api, session, validate_only=1)
    work_on_imports()
    done = api.get(f"/imports/{taken['id']}").json()
    assert (done["status"], done["validate_only"]) == ("checked", 1)
    assert [code for _row, _line, code, done in said(api, taken) if not done] == [
        "registered",
        "full",
        "invalid",
    ]
    assert nobody_is_registered()


def test_takes_it_back(api, session):
    taken = uploaded(api, session, policy="wait", send_email=0)
    work_on_imports()
    undoing = api.post(f"/imports/{taken['id']}/undo")
    assert (undoing.status_code, undoing.json()["status"]) == (202, "undoing")
    work_on_imports()
    assert api.get(f"/imports/{taken['id']}").json()["status"] == "undone"
    rows = api.get(f"/imports/{taken['id']}/rows").json()["items"]
    assert [row["undo"] for row in rows] == ["undone", "undone", ""]
    assert (figures(session), Notification.objects.count()) == ((1, 0, 0, 0), 0)
    again = api.post(f"/imports/{taken['id']}/undo")
    assert (again.status_code, again.json()["code"]) == (409, "not_now")


def test_takes_people_out(api, session):
    fill(session)
    holder = f"holder{session.pk}-0@example.org"
    uploaded(api, session, f"Email\n{holder}\n".encode(), kind="remove")
    work_on_imports()
    assert holders(session) == set()


def test_reads_a_workbook_and_names_of_columns(api, session):
    table = workbook([["Who", "Alias"], ["bob@example.org", "Bob"], ["carol@example.org", "Carol"]])
    taken = uploaded(api, session, table, columns='{"Alias": "first_name"}')
    assert [column["means"] for column in taken["columns"]] == ["email", "first_name"]


@pytest.mark.parametrize(
    ("content", "more", "field"),
    [
        (b"", {}, "file"),
        (b"<html></html>", {}, "file"),
        (bomb(70), {}, "file"),
        (b"Name\nBob\n", {}, "columns"),
        (PEOPLE, {"columns": '{"Unknown": "email"}'}, "columns"),
        (PEOPLE, {"columns": "no json"}, "columns"),
        (PEOPLE, {"session_id": 10**9}, "session_id"),
        (PEOPLE, {"event_id": 10**9}, "event_id"),
        (PEOPLE, {"policy": "perhaps"}, "policy"),
        (PEOPLE, {"colour": "red"}, "colour"),
    ],
)
def test_refuses_what_cannot_be(api, session, content, more, field):
    answer = upload(api, session, content, **more)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert not ImportBatch.objects.exists()


def test_refuses_50_megabytes_before_reading_them(api, session):
    headers = {**api._headers({}), "Content-Length": str(50 * 1024 * 1024)}
    answer = api.browser.post("/api/v1/imports", {"event_id": session.event_id}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_past_capacity_takes_the_scope_and_has_a_reason(api, api_client_of, session):
    assert upload(api, session, policy="past_capacity", reason="Crew").status_code == 403
    kiosk = api_client_of("read write override")
    without = upload(kiosk, session, policy="past_capacity", validate_only=1)
    assert (without.status_code, without.json()["reason"]) == (202, kiosk.client.name)
    uploaded(kiosk, session, policy="past_capacity", reason="Crew")
    work_on_imports()
    assert figures(session) == (1, 2, 0, 0)


def test_same_key_uploads_once_and_the_same_file_is_named(api, session):
    key = {"idempotency_key": "upload-1"}
    first, again = (uploaded(api, session, headers=key) for _n in range(2))
    assert first["id"] == again["id"]
    work_on_imports()
    assert uploaded(api, session)["same_file_as"] == first["id"]


def test_is_seen_by_its_own_client_only(api, api_client_of, session):
    taken = uploaded(api, session)
    other = api_client_of(events=[EventFactory()], name="Other")
    for path in (f"/imports/{taken['id']}", f"/imports/{taken['id']}/rows"):
        assert other.get(path).status_code == 404
    assert other.post(f"/imports/{taken['id']}/undo").status_code == 404
    assert upload(other, session).status_code == 422
