"""The pages of an upload: each shows the step at which the upload is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events.admin.verbs import change_url, page
from events.errors import Invalid, NotPermitted, Refusal
from registrations.admin.imports.downloads import as_csv
from registrations.admin.imports.forms import FileForm, TermsForm
from registrations.admin.verbs import access
from registrations.admin.verbs.access import Target
from registrations.admin.verbs.export import MAY_EXPORT
from registrations.admin.verbs.pages import frame_of, with_refusals
from registrations.admin.verbs.people import ImportPeople
from registrations.imports.tables import MOST_BYTES, too_large
from registrations.imports.uploading import (
    Kind,
    Policy,
    Status,
    choose,
    keep,
    names_to_judge,
    run,
    same_before,
    undo,
)
from registrations.imports.words import GOOD, kind, label
from registrations.models import ImportBatch

ROWS_A_PAGE = 50
MOST_EARLIER = 20
_CHANGE = "registrations.change_eventregistration"


@with_refusals
def upload_people(request: HttpRequest, target: Target) -> HttpResponse:
    """Take a file of people for the event or the session; the next page asks what its columns mean."""
    if not ImportPeople().is_allowed(request.user, target):
        raise NotPermitted
    event = access.event_of(target)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_BYTES:
                raise too_large()
            session = None if target is event else target
            batch = keep(file.read(), file.name, event, session, user=request.user)  # type: ignore[arg-type]
            return redirect("admin:import_page", batch.uuid)
        except Invalid as refusal:
            form.add_error("file", refusal.data["fields"]["file"])
    earlier = ImportBatch.objects.filter(event=event).select_related("session", "user")[:MOST_EARLIER]
    status = 422 if form.is_bound and form.errors else 200
    frame = frame_of(request, target, ImportPeople.title)
    return page(request, frame, "upload", status, folder="imports", form=form, earlier=earlier)


def import_page(request: HttpRequest, upload: Any) -> HttpResponse:
    """Show the step at which an upload is; a POST takes it to the next one."""
    batch = _found(request, upload)
    form = TermsForm(
        _terms_data(request), batch, may_pass_capacity=access.may_pass_capacity(request.user, batch.event)
    )
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            if _take_step(request, batch, form):
                return redirect("admin:import_page", batch.uuid)
        except Refusal as refused:
            refusal = refused
            batch.refresh_from_db()
    if request.headers.get("HX-Request") and request.method == "GET":
        return _progress(request, batch)
    return _shown(request, batch, form, refusal)


def _terms_data(request: HttpRequest) -> Any:
    return request.POST if request.POST.get("step") == "try" else None


def _found(request: HttpRequest, upload: Any) -> ImportBatch:
    """The upload, for whoever may register people there. Raises Http404 at an event that is none of theirs."""
    related = ("event__seats", "session__seats", "session__event", "user")
    batch = get_object_or_404(ImportBatch.objects.select_related(*related), uuid=upload)
    if not access.visible_events(request.user).filter(pk=batch.event_id).exists():
        raise Http404
    if not ImportPeople().is_allowed(request.user, batch.target):
        raise PermissionDenied
    return batch


def _take_step(request: HttpRequest, batch: ImportBatch, form: TermsForm) -> bool:
    """Take the step that was asked for; False where what was typed has to be corrected first."""
    step = request.POST.get("step", "")
    if step == "try":
        if not form.is_valid():
            return False
        _check_terms(request, batch, form.how)
        choose(batch, form.chosen, form.how)
        return True
    steps: dict[str, Callable[[ImportBatch], None]] = {"run": run, "undo": undo}
    if step not in steps:
        raise Http404
    _check_terms(request, batch, {"kind": batch.kind, "policy": batch.policy})
    steps[step](batch)
    return True


def _check_terms(request: HttpRequest, batch: ImportBatch, how: dict[str, Any]) -> None:
    """Raise NotPermitted for what this member of staff may not do at this event, whatever the form offered."""
    if how["policy"] == Policy.PAST_CAPACITY and not access.may_pass_capacity(request.user, batch.event):
        raise NotPermitted(_("You may not add people past capacity. Ask an Event Administrator."))
    if how["kind"] == Kind.REMOVE and not access.may(request.user, batch.event, _CHANGE):
        raise NotPermitted


def _progress(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    """The bar alone; where the step has ended the page is asked for anew."""
    response = TemplateResponse(request, "admin/imports/_progress.html", {"batch": batch})
    if not batch.is_at_work:
        response["HX-Refresh"] = "true"
    return response


def _shown(
    request: HttpRequest, batch: ImportBatch, form: TermsForm, refusal: Refusal | None
) -> HttpResponse:
    frame = frame_of(request, batch.target, ImportPeople.title)
    is_wrong = form.is_bound and bool(form.errors)
    status = refusal.status if refusal else 422 if is_wrong else 200
    code = request.GET.get("code", "")
    return page(
        request,
        frame,
        "import",
        status,
        folder="imports",
        batch=batch,
        form=form,
        refusal=refusal,
        names=names_to_judge(batch) if batch.status == Status.COLUMNS else [],
        same=same_before(batch),
        counts=_counts(batch, code),
        code=code,
        rows=_rows(request, batch, code),
        may_run=batch.status == Status.CHECKED,
        may_undo=batch.status in {Status.DONE, Status.FAILED} and batch.kind == Kind.ADD and _has_made(batch),
        may_choose=batch.status in {Status.COLUMNS, Status.CHECKED, Status.FAILED} and not _has_run(batch),
        may_take_rows=_may_take_rows(request, batch),
        has_bad=batch.rows.exclude(code__in=("", *GOOD)).exists(),
        registrations=f"{change_url(batch.target)}?tab=registration",
    )


def _has_run(batch: ImportBatch) -> bool:
    return batch.rows.filter(is_done=True).exists()


def _has_made(batch: ImportBatch) -> bool:
    return batch.rows.exclude(made={}).exists()


def _counts(batch: ImportBatch, chosen: str) -> list[dict[str, Any]]:
    """How often each verdict was said, most first, as links that show these rows only."""
    rows = batch.rows.exclude(code="").order_by().values_list("code").annotate(number=Count("pk"))
    return [
        {
            "code": code,
            "label": label(code),
            "number": number,
            "kind": kind(code),
            "is_chosen": code == chosen,
        }
        for code, number in sorted(rows, key=lambda pair: (pair[0] not in GOOD, -pair[1]))
    ]


def _rows(request: HttpRequest, batch: ImportBatch, code: str) -> Any:
    """One page of rows: those with the verdict that was clicked."""
    rows = batch.rows.exclude(code="")
    if code:
        rows = rows.filter(code=code)
    found = Paginator(rows.order_by("number"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    shown: Any = found.object_list
    for row in shown:
        row.label, row.kind = label(row.code), kind(row.code)
    return found


def import_rows(request: HttpRequest, upload: Any, which: str) -> HttpResponse:
    """Download the rows: all with what became of them, or only the bad ones, in the file's own columns."""
    batch = _found(request, upload)
    if which not in {"result", "bad"}:
        raise Http404
    if not _may_take_rows(request, batch):
        raise PermissionDenied
    return as_csv(batch, request.user, only_bad=which == "bad")  # type: ignore[arg-type]


def _may_take_rows(request: HttpRequest, batch: ImportBatch) -> bool:
    return access.may(request.user, batch.event, *MAY_EXPORT)
