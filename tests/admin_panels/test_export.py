"""Lists as files: exactly the rows of that list, the columns chosen, formulas disarmed, and a trace in the ledger."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from registrations import actions
from registrations.admin.panels import FILES
from registrations.models import Activity
from registrations.rules.people import Attendee
from tests.admin_panels.helpers import columns_of, fill, person, text, verb_url
from tests.factories import CustomRegistrationFieldFactory, PassFactory, SessionFactory, SpeakerFactory

pytestmark = pytest.mark.django_db


def rows_of(response):
    """Return the file's rows as dicts."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def export_url(target: Any, panel: str, query: str = "") -> str:
    """The address at which a list is taken along."""
    return reverse("admin:panel_export", args=[target._meta.model_name, target.pk, panel]) + query


def export(client, target, panel, query="", form="csv", **chosen):
    """Take everything along that matches, with all columns where none are chosen."""
    url = export_url(target, panel, query)
    columns = chosen.get("column") or columns_of(client.get(url))
    return client.post(url, {"format": form, "column": columns})


def test_exports_who_waits_for_this_session_only(client, staff, full_session):
    other = SessionFactory(event=full_session.event, capacity=0)
    actions.submit_agenda(full_session.event, person(60), [full_session], wait=True, notify=False)
    actions.submit_agenda(full_session.event, person(61), [other], wait=True, notify=False)
    client.force_login(staff)
    found = rows_of(export(client, full_session, "session_waitlist"))
    assert [(row["Place"], row["E-mail"]) for row in found] == [("1", "guest060@example.com")]
    assert rows_of(export(client, full_session.event, "event_waitlist")) == []


def test_exports_what_the_search_shows(client, staff, full_session):
    client.force_login(staff)
    found = rows_of(export(client, full_session, "session_registrations", "?regs-q=Number007"))
    assert [row["E-mail"] for row in found] == ["guest007@example.com"]


def test_exports_ticked_rows_with_answers(client, staff, session):
    question = CustomRegistrationFieldFactory(event=session.event, label="=Boat")
    eve = Attendee("eve@example.com", "Eve", "Evans", responses={question.pk: "=HYPERLINK(1)"})
    actions.submit_agenda(session.event, eve, [session], notify=False)
    fill(session, 1)
    client.force_login(staff)
    seat = session.registrations.get(contact__email="eve@example.com")
    url, ticked = verb_url(session, "session_registrations", "export"), {"row": seat.pk}
    columns = columns_of(client.post(url, ticked))
    response = client.post(url, {**ticked, "format": "csv", "column": columns})
    assert [(row["E-mail"], row["'=Boat"]) for row in rows_of(response)] == [
        ("eve@example.com", "'=HYPERLINK(1)")
    ]


def test_says_times_by_the_events_clock_and_choices_in_words(client, staff, session):
    session.event.timezone = "Asia/Kathmandu"
    session.event.save(update_fields=["timezone"])
    fill(session, 1)
    session.registrations.update(registered_at=datetime(2027, 3, 1, 23, 30, tzinfo=UTC))
    client.force_login(staff)
    [row] = rows_of(export(client, session, "session_registrations"))
    assert (row["Registered"], row["Cancelled"]) == ("2027-03-02 05:15", "")
    assert (row["Came by"], row["Past capacity"], row["Clash accepted"]) == ("Website", "no", "no")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM", "\tx"])
def test_disarms_formulas(client, staff, session, name):
    actions.submit_agenda(session.event, Attendee("eve@example.com", name, "E"), [session], notify=False)
    client.force_login(staff)
    first_name = rows_of(export(client, session, "session_registrations"))[0]["First name"]
    assert not first_name.startswith(("=", "+", "-", "@", "\t"))


def test_refuses_a_filter_that_means_nothing(client, staff, session):
    fill(session, 1)
    client.force_login(staff)
    assert client.get(export_url(session, "session_registrations", "?regs-id__exact=x")).status_code == 422
    across = {"across": "1", "parameters": "id__exact=x"}
    for verb in ("export", "cancel"):
        response = client.post(verb_url(session, "session_registrations", verb), across)
        assert response.status_code == 422


