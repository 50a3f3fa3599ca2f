"""The one door: every change of a seat is one of these."""

from events.answers import forget_old_answers
from registrations.actions.claims.agendas import submit_agenda, swap
from registrations.actions.claims.drafted_wishes import order_drafted_wishes
from registrations.actions.claims.drafts import (
    add_to_draft,
    clear_draft,
    default_sessions,
    draft_and_agenda,
    draft_and_sessions,
    draft_for,
    draft_token,
    drafted,
    finish_draft,
    new_draft_token,
    remove_from_draft,
)
from registrations.actions.claims.event_level import register_for_event
from registrations.actions.claims.groups import register_group
from registrations.actions.claims.stars import give_star, take_star
from registrations.actions.draws.deciding import enter_public_number
from registrations.actions.draws.freezing import freeze, freeze_due
from registrations.actions.draws.planning import cancel_draw, change_draw, plan_draw
from registrations.actions.draws.publishing import publish, publish_due
from registrations.actions.draws.wishing import (
    change_wishes,
    invite_to_ticket,
    join_ticket,
    leave_ticket,
    state_wishes,
)
from registrations.actions.lines.by_hand import invite, register_from_waitlist
from registrations.actions.lines.choosing import choose_waiting
from registrations.actions.lines.expiring import end_late_waiting, expire_invitations
from registrations.actions.lines.hindrances import refusals_of
from registrations.actions.lines.invitations import accept_invitation
from registrations.actions.lines.joining import (
    join_together,
    join_waitlist,
    remove_from_waitlist,
)
from registrations.actions.lines.ordering import move_in_line
from registrations.actions.lines.settling import settle, sweep
from registrations.actions.many.registering import Forecast, register_many
from registrations.actions.many.removing import remove_many
from registrations.actions.many.terms import Terms
from registrations.actions.many.undoing import Made, Undoing, undo_many
from registrations.actions.orders import acts as of_orders
from registrations.actions.orders.acts import *  # noqa: F403
from registrations.actions.people.address_codes import forget_old_codes, mail_address_code, prove_address
from registrations.actions.people.address_mails import mail_code, mail_code_to_registrant, prove_by_code
from registrations.actions.people.addresses import correct_address
from registrations.actions.people.cancelling import cancel_event_registrations, cancel_session_registrations
from registrations.actions.people.details import (
    calendar_key_of,
    request_link,
    revoke_links,
    speak_to,
    update_details,
    within_form_revoke_links_of,
)
from registrations.actions.people.door_codes import door_code_of, door_codes_for
from registrations.actions.people.erasing import erase_contact
from registrations.actions.people.exporting import note_everything_taken, note_export
from registrations.actions.people.links import answer_link_requests, ask_for_link
from registrations.actions.programme.capacity import (
    change_capacity,
    new_seat_count,
    own_seat_count,
    within_form_change_capacity,
    within_form_change_hard_limit,
    within_form_waitlist_settings_changed,
)
from registrations.actions.programme.copying import copy_event
from registrations.actions.programme.going_live import all_go_live, go_live, stop
from registrations.actions.programme.moving import (
    within_form_lock_people,
    within_form_move_event,
    within_form_move_session,
)
from registrations.actions.programme.passes import (
    PassRow,
    add_passes,
    refusal_to_switch_on,
    switch_agenda,
    within_form_add_pass,
    within_form_passes_with_agenda,
    within_form_switch_agenda,
)
from registrations.actions.programme.preview import CapacityPreview, preview_capacity
from registrations.actions.programme.publishing import archive, cancel_event, cancel_session, people_on
from registrations.actions.programme.recording import within_form_note_edited, within_form_note_planned
from registrations.actions.programme.refunding import refund_cancelled_events
from registrations.actions.programme.swapping import swap_rooms
from registrations.actions.sending.messages import (
    Words,
    check_words,
    decline_messages,
    send_message,
    stop_message,
    write_messages,
)
from registrations.actions.sending.reminders import Mails, change_mails, decline_reminders, write_reminders
from registrations.actions.sending.resending import resend, resend_registrations
from registrations.actions.staff.absent import free_no_shows, mark_no_shows, within_all_came, within_came
from registrations.actions.staff.adding import (
    add_all_to_sessions,
    add_to_event,
    add_to_session,
    add_to_sessions,
)
from registrations.actions.staff.attendance import back_to_confirmed, mark_no_show
from registrations.actions.staff.check_in import Entry, check_in
from registrations.actions.staff.devices import (
    Paired,
    Pairing,
    begin_pairing,
    forget_unpaired,
    note_seen,
    pair_device,
    revoke_device,
)
from registrations.actions.staff.leaving import check_out, undo_check_in
from registrations.actions.staff.looking import look_at_scans
from registrations.actions.staff.scans import Merged, merge_scans
from registrations.actions.staff.standby import admit_standby
from registrations.actions.telling_once import within_form_tell_once

