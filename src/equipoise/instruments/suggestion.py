"""What measured values say about a descriptor: a suggestion to the assessor, never an answer.

A value that meets every measurable condition of a definition points to "present"; one that fails a condition points to
"absent"; what excludes the descriptor (drugs, infection) stays with the assessor.  Give only values that the assessor
may see: a suggestion out of a restricted analyte would betray it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from equipoise.instruments.grouped_index import Descriptor, GroupedIndex, Presence, Threshold
from equipoise.vocabulary import Reported, convert, convertible


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`points_to` present or absent, because of these `analytes`; `unless` is what the assessor must still exclude."""

    group: str
    descriptor: str
    points_to: Presence
    analytes: tuple[str, ...]
    unless: str
    doubt: str


def suggestions(
    index: GroupedIndex,
    results: Mapping[str, Reported | str],
    upper_limits: Mapping[str, Reported] | None = None,
    language: str = "en",
) -> tuple[Suggestion, ...]:
    """Suggestions for the descriptors that the values decide.

    `results` maps analytes to reported quantities, or to codes for a choice; `upper_limits` holds the laboratory's
    upper limits of normal.  A value with a comparator counts only if every number that it allows agrees.
    """
    found = list[Suggestion]()
    for group in index.groups:
        for descriptor in group.descriptors:
            points_to = _points_to(descriptor, results, upper_limits or {})
            if points_to is Presence.UNKNOWN:
                continue
            analytes = tuple(threshold.analyte for threshold in descriptor.needs)
            unless = descriptor.unless.text(language) if descriptor.unless else ""
            found.append(Suggestion(group.id, descriptor.id, points_to, analytes, unless, descriptor.doubt))
    return tuple(found)


def _points_to(
    descriptor: Descriptor, results: Mapping[str, Reported | str], upper_limits: Mapping[str, Reported]
) -> Presence:
    met = [_met(threshold, results.get(threshold.analyte), upper_limits) for threshold in descriptor.needs]
    if False in met:
        return Presence.ABSENT
    return Presence.PRESENT if met and None not in met else Presence.UNKNOWN


def _met(threshold: Threshold, result: Reported | str | None, upper_limits: Mapping[str, Reported]) -> bool | None:
    if isinstance(result, str):
        return result in threshold.one_of if threshold.one_of else None
    if result is None or threshold.one_of:
        return None
    if threshold.above_upper_limit:
        return _above_upper_limit(result, upper_limits.get(threshold.analyte))
    if not convertible(result.unit, threshold.unit):
        return None
    allowed = result.interval(threshold.unit)
    if threshold.above is not None:
        return allowed.lies_above(Fraction(threshold.above))
    assert threshold.below is not None, "a threshold has exactly one condition"
    return allowed.lies_below(Fraction(threshold.below))


def _above_upper_limit(result: Reported, limit: Reported | None) -> bool | None:
    if limit is None or not convertible(limit.unit, result.unit):
        return None
    return result.interval().lies_above(convert(limit.value, limit.unit, result.unit))
