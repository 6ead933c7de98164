"""The reference set of the trial at hand: the procedure that sealed the list, applied to who was randomised.

The law is not written again here: `allocation.procedures` describes each procedure once, as a tree of chances, and
`ProcedureLaw` walks that tree.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from equipoise.allocation.design import RandomisationDesign
from equipoise.allocation.minimisation import Minimisation
from equipoise.allocation.minimised_lists import draw_minimised
from equipoise.analysis.exact.laws import Law, ProcedureLaw
from equipoise.analysis.exact.laws import Minimisation as MinimisationLaw
from equipoise.analysis.exact.reference import Reference, Rerun, Stretch, rerun_of_many


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
            own = tuple((levels or {})[place] for place in sorted(places))
            law: Law = MinimisationLaw(own, Fraction(*design.procedure.favour), design.procedure.weights)
        else:
            law = ProcedureLaw(design.procedure, design.shares, treated)
        stretches.append(Stretch(units, law))
    words = ", ".join(f"{key} {value}" for key, value in design.procedure.parameters().items() if key != "method")
    method = str(design.procedure.parameters()["method"])
    return Reference(f"{method}{f' ({words})' if words else ''}, as recorded", len(number), tuple(stretches))


def minimised_again(
    design: RandomisationDesign, levels: Sequence[tuple[str, ...]], treated_arm: str, reference: Reference
) -> Rerun:
    """Minimisation from the recorded levels, in the order of the draws; `reference` says who is compared."""
    procedure = design.procedure
    assert isinstance(procedure, Minimisation), "only minimisation needs the participants' levels"
    treated = design.arms.index(treated_arm)
    (stretch,) = reference.stretches
    position_of = {unit: position for position, unit in enumerate(stretch.units) if unit >= 0}
    columns = [position_of[unit] for unit in range(reference.n)]

    def draw_many(runs: int, generator: np.random.Generator) -> NDArray[np.int8]:
        drawn = draw_minimised(procedure, len(design.arms), levels, runs, generator)
        return np.asarray(drawn[:, columns] == treated, dtype=np.int8)

    return rerun_of_many(reference.name, reference.n, draw_many)
