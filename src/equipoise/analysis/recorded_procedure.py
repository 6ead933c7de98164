"""The reference set of the trial at hand: the procedure that sealed the list, applied to who was randomised.

The law is not written again here: `allocation.procedures` describes each procedure once, as a tree of chances, and
`ProcedureLaw` walks that tree.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from equipoise.allocation.design import RandomisationDesign
from equipoise.allocation.minimisation import Minimisation
from equipoise.analysis.exact.laws import Law, ProcedureLaw
from equipoise.analysis.exact.laws import Minimisation as MinimisationLaw
from equipoise.analysis.exact.reference import Reference, Stretch
from equipoise.vocabulary import Refusal


def recorded_procedure(
    design: RandomisationDesign,
    places: Sequence[tuple[int, int]],
    treated_arm: str,
    has_outcome: Sequence[bool],
    levels: Mapping[tuple[int, int], tuple[str, ...]] | None = None,
) -> Reference:
    """The reference set for participants at `places` (stratum, slot), those with an outcome numbered from 0 in order.

    Everybody who was randomised takes part in the walk, since the procedure saw them; a participant without an
    outcome counts in nobody's sum (the walk's unit -1).  The test is then exact given who has an outcome, if
    missing outcomes do not depend on the arm.  `levels` are the factor levels for which minimisation drew each place.
    """
    number: dict[int, int] = {}
    for index, present in enumerate(has_outcome):
        if present:
            number[index] = len(number)
    treated = design.arms.index(treated_arm)
    stretches = []
    for stratum in sorted({stratum for stratum, _ in places}):
        members = sorted((slot, index) for index, (own, slot) in enumerate(places) if own == stratum)
        assert [slot for slot, _ in members] == list(range(len(members))), "slots are used in order, without a skip"
        units = tuple(number.get(index, -1) for _, index in members)
        if isinstance(design.procedure, Minimisation):
            law: Law = _minimised(design.procedure, [(levels or {})[place] for place in sorted(places)])
        else:
            law = ProcedureLaw(design.procedure, design.shares, treated)
        stretches.append(Stretch(units, law))
    words = ", ".join(f"{key} {value}" for key, value in design.procedure.parameters().items() if key != "method")
    method = str(design.procedure.parameters()["method"])
    return Reference(f"{method}{f' ({words})' if words else ''}, as recorded", len(number), tuple(stretches))


def _minimised(procedure: Minimisation, levels: list[tuple[str, ...]]) -> MinimisationLaw:
    if len(set(procedure.weights)) > 1:
        raise Refusal(
            "PLAN-MINIMISATION",
            "Minimisation with unequal weights cannot be run again here.",
            "Plan a model that adjusts for its factors.",
        )
    return MinimisationLaw(tuple(levels), Fraction(*procedure.favour))
