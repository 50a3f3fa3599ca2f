# The answers kept for repeated API requests, and what the door records.

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registrations', '0001_initial'),
        ('sessions_app', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=255, verbose_name='key')),
                ('fingerprint', models.CharField(editable=False, max_length=64)),
                ('request', models.CharField(help_text='Method and path.', max_length=300, verbose_name='request')),
                ('holder', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('leased_until', models.DateTimeField(verbose_name='claimed until')),
                ('created_at', models.DateTimeField(verbose_name='first sent')),
                ('status_code', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='status')),
                ('content_type', models.CharField(blank=True, editable=False, max_length=100)),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
            ],
            options={
                'verbose_name': 'kept answer',
                'verbose_name_plural': 'kept answers',
                'ordering': ['-id'],
            },
        ),
        migrations.AlterModelOptions(
            name='checkin',
            options={'ordering': ['-checked_in_at', '-id'], 'permissions': [('admit_all_the_same', 'Can let people in whom the door refuses')], 'verbose_name': 'check-in', 'verbose_name_plural': 'check-ins'},
        ),
        migrations.AddField(
            model_name='checkin',
            name='is_override',
            field=models.BooleanField(default=False, verbose_name='let in all the same'),
        ),
        migrations.AddField(
            model_name='checkin',
            name='reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='activity',
            name='verb',
            field=models.CharField(choices=[('registered', 'Registered'), ('added_past_capacity', 'Added past capacity'), ('promoted', 'Registered from the waitlist'), ('accepted', 'Accepted an invitation'), ('cancelled', 'Cancelled'), ('waitlisted', 'Joined the waitlist'), ('on_hold', 'Put on hold until the event has a seat'), ('left_waitlist', 'Left the waitlist'), ('removed_from_waitlist', 'Removed from the waitlist'), ('passed_over', 'Passed over'), ('back_in_line', 'Back in line'), ('moved_in_line', 'Moved in line'), ('swapped_away', 'Given up for another session'), ('invited', 'Invited'), ('declined', 'Declined an invitation'), ('expired', 'Invitation expired'), ('capacity_changed', 'Capacity changed'), ('waitlist_settings_changed', 'Waitlist settings changed'), ('moved', 'Session moved'), ('went_live', 'Went live'), ('stopped', 'Stopped'), ('target_cancelled', 'Session or event cancelled'), ('agenda_switched', 'Own agenda switched'), ('link_requested', 'Personal link requested'), ('link_revoked', 'Personal link revoked'), ('checked_in', 'Checked in'), ('admitted_all_the_same', 'Let in although the door refused'), ('corrected', 'Counters corrected')], max_length=30, verbose_name='what'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.CheckConstraint(condition=models.Q(('is_override', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='checkin_override_has_a_reason'),
        ),
        migrations.AddField(
            model_name='idempotencykey',
            name='client',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='idempotency_keys', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL, verbose_name='API client'),
        ),
        migrations.AddIndex(
            model_name='idempotencykey',
            index=models.Index(fields=['created_at'], name='idempotencykey_by_age'),
        ),
        migrations.AddConstraint(
            model_name='idempotencykey',
            constraint=models.UniqueConstraint(fields=('client', 'key'), name='idempotencykey_once_per_client'),
        ),
        migrations.AddConstraint(
            model_name='idempotencykey',
            constraint=models.CheckConstraint(condition=models.Q(('status_code__isnull', False), ('answer', ''), _connector='OR'), name='idempotencykey_answer_has_a_status'),
        ),
    ]
