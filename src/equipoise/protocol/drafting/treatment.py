"""Arms, interventions and masking of a draft, as far as the record goes."""

from equipoise.protocol.arms import LONGEST_ARM
from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.drafting.document import Part, label
from equipoise.protocol.drafting.identifiers import Identifiers
from equipoise.registration import RegistryRecord, each
from equipoise.registration.language.dosage import routes_in, volumes_ml
from equipoise.registration.language.passage import Passage, arm_passages
from equipoise.registration.language.plain_text import one_line
from equipoise.registration.record import Intervention
from equipoise.registration.words import ArmType, InterventionType, MaskedRole
from equipoise.vocabulary import Role

_KINDS = {
    InterventionType.DRUG: "drug",
    InterventionType.BIOLOGICAL: "biological",
    InterventionType.DEVICE: "device",
    InterventionType.PROCEDURE: "procedure",
    InterventionType.BEHAVIORAL: "behavioural",
}
_ROLES = {
    MaskedRole.PARTICIPANT: Role.PARTICIPANT,
    MaskedRole.CARE_PROVIDER: Role.CARE_PROVIDER,
    MaskedRole.INVESTIGATOR: Role.INVESTIGATOR,
    MaskedRole.OUTCOMES_ASSESSOR: Role.OUTCOMES_ASSESSOR,
}
_REFERENCE_FIRST = (
    ArmType.PLACEBO_COMPARATOR,
    ArmType.SHAM_COMPARATOR,
    ArmType.NO_INTERVENTION,
    ArmType.ACTIVE_COMPARATOR,
)
PREPARED = {"drug", "biological"}
"""Kinds that a pharmacist prepares, so that route, volume and storage matter."""


def draft_treatment(record: RegistryRecord) -> Part:
    """Give `arms`, `interventions`, `masking` and `randomisation`."""
    names = Identifiers()
    ids = {id(one): names.of(one.name.value or "", "intervention") for one in each(record.interventions)}
    arm_names = Identifiers(LONGEST_ARM)
    arms = [
        {
            "id": arm_names.of(arm.label.value or "", "arm"),
            "name": label(arm.label.value or "unnamed arm"),
            "role": (arm.type.value or ArmType.OTHER).lower(),
            "interventions": [ids[id(one)] for one in record.interventions_of(arm)],
        }
        for arm in each(record.arms)
    ]
    return {
        "arms": arms,
        "interventions": [_intervention(record, one, ids[id(one)]) for one in each(record.interventions)],
        "masking": _masking(record),
        "randomisation": {"ratio": {arm["id"]: 1 for arm in arms}},
    }


def _intervention(record: RegistryRecord, one: Intervention, name: str) -> Part:
    kind = _KINDS.get(one.type.value or InterventionType.OTHER, "other")
    drafted: Part = {
        "id": name,
        "name": label(one.name.value or "unnamed intervention"),
        "kind": kind,
        "description": one_line(one.description.value or ""),
    }
    if kind in PREPARED:
        texts = _texts(record, one)
        routes = {route for passage in texts for route in routes_in(passage.plain)}
        volumes = {f"{volume:f}" for passage in texts for volume in volumes_ml(passage.plain)}
        drafted["dose_ml"] = volumes.pop() if len(volumes) == 1 else UNDECIDED
        drafted["route"] = routes.pop() if len(routes) == 1 else UNDECIDED
    return drafted


def _texts(record: RegistryRecord, one: Intervention) -> tuple[Passage, ...]:
    """What is said of one intervention: its own words, its arms', and what is said of all arms together."""
    of_arms = [
        passage
        for arm in each(record.arms)
        if one in record.interventions_of(arm)
        for passage in arm_passages(record, arm)
    ]
    model = record.design.model_description
    return tuple(dict.fromkeys([*of_arms, Passage(model.value or "", model.place)]))


def _masking(record: RegistryRecord) -> Part:
    masked = [str(_ROLES[role]) for role in each(record.design.masked_roles)]
    return {
        "masked": masked,
        "unmasked": {"pharmacist": "Prepares what is given (to be confirmed by the team)."} if masked else {},
        "look_alike": one_line(record.design.masking_description.value or ""),
    }


def reference_arm(record: RegistryRecord, arms: list[Part]) -> str:
    """Give the arm that the others are compared with: placebo, sham, nothing, active; else the last one."""
    by_type: dict[ArmType | None, str] = {}
    for arm, drafted in zip(each(record.arms), arms, strict=True):
        by_type.setdefault(arm.type.value, drafted["id"])
    return next((by_type[kind] for kind in _REFERENCE_FIRST if kind in by_type), arms[-1]["id"])
