"""Files as people send them: what is in them is read, and what is no table is refused in words."""

from __future__ import annotations

import pytest

from events.errors import Invalid
from registrations.imports.columns import Role, Targets, match
from registrations.imports.tables import MOST_BYTES, Table, read_table
from tests.imports.files import bomb, csv_of, workbook

pytestmark = pytest.mark.once

HEAD = ["E-Mail", "First name", "Last name"]
BOB, JOSE = ["bob@example.org", "Bob", "Baker"], ["jose@example.org", "José", "Müller"]
PEOPLE = [HEAD, BOB, JOSE]
READ = [BOB, JOSE]


def rows_of(content: bytes) -> list[list[str]]:
    return read_table(content).rows


CASES = {
    "commas": csv_of(PEOPLE).encode(),
    "semicolons": csv_of(PEOPLE, ";").encode(),
    "tabs": csv_of(PEOPLE, "\t").encode(),
    "a mark at the beginning": b"\xef\xbb\xbf" + csv_of(PEOPLE, ";").encode(),
    "Excel's UTF-16 with tabs": csv_of(PEOPLE, "\t").encode("utf-16"),
    "UTF-16 without its mark": csv_of(PEOPLE, "\t").encode("utf-16-le"),
    "Windows-1252": csv_of(PEOPLE, ";").encode("windows-1252"),
    "line ends of old Macs": csv_of(PEOPLE, ",", "\r").encode(),
    "no line end at all behind the last": csv_of(PEOPLE).encode().rstrip(),
    "sep= and a preamble above the headings": (
        "sep=;\nParticipants of the conference;;\nExported on 1 March;;\n\n" + csv_of(PEOPLE, ";")
    ).encode(),
    "blank lines and cells between": ("\n;;\n" + csv_of([HEAD, ["", "", ""], BOB, JOSE], ";")).encode(),
    "every cell quoted": "".join(";".join(f'"{cell}"' for cell in row) + "\n" for row in PEOPLE).encode(),
    "a workbook": workbook(PEOPLE),
    "a workbook with a preamble": workbook([["Participants"], [], *PEOPLE]),
}


@pytest.mark.parametrize("content", CASES.values(), ids=CASES)
def test_reads(content):
    table = read_table(content)
    assert (table.headings, table.rows) == (HEAD, READ)


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [
        ("semicolons", "UTF-8", ";"),
        ("tabs", "UTF-8", "\t"),
        ("Excel's UTF-16 with tabs", "UTF-16", "\t"),
        ("Windows-1252", "Windows-1252", ";"),
        ("a workbook", "XLSX", ""),
    ],
)
def test_says_how_it_was_read(name, encoding, delimiter):
    table = read_table(CASES[name])
    assert (table.encoding, table.delimiter) == (encoding, delimiter)


def test_names_lines_of_the_file():
    assert read_table(CASES["sep= and a preamble above the headings"]).places == [6, 7]


def test_keeps_line_breaks_inside_quotes():
    text = 'Email,Company\nbob@example.org,"Docks\nand Sons"\ncarol@example.org,Quay\n'
    assert rows_of(text.encode()) == [["bob@example.org", "Docks\nand Sons"], ["carol@example.org", "Quay"]]


def test_lost_quote_swallows_no_other_row():
    text = 'Email,Name\nbob@example.org,"Bob\ncarol@example.org,Carol\ndora@example.org,"Dora ""D"" Day"\n'
    table = read_table(text.encode())
    assert table.rows == [
        ["bob@example.org", "Bob"],
        ["carol@example.org", "Carol"],
        ["dora@example.org", 'Dora "D" Day'],
    ]
    assert table.lost_quotes == [2]


def test_lost_quote_at_the_end_of_a_long_file():
    lines = [f"guest{n}@example.org,Guest {n}" for n in range(100)]
    table = read_table("\n".join(["Email,Name", *lines, 'last@example.org,"Last']).encode())
    assert (len(table.rows), table.lost_quotes) == (101, [102])


def test_fills_short_rows_and_names_those_too_wide():
    text = "Email,Name,Company\nbob@example.org\ncarol@example.org,Carol,Quay,what is this\ndora@example.org,Dora,,,\n"
    table = read_table(text.encode())
    assert table.rows == [
        ["bob@example.org", "", ""],
        ["carol@example.org", "Carol", "Quay"],
        ["dora@example.org", "Dora", ""],
    ]
    assert table.too_wide == [3]


