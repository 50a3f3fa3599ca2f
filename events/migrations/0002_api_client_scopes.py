from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="apiclient",
            name="scopes",
            field=models.CharField(
                default="read write",
                help_text="What its tokens may do: read, write, override (register past capacity).",
                max_length=100,
                verbose_name="scopes",
            ),
        ),
    ]