def cells_of(response):
    """Return the workbook's one sheet as rows of cells."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    return book.get_sheet_by_index(0).to_python()


def test_xlsx_says_the_same_as_text_and_numbers(client, staff, session):
    names = ["=1+1", "A & B <c>", "Zoë_x0041_", "x\x07y"]
    for number, name in enumerate(names):
        someone = Attendee(f"guest{number}@example.com", name, "E")
        actions.submit_agenda(session.event, someone, [session], notify=False)
    client.force_login(staff)
    response = export(client, session.event, "event_registrations", "?regs-o=1", form="xlsx")
    assert response["Content-Disposition"].endswith('.xlsx"')
    head, *rows = cells_of(response)
    first_name, sessions = head.index("First name"), head.index("Sessions")
    assert sorted(row[first_name] for row in rows) == sorted([*names[:3], "xy"])
    assert {row[sessions] for row in rows} == {1.0}


def test_names_file_by_event_session_list_and_day(client, staff, session):
    client.force_login(staff)
    named = export(client, session, "session_registrations")["Content-Disposition"]
    today = datetime.now(UTC).astimezone(session.event.zone).date()
    assert named.endswith(f'"harbour-practical-seamanship-session-registrations-{today}.csv"')


def test_keeps_the_choice_of_columns_for_each_person(client, staff, desk, grant, session):
    fill(session, 1)
    client.force_login(staff)
    file = export(client, session, "session_registrations", column=["last_name", "email"], form="xlsx")
    assert cells_of(file)[0] == ["E-mail", "Last name"]
    page = client.get(export_url(session, "session_registrations"))
    chosen = [column.key for column, is_chosen in page.context["columns"] if is_chosen]
    assert (chosen, page.context["formats"][0][0]) == (["email", "last_name"], "xlsx")
    grant(desk, "export_people")
    client.force_login(desk)
    assert all(
        chosen for _, chosen in client.get(export_url(session, "session_registrations")).context["columns"]
    )


def test_asks_for_a_column(client, staff, session):
    client.force_login(staff)
    response = client.post(export_url(session, "session_registrations"), {"format": "csv"})
    assert (response.status_code, "Choose at least one column" in text(response)) == (422, True)
    assert not Activity.objects.filter(verb="people_exported").exists()


def test_ledger_keeps_who_took_how_many_along_and_no_names(client, staff, full_session):
    client.force_login(staff)
    export(client, full_session, "session_registrations", "?regs-q=Number007&regs-status=all")
    [row] = Activity.objects.filter(verb="people_exported")
    assert (row.user, row.event, row.session, row.contact) == (staff, full_session.event, full_session, None)
    assert row.reason == "Session registrations: 1 row as CSV"
    assert row.detail == {
        **{"list": "session_registrations", "rows": 1, "format": "csv"},
        **{"filters": {"status": "all"}, "is_search": True, "is_ticked": False},
    }
    export(client, full_session.event, "event_sessions")
    assert Activity.objects.filter(verb="people_exported").count() == 1


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, files in FILES.items() for key in files])
def test_every_list_makes_both_files_with_few_queries(
    client, alice, full_session, kind, key, django_assert_max_num_queries
):
    """Each column of each list says a cell for each row, however many there are."""
    event = full_session.event
    CustomRegistrationFieldFactory(event=event), SpeakerFactory(event=event)
    full_session.passes.add(PassFactory(event=event, price=5))
    actions.submit_agenda(event, person(60), [full_session], wait=True, notify=False)
    client.force_login(alice)
    target = event if kind == "event" else full_session
    with django_assert_max_num_queries(80):
        text_rows = list(csv.reader(io.StringIO(b"".join(export(client, target, key)).decode("utf-8-sig"))))
        sheet = cells_of(export(client, target, key, form="xlsx"))
    # The ledger has by then a row about the first file.
    later = key == "ledger"
    assert (text_rows[0], len(text_rows) + later) == (sheet[0], len(sheet))
    assert len({len(row) for row in text_rows}) == 1


def test_who_sits_where_has_one_row_for_each_seat(client, alice, full_session):
    other = SessionFactory(event=full_session.event, name="Afterwards", starts_at=full_session.ends_at)
    actions.submit_agenda(full_session.event, person(1), [other], notify=False)
    client.force_login(alice)
    rows = rows_of(export(client, full_session.event, "event_seats"))
    assert [row["Session"] for row in rows] == ["Practical seamanship"] * 10 + ["Afterwards"]
    assert [row["Last name"] for row in rows if row["E-mail"] == "guest001@example.com"] == ["Number001"] * 2


def test_the_programme_has_custom_fields_in_one_cell(client, alice, event):
    SessionFactory(event=event, name="Oaks", custom_fields={"Level": "Expert", "c_8": [{"id": 5}, {"id": 6}]})
    client.force_login(alice)
    content = b"".join(export(client, event, "event_sessions")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert {row["Name"]: row["Custom fields"] for row in rows}["Oaks"] == "Level: Expert\nc_8: 5, 6"


def test_one_page_leads_to_every_file_and_to_the_programme(client, alice, desk, event, session):
    files = reverse("admin:files_of", args=["event", event.pk])
    client.force_login(alice)
    page = text(client.get(files))
    assert all(export_url(event, key) in page for key in ("event_seats", "event_mails", "event_speakers"))
    assert reverse("upload_schedule", args=[event.pk]) in page
    for form, begin in (("xml", b"<?xml"), ("json", b"{")):
        file = client.get(reverse("admin:schedule_file", args=["event", event.pk, form]))
        assert file.content.startswith(begin)
        assert file["Content-Disposition"].startswith(f'attachment; filename="{event.slug}-schedule-')
        assert session.name in file.content.decode()
    client.force_login(desk)
    page = text(client.get(files))
    assert export_url(event, "event_sessions") in page
    assert export_url(event, "event_seats") not in page