__all__ = [
    "CapacityPreview",
    "Entry",
    "Forecast",
    "Made",
    "Mails",
    "Merged",
    "Paired",
    "Pairing",
    "PassRow",
    "Terms",
    "Undoing",
    "Words",
    "accept_invitation",
    "add_all_to_sessions",
    "add_passes",
    "add_to_draft",
    "add_to_event",
    "add_to_session",
    "add_to_sessions",
    "admit_standby",
    "all_go_live",
    "answer_link_requests",
    "archive",
    "ask_for_link",
    "back_to_confirmed",
    "begin_pairing",
    "calendar_key_of",
    "cancel_draw",
    "cancel_event",
    "cancel_event_registrations",
    "cancel_session",
    "cancel_session_registrations",
    "change_capacity",
    "change_draw",
    "change_mails",
    "change_wishes",
    "check_in",
    "check_out",
    "check_words",
    "choose_waiting",
    "clear_draft",
    "copy_event",
    "correct_address",
    "decline_messages",
    "decline_reminders",
    "default_sessions",
    "door_code_of",
    "door_codes_for",
    "draft_and_agenda",
    "draft_and_sessions",
    "draft_for",
    "draft_token",
    "drafted",
    "end_late_waiting",
    "enter_public_number",
    "erase_contact",
    "expire_invitations",
    "finish_draft",
    "forget_old_answers",
    "forget_old_codes",
    "forget_unpaired",
    "free_no_shows",
    "freeze",
    "freeze_due",
    "give_star",
    "go_live",
    "invite",
    "invite_to_ticket",
    "join_ticket",
    "join_together",
    "join_waitlist",
    "leave_ticket",
    "look_at_scans",
    "mail_address_code",
    "mail_code",
    "mail_code_to_registrant",
    "mark_no_show",
    "mark_no_shows",
    "merge_scans",
    "move_in_line",
    "new_draft_token",
    "new_seat_count",
    "note_everything_taken",
    "note_export",
    "note_seen",
    "order_drafted_wishes",
    "own_seat_count",
    "pair_device",
    "people_on",
    "plan_draw",
    "preview_capacity",
    "prove_address",
    "prove_by_code",
    "publish",
    "publish_due",
    "refund_cancelled_events",
    "refusal_to_switch_on",
    "refusals_of",
    "register_for_event",
    "register_from_waitlist",
    "register_group",
    "register_many",
    "remove_from_draft",
    "remove_from_waitlist",
    "remove_many",
    "request_link",
    "resend",
    "resend_registrations",
    "revoke_device",
    "revoke_links",
    "send_message",
    "settle",
    "speak_to",
    "state_wishes",
    "stop",
    "stop_message",
    "submit_agenda",
    "swap",
    "swap_rooms",
    "sweep",
    "switch_agenda",
    "take_star",
    "undo_check_in",
    "undo_many",
    "update_details",
    "within_all_came",
    "within_came",
    "within_form_add_pass",
    "within_form_change_capacity",
    "within_form_change_hard_limit",
    "within_form_lock_people",
    "within_form_move_event",
    "within_form_move_session",
    "within_form_note_edited",
    "within_form_note_planned",
    "within_form_passes_with_agenda",
    "within_form_revoke_links_of",
    "within_form_switch_agenda",
    "within_form_tell_once",
    "within_form_waitlist_settings_changed",
    "write_messages",
    "write_reminders",
]
__all__ += of_orders.__all__
