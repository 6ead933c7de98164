"""What an outcome of a record measures: an item of the library where it is one, else an item to be decided."""

import re
from dataclasses import dataclass

from equipoise.protocol.drafting.document import Part, label, quoted
from equipoise.registration.language.measures import MeasureKind, Named, measures_in
from equipoise.registration.record import Outcome

_LIBRARY = {
    "MEX-SLEDAI": ("mex_sledai", "mex_total"),
    "ESR": ("laboratory_inflammation", "esr"),
    "IL-6": ("laboratory_inflammation", "il_6"),
    "C3": ("laboratory_serology", "c3"),
    "C4": ("laboratory_serology", "c4"),
    "anti-dsDNA": ("laboratory_serology", "anti_dsdna"),
    "TNF-alpha": ("laboratory_tnf", "tnf_alpha"),
    "creatinine": ("laboratory_kidney", "creatinine"),
    "haemoglobin": ("laboratory_blood_count", "haemoglobin"),
    "platelets": ("laboratory_blood_count", "platelets"),
    "white blood cells": ("laboratory_blood_count", "leucocytes"),
}
_SENSITIVE_CRP = re.compile(r"\bhs|high[- ]sensitivity", re.IGNORECASE)
_COUNTED = re.compile(
    r"^\s*(?:percent\w*|proportion|number|share|rate|incidence|occurrence|frequency|death|mortality|\w+ rate)\b"
    r"|\brate \(|\bor death\b|\bresponse rate\b",
    re.IGNORECASE,
)
_TIMED = re.compile(r"\bsurvival\b|\btime (?:to|until)\b|\bduration of\b", re.IGNORECASE)
_CHANGE = re.compile(r"\bchange\b|\bbefore and after\b|\bfrom baseline\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measured:
    """How an outcome is measured: `instrument` of the library, or an `own` item; `is_event` is yes or no."""

    item: str
    instrument: str = ""
    own: Part | None = None
    is_event: bool = False
    is_change: bool = False
    is_safety: bool = False


def measured(outcome: Outcome, own_id: str) -> Measured:
    """Tell what an outcome measures.  `own_id` is the item's id if the library does not have it."""
    title, more = outcome.measure.value or "", outcome.description.value or ""
    counted = bool(_COUNTED.search(title))
    named = measures_in(title) or measures_in(more)
    found = None if counted else _in_library(named)
    is_safety = any(each.measure.kind is MeasureKind.SAFETY for each in measures_in(title))
    if is_safety and not found:
        return Measured("ae_term", is_event=True, is_safety=True)
    is_change = bool(_CHANGE.search(" ".join((title, outcome.time_frame.value or "", more)))) and not counted
    if found:
        return Measured(found[1], instrument=found[0], is_change=is_change)
    own: Part = {"id": own_id, "label": label(title or "unnamed outcome")}
    if counted:
        own |= {"type": "choice", "codes": yes_no()}
    else:
        own |= {"type": "integer", "units": ["d"]} if _TIMED.search(title) else {"type": "decimal"}
    return Measured(own_id, own=own, is_event=counted, is_change=is_change)


def yes_no() -> list[Part]:
    """Give the two codes of a yes-or-no question, in quotes: other YAML readers take a bare yes for true."""
    words = (("yes", "Yes", "Ya"), ("no", "No", "Tidak"))
    return [{"value": quoted(code), "label": {"en": quoted(en), "id": id_}} for code, en, id_ in words]


def _in_library(named: tuple[Named, ...]) -> tuple[str, str] | None:
    if len(named) != 1:
        return None
    name, words = named[0].measure.name, named[0].words
    if name == "CRP" and _SENSITIVE_CRP.search(words):
        return "laboratory_inflammation", "hs_crp"
    return _LIBRARY.get(name)
