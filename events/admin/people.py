"""Staff who sign in, contacts who attend, other systems that come through the API."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.actors import Actor
from events.admin import words
from events.admin.answers import HonestAdmin
from events.admin.client_verbs import CLIENT_VERBS
from events.admin.contact_events import at_events
from events.admin.contact_verbs import CONTACT_VERBS
from events.admin.everything import everything
from events.admin.verbs import VerbsAdmin
from events.models import ApiClient, Contact, Event, User
from events.roles import contacts_known_to, may_change_contact, sees_every_event
from registrations.actions import within_form_revoke_links_of

POWERS = ("is_superuser", "user_permissions")


class UserCreateForm(AdminUserCreationForm):
    """A new member of staff, by e-mail."""

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name")


class UserForm(UserChangeForm):
    """A member of staff."""

    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(HonestAdmin, DjangoUserAdmin):
    """Members of staff; only a superuser makes another or changes one."""

    form = UserForm
    add_form = UserCreateForm
    ordering = ["email"]
    list_display = ["email", "first_name", "last_name", "is_staff", "is_active"]
    search_fields = ["email", "first_name", "last_name"]
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Name"), {"fields": ("first_name", "last_name")}),
        (_("Role"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "first_name", "last_name", "usable_password", "password1", "password2"),
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ("last_login", "date_joined")
        return own if request.user.is_superuser else (*own, *POWERS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def _may_touch(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or request.user.is_superuser or not obj.is_superuser


@admin.register(Contact)
class ContactAdmin(VerbsAdmin, HonestAdmin):
    """People who attend. Planners see those of their own events."""

    verbs = CONTACT_VERBS
    change_form_template = "admin/contacts/change_form.html"
    list_display = ["email", "first_name", "last_name", "language", "created"]
    search_fields = ["email", "first_name", "last_name"]
    readonly_fields = ["uuid", "created", "updated"]
    fields = ["email", ("first_name", "last_name"), "language", "user", "uuid", "created", "updated"]

    @admin.display(description=_("created"), ordering="created_at")
    def created(self, contact: Contact) -> str:
        """When the contact was made."""
        return words.moment(contact.created_at, ZoneInfo("UTC"))

    @admin.display(description=_("last changed"))
    def updated(self, contact: Contact) -> str:
        """When anything of the contact was last changed."""
        return words.moment(contact.updated_at, ZoneInfo("UTC"))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "language":
            choices = [("", _("As the event")), *settings.LANGUAGES]
            return forms.ChoiceField(label=field.label if field else None, required=False, choices=choices)
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).filter(pk__in=contacts_known_to(request.user).values("pk"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever holds the address gets the personal links, so only administrators give a contact another."""
        if sees_every_event(request.user):
            return self.readonly_fields
        return ["user", *self.readonly_fields] if obj is None else ["email", "user", *self.readonly_fields]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or (may_change_contact(request.user, obj) and not obj.erased_at))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """With another address the links that the old one was sent stop working."""
        if change and "email" in form.changed_data:
            within_form_revoke_links_of(obj, actor=Actor.staff(request.user))  # type: ignore[arg-type]
        super().save_model(request, obj, form, change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Add what the person has at the events that the reader works on."""
        contact = context.get("original")
        if contact is not None:
            context["at_events"] = at_events(request.user, contact)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> Any:
        """The page of everything that is kept about one person stands beside the others."""
        wrapped = self.admin_site.admin_view(everything)
        own = [path("<int:pk>/everything/", wrapped, name="events_contact_everything")]
        return [*own, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: what somebody did stays on record, and erasing a person is a command of its own."""
        return False


class ApiClientForm(forms.ModelForm):
    """One other system: what it sees is said once."""

    def clean(self) -> Any:
        cleaned: Any = super().clean()
        if cleaned.get("sees_every_event") and cleaned.get("events"):
            self.add_error(
                "events", _("It sees every event. Choose none here, or untick “every event” to limit it.")
            )
        return cleaned


class ApiClientAdmin(VerbsAdmin, HonestAdmin):
    """Other systems with their credentials. django-oauth-toolkit registers it (settings, OAUTH2_PROVIDER)."""

    form = ApiClientForm
    change_form_template = "admin/verbs/change_form.html"
    verbs = CLIENT_VERBS
    list_display = ["name", "events_shown", "scopes", "client_id", "secret_used_at", "created"]
    list_filter = ["sees_every_event"]
    search_fields = ["name", "client_id"]
    filter_horizontal = ["events"]
    fields = [
        "name",
        "user",
        "sees_every_event",
        "events",
        "scopes",
        "client_type",
        "authorization_grant_type",
        "client_id",
        "client_secret",
        "hash_client_secret",
        "redirect_uris",
        "secret_used_at",
        "previous_secret_ends_at",
        "previous_secret_used_at",
        "created",
        "updated",
    ]
    readonly_fields = [
        "secret_used_at",
        "previous_secret_ends_at",
        "previous_secret_used_at",
        "created",
        "updated",
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Once it is made, a secret is a hash that says nothing to anybody; another one is made by the verb."""
        fields = super().get_fields(request, obj)
        hidden = {"client_secret", "hash_client_secret"} if obj else set()
        return [name for name in fields if name not in hidden]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiClient]:
        return super().get_queryset(request).prefetch_related("events")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Deleted events are not there."""
        if db_field.name == "events":
            kwargs["queryset"] = Event.objects.not_archived()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("sees"))
    def events_shown(self, client: ApiClient) -> str:
        """Every event, or which ones; in words too where there is none."""
        if client.sees_every_event:
            return gettext("every event")
        names = [event.name for event in client.events.all() if event.archived_at is None]
        return ", ".join(names) or gettext("no event")


class NotOnTheDesk(admin.ModelAdmin):
    """Tokens and grants of the API: a secret each, and nothing an organizer would look at."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
