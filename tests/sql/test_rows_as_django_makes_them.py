"""Rows that fixed SQL reads and writes are those that Django would: for each model, each column, empty or filled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models, transaction

from events.models import Contact, SeatCount
from registrations import locks, sql
from registrations.models import Activity, Notification, SessionRegistration
from registrations.sql._reading import Shape
from tests.sql.rows import all_models, content, moment_of_writing, rows_of, unseen
from tests.sql.statements import makers, statement

pytestmark = pytest.mark.django_db

Model = type[models.Model]


@pytest.fixture(autouse=True)
def _rolled_back(db: None) -> Iterator[None]:
    """Nothing stays: what these rows name does not exist."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def label(model: Model) -> str:
    return model._meta.label


# Reading


def read_by(shape: Shape) -> list[models.Model]:
    """All rows of the shape's table, as a statement makes them."""
    alias, table = shape.columns.partition(".")[0], shape.model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {shape.columns} FROM "{table}" {alias} ORDER BY {alias}.id')
        return [shape.read(row) for row in cursor.fetchall()]


def assert_read_as_django_does(shape: Shape) -> None:
    """Column by column, kind by kind; what was not read is read later, as Django would."""
    manager = shape.model._default_manager
    written = manager.bulk_create(rows_of(shape.model))
    assert unseen(written, shape.names) == []
    by_django = list(manager.order_by("pk").only(*shape.names))
    by_us = read_by(shape)
    assert [content(row) for row in by_us] == [content(row) for row in by_django]
    for ours, theirs in zip(by_us, by_django, strict=True):
        assert ours.get_deferred_fields() == theirs.get_deferred_fields()
        assert (ours._state.adding, ours._state.db) == (theirs._state.adding, theirs._state.db)
        assert content(sql.copied(ours)) == content(theirs)


@pytest.mark.parametrize(("module", "name"), list(makers()))
def test_statement_reads_rows_as_django_does(module: str, name: str) -> None:
    for _begin, _end, shape in statement(module, name).parts:
        with transaction.atomic():
            assert_read_as_django_does(shape)
            transaction.set_rollback(True)


@pytest.mark.parametrize("model", all_models(), ids=label)
def test_any_model_could_be_read_whole(model: Model) -> None:
    shape = Shape(model, "x", "")
    assert shape.names == [field.attname for field in model._meta.concrete_fields]
    assert_read_as_django_does(shape)


def test_column_that_no_row_shows_is_noticed() -> None:
    """A new column has to be filled once, and left empty once, before its reading counts as tested."""
    filled, bare = rows_of(SeatCount)
    names = ["id", "capacity", "taken"]
    assert unseen([filled], names[1:]) == ["capacity is never empty"]
    assert unseen([bare], names[1:]) == ["capacity is never filled"]
    assert unseen([filled, bare], names[1:]) == []


def test_column_read_as_the_driver_gives_it_is_noticed() -> None:
    """The comparison sees kinds: a moment as text, or an identity as text, is not what Django makes of it."""
    Contact.objects.bulk_create(rows_of(Contact))
    shape = Shape(Contact, "c", "uuid")
    shape.converted = [("uuid", str)]
    assert content(read_by(shape)[0]) != content(Contact.objects.only("uuid")[0])


# Writing


def stored(model: Model, number: int, *, without: set[str] = frozenset()) -> list[dict[str, Any]]:  # type: ignore[assignment]
    """The last rows of the table as the database has them, but for what differs from writing to writing."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY id DESC LIMIT {number}')
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    left_out = {"id", *moment_of_writing(model), *without}
    return [{name: value for name, value in row.items() if name not in left_out} for row in rows]


def written(model: Model, rows: list[models.Model], *, by_django: bool) -> list[dict[str, Any]]:
    """What is stored once the rows are written, which is then undone."""
    with transaction.atomic():
        if by_django:
            model._default_manager.bulk_create(rows)
        else:
            sql.insert(rows)
            assert all(row.pk and not row._state.adding for row in rows)
        found = stored(model, len(rows))
        transaction.set_rollback(True)
    for row in rows:
        row.pk, row._state.adding = None, True
    return found


@pytest.mark.parametrize("times", [1, 7], ids=["few", "many"])
@pytest.mark.parametrize("model", all_models(), ids=label)
def test_rows_are_written_as_django_does(model: Model, times: int) -> None:
    """Few go row by row; many, on PostgreSQL, column by column."""
    rows = [row for number in range(1, times + 1) for row in rows_of(model, number)]
    assert written(model, rows, by_django=False) == written(model, rows, by_django=True)


@pytest.mark.parametrize("model", all_models(), ids=label)
def test_new_row_has_the_defaults_that_django_gives(model: Model) -> None:
    ours, theirs = sql.new_row(model), model()
    anew = {
        field.attname
        for field in model._meta.concrete_fields
        if field.has_default() and callable(field.default)
    }
    assert set(content(ours)) == set(content(theirs))
    for name, (kind, value) in content(theirs).items():
        our_kind, our_value = content(ours)[name]
        assert (our_kind, name in anew or our_value == value) == (kind, True), name
    assert (ours._state.adding, ours._state.db) == (theirs._state.adding, theirs._state.db)


def test_contact_is_written_unless_the_address_is_known() -> None:
    row, _bare = rows_of(Contact)
    assert sql.insert_if_missing(row, "email")
    found = stored(Contact, 1)
    assert not sql.insert_if_missing(rows_of(Contact)[0], "email")
    Contact.objects.all().delete()
    Contact.objects.bulk_create([row])
    assert found == stored(Contact, 1)


@pytest.mark.parametrize("which", [0, 1], ids=["filled", "bare"])
def test_claim_in_one_statement_writes_rows_as_django_does(which: int) -> None:
    if not sql.can_write_in_one_statement():
        return
    seats = SeatCount.objects.create(capacity=5, taken=2, held=1)
    seat, cause, message = (rows_of(model)[which] for model in (SessionRegistration, Activity, Notification))
    counted = locks.change_of_counters(seats, taken=1, held=0, waiting=0, must_fit=1, is_locked=False)
    with transaction.atomic():
        assert sql.write_in_one_statement(counted, seat, cause, message)
        key = f"{message.kind}:{cause.pk}:{message.contact_id}"
        found = [stored(type(row), 1)[0] for row in (seat, cause, message)]
        transaction.set_rollback(True)
    cause.capacity, cause.taken, cause.held, cause.waiting = 5, 3, 1, 0
    message.activity_id, message.dedup_key = cause.pk, key
    for row, ours in zip((seat, cause, message), found, strict=True):
        row.pk, row._state.adding = None, True
        assert ours == written(type(row), [row], by_django=True)[0]
