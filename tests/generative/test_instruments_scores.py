"""Bounds hold every completion, a further finding never lowers a score, and each of 0 to 32 is reached."""

from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from equipoise.instruments import Presence, grouped_index, score

INDEX = grouped_index("mex_sledai")
IDS = [descriptor.id for group in INDEX.groups for descriptor in group.descriptors]
assessments = st.fixed_dictionaries({}, optional={each: st.sampled_from(Presence) for each in IDS})


@given(assessments, st.data())
def test_bounds_contain_every_completion(answers: dict[str, Presence], data: st.DataObject) -> None:
    outcome = score(INDEX, answers)
    open_ids = [each for each in IDS if answers.get(each, Presence.UNKNOWN) is Presence.UNKNOWN]
    decided = data.draw(st.fixed_dictionaries({each: st.sampled_from(["present", "absent"]) for each in open_ids}))
    total = score(INDEX, answers | decided).total
    assert total is not None
    assert outcome.lowest <= total <= outcome.highest


@given(assessments)
def test_both_bounds_are_reached(answers: dict[str, Presence]) -> None:
    outcome = score(INDEX, answers)
    for verdict, bound in (("absent", outcome.lowest), ("present", outcome.highest)):
        decided = {each: verdict for each in IDS if answers.get(each, Presence.UNKNOWN) is Presence.UNKNOWN}
        assert score(INDEX, answers | decided).total == bound


@given(assessments, st.sampled_from(IDS))
def test_one_more_finding_never_lowers_the_score(answers: dict[str, Presence], found: str) -> None:
    before = score(INDEX, answers | {found: Presence.ABSENT})
    after = score(INDEX, answers | {found: Presence.PRESENT})
    assert after.lowest >= before.lowest
    assert after.highest >= before.highest


@given(assessments)
def test_a_total_is_the_sum_of_the_groups_present(answers: dict[str, Presence]) -> None:
    outcome = score(INDEX, answers)
    weights = {group.id: group.weight for group in INDEX.groups}
    assert outcome.lowest == sum(weights[each] for each in outcome.groups_present)
    assert (outcome.total is None) == bool(outcome.groups_unknown)
    assert (outcome.total is None) or outcome.lowest == outcome.highest == outcome.total


def test_every_integer_from_0_to_32_is_reached_and_no_other() -> None:
    absent = dict.fromkeys(IDS, Presence.ABSENT)
    totals = set()
    for size in range(len(INDEX.groups) + 1):
        for groups in combinations(INDEX.groups, size):
            found = {group.descriptors[-1].id: Presence.PRESENT for group in groups}
            totals.add(score(INDEX, absent | found).total)
    assert totals == set(range(33))


def test_within_a_group_only_any_matters() -> None:
    for group in INDEX.groups:
        ids = [each.id for each in group.descriptors]
        for pattern in product(["present", "absent"], repeat=len(ids)):
            outcome = score(INDEX, dict.fromkeys(IDS, "absent") | dict(zip(ids, pattern, strict=True)))
            assert outcome.total == (group.weight if "present" in pattern else 0)
