"""The desk's pages of an upload: with plain forms, and by role."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from registrations.imports.running import work_on_imports
from registrations.models import EventRegistration, ImportBatch
from tests.admin_panels.helpers import tab
from tests.engine.acts import figures
from tests.factories import EventFactory, EventTeamMemberFactory, SessionFactory, UserFactory
from tests.imports.conftest import people, ran, tried, upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(db):
    return SessionFactory(event=EventFactory(name="Harbour Conf"), name="Practical seamanship", capacity=2)


def columns_of(batch, **how):
    """What the form of columns sends as it is shown."""
    chosen = {f"column_{place}": role for place, role in enumerate(batch.columns)}
    return {"step": "try", "kind": "add", "policy": "skip", **chosen, **how}


def step(client, batch, **data):
    return client.post(reverse("admin:import_page", args=[batch.uuid]), data)


def test_leads_from_the_panel_to_the_result_and_back(client, alice, session):
    client.force_login(alice)
    address = reverse("admin:import_people", args=["session", session.pk])
    assert f'href="{address}' in client.get(tab(session)).content.decode()
    assert "Upload people" in client.get(tab(session.event)).content.decode()
    file = SimpleUploadedFile(
        "people.csv", "Mail;Name\nana@example.org;José\nb@example.org;Bo\nnobody;No\n".encode()
    )
    answer = client.post(address, {"file": file})
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:import_page", args=[batch.uuid]))
    page = client.get(answer["Location"]).content.decode()
    assert ("José" in page, "Are these names whole?" in page) == (True, True)
    step(client, batch, **columns_of(batch, policy="wait", notify="on"))
    assert "Being tried" in client.get(answer["Location"]).content.decode()
    work_on_imports()
    page = client.get(answer["Location"]).content.decode()
    assert "2 people will be told by mail." in page
    assert "Give an e-mail address" in page
    assert not EventRegistration.objects.exists()
    step(client, batch, step="run")
    work_on_imports()
    assert figures(session) == (2, 2, 0, 0)
    assert "Undo this upload" in client.get(answer["Location"]).content.decode()
    step(client, batch, step="undo")
    work_on_imports()
    assert figures(session) == (2, 0, 0, 0)
    assert "Undone" in client.get(answer["Location"]).content.decode()


def test_filters_rows_and_downloads_only_the_bad_ones(client, alice, session):
    client.force_login(alice)
    rows = [["Mail", "Name"], ["ana@example.org", "=Ana"], ["nobody", "=No; really"], ["c@example.org", "C"]]
    batch = ran(upload(session, "\n".join(f'"{mail}","{name}"' for mail, name in rows).encode()))
    page = reverse("admin:import_page", args=[batch.uuid])
    shown = client.get(page, {"code": "invalid"}).content.decode()
    assert ("nobody" in shown, "ana@example.org" in shown) == (True, False)
    bad = b"".join(client.get(reverse("admin:import_rows", args=[batch.uuid, "bad"]))).decode("utf-8-sig")
    assert bad.splitlines() == ["Mail,Name", "nobody,'=No; really"]
    every = b"".join(client.get(reverse("admin:import_rows", args=[batch.uuid, "result"]))).decode(
        "utf-8-sig"
    )
    assert every.splitlines()[0] == "Mail,Name,Line,Result,In words,Undoing"
    assert len(every.splitlines()) == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"<html><body>Sign in</body></html>", "web page"), (b"Name;Mail\n", "only headings")],
)
def test_refuses_file_at_its_field(client, alice, session, content, words):
    client.force_login(alice)
    address = reverse("admin:import_people", args=["session", session.pk])
    answer = client.post(address, {"file": SimpleUploadedFile("people.csv", content)})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not ImportBatch.objects.exists()


def test_refuses_terms_without_a_reason_and_keeps_what_was_typed(client, alice, session):
    client.force_login(alice)
    batch = upload(session, people(1))
    answer = step(client, batch, **columns_of(batch, policy="past_capacity"))
    assert (answer.status_code, "Say why" in answer.content.decode()) == (422, True)
    assert 'value="past_capacity" selected' in answer.content.decode()
    answer = step(client, batch, **columns_of(batch, column_0=""))
    assert "Say which column holds the e-mail addresses" in answer.content.decode()
    batch.refresh_from_db()
    assert batch.status == "columns"


def test_team_without_the_permission_cannot_go_past_capacity(client, session, django_user_model):
    from django.contrib.auth.models import Group

    from events.roles import setup_roles

    setup_roles()
    planner = UserFactory(is_staff=True)
    planner.groups.add(Group.objects.get(name="Event Planner"))
    EventTeamMemberFactory(event=session.event, user=planner, role="planner")
    client.force_login(planner)
    batch = upload(session, people(3), user=planner)
    page = client.get(reverse("admin:import_page", args=[batch.uuid])).content.decode()
    may = planner.has_perm("registrations.add_past_capacity")
    assert ('value="past_capacity"' in page) == may
    answer = step(client, batch, **columns_of(batch, policy="past_capacity", reason="Crew"))
    assert answer.status_code == (302 if may else 422)


def test_progress_asks_for_the_page_anew_at_the_end(client, alice, session):
    client.force_login(alice)
    batch = upload(session, people(1))
    page = reverse("admin:import_page", args=[batch.uuid])
    ImportBatch.objects.update(status="running")
    asked = {"headers": {"HX-Request": "true"}}
    assert "HX-Refresh" not in client.get(page, **asked)
    ImportBatch.objects.update(status="done")
    assert client.get(page, **asked)["HX-Refresh"] == "true"


def test_shows_pages_of_rows_in_the_same_queries(client, alice, session, django_assert_num_queries):
    client.force_login(alice)
    few, many = (tried(upload(session, people(number, f"q{number}-"))) for number in (2, 60))
    client.get(reverse("admin:import_page", args=[few.uuid]))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as first:
        client.get(reverse("admin:import_page", args=[few.uuid]))
    with django_assert_num_queries(len(first)):
        client.get(reverse("admin:import_page", args=[many.uuid]))
