# Other systems that are told what happens, and how far each message has come.

import django.db.models.deletion
import django.utils.timezone
import registrations.models.webhooks
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0001_initial'),
        ('registrations', '0002_kept_answers_and_doors'),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerCursor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reader', models.CharField(max_length=30, unique=True)),
                ('position', models.PositiveBigIntegerField(default=0)),
                ('gaps', models.JSONField(blank=True, default=list)),
                ('version', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'reader of the ledger',
                'verbose_name_plural': 'readers of the ledger',
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('names', models.JSONField(help_text='Names such as session_registration.created.', verbose_name='told of')),
                ('secret', models.CharField(default=registrations.models.webhooks.new_secret, editable=False, max_length=100)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='registered')),
                ('failing_since', models.DateTimeField(blank=True, null=True, verbose_name='failing since')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='failures in a row')),
                ('resting_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('switched_off_at', models.DateTimeField(blank=True, null=True, verbose_name='switched off')),
                ('switched_off_reason', models.CharField(blank=True, max_length=300, verbose_name='why switched off')),
                ('deleted_at', models.DateTimeField(blank=True, null=True, verbose_name='deleted')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL, verbose_name='API client')),
                ('event', models.ForeignKey(blank=True, help_text='Empty: every event that the client may see.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='webhooks', to='events.event', verbose_name='event')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(choices=[('registrant.created', 'Registrant created'), ('registrant.updated', "Registrant got the event's seat"), ('registrant.cancelled', 'Registrant cancelled'), ('session_registration.created', 'Session registration created'), ('session_registration.cancelled', 'Session registration cancelled'), ('waitlist_item.created', 'Joined a waitlist'), ('waitlist_item.updated', 'Moved in line, passed over or back in line'), ('waitlist_item.invited', 'Invited from a waitlist'), ('waitlist_item.promoted', 'Registered from a waitlist'), ('waitlist_item.declined', 'Declined an invitation'), ('waitlist_item.expired', 'Invitation expired'), ('waitlist_item.removed', 'Left or was removed from a waitlist'), ('check_in.created', 'Checked in'), ('session.updated', 'Session moved, opened, closed or resized'), ('session.cancelled', 'Session cancelled'), ('session.deleted', 'Session deleted'), ('event.updated', 'Event opened, closed or resized'), ('event.cancelled', 'Event cancelled'), ('event.deleted', 'Event deleted')], max_length=40, verbose_name='told')),
                ('payload', models.JSONField(verbose_name='message')),
                ('created_at', models.DateTimeField(verbose_name='planned')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True, verbose_name='delivered')),
                ('given_up_at', models.DateTimeField(blank=True, null=True, verbose_name='given up')),
                ('last_status', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='last status')),
                ('last_error', models.CharField(blank=True, max_length=500, verbose_name='last error')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registrations.activity', verbose_name='ledger entry')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event', verbose_name='event')),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='registrations.webhook', verbose_name='webhook')),
            ],
            options={
                'verbose_name': 'webhook delivery',
                'verbose_name_plural': 'webhook deliveries',
                'ordering': ['-id'],
            },
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(('switched_off_at__isnull', True), models.Q(('switched_off_reason', ''), _negated=True), _connector='OR'), name='webhook_switched_off_has_a_reason'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('delivered_at', None), ('given_up_at', None)), fields=['webhook', 'due_at'], name='webhookdelivery_to_send'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['created_at'], name='webhookdelivery_by_age'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('webhook', 'activity', 'name'), name='webhookdelivery_once_per_ledger_row'),
        ),
    ]
