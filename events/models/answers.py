"""Answers kept for other systems that repeat a request."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.clients import ApiClient


class IdempotencyKey(models.Model):
    """One request that a client may repeat: it is carried out once, and every repeat gets the answer kept here.

    While the first request runs there is no answer yet; the claim on the key ends with its lease, so that a
    request whose process died does not keep its repeat out for ever.
    """

    client = models.ForeignKey(
        ApiClient, on_delete=models.CASCADE, related_name="idempotency_keys", verbose_name=_("API client")
    )
    key = models.CharField(_("key"), max_length=255)
    # Method, path and body in one, so that another request under the same key is noticed.
    fingerprint = models.CharField(max_length=64, editable=False)
    request = models.CharField(_("request"), max_length=300, help_text=_("Method and path."))
    # Who may keep the answer: a request that comes back after its lease finds another one's here, and is undone.
    holder = models.UUIDField(default=uuid.uuid4, editable=False)
    leased_until = models.DateTimeField(_("claimed until"))
    created_at = models.DateTimeField(_("first sent"))
    status_code = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    content_type = models.CharField(max_length=100, blank=True, editable=False)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        # The name that it had in registrations: the version before can run beside this one.
        db_table = "registrations_idempotencykey"
        ordering = ["-id"]
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        indexes = [models.Index(fields=["created_at"], name="idempotencykey_by_age")]
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="idempotencykey_once_per_client"),
            models.CheckConstraint(
                condition=Q(status_code__isnull=False) | Q(answer=""),
                name="idempotencykey_answer_has_a_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.status_code or 'running'}"

    @property
    def is_answered(self) -> bool:
        """True once the answer is kept."""
        return self.status_code is not None
