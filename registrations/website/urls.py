"""The website's addresses: events, their programmes, agendas, registering, personal pages."""

from django.urls import path, register_converter

from registrations.website import (
    address,
    calendar,
    confirming,
    declining,
    details,
    draft,
    embed,
    events,
    finish,
    group,
    invitations,
    languages,
    link,
    live,
    manage,
    mine,
    order_by_invoice,
    order_ending,
    order_files,
    order_page,
    order_paying,
    personal,
    privacy,
    programme,
    proving,
    public_draw,
    result,
    session_page,
    shared_pictures,
    speakers,
    stars,
    ticket,
    waiting,
    wish_groups,
    wish_outcome,
    wishes,
)
from registrations.website.face import indexes
from registrations.website.verbs import VERBS


class VerbConverter:
    """What a seat's button does."""

    regex = "|".join(VERBS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(VerbConverter, "verb")

ME = "<slug:slug>/me/<str:token>/"
ORDER = "<slug:slug>/orders/<str:token>/"

# What is pressed thousands of times in the minute when registration opens comes first: each is tried in turn.
urlpatterns = [
    path(ME + "seat/<uuid:uuid>/<verb:verb>/", manage.change_seat, name="manage_seat"),
    path("<slug:slug>/agenda/<uuid:uuid>/<verb:verb>/", draft.change_draft, name="draft_seat"),
    path("<slug:slug>/agenda/", draft.agenda, name="agenda"),
    path("<slug:slug>/register/", finish.finish_registration, name="finish_registration"),
    path("<slug:slug>/register/address/", confirming.confirm_address, name="confirm_address"),
    path("<slug:slug>/register/address/<uuid:code_id>/", confirming.confirm_code, name="confirm_code"),
    path("<slug:slug>/register/<str:key>/", group.group_result, name="group_result"),
    path("<slug:slug>/link/", link.request_link, name="request_link"),
    path("i18n/language/", languages.choose_language, name="choose_language"),
    path("<slug:slug>/language/", languages.choose_language, name="choose_language_at"),
    path("<slug:slug>/live.json", live.figures, name="live_figures"),
    path("<slug:slug>/live/", live.rows, name="live_rows"),
    path(ME, manage.manage, name="manage"),
    path(ME + "result/", result.result, name="manage_result"),
    path(ME + "draft/", manage.take_draft, name="manage_draft"),
    path(ME + "details/", details.details, name="manage_details"),
    path(ME + "address/", address.address, name="manage_address"),
    path(ME + "address/code/", address.address_code, name="manage_address_code"),
    path(ME + "cancel/", manage.cancel, name="manage_cancel"),
    path(ME + "messages/", declining.manage_messages, name="manage_messages"),
    path(ME + "new-link/", manage.new_link, name="manage_new_link"),
    path(ME + "waiting/<uuid:uuid>/", waiting.waiting_options, name="manage_waiting"),
    path(ME + "wishes/", wishes.manage_wishes, name="manage_wishes"),
    path(ME + "wishes/group/", wish_groups.manage_group, name="manage_wish_group"),
    path(ME + "wishes/address/", proving.manage_prove, name="manage_prove"),
    path(ME + "wishes/address/<uuid:code_id>/", proving.manage_prove_code, name="manage_prove_code"),
    path(ME + "draw/", wish_outcome.manage_draw, name="manage_draw"),
    path(ME + "draw/back/", wish_outcome.give_back, name="manage_draw_back"),
    path(ME + "invitation/<uuid:uuid>/", invitations.invitation, name="invitation"),
    path(ME + "ticket/", ticket.ticket, name="manage_ticket"),
    path(ME + "ticket-worker.js", ticket.worker, name="manage_ticket_worker"),
    path(ME + "leave/", ticket.leave, name="manage_leave"),
    path(ME + "others/", mine.others_of_mine, name="manage_others"),
    path(ME + "export/", privacy.export, name="manage_export"),
    path(ME + "export/<uuid:code_id>/", privacy.export_code, name="manage_export_code"),
    path(ME + "erase/", privacy.erase, name="manage_erase"),
    path(ME + "erase/<uuid:code_id>/", privacy.erase_code, name="manage_erase_code"),
    path(ME + "calendar/", calendar.calendar_page, name="manage_calendar"),
    # Until the next version: it holds the personal link, and calendars follow it.
    path(ME + "agenda.ics", calendar.calendar_by_link, name="calendar_by_link"),
    path("<slug:slug>/me/", personal.broken_link, name="broken_link"),
    path("<slug:slug>/me/<path:path>", personal.broken_link, name="broken_link"),
    path(ORDER, order_page.order_page, name="order"),
    path(ORDER + "pay/", order_paying.order_pay, name="order_pay"),
    path(ORDER + "back/", order_paying.order_back, name="order_back"),
    path(ORDER + "by-invoice/", order_by_invoice.order_by_invoice, name="order_by_invoice"),
    path(ORDER + "cancel/", order_ending.order_cancel, name="order_cancel"),
    path(ORDER + "invoice/<uuid:invoice>/", order_files.order_invoice, name="order_invoice"),
    path(ORDER + "test/<uuid:key>/", order_paying.order_test, name="order_test"),
    path("<slug:slug>/reminders/<str:token>/", declining.reminders, name="reminders"),
    path("<slug:slug>/calendar/<uuid:key>.ics", calendar.calendar_feed, name="calendar_feed"),
    path("<slug:slug>/sessions/", programme.session_list, name="session_list"),
    path("<slug:slug>/sessions/grid/", programme.session_grid, name="session_grid"),
    path("<slug:slug>/sessions/<uuid:uuid>/", session_page.session_page, name="session_page"),
    path("<slug:slug>/wishes/", wishes.wishes, name="wishes"),
    path("<slug:slug>/wishes/group/<str:code>/", wish_groups.wish_group, name="wish_group"),
    path("<slug:slug>/stars/<uuid:uuid>/", stars.star, name="star"),
    path("<slug:slug>/draw/", public_draw.draw_page, name="draw"),
    path("<slug:slug>/draw/<uuid:uuid>/", public_draw.draw_page, name="draw_of"),
    path("<slug:slug>/draw/<uuid:uuid>/wishes.json", public_draw.draw_wishes, name="draw_wishes"),
    path("<slug:slug>/draw/<uuid:uuid>/decisions.json", public_draw.draw_decisions, name="draw_decisions"),
    path("<slug:slug>/draw/<uuid:uuid>/snake.py", public_draw.draw_script, name="draw_script"),
    path("<slug:slug>/speakers/", speakers.speaker_list, name="speaker_list"),
    path("<slug:slug>/speakers/<slug:code>/", speakers.speaker_page, name="speaker_page"),
    path("me/", mine.mine, name="mine"),
    path("me/leave/", mine.leave_mine, name="mine_leave"),
    path("me/erased/", privacy.erased, name="erased"),
    path("me/<uuid:code_id>/", mine.mine_code, name="mine_code"),
    path("<slug:slug>/card-<slug:key>.jpg", shared_pictures.event_card, name="event_card"),
    path(
        "<slug:slug>/sessions/<uuid:uuid>/card-<slug:key>.jpg",
        shared_pictures.session_card,
        name="session_card",
    ),
    path("<slug:slug>/embed/", embed.embed, name="embed"),
    path("<slug:slug>/embed/fragment/", embed.fragment, name="embed_fragment"),
    path("robots.txt", indexes.robots, name="robots"),
    path("sitemap.xml", indexes.sitemap, name="sitemap"),
    path("favicon.ico", indexes.favicon, name="favicon"),
    path("", events.event_list, name="event_list"),
    path("<slug:slug>/", events.event_page, name="event_page"),
]
