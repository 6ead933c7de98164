"""Which studies Equipoise can run: one randomised trial with parallel arms.  Others are refused, with the reason."""

from equipoise.registration import RegistryRecord, each
from equipoise.registration.words import Allocation, InterventionModel, StudyType
from equipoise.vocabulary import Refusal

_OTHER_MODELS = {
    InterventionModel.CROSSOVER: "a crossover trial: each participant passes through several treatments in turn",
    InterventionModel.FACTORIAL: "a factorial trial: participants are randomised more than once",
    InterventionModel.SINGLE_GROUP: "a study of a single group: there is nothing to compare by randomisation",
    InterventionModel.SEQUENTIAL: "a sequential study: later groups depend on what happened to earlier ones",
}


def refuse_out_of_scope(record: RegistryRecord) -> None:
    """Raise `Refusal` (rule `SCOPE`) with the reason, unless the record is of a randomised trial with parallel arms."""
    reason = _reason(record)
    if reason:
        raise Refusal("SCOPE", f"{record.id} is {reason}.", "Equipoise runs randomised trials with parallel arms.")


def _reason(record: RegistryRecord) -> str:
    design = record.design
    if design.study_type.value is not StudyType.INTERVENTIONAL:
        kind = design.study_type.value
        return f"an {kind.replace('_', ' ').lower()} study: no arm is assigned" if kind else "of no stated study type"
    if design.model.value is not InterventionModel.PARALLEL:
        model = design.model.value
        return _OTHER_MODELS[model] if model else "of no stated intervention model"
    if design.allocation.value is not Allocation.RANDOMIZED:
        return "not randomised" if design.allocation.value else "silent on whether it is randomised"
    if len(each(record.arms)) < 2:
        return f"a record of {len(each(record.arms))} arm" if each(record.arms) else "without a list of arms"
    return ""
