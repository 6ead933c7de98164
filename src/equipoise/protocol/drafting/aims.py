"""Objectives, endpoints, estimands, forms and analyses of a draft: one endpoint for each outcome of the record."""

from dataclasses import dataclass, field
from functools import lru_cache

from equipoise.instruments import library
from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.drafting.document import Part, label
from equipoise.protocol.drafting.identifiers import Identifiers
from equipoise.protocol.drafting.measures import Measured, measured, yes_no
from equipoise.protocol.drafting.visits import Visits
from equipoise.registration import RegistryRecord, each
from equipoise.registration.language.plain_text import one_line
from equipoise.registration.record import Outcome
from equipoise.registration.words import OutcomeRank

_RANKS = {OutcomeRank.PRIMARY: "primary", OutcomeRank.SECONDARY: "secondary", OutcomeRank.OTHER: "exploratory"}
_OBJECTIVES = {
    "primary": "To compare the primary outcomes between the arms.",
    "secondary": "To compare the secondary outcomes between the arms.",
    "exploratory": "To explore the other outcomes.",
}


@dataclass
class Aims:
    """What the outcomes of a record become.  `to_define` are the items that no library has."""

    endpoints: list[Part] = field(default_factory=list)
    estimands: list[Part] = field(default_factory=list)
    analyses: list[Part] = field(default_factory=list)
    instruments: list[str] = field(default_factory=list)
    own_items: list[Part] = field(default_factory=list)
    to_define: list[str] = field(default_factory=list)

    def objectives(self) -> list[Part]:
        """Give one objective for each rank that occurs."""
        ranks = dict.fromkeys(endpoint["rank"] for endpoint in self.endpoints)
        return [{"id": rank, "rank": rank, "text": label(_OBJECTIVES[rank])} for rank in ranks]

    def forms(self) -> list[Part]:
        """Give demography, one form for the library's instruments, one for the rest, and the two that repeat."""
        forms = [_DEMOGRAPHY]
        if self.instruments:
            forms.append({"id": "instruments", "title": label("Instruments"), "uses": self.instruments})
        if self.own_items:
            forms.append({"id": "outcomes", "title": label("Outcomes"), "items": self.own_items})
        return [*forms, _ADVERSE_EVENTS, _MEDICATION]

    def assessed_forms(self) -> list[str]:
        """Give the forms that each assessment asks."""
        return [name for name, asked in (("instruments", self.instruments), ("outcomes", self.own_items)) if asked]


def draft_aims(record: RegistryRecord, visits: Visits) -> Aims:
    """Give an endpoint and a main analysis for each outcome, and an open estimand for each primary one."""
    aims = Aims()
    names = Identifiers()
    for outcome in each(record.outcomes):
        name = names.of(outcome.measure.value or "", "outcome")
        how = measured(outcome, f"{name}_value" if name in _taken_items() else name)
        _collect(aims, name, how)
        aims.endpoints.append(_endpoint(outcome, name, how, visits))
        if outcome.rank is OutcomeRank.PRIMARY:
            aims.estimands.append(
                {"id": name, "endpoint": name, "population": UNDECIDED, "treatment": UNDECIDED, "summary": UNDECIDED}
            )
        aims.analyses.append(
            {"id": f"{name}.main", "endpoint": name}
            | ({"estimand": name} if outcome.rank is OutcomeRank.PRIMARY else {})
            | {"method": "risk_difference" if how.is_event else "ancova", "role": "main"}
        )
    return aims


@lru_cache
def _taken_items() -> frozenset[str]:
    """Give the ids that an item of the draft's own may not have: the library's, and those of the forms below."""
    fixed = {item["id"] for form in (_DEMOGRAPHY, _ADVERSE_EVENTS, _MEDICATION) for item in form["items"]}
    return frozenset(fixed | {item.id for instrument in library().values() for item in instrument.items})


def _collect(aims: Aims, name: str, how: Measured) -> None:
    if how.instrument and how.instrument not in aims.instruments:
        aims.instruments.append(how.instrument)
    if how.own:
        aims.own_items.append(how.own)
        aims.to_define.append(how.item)


def _endpoint(outcome: Outcome, name: str, how: Measured, visits: Visits) -> Part:
    return {
        "id": name,
        "name": label(outcome.measure.value or "unnamed outcome"),
        "rank": _RANKS[outcome.rank],
        "objective": _RANKS[outcome.rank],
        "item": how.item,
        "metric": "change" if how.is_change else "value",
        "baseline": "baseline",
        "encounter": visits.of_time_frame(one_line(outcome.time_frame.value or "")),
    }


_DEMOGRAPHY: Part = {
    "id": "demography",
    "title": {"en": "Demography", "id": "Data demografi"},
    "items": [
        {
            "id": "birth_year",
            "label": {"en": "Year of birth", "id": "Tahun lahir"},
            "type": "integer",
            "required": True,
        },
        {
            "id": "sex",
            "label": {"en": "Sex", "id": "Jenis kelamin"},
            "type": "choice",
            "codes": [
                {"value": "female", "label": {"en": "Female", "id": "Perempuan"}},
                {"value": "male", "label": {"en": "Male", "id": "Laki-laki"}},
            ],
            "required": True,
        },
    ],
}
_ADVERSE_EVENTS: Part = {
    "id": "adverse_events",
    "title": {"en": "Adverse event", "id": "Kejadian tidak diinginkan"},
    "items": [
        {"id": "ae_term", "label": {"en": "What happened", "id": "Apa yang terjadi"}, "type": "text", "required": True},
        {"id": "ae_started_on", "label": {"en": "Started on", "id": "Mulai tanggal"}, "type": "date", "required": True},
        {"id": "ae_ended_on", "label": {"en": "Ended on", "id": "Berakhir tanggal"}, "type": "date"},
        {"id": "ae_serious", "label": {"en": "Serious", "id": "Serius"}, "type": "choice", "codes": yes_no()},
    ],
    "repeating": True,
}
_MEDICATION: Part = {
    "id": "concomitant_medication",
    "title": {"en": "Concomitant medication", "id": "Obat lain yang dipakai"},
    "items": [{"id": "cm_name", "label": {"en": "Medicine", "id": "Obat"}, "type": "text", "required": True}],
    "repeating": True,
}
