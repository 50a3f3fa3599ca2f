"""Addresses of the verbs, inside the admin's namespace."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path, re_path

from registrations.admin.all_files import files_of, schedule_file
from registrations.admin.doors.counts import counts_alone
from registrations.admin.doors.pairing import add_device, device_page
from registrations.admin.draws.pages import change_draw, draw_page, plan_draw
from registrations.admin.imports.pages import import_page, import_rows, upload_people
from registrations.admin.messages.mails import event_mails, mail_preview
from registrations.admin.messages.pages import message_page
from registrations.admin.orders.pages import order_invoice_file, order_page
from registrations.admin.orders.sale import sale_settings
from registrations.admin.overview.panels import figure_file
from registrations.admin.overview.swapping import swap_rooms_page
from registrations.admin.running import export_panel, print_panel, run_verb
from registrations.admin.verbs.adding import add_registration, join_waitlist

AT = r"^at/(?P<kind>event|session)/(?P<pk>\d{1,18})/"


def verb_urls(site: admin.AdminSite) -> list[Any]:
    """Return the addresses that `EventRegistrationAdmin` hangs below its own."""
    wrap = site.admin_view
    return [
        re_path(AT + r"add/$", wrap(add_registration), name="add_registration"),
        re_path(AT + r"import/$", wrap(upload_people), name="import_people"),
        path("imports/<uuid:upload>/", wrap(import_page), name="import_page"),
        path("imports/<uuid:upload>/<str:which>.csv", wrap(import_rows), name="import_rows"),
        re_path(AT + r"figures/(?P<figure>\w+)/$", wrap(figure_file), name="figure_file"),
        re_path(AT + r"mails/$", wrap(event_mails), name="event_mails"),
        re_path(AT + r"mails/(?P<mail>\w+)/$", wrap(mail_preview), name="mail_preview"),
        path("messages/<uuid:message>/", wrap(message_page), name="message_page"),
        re_path(AT + r"swap-rooms/(?P<other>\d{1,18})/$", wrap(swap_rooms_page), name="swap_rooms"),
        re_path(AT + r"join/$", wrap(join_waitlist), name="join_waitlist"),
        re_path(AT + r"doors/add/$", wrap(add_device), name="add_device"),
        path("doors/<uuid:device>/", wrap(device_page), name="device_page"),
        re_path(AT + r"draws/plan/$", wrap(plan_draw), name="plan_draw"),
        path("draws/<uuid:draw>/", wrap(draw_page), name="draw_page"),
        path("draws/<uuid:draw>/change/", wrap(change_draw), name="change_draw"),
        re_path(AT + r"sale/$", wrap(sale_settings), name="sale_settings"),
        path("orders/<uuid:order>/", wrap(order_page), name="order_page"),
        path(
            "orders/<uuid:order>/invoices/<int:invoice>/", wrap(order_invoice_file), name="order_invoice_file"
        ),
        re_path(AT + r"doors/counts/$", wrap(counts_alone), name="door_counts"),
        re_path(AT + r"files/$", wrap(files_of), name="files_of"),
        re_path(AT + r"schedule\.(?P<form>xml|json)$", wrap(schedule_file), name="schedule_file"),
        re_path(AT + r"(?P<panel_key>\w+)/export/all/$", wrap(export_panel), name="panel_export"),
        re_path(AT + r"(?P<panel_key>\w+)/print/(?P<paper>\w+)/$", wrap(print_panel), name="panel_print"),
        re_path(AT + r"(?P<panel_key>\w+)/(?P<verb_key>\w+)/$", wrap(run_verb), name="panel_verb"),
    ]
