"""The ways in which a plan could claim an effect: the rows of the honest table, as conditions on simulated answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from equipoise.analysis.execution.multiplicity import families
from equipoise.analysis.many.planned import ALL, CONTROL, TREATED, contrasts, joint_id, step_id
from equipoise.design.design_report import Plan
from equipoise.design.simulation.criteria import AtLeast, Benefit, Criterion, Significant, StepUp, Without
from equipoise.design.simulation.modelling import primary_endpoint
from equipoise.protocol import Analysis, StudyDefinition


@dataclass(frozen=True, slots=True)
class Claim:
    """`error`: what counts as a false claim when there is no effect; `success`: what counts when there is one."""

    id: str
    plan: Plan
    words: str
    nominal: float
    error: Criterion
    success: Criterion


def claims(definition: StudyDefinition, simulated: frozenset[str]) -> tuple[Claim, ...]:
    """The rows of the honest table that the `simulated` steps allow; for the first experimental arm.

    A test between arms claims falsely whenever p <= alpha; a test inside an arm when p <= alpha for the better, which
    has half that nominal rate.  Families that have alpha each are believed to err in their sum.
    """
    made = _Claims(definition, simulated)
    return (*made.registered(), *made.defined(), *made.otherwise())


class _Claims:
    def __init__(self, definition: StudyDefinition, simulated: frozenset[str]) -> None:
        self.definition, self.simulated = definition, simulated
        self.alpha = float(definition.analysis.alpha)
        self.primary = primary_endpoint(definition)
        self.arm = contrasts(definition)[0][0]
        self.better = {each.id: -1 if each.better == "lower" else 1 for each in definition.endpoints}

    def registered(self) -> Iterator[Claim]:
        """Paired tests inside the experimental arm, as a registry record has them."""
        paired = [each for each in self.definition.analysis.analyses if self._step(each, TREATED) in self.simulated]
        half = self.alpha / 2
        for each in paired:
            if each.endpoint == self.primary.id:
                inside = self._benefit(each, TREATED)
                only = Without(inside, Significant(self._step(each, CONTROL), self.alpha))
                words = "Better after than before (paired t)"
                yield Claim(each.id, Plan.AS_REGISTERED, words, half, inside, inside)
                yield Claim(f"{each.id}.only", Plan.AS_REGISTERED, "… and not in the other arm", half, only, only)
        improved = tuple(self._benefit(each, TREATED) for each in paired)
        for least, how_many in ((1, "Any"), (3, "At least 3")):
            if len(paired) > 2 * least - 1:
                several = AtLeast(least, improved)
                words = f"{how_many} of {len(paired)} endpoints better"
                yield Claim(f"paired.{least}", Plan.AS_REGISTERED, words, half, several, several)

    def defined(self) -> Iterator[Claim]:
        """The comparisons of the primary endpoint, then all confirmatory ones as the plan shares alpha."""
        for each in self.definition.analysis.analyses:
            if each.endpoint == self.primary.id and self._step(each) in self.simulated:
                error, success = self._significant(each), self._benefit(each)
                yield Claim(each.id, Plan.AS_DEFINED, self._words(each), self.alpha, error, success)
        members = {rank: self._simulated(family) for rank, family in families(self.definition).items()}
        members = {rank: family for rank, family in members.items() if family}
        everything = sum(map(len, members.values()))
        if everything > 1:
            rejects = AtLeast(1, tuple(self._rejects(rank, family) for rank, family in members.items()))
            words = f"Any of {everything}, alpha shared as planned"
            yield Claim("plan.any", Plan.AS_DEFINED, words, self.alpha * len(members), rejects, rejects)

    def otherwise(self) -> Iterator[Claim]:
        """All confirmatory endpoints as one family: not adjusted, by Holm's method, by their joint distribution."""
        family = [each for members in families(self.definition).values() for each in self._simulated(members)]
        k = len(family)
        if k < 2:
            return
        yield self._any(
            "all.none", Plan.OTHERWISE, f"Any of {k}, not adjusted", [(each, self.alpha) for each in family]
        )
        yield self._any("all.holm", Plan.OTHERWISE, f"Any of {k}, Holm", [(each, self.alpha / k) for each in family])
        joint = {each: f"{joint_id(ALL)}.{self._step(each)}" for each in family}
        if self.simulated.issuperset(joint.values()):
            error = tuple(Significant(name, self.alpha) for name in joint.values())
            success = tuple(Benefit(name, self.alpha, self.better[each.endpoint]) for each, name in joint.items())
            words = f"Any of {k}, max-T"
            yield Claim("all.max_t", Plan.OTHERWISE, words, self.alpha, AtLeast(1, error), AtLeast(1, success))

    def _any(self, name: str, plan: Plan, words: str, levels: Sequence[tuple[Analysis, float]]) -> Claim:
        error = tuple(Significant(self._step(each), level) for each, level in levels)
        success = tuple(Benefit(self._step(each), level, self.better[each.endpoint]) for each, level in levels)
        return Claim(name, plan, words, self.alpha, AtLeast(1, error), AtLeast(1, success))

    def _rejects(self, rank: str, family: Sequence[Analysis]) -> Criterion:
        """Something in a family is rejected, as the plan shares alpha."""
        names = tuple(self._step(each) for each in family)
        shared = self.definition.analysis.multiplicity if len(family) > 1 else "none"
        match shared:
            case "hochberg":
                return StepUp(names, self.alpha)
            case "fixed_sequence":
                return Significant(names[0], self.alpha)
            case "max_t":
                return AtLeast(1, tuple(Significant(f"{joint_id(rank)}.{name}", self.alpha) for name in names))
            case _:
                level = self.alpha / len(names) if shared == "holm" else self.alpha
                return AtLeast(1, tuple(Significant(name, level) for name in names))

    def _simulated(self, family: Sequence[Analysis]) -> list[Analysis]:
        return [each for each in family if self._step(each) in self.simulated]

    def _step(self, analysis: Analysis, suffix: str = "") -> str:
        name = step_id(self.definition, analysis.id, self.arm)
        return f"{name}.{suffix}" if suffix else name

    def _benefit(self, analysis: Analysis, suffix: str = "") -> Benefit:
        return Benefit(self._step(analysis, suffix), self.alpha, self.better[analysis.endpoint])

    def _significant(self, analysis: Analysis) -> Significant:
        return Significant(self._step(analysis), self.alpha)

    def _words(self, analysis: Analysis) -> str:
        method = _METHODS.get(analysis.method, analysis.method.replace("_", " "))
        method = f"{method[:1].upper()}{method[1:]}"
        notes = ["decides"] if analysis.role == "main" else []
        if analysis.analysis_set != "full_analysis_set":
            notes.append(analysis.analysis_set.removesuffix("_set").replace("_", " "))
        if analysis.missing != "complete_cases":
            notes.append(analysis.missing.replace("_", " "))
        return f"{method} ({', '.join(notes)})" if notes else method


_METHODS = {
    "ancova": "analysis of covariance",
    "welch_t": "Welch's t test",
    "mann_whitney": "Mann-Whitney test",
    "mmrm": "mixed model for repeated measures",
    "risk_difference": "Boschloo's test",
}
