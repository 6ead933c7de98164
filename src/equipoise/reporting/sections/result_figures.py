"""The figures of the results: which values go into which drawing, and what each drawing says in words."""

from collections import defaultdict
from collections.abc import Sequence

from equipoise.analysis.analysis_results import AnalysisResults, Result
from equipoise.protocol.objectives import Endpoint, Rank
from equipoise.reporting.document import Block, Figure
from equipoise.reporting.figures.canvas import middle
from equipoise.reporting.figures.distribution import Sample, distribution
from equipoise.reporting.figures.forest import Line, Scale, forest
from equipoise.reporting.figures.permutation import permutation
from equipoise.reporting.figures.slopes import Panel, Slopes, slopes
from equipoise.reporting.figures.trajectories import INDIVIDUALS_AT_MOST, SPREAD_OF_TIES, Axis, Courses, trajectories
from equipoise.reporting.inputs import ReportInputs
from equipoise.reporting.numbers import ENGLISH
from equipoise.reporting.reading import (
    arm_names,
    encounter_name,
    main_result,
    measure_name,
    randomisation_result,
    short_visit,
    with_unit,
)
from equipoise.reporting.shown import equals_p, shown

Values = dict[str, dict[str, float]]
"""Participant -> encounter -> value of one item."""


def primary_figures(inputs: ReportInputs, endpoint: Endpoint) -> tuple[Block, ...]:
    """Courses, distribution of the change, and the randomisation distribution where it is given."""
    values = _values(inputs.results, endpoint.item)
    figures: list[Block] = []
    if values:
        figures += [_courses(inputs, endpoint, values), _changes(inputs, endpoint, values)]
    test = randomisation_result(inputs.results, endpoint.id)
    if test and test.id in inputs.results.distributions:
        figures.append(_reference(inputs, endpoint, test))
    return tuple(figures)


def secondary_figures(inputs: ReportInputs, endpoints: Sequence[Endpoint]) -> tuple[Block, ...]:
    """One forest plot over all endpoints, and before and after for every participant."""
    drawn = [_forest(inputs, endpoints), _before_after(inputs, endpoints)]
    return tuple(figure for figure in drawn if figure)


def _values(results: AnalysisResults, item: str) -> Values:
    values: Values = defaultdict(dict)
    for each in results.observations:
        if each.item == item and each.value is not None:
            values[each.participant][each.encounter] = each.value
    return values


def _by_arm(inputs: ReportInputs) -> dict[str, list[str]]:
    """Arm -> its participants, in the order of the report."""
    members: dict[str, list[str]] = {arm: [] for arm in arm_names(inputs.trial.definition)}
    for participant, arm in inputs.results.arms.items():
        members[arm].append(participant)
    return members


def _courses(inputs: ReportInputs, endpoint: Endpoint, values: Values) -> Figure:
    definition = inputs.trial.definition
    seen = {encounter for course in values.values() for encounter in course}
    encounters = [each for each in definition.encounters if each.id in seen]
    names = arm_names(definition)
    arms = tuple(
        Courses(names[arm], tuple(tuple(values[one].get(each.id) for each in encounters) for one in members))
        for arm, members in _by_arm(inputs).items()
    )
    measured = with_unit(measure_name(endpoint), endpoint.unit)
    axis = Axis(
        tuple(short_visit(definition, each.id) for each in encounters),
        measured,
        endpoint.scale == "log10",
    )
    title = f"{measure_name(endpoint)}: every participant, by arm"
    words = _courses_in_words(arms, axis)
    svg = trajectories(arms, axis, title=title, description=words, synthetic=inputs.trial.synthetic)
    many = any(len(arm.courses) > INDIVIDUALS_AT_MOST for arm in arms)
    note = (
        "Bold: median. Bands: middle half and middle nine tenths of the participants."
        if many
        else f"Thin: one line per participant, ties moved apart by at most {SPREAD_OF_TIES / 2}. Bold: median."
    )
    return Figure("fig-courses", title, svg, words, (note,))


def _courses_in_words(arms: tuple[Courses, ...], axis: Axis) -> str:
    sentences = []
    for arm in arms:
        medians = []
        for place, name in enumerate(axis.names):
            known = [value for course in arm.courses if (value := course[place]) is not None]
            if known:
                medians.append(f"{ENGLISH.fixed(middle(known, 0.5), 1)} at {name} (n = {len(known)})")
        sentences.append(f"{arm.arm}: median {', '.join(medians)}.")
    return f"{axis.measured} over time. {' '.join(sentences)}"


def _changes(inputs: ReportInputs, endpoint: Endpoint, values: Values) -> Figure:
    names = arm_names(inputs.trial.definition)
    samples = tuple(
        Sample(names[arm], tuple(change for one in members if (change := _change(endpoint, values[one])) is not None))
        for arm, members in _by_arm(inputs).items()
    )
    when = encounter_name(inputs.trial.definition, endpoint.encounter)
    title = f"{measure_name(endpoint)}: change to {when}, by arm"
    words = " ".join(_sample_in_words(sample) for sample in samples)
    svg = distribution(
        samples,
        f"change in {with_unit(measure_name(endpoint), endpoint.unit)}",
        title=title,
        description=words,
        synthetic=inputs.trial.synthetic,
    )
    note = "Each dot is one participant; beside them the median and the quartiles."
    return Figure("fig-changes", title, svg, words, (note,), 78)


def _change(endpoint: Endpoint, course: dict[str, float]) -> float | None:
    before, after = course.get(endpoint.baseline), course.get(endpoint.encounter)
    return None if before is None or after is None else after - before


