# The kept answers lie where every roof can reach them; their table was made by registrations, and stays as it is.

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0009_erased_contacts'),
        ('registrations', '0008_kept_answers_sink'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
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
                        ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='idempotency_keys', to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL, verbose_name='API client')),
                    ],
                    options={
                        'verbose_name': 'kept answer',
                        'verbose_name_plural': 'kept answers',
                        'db_table': 'registrations_idempotencykey',
                        'ordering': ['-id'],
                        'indexes': [models.Index(fields=['created_at'], name='idempotencykey_by_age')],
                        'constraints': [models.UniqueConstraint(fields=('client', 'key'), name='idempotencykey_once_per_client'), models.CheckConstraint(condition=models.Q(('status_code__isnull', False), ('answer', ''), _connector='OR'), name='idempotencykey_answer_has_a_status')],
                    },
                ),
            ],
        ),
    ]
