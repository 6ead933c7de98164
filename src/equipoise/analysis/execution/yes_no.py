"""Yes-or-no endpoints as cases of 1 and 0: an item that is answered so, or at least one page of a log form."""

from fractions import Fraction

from equipoise.analysis.execution.cases import Case, Cases, Missing, Selection
from equipoise.analysis.trial_data import Absence
from equipoise.instruments.item import ItemType
from equipoise.protocol.analysis_plan import Analysis
from equipoise.vocabulary import Interval, Refusal


def select_yes_no(analysis: Analysis, chosen: Selection, form: str) -> Cases:
    """The cases of a yes-or-no endpoint; `form` asks its item.

    An endpoint on a log form is yes for whoever has a page in it, and nobody is missing: no page means no event.
    Raises `Refusal` for an item that is neither.
    """
    logged = chosen.data.harms.logged.get(form)
    complete, missing = [], []
    if logged is None and chosen.item.type is not ItemType.BOOLEAN:
        raise Refusal(
            "PLAN-KIND", "The endpoint is no event that happens or not.", "Take a yes-or-no item or a log form."
        )
    for participant in chosen.members:
        arm = chosen.arms[participant]
        if logged is not None:
            entries = logged.get(participant, ())
            complete.append(_case(participant, arm, entries, happened=bool(entries)))
            continue
        key = (participant, chosen.endpoint.encounter, chosen.endpoint.item)
        answer = chosen.data.choices.get(key)
        if answer is None:
            missing.append(Missing(participant, arm, "outcome", chosen.data.absences.get(key, Absence.NOT_RECORDED)))
        else:
            complete.append(_case(participant, arm, (answer.entry,), happened=answer.code == "true"))
    return Cases(analysis, chosen.endpoint, chosen.item, tuple(complete), tuple(missing), {}, {}, {})


def _case(participant: str, arm: str, entries: tuple[int, ...], *, happened: bool) -> Case:
    value = Fraction(int(happened))
    text = "yes" if happened else "no"
    return Case(participant, arm, None, value, Interval(value, value), (), (text,), entries)
