"""How the main analyses share the error rate, as the plan says: adjusted p-values, family by family."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from equipoise.analysis.analysis_results import Family, Result
from equipoise.analysis.multiplicity.adjust import Probability, fixed_sequence, hochberg, holm
from equipoise.protocol import Analysis, StudyDefinition
from equipoise.protocol.objectives import Rank

_CONFIRMATORY = (Rank.PRIMARY, Rank.SECONDARY)


def families(definition: StudyDefinition) -> dict[str, tuple[Analysis, ...]]:
    """The planned main analyses that share `alpha`: endpoints of one rank together, in the order of the plan.

    The primary endpoints and the secondary ones each have the whole of `alpha`; a fixed sequence runs through both.
    Exploratory endpoints and those of safety are described, so they share nothing.
    """
    rank_of = {endpoint.id: endpoint.rank for endpoint in definition.endpoints}
    main = [each for each in definition.analysis.analyses if each.role == "main"]
    by_rank = {rank: tuple(each for each in main if rank_of[each.endpoint] is rank) for rank in _CONFIRMATORY}
    if definition.analysis.multiplicity == "fixed_sequence":
        return {"primary, then secondary": tuple(each for members in by_rank.values() for each in members)}
    return {rank.value: members for rank, members in by_rank.items() if members}


def adjusted(
    definition: StudyDefinition, results: Sequence[Result], by_max_t: Mapping[str, Mapping[str, Fraction]]
) -> tuple[tuple[Result, ...], tuple[Family, ...]]:
    """The results with their adjusted p-values, and the families; a planned test without a result counts as p = 1.

    `by_max_t` gives, for each family, the p-values of the joint distribution where the plan asks for it.
    """
    method = definition.analysis.multiplicity
    found = {each.id: each for each in results if each.compares_arms}
    new: dict[str, Probability] = {}
    made = []
    for rank, members in families(definition).items():
        ids = tuple(each.id for each in members)
        own = {name: _p_of(found.get(name)) for name in ids}
        shared = method if len(ids) > 1 else "none"
        not_run = tuple(name for name in ids if name not in found)
        made.append(Family(rank, shared, f"{definition.analysis.alpha:f}", ids, not_run))
        if shared == "max_t":
            new |= by_max_t.get(rank, {})
        elif shared != "none":
            new |= _ADJUST[shared](own)
    return tuple(_with(each, new.get(each.id)) for each in results), tuple(made)


_ADJUST: Mapping[str, Callable[[Mapping[str, Probability]], dict[str, Probability]]] = {
    "holm": holm,
    "hochberg": hochberg,
    "fixed_sequence": lambda p: fixed_sequence(p, tuple(p)),
}


def _p_of(result: Result | None) -> Probability:
    if result is None:
        return 1
    return result.p_exact if result.p_exact is not None else result.p if result.p is not None else 1


def _with(result: Result, p: Probability | None) -> Result:
    return result if p is None else replace(result, p_adjusted=float(p))