def test_reads_values_of_formulas_and_whole_numbers():
    table = read_table(workbook([["Email", "Name", "Phone"], ["bob@example.org", '=UPPER("made")', 4712]]))
    assert table.rows == [["bob@example.org", "made", "4712"]]
    assert rows_of(b'Email,Phone\nbob@example.org,"=""0471"""\n') == [["bob@example.org", "0471"]]


def test_reads_a_list_of_addresses_alone():
    table = read_table(b"bob@example.org\ncarol@example.org\n")
    assert (table.headings, table.rows) == (["Column 1"], [["bob@example.org"], ["carol@example.org"]])


REFUSED = {
    "empty": (b"", "empty"),
    "nothing but blanks": (b" \r\n\t\n", "empty"),
    "nothing but delimiters": (b";;;\n;;;\n", "empty"),
    "headings only": (b"Email;Name\n", "only headings"),
    "a page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
    "a page behind a mark": (b"\xef\xbb\xbf\n <html><body>502</body></html>", "web page"),
    "a PDF": (b"%PDF-1.7 \xff\xfe", "PDF"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLSX"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text"),
    "a packed file of something else": (b"PK\x03\x04 and then nothing of the kind", "cannot be read"),
    "too many rows": (b"Email\n" + b"bob@example.org\n" * 20_001, "20,000"),
    "an endless cell": (b"Email;Note\nbob@example.org;" + b"x" * 140_000, "longer than 130,000"),
    "an empty workbook": (workbook([]), "empty"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_refuses_in_words(content, words):
    with pytest.raises(Invalid) as refusal:
        read_table(content)
    assert words in str(refusal.value)
    assert list(refusal.value.data["fields"]) == ["file"]


def test_refuses_what_unpacks_to_far_more():
    packed = bomb()
    assert len(packed) < 200_000
    with pytest.raises(Invalid, match="far larger"):
        read_table(packed)


def test_refuses_a_cell_in_the_last_corner():
    """A parser keeps room for the whole rectangle."""
    corner = workbook(
        [],
        sheet='<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    )
    with pytest.raises(Invalid, match="far larger"):
        read_table(corner)


def test_refuses_50_megabytes_unread():
    with pytest.raises(Invalid, match="20 MB"):
        read_table(b"x" * (MOST_BYTES + 1))


LANGUAGES = {
    "English": (
        ["Email address", "First name", "Surname", "Company", "Job title", "Phone", "Ticket", "Sessions"]
    ),
    "German": (
        [
            "E-Mail-Adresse",
            "Vorname",
            "Nachname",
            "Firma",
            "Funktion",
            "Telefon",
            "Ticketart",
            "Veranstaltungen",
        ]
    ),
    "Spanish": (
        ["Correo electrónico", "Nombre", "Apellidos", "Empresa", "Cargo", "Teléfono", "Entrada", "Sesiones"]
    ),
    "French": (["Adresse e-mail", "Prénom", "Nom", "Société", "Fonction", "Téléphone", "Billet", "Ateliers"]),
}


@pytest.mark.parametrize("headings", LANGUAGES.values(), ids=LANGUAGES)
def test_knows_columns_in_four_languages(headings):
    assert match(headings, Targets(), {}) == [
        Role.EMAIL,
        Role.FIRST_NAME,
        Role.LAST_NAME,
        Role.COMPANY,
        Role.JOB_TITLE,
        Role.PHONE,
        Role.PASS,
        Role.SESSIONS,
    ]


@pytest.mark.parametrize("heading", ["Name", "Nom", "Nombre", "Teilnehmer", "Full Name"])
def test_one_column_of_names_is_the_whole_name(heading):
    assert match(["Mail", heading], Targets(), {}) == [Role.EMAIL, Role.FULL_NAME]


def test_heading_means_what_it_meant_the_last_time():
    headings = ["Mail", "Spitzname", "Kommentar"]
    assert match(headings, Targets(), {"spitzname": "first_name"}) == [Role.EMAIL, Role.FIRST_NAME, ""]
    assert match(headings, Targets(), {"spitzname": "session:99"}) == [Role.EMAIL, "", ""]


def test_finds_the_headings_of_a_file_that_repeats_itself():
    table: Table = read_table(csv_of([HEAD, HEAD, BOB]).encode())
    assert table.headings == HEAD
