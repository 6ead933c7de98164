"""The accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("name", models.CharField(max_length=40, unique=True)),
                ("full_name", models.CharField(max_length=80)),
                ("role", models.CharField(max_length=24)),
                ("invited_by", models.CharField(max_length=40)),
                ("confirmed_by", models.CharField(blank=True, max_length=40)),
                ("invitation", models.CharField(blank=True, max_length=64)),
                ("second_factor", models.CharField(blank=True, max_length=64)),
                ("last_step", models.BigIntegerField(default=0)),
                ("is_ended", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
    ]
