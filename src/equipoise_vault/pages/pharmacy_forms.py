"""The forms of the pharmacist's desk, by verb."""

from django import forms
from django.utils.translation import gettext_lazy as _

from equipoise_vault.pages.forms import (
    Day,
    Happened,
    VerbForm,
    YesNo,
    hidden,
    hidden_number,
    number_of,
    one_of,
    several,
    units,
    words,
)

UNFIT = [
    ("damaged", _("damaged")),
    ("expired", _("expired")),
    ("rejected", _("rejected")),
    ("not_collected", _("not collected")),
]


class OfKit(VerbForm):
    """An act on a kit."""

    pack = hidden()


class StartThaw(OfKit):
    stratum = hidden_number()
    slot = hidden_number()
    dose = hidden_number()
    consignment = number_of(_("Unit from"))
    started_at = Happened(label=_("Thaw started"))


class StartSpare(StartThaw):
    spare_reason = words(_("Why a spare is used"))


class EndThaw(OfKit):
    ended_at = Happened(label=_("Thaw ended"))


class PrepareDose(OfKit):
    volume_ml = words(_("Volume drawn, mL"))
    prepared_at = Happened(label=_("Prepared"))


class HandOver(OfKit):
    to = words(_("Handed to (staff code)"))
    handed_over_at = Happened(label=_("Handed over"))


class TakeBack(OfKit):
    returned_at = Happened(label=_("Came back"))
    reason = words(_("Why it was not given"))


class Discard(OfKit):
    unfit = forms.ChoiceField(label=_("It is"), choices=UNFIT)
    reason = words(_("What happened"))


class Receive(VerbForm):
    product = one_of(_("Product"))
    maker = words(_("Maker"))
    lot = words(_("Lot"))
    expires_on = Day(label=_("Expires on"))
    quantity = units(_("Units received"), least=1)
    place = words(_("Place of storage"))
    received_at = Happened(label=_("Received"))


class OfConsignment(VerbForm):
    """An act on a consignment."""

    consignment = hidden_number()


class CorrectReceipt(OfConsignment):
    quantity = units(_("Units that were received"), least=1)
    reason = words(_("Why it is corrected"))


class RecordTest(OfConsignment):
    test = one_of(_("Test"))
    limit = words(_("Limit on the certificate"))
    result = words(_("Result"))
    tested_on = Day(label=_("Tested on"))
    is_met = YesNo(_("The limit is"), _("met"), _("not met"))


class Move(OfConsignment):
    place = words(_("New place of storage"))
    moved_at = Happened(label=_("Moved"))


class SetAside(OfConsignment):
    quantity = units(_("Units"), least=1)
    unfit = forms.ChoiceField(label=_("They are"), choices=UNFIT)
    reason = words(_("What happened"))


class Count(OfConsignment):
    units = units(_("Units on the shelf and set aside"))
    kits = several(_("Kits of it that are here"))


class ProposeRemoval(OfConsignment):
    kind = forms.ChoiceField(
        label=_("What happened to them"), choices=[("destroyed", _("destroyed")), ("not_found", _("not found"))]
    )
    quantity = units(_("Loose units"))
    kits = several(_("Kits"))
    manner = words(_("How, and where it is written down"))


class WitnessRemoval(VerbForm):
    removal = hidden_number()


class ReadLog(VerbForm):
    place = one_of(_("Place of storage"))
    content = forms.FileField(label=_("The logger's file (CSV)"), allow_empty_file=True)
    day_first = forms.TypedChoiceField(
        label=_("Dates like 02/03/2026"),
        required=False,
        choices=[("", _("do not occur")), ("yes", _("day first")), ("no", _("month first"))],
        coerce=lambda word: word == "yes",
        empty_value=None,
    )


class JudgeExcursion(VerbForm):
    excursion = hidden_number()
    is_usable = YesNo(_("The consignment is"), _("usable"), _("not usable"))
    decided_by = words(_("Decided by"))
    grounds = words(_("On what grounds"))
