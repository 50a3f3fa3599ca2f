"""Invoices written at the same instant: no number twice, none left out; of one file made twice one is kept."""

from __future__ import annotations

from functools import partial

from django.db import IntegrityError, transaction

from registrations.invoices import file_of
from registrations.models import Invoice, InvoiceFile, InvoiceSeries
from tests.factories import ContactFactory, EventFactory
from tests.invoices.orders import invoiced, owed
from tests.races.at_once import appears, at_once, errors


def some(number=6):
    event, payer = EventFactory(session_level=False), ContactFactory()
    return [
        owed("20", event=event, payer=payer, terms={"series": f"E{event.pk}-"}) for _each in range(number)
    ]


def numbers():
    return sorted(Invoice.objects.values_list("number", flat=True))


def torn(order):
    """Write an invoice, and nothing after all."""
    with transaction.atomic():
        invoiced(order)
        transaction.set_rollback(True)


def test_numbers_follow_each_other_though_others_are_rolled_back():
    kept, gone = some(), some(3)
    for order in gone:
        order.terms = kept[0].terms
    acts = [partial(invoiced, order) for order in kept] + [partial(torn, order) for order in gone]
    assert errors(at_once(*acts)) == []
    assert numbers() == [1, 2, 3, 4, 5, 6]
    assert InvoiceSeries.objects.get().next_number == 7


def test_two_take_one_number_without_locks(without_locks):
    def race():
        results = at_once(*(partial(invoiced, order) for order in some()))
        return any(isinstance(each, IntegrityError) for each in errors(results))

    assert appears(race)


def test_a_file_made_by_several_at_once_is_kept_once():
    [order] = some(1)
    invoice = invoiced(order)
    results = at_once(*[partial(file_of, invoice)] * 4)
    assert errors(results) == []
    assert len({bytes(each.content) for each in results}) == 1
    assert InvoiceFile.objects.count() == 1
