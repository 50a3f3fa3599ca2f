"""The frame of the desk: a bar of tabs, the panels of the tab that is looked at, and below them one form.

All fields of all tabs stay in one form, so changing the tab never loses what was typed; only the panels
of the tab that is looked at are read from the database. See `templates/admin/tabbed/`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import Fieldset
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.utils.text import capfirst

from events.admin.answers import HonestAdmin
from events.admin.panels import RenderedPanel, render_panels
from events.admin.tab_parts import ShownTab, ShownView, Tab
from events.errors import Refusal
from events.forms.effects import save_columns
from events.retrying import action

# What Django's own admin carries along in the address.
KEPT = ("_changelist_filters", "_popup", "_to_field")


class RefusalShown:
    """Mixed into every form of the desk: shows what an action refused as an error of the form."""

    refusal: Refusal | None = None

    def clean(self: Any) -> Any:
        cleaned = super().clean()  # type: ignore[misc]
        if self.refusal is not None:
            at_fields = self.refusal.data.get("fields") or {None: self.refusal.message}
            for field, message in at_fields.items():
                self.add_error(field if field in self.fields else None, message)
        return cleaned


class TabbedAdmin(HonestAdmin):
    """A ModelAdmin whose change form has tabs; declare `tabs` instead of `fieldsets` and `inlines`."""

    tabs: Sequence[Tab] = ()
    change_form_template = "admin/tabbed/change_form.html"
    show_facets = admin.ShowFacets.NEVER

    def get_tabs(self, request: HttpRequest, obj: models.Model | None) -> list[Tab]:
        """The tabs for this object; before it is saved, those in which something can be typed."""
        return [tab for tab in self.tabs if obj is not None or tab.fieldsets]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [fieldset for tab in self.get_tabs(request, obj) for fieldset in tab.fieldsets]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [inline for tab in self.get_tabs(request, obj) for inline in tab.inlines]

    def active_tab(self, request: HttpRequest, obj: models.Model | None) -> Tab:
        """The tab named in the address, else the first."""
        tabs = self.get_tabs(request, obj)
        wanted = request.GET.get("tab")
        return next((tab for tab in tabs if tab.slug == wanted), tabs[0])

    # Showing

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list under its own name, not as a thing to select from."""
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show or save the form; a refusal by an action rolls back and is shown on the form as an error."""
        if request.method == "GET" and "_panels" in request.GET and object_id:
            return self._panels_alone(request, object_id)
        view = super().changeform_view
        try:
            # As every action: a deadlock is tried again, a lock not had in time becomes Busy.
            return action(view)(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            request.seatwise_refusal = refusal  # type: ignore[attr-defined]
            request.seatwise_notes = []  # type: ignore[attr-defined]
            return view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form's class, which knows who asks and what an action refused a moment ago."""
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "seatwise_refusal", None)
        return type(form.__name__, (RefusalShown, form), {"request": request, "refusal": refusal})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add to the page what the tabs need: their parts of the form, and the panels of one."""
        obj = context.get("original")
        shown = list(self._shown_tabs(request, context, obj))
        active = _first_with_errors(shown) or next(tab.slug for tab in shown if tab.is_active)
        panels = self._panels(request, obj, active) if request.method == "GET" else []
        context.update(tabs=shown, active_tab=active, panels=panels, views=self._views(request, obj, active))
        context["settings_below"] = self._settings_below(request, obj, active)
        if obj is not None:
            context.update(title=str(self.as_saved(request, obj)), subtitle=None)
            # What is deleted is deleted by the verb above, not beside Save; the next one is added from the list.
            context.update(show_delete=False, is_delete_in_menu=True, show_save_and_add_another=False)
        return super().render_change_form(request, context, *args, **kwargs)

    def as_saved(self, request: HttpRequest, obj: Any) -> Any:
        """The object as it is in the database: a form that was refused has written on `obj` already."""
        if obj is None or request.method == "GET":
            return obj
        return self.get_queryset(request).get(pk=obj.pk)

    def _shown_tabs(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> Iterator[ShownTab]:
        fieldsets = list(context["adminform"])
        inlines = {type(formset.opts): formset for formset in context["inline_admin_formsets"]}
        active = self.active_tab(request, obj)
        for tab in self.get_tabs(request, obj):
            own, fieldsets = fieldsets[: len(tab.fieldsets)], fieldsets[len(tab.fieldsets) :]
            formsets = [inlines[inline] for inline in tab.inlines if inline in inlines]
            url, errors = self.tab_url(request, tab), _count_errors(own, formsets)
            yield ShownTab(tab.slug, tab.title, url, tab == active, own, formsets, errors)

    def tab_url(self, request: HttpRequest, tab: Tab) -> str:
        """The address of the same object with another tab; panels' parameters do not come along."""
        kept = {key: request.GET[key] for key in KEPT if key in request.GET}
        return "?" + urlencode({**kept, "tab": tab.slug})

    # Panels

    def _panels(self, request: HttpRequest, obj: Any, slug: str) -> list[RenderedPanel]:
        if obj is None or "_popup" in request.GET:
            return []
        tab = self._tab(request, obj, slug)
        view = tab.view(request.GET.get("view"))
        return render_panels(view.panels if view else tab.panels, request, self, obj)

    def _tab(self, request: HttpRequest, obj: Any, slug: str) -> Tab:
        return next(tab for tab in self.get_tabs(request, obj) if tab.slug == slug)

    def _views(self, request: HttpRequest, obj: Any, slug: str) -> list[ShownView]:
        """The ways to look at what the tab is about; none before the object is saved, or on a refused form."""
        if obj is None or request.method != "GET" or "_popup" in request.GET:
            return []
        tab = self._tab(request, obj, slug)
        current = tab.view(request.GET.get("view"))
        url = self.tab_url(request, tab)
        return [
            ShownView(
                view.title, url if number == 0 else f"{url}&{urlencode({'view': view.slug})}", view == current
            )
            for number, view in enumerate(tab.views)
        ]

    def _settings_below(self, request: HttpRequest, obj: Any, slug: str) -> str:
        """The tab whose settings stand below its panels, for a link to them; empty where there are none."""
        tab = self._tab(request, obj, slug)
        has_panels = bool(tab.panels or tab.views) and obj is not None
        return slug if has_panels and (tab.fieldsets or tab.inlines) else ""

    def _panels_alone(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The panels of one tab, for the page that stands already; their links lead to the whole page."""
        request = _whole_page(request)
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_or_change_permission(request, obj):
            return HttpResponse(status=404)
        slug = self.active_tab(request, obj).slug
        shown = {
            "panels": self._panels(request, obj, slug),
            "views": self._views(request, obj, slug),
            "settings_below": self._settings_below(request, obj, slug),
        }
        return TemplateResponse(request, "admin/tabbed/_panels.html", shown)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """What a field points to may be added or changed from here; to look at it or delete it, go there."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_view_related"):
            field.widget.can_view_related = field.widget.can_delete_related = False
        return field

    # Saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save a new object whole, and of an old one what was changed here and nothing else.

        Writing whole rows would undo what a command did while the form was open: a session that went live
        would be a draft again.
        """
        if not change:
            obj.save()
            return
        save_columns(obj, self.columns_to_save(form))

    def columns_to_save(self, form: Any) -> set[str]:
        """What the form changed, without what only actions write."""
        return form.changed_columns()

    def note(self, request: HttpRequest, text: Any, level: int = messages.INFO) -> None:
        """Say `text` once the save is done; a refused save says nothing of the kind."""
        request.seatwise_notes = [*getattr(request, "seatwise_notes", []), (level, text)]  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        return self._on_same_tab(request, super().response_change(request, obj))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        return self._on_same_tab(request, super().response_add(request, obj, post_url_continue))

    def _on_same_tab(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        for level, text in getattr(request, "seatwise_notes", []):
            messages.add_message(request, level, text)
        url = response.headers.get("Location", "")
        if url and "_continue" in request.POST and "tab" in request.GET and "tab=" not in url:
            return redirect(f"{url}{'&' if '?' in url else '?'}{urlencode({'tab': request.GET['tab']})}")
        return response


def _whole_page(request: HttpRequest) -> HttpRequest:
    """The request for the whole page that these panels stand on: nothing leads back to a page of panels alone."""
    request = copy.copy(request)
    asked = request.GET.copy()
    del asked["_panels"]
    request.GET = asked  # type: ignore[assignment]
    request.META = {**request.META, "QUERY_STRING": asked.urlencode()}
    return request


def _first_with_errors(tabs: list[ShownTab]) -> str | None:
    """The tab to open after a failed save."""
    return next((tab.slug for tab in tabs if tab.errors), None)


def _count_errors(fieldsets: list[Fieldset], formsets: list[Any]) -> int:
    """How many fields of one tab are in error."""
    shown = {name for fieldset in fieldsets for line in fieldset for name in line.fields}
    fields = len(shown & {*fieldsets[0].form.errors}) if fieldsets else 0
    inlines = sum(len(errors) for formset in formsets for errors in formset.formset.errors)
    general = sum(len(formset.formset.non_form_errors()) for formset in formsets)
    return fields + inlines + general
