"""Every assumption of a design in words, so that a reader can doubt each of them."""

from collections.abc import Iterator, Mapping
from math import isfinite

from equipoise.design.design_report import Assumption
from equipoise.design.scenario import Scenario
from equipoise.design.simulation.modelling import Modelled, entry_rule, given_shares, level_shares
from equipoise.protocol import AskedItem, StudyDefinition, asked_items

_ROUNDED = {0: "whole numbers", 1: "1 decimal"}


def assumptions_of(definition: StudyDefinition, scenario: Scenario, modelled: Modelled) -> tuple[Assumption, ...]:
    """What the simulation takes as given, in the order in which a participant meets it."""
    names = {item: _name(asked) for item, asked in asked_items(definition).items()}
    return (
        *_people(scenario, names),
        *_items(definition, scenario, modelled, names),
        *_effects(scenario, names),
        *_losses(scenario),
        *_allocation(definition, scenario, names),
        Assumption("Distribution", "normal on the scale of each item, then limited and rounded as it is reported"),
    )


def _name(asked: AskedItem) -> str:
    """A score is called by its form, since its own label is no more than a total."""
    label = asked.item.label.text()
    if asked.item.derived is not None and asked.item.derived.score:
        return f"{asked.form.title.text()}: {label.lower()}"
    return f"{label} ({asked.item.unit})" if asked.item.unit else label


def _people(scenario: Scenario, names: Mapping[str, str]) -> Iterator[Assumption]:
    plan = scenario.planning
    rule = entry_rule(scenario)
    yield Assumption(
        "Entry", f"{names[rule[0]]} at least {rule[1]:g} at baseline" if rule else "no rule on a measured value"
    )
    yield Assumption("Screened", f"{scenario.screened_per_week:g} per week")
    behaviour = scenario.behaviour
    yield Assumption(
        "Not randomised", f"{behaviour.refuses_consent:.0%} refuse, {behaviour.fails_a_criterion:.0%} fail a criterion"
    )
    if plan.drift:
        yield Assumption("Drift over accrual", f"{plan.drift:+g} SD from the first participant to the last")


def _items(
    definition: StudyDefinition, scenario: Scenario, modelled: Modelled, names: Mapping[str, str]
) -> Iterator[Assumption]:
    model = modelled.model
    for index, item in enumerate(model.items):
        given = scenario.items.get(item)
        kind = "median {:g}, SD of logarithms {:g}" if model.log[index] else "mean {:g}, SD {:g}"
        words = [kind.format(model.typical[index], model.spread[index])]
        words += [f"at least {model.least[index]:g}"] if isfinite(model.least[index]) else []
        words += [f"at most {model.most[index]:g}"] if isfinite(model.most[index]) else []
        if abs(model.lowest[index]) != float("inf"):
            words.append(f"reported below {model.lowest[index]:g} as a limit")
        words.append(_ROUNDED.get(int(model.decimals[index]), f"{model.decimals[index]} decimals"))
        first = model.between_visits[index, -1, 0]
        words.append(f"correlation of baseline and outcome {first:.2f}")
        source = getattr(given, "source", "") if given else "nothing is assumed in the scenario: from the item's limits"
        yield Assumption(names[item], ", ".join(words), source)
    if len(model.items) > 1:
        plan = scenario.planning
        common = "by their common dependence on disease activity"
        value = common if plan.endpoint_correlation is None else f"{plan.endpoint_correlation:g} between all pairs"
        yield Assumption("Correlation between items", value)
    if modelled.left_out:
        endpoints = {each.id: each.name.text() for each in definition.endpoints}
        yield Assumption("Not simulated", "; ".join(endpoints[each] for each in modelled.left_out))


def _effects(scenario: Scenario, names: Mapping[str, str]) -> Iterator[Assumption]:
    plan = scenario.planning
    for item, amount in plan.improvement.items():
        yield Assumption("Improvement of everybody", f"{names[item]} by {amount:g}")
    if scenario.shared_improvement:
        yield Assumption(
            "Improvement of everybody",
            f"{scenario.shared_improvement:g} SD of disease activity, for items that are not named",
        )
    if plan.placebo_response or plan.placebo_spread:
        yield Assumption(
            "Response to any injection", f"mean {plan.placebo_response:g}, SD {plan.placebo_spread:g} SD of activity"
        )
    for arm, amount in scenario.effect.items():
        yield Assumption(f"Effect of {arm}", f"{amount:g} SD of disease activity")
    for item, by_arm in plan.effect.items():
        for arm, amount in by_arm.items():
            yield Assumption(f"Effect of {arm}", f"{names[item]} better by {amount:g}")
    if not scenario.effect and not plan.effect:
        for planned in plan.planned_effects[:1]:
            yield Assumption("Effect planned for", f"{planned.standardised:g} SD ({planned.name})", planned.source)


def _allocation(definition: StudyDefinition, scenario: Scenario, names: Mapping[str, str]) -> Iterator[Assumption]:
    plan, strata = scenario.planning, definition.randomisation.strata
    for stratum in strata:
        shares = ", ".join(f"{level} {share:.3g}" for level, share in level_shares(stratum, scenario).items())
        said = given_shares(stratum, scenario)
        source = "" if said else "nothing is assumed in the scenario: equal shares"
        yield Assumption(f"Strata by {names[stratum.item]}", shares, source)
        for level, amount in plan.prognosis.get(stratum.item, {}).items():
            way = "better" if amount >= 0 else "worse"
            yield Assumption(f"Prognosis by {names[stratum.item]}", f"{level} {way} by {abs(amount):g} SD of activity")
    how = ", over the levels above" if strata else "; strata are not told apart"
    yield Assumption("Allocation", f"by the study's own procedure{how}")


def _losses(scenario: Scenario) -> Iterator[Assumption]:
    leaving = scenario.planning.leaving
    yield Assumption(
        "Leave before the outcome",
        f"{leaving.completely_at_random:.0%} whatever happens, {leaving.at_random:.0%} by a bad baseline, "
        f"{leaving.not_at_random:.0%} by a bad outcome",
    )
    yield Assumption("Do not take the product", f"{scenario.planning.non_adherence:.0%}")