def _sample_in_words(sample: Sample) -> str:
    if not sample.values:
        return f"{sample.arm}: nobody measured."
    low, median, high = (ENGLISH.fixed(middle(sample.values, share), 1) for share in (0.25, 0.5, 0.75))
    least, most = ENGLISH.fixed(min(sample.values), 1), ENGLISH.fixed(max(sample.values), 1)
    return (
        f"{sample.arm}: {len(sample.values)} participants, median change {median}, quartiles {low} to {high}, "
        f"from {least} to {most}."
    )


def _reference(inputs: ReportInputs, endpoint: Endpoint, test: Result) -> Figure:
    law = inputs.results.distributions[test.id]
    title = f"{measure_name(endpoint)}: the observed difference among all that chance could have given"
    words = (
        f"Distribution of the difference under every allocation of the recorded procedure, centred on "
        f"{ENGLISH.fixed(law.centre, 1)}; the observed value {ENGLISH.fixed(law.observed, 2)} is marked, and the "
        f"values at least as far out have probability p {equals_p(test)}."
    )
    svg = permutation(law, "difference in means", title=title, description=words, synthetic=inputs.trial.synthetic)
    note = "Grey: nearer to the centre than observed. Orange: at least as far; together they are the p-value."
    return Figure("fig-reference", title, svg, words, (note,), 88)


def _forest(inputs: ReportInputs, endpoints: Sequence[Endpoint]) -> Figure | None:
    definition = inputs.trial.definition
    ranked = [each for each in definition.endpoints if each in endpoints or each.rank is Rank.PRIMARY]
    lines = [line for endpoint in ranked if (line := _line(inputs, endpoint)) is not None]
    if len(lines) < 2:
        return None
    scale = Scale(
        "difference in standard deviations of the change (95 % CI)",
        "better with the intervention",
        "with the comparator",
        "Difference or ratio (95 % CI)",
    )
    title = "All endpoints on one scale"
    words = "Difference between the arms in standard deviations, negative where better: " + "; ".join(
        f"{line.name} {ENGLISH.fixed(line.estimate, 2)} ({ENGLISH.interval((line.low, line.high), 2)})"
        for line in lines
    )
    svg = forest(tuple(lines), scale, title=title, description=words, synthetic=inputs.trial.synthetic)
    note = (
        "Each difference is divided by the pooled standard deviation of the change, and turned so that left is better; "
        "the numbers beside it are in the endpoint’s own unit and direction; × is a ratio of geometric means."
    )
    return Figure("fig-forest", title, svg, words, (note,))


def _line(inputs: ReportInputs, endpoint: Endpoint) -> Line | None:
    result = main_result(inputs.results, endpoint.id)
    if result is None or result.estimate is None or result.interval is None:
        return None
    spread = _pooled(result)
    if not spread:
        return None
    turn = 1 if endpoint.better == "lower" else -1
    ends = sorted(turn * limit / spread for limit in result.interval)
    primary = endpoint.rank is Rank.PRIMARY
    name = f"{measure_name(endpoint)}{' (primary)' if primary else ''}"
    return Line(name, turn * result.estimate / spread, ends[0], ends[1], str(shown(result)), primary)


def _pooled(result: Result) -> float | None:
    """Pooled standard deviation of the change over the arms: sqrt(sum (n-1) sd^2 / sum (n-1))."""
    parts = [(arm.n - 1, arm.change_sd) for arm in result.arms if arm.change_sd is not None and arm.n > 1]
    freedom = sum(count for count, _ in parts)
    return (sum(count * sd**2 for count, sd in parts) / freedom) ** 0.5 if freedom else None


def _before_after(inputs: ReportInputs, endpoints: Sequence[Endpoint]) -> Figure | None:
    panels = [panel for endpoint in endpoints if (panel := _panel(inputs, endpoint)) is not None]
    if not panels:
        return None
    title = "Other endpoints before and after, every participant"
    words = " ".join(_panel_in_words(panel) for panel in panels)
    svg = slopes(tuple(panels), title=title, description=words, synthetic=inputs.trial.synthetic)
    note = "Thin: one line per participant. Bold: median of the arm. Skewed laboratory values on a logarithmic scale."
    return Figure("fig-before-after", title, svg, words, (note,))


def _panel(inputs: ReportInputs, endpoint: Endpoint) -> Panel | None:
    values = _values(inputs.results, endpoint.item)
    names = arm_names(inputs.trial.definition)
    arms = []
    for arm, members in _by_arm(inputs).items():
        pairs = [
            (values[one].get(endpoint.baseline), values[one].get(endpoint.encounter))
            for one in members
            if one in values
        ]
        known = tuple((before, after) for before, after in pairs if before is not None and after is not None)
        arms.append(Slopes(names[arm], known))
    if not any(arm.pairs for arm in arms):
        return None
    logarithmic = endpoint.scale == "log10" and all(value > 0 for arm in arms for pair in arm.pairs for value in pair)
    return Panel(with_unit(measure_name(endpoint), endpoint.unit), tuple(arms), logarithmic)


def _panel_in_words(panel: Panel) -> str:
    parts = []
    for arm in panel.arms:
        if arm.pairs:
            before, after = (middle([pair[place] for pair in arm.pairs], 0.5) for place in (0, 1))
            parts.append(f"{arm.arm} median {ENGLISH.fixed(before, 2)} to {ENGLISH.fixed(after, 2)}")
    return f"{panel.measured}: {', '.join(parts)}."
