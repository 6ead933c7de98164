"""From every real record: a draft that loads and asks what is open, or a refusal with the reason."""

from pathlib import Path

import pytest

from equipoise.allocation.design import read_design
from equipoise.protocol import parse_definition
from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.drafting import draft, draft_randomisation
from equipoise.protocol.record_gaps import compare_with_record
from equipoise.protocol.yaml_source import parse_yaml
from equipoise.registration import RegistryRecord, each, judge, read_record
from equipoise.vocabulary import Refusal, Severity
from shared_data import SHARED, needs_shared

RECORDS = sorted((SHARED / "records").glob("NCT*")) if SHARED.is_dir() else []
REFUSED = {
    "NCT01841593": "crossover",
    "NCT02028676": "factorial",
    "NCT03418623": "crossover",
    "NCT04207047": "does not randomise",
    "NCT05594173": "not a trial",
}
DRAFTED = [path for path in RECORDS if path.stem not in REFUSED]

pytestmark = needs_shared


@pytest.fixture(scope="module", params=DRAFTED, ids=lambda path: path.stem)
def record(request: pytest.FixtureRequest) -> RegistryRecord:
    path: Path = request.param
    return read_record(path)


def test_all_records_are_drafted_or_refused() -> None:
    assert len(DRAFTED) == 8
    assert {path.stem for path in RECORDS} - {path.stem for path in DRAFTED} == set(REFUSED)


def test_a_draft_loads_and_holds_what_the_record_says(record: RegistryRecord) -> None:
    reading = parse_definition(draft(record, judge(record)).encode())
    definition = reading.definition
    assert definition is not None, reading.findings
    assert reading.errors == ()
    assert len(definition.arms) == len(each(record.arms))
    assert len(definition.interventions) == len(each(record.interventions))
    assert len(definition.endpoints) == len(each(record.outcomes))
    assert len(definition.sites) == max(1, len(each(record.sites)))
    assert len(definition.masking.masked) == len(each(record.design.masked_roles))
    assert definition.record == record.provenance.sha256
    count = record.design.enrolment.count.value
    assert definition.planned_participants == (count or UNDECIDED)


def test_what_is_open_is_said_to_be_open(record: RegistryRecord) -> None:
    findings = judge(record)
    reading = parse_definition(draft(record, findings).encode())
    assert reading.definition is not None
    decisions = reading.definition.decisions
    assert decisions
    assert all(decision.choice == UNDECIDED for decision in decisions)
    reported = [finding for finding in reading.findings if finding.rule == "DEC-OPEN"]
    assert len(reported) >= len(decisions)
    assert "DEC-PLACE" not in {finding.rule for finding in reading.findings}, "every question leads to its part"


def test_a_draft_differs_from_its_record_in_nothing(record: RegistryRecord) -> None:
    definition = parse_definition(draft(record).encode()).definition
    assert definition is not None
    assert [gap.message for gap in compare_with_record(definition, record) if gap.severity is not Severity.INFO] == []


def test_a_draft_is_the_same_text_each_time(record: RegistryRecord) -> None:
    findings = judge(record)
    assert draft(record, findings) == draft(record, findings)


@pytest.mark.parametrize("path", [path for path in RECORDS if path.stem in REFUSED], ids=lambda path: path.stem)
def test_another_design_is_refused_with_the_reason(path: Path) -> None:
    with pytest.raises(Refusal, match=REFUSED[path.stem]):
        draft(read_record(path))


def test_the_first_trial_is_drafted_as_its_record_has_it() -> None:
    record = read_record(SHARED / "records" / "NCT05921058.txt")
    definition = parse_definition(draft(record, judge(record)).encode()).definition
    assert definition is not None
    assert [encounter.day for encounter in definition.dose_encounters()] == [1, 2, 3, 4, 5, 6, 7, 14, 21, 28]
    assert [endpoint.item for endpoint in definition.endpoints] == ["mex_total"]
    assert definition.encounter(definition.endpoints[0].encounter).day == 31
    assert {one.route for one in definition.interventions} == {UNDECIDED}
    assert {str(one.dose_ml) for one in definition.interventions} == {"1.5"}
    asked = {decision.id for decision in definition.decisions}
    assert {"ENR-01", "ENR-03", "DES-04", "DES-05", "DES-12", "OUT-07", "OUT-08", "ANA-01", "ELI-01", "ADM-03"} <= asked
    assert "paired_t_within_arm" in {analysis.method for analysis in definition.analysis.analyses}


def test_the_randomisation_that_is_proposed_can_be_sealed(record: RegistryRecord) -> None:
    definition = parse_definition(draft(record).encode()).definition
    assert definition is not None
    design = read_design(parse_yaml(draft_randomisation(definition).encode(), "randomisation.yaml").data)
    assert design.arms == tuple(arm.id for arm in definition.arms)
    assert design.slots >= 64
    assert (design.packs.doses if design.packs else 0) == len(definition.dose_encounters())
