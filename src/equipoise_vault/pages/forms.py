"""Forms that become the body of a verb.  What is allowed is the vault's rule; a form knows only what can be read."""

import base64
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from equipoise.vocabulary import Json, utc_text

LONGEST = 300
_MOMENT = "%Y-%m-%dT%H:%M"
_NUMBER_BYTES = 16


class VerbForm(forms.Form):
    """`given` fills in what the page knows: values of hidden fields, and `<field>_choices` of those to choose from.

    `number` names the request, so that a form that is sent twice is done once.
    """

    number = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data: Any = None, files: Any = None, *, given: Mapping[str, Any] | None = None) -> None:
        given = given or {}
        number = settings.PLACE.entropy(_NUMBER_BYTES).hex()
        super().__init__(data, files, initial={"number": number, **given}, auto_id=f"{number[:8]}_%s")
        for name, field in self.fields.items():
            if isinstance(field.widget, (forms.Select, forms.CheckboxSelectMultiple)) and f"{name}_choices" in given:
                nothing = [("", "—")] if isinstance(field, _OneOf) else []
                field.widget.choices = [*nothing, *given[f"{name}_choices"]]
            if isinstance(field, Happened):
                field.initial = timezone.localtime().strftime(_MOMENT)

    @classmethod
    def is_about(cls, data: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
        """True if posted `data` belong to the form that is filled in with `given`."""
        return all(
            str(data.get(name, "")) == str(given[name])
            for name, field in cls.base_fields.items()
            if isinstance(field.widget, forms.HiddenInput) and name in given
        )

    def body(self) -> dict[str, Json]:
        """What is sent to the verb; `why`, `number` and the components travel beside it."""
        beside = {"why", "number", "password", "code"}
        return {name: as_json(value) for name, value in self.cleaned_data.items() if name not in beside}


def as_json(value: object) -> Json:
    """A cleaned value as the desk takes it: moments in UTC, files in Base64."""
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, UploadedFile):
        return base64.b64encode(value.read()).decode()
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    assert value is None or isinstance(value, (str, int, bool)), "no other type leaves a form"
    return value


class Happened(forms.DateTimeField):
    """When something was done, in the trial's time zone; now, unless it is changed."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)

    def __init__(self, **rest: Any) -> None:
        super().__init__(input_formats=[_MOMENT], **rest)


class Day(forms.DateField):
    """A calendar day."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def hidden() -> forms.CharField:
    """A text that the page knows."""
    return forms.CharField(widget=forms.HiddenInput, max_length=LONGEST)


def hidden_number() -> forms.IntegerField:
    """A number that the page knows."""
    return forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def words(label: Any, **rest: Any) -> forms.CharField:
    """A short text in one line."""
    return forms.CharField(label=label, max_length=LONGEST, **rest)


def several(label: Any) -> forms.MultipleChoiceField:
    """Any number of what the page offers."""
    return _Several(label=label, required=False, widget=forms.CheckboxSelectMultiple)


def one_of(label: Any) -> forms.CharField:
    """One of what the page offers, none chosen beforehand; the vault knows whether it may be."""
    return _OneOf(label=label, max_length=LONGEST, widget=forms.Select)


def number_of(label: Any) -> forms.IntegerField:
    """One of what the page offers, by its number."""
    return forms.IntegerField(label=label, widget=forms.Select)


def units(label: Any, least: int = 0) -> forms.IntegerField:
    """A number of units."""
    return forms.IntegerField(label=label, min_value=least, max_value=1_000_000)


class YesNo(forms.TypedChoiceField):
    """A question that is answered by a choice, never by leaving a box empty."""

    def __init__(self, label: Any, yes: Any, no: Any) -> None:
        super().__init__(label=label, choices=[("", "—"), ("yes", yes), ("no", no)], coerce=lambda word: word == "yes")


class _OneOf(forms.CharField):
    """Its page offers the choices."""


class _Several(forms.MultipleChoiceField):
    def valid_value(self, value: str) -> bool:
        return len(value) <= LONGEST


class Components(forms.Form):
    """Both components of the person again, for one act."""

    password = forms.CharField(
        label=_("Your password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    code = forms.CharField(
        label=_("One-time code"),
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
