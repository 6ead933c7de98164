"""Whatever was recorded, every planned analysis ends in a result or a finding that says why; names carry nothing."""

import math
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.protocol.analysis_plan import Method
from plan_world import planned, recorded, run_on

METHODS = [name for name in Method.__args__ if name not in ("risk_difference", "paired_t_within_arm", "mmrm")]
QUIET = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])

value = st.one_of(
    st.none(),
    st.integers(0, 9).map(str),
    st.decimals(0, 30, places=1).map(str),
    st.sampled_from(["<0.3", "<2", "<=1", ">9", ">=20"]),
)
rows = st.lists(st.tuples(st.sampled_from("SP"), value, value), min_size=1, max_size=14)
plans = st.fixed_dictionaries(
    {
        "below_limit": st.sampled_from(["half_limit", "limit", "ranks"]),
        "missing": st.sampled_from(["complete_cases", "complete_cases", "jump_to_reference"]),
    }
)
endpoints = st.fixed_dictionaries(
    {"metric": st.sampled_from(["change", "value"]), "scale": st.sampled_from(["identity", "log10"])}
)


def a_study(rule, endpoint):
    one_arm = {"method": "paired_t_within_arm", "role": "as_registered"}
    return planned(*({"method": method, **rule} for method in METHODS), one_arm, **endpoint)


@QUIET
@given(rows=rows, rule=plans, endpoint=endpoints)
def test_every_planned_analysis_ends_in_a_result_or_a_finding(rows, rule, endpoint):
    study = a_study(rule, endpoint)
    data, allocation = recorded(study, {"mex_total": rows})
    results = run_on(study, data, allocation)
    refused = {finding.place for finding in results.findings if finding.rule == "PLAN-NOT-RUN"}
    for analysis in study.analysis.analyses:
        found = [each for each in results.results if each.id.startswith(f"{analysis.id}.") or each.id == analysis.id]
        assert found or any(place.startswith(analysis.id) for place in refused)
        for each in found:
            assert each.p is None or 0 <= each.p <= 1
            assert each.estimate is None or math.isfinite(each.estimate)
            assert each.interval is None or each.interval[0] <= each.interval[1]
            assert set(each.entries) <= {entry for one in data.measurements.values() for entry in one.entries}


@QUIET
@given(rows=rows, order=st.randoms(use_true_random=False), endpoint=endpoints)
def test_names_of_participants_carry_nothing(rows, order, endpoint):
    study = a_study({"below_limit": "half_limit"}, endpoint)
    data, allocation = recorded(study, {"mex_total": rows})
    shuffled = list(data.participants)
    order.shuffle(shuffled)
    new = dict(zip(data.participants, shuffled, strict=True))
    renamed = replace(
        data,
        participants=tuple(shuffled),
        places={new[one]: place for one, place in data.places.items()},
        measurements={(new[p], e, i): replace(m, participant=new[p]) for (p, e, i), m in data.measurements.items()},
        absences={(new[p], e, i): why for (p, e, i), why in data.absences.items()},
    )
    moved = replace(
        allocation,
        places=renamed.places,
        received={new[one]: arms for one, arms in allocation.received.items()},
    )
    plain = [
        [replace(each, inputs_digest="") for each in run_on(study, *one).results]
        for one in ((data, allocation), (renamed, moved))
    ]
    assert plain[0] == plain[1]
