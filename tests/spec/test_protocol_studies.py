"""The studies that ship: what the record and the abstract say stands in them, and every choice has its ground."""

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from equipoise.protocol import DefinitionReading, asked_items, find_study, load_definition, shipped_studies
from equipoise.protocol import read_definition as read_anew
from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.own_record import own_record
from equipoise.protocol.record_gaps import compare_with_record
from equipoise.protocol.shipped import find_record, shipped_versions
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.registration import read_record
from equipoise.vocabulary import Refusal, Role, Severity, digest_bytes

REGISTERED, PUBLISHED = "NCT05921058", "NCT05921058/as-published"
BOTH = (REGISTERED, PUBLISHED)


@cache
def reading(name: str) -> DefinitionReading:
    return read_anew(name)


def definition_of(name: str) -> StudyDefinition:
    definition = reading(name).definition
    assert definition is not None
    return definition


@pytest.fixture(scope="module")
def registered() -> StudyDefinition:
    return definition_of(REGISTERED)


@pytest.fixture(scope="module")
def published() -> StudyDefinition:
    return definition_of(PUBLISHED)


def test_the_registered_study_is_the_record(registered: StudyDefinition) -> None:
    doses = [encounter.day for encounter in registered.dose_encounters()]
    assert doses == [1, 2, 3, 4, 5, 6, 7, 14, 21, 28]
    assert {one.dose_ml for one in registered.interventions} == {Decimal("1.5")}
    assert registered.age_years == (18, 60)
    assert registered.sexes == "all"
    assert {Role.PARTICIPANT, Role.CARE_PROVIDER, Role.INVESTIGATOR, Role.OUTCOMES_ASSESSOR} <= set(
        registered.masking.masked
    )
    assert Role.PHARMACIST in registered.masking.unmasked
    storage = registered.interventions[0].product.storage
    assert storage != UNDECIDED
    assert (storage.low_c, storage.high_c) == (-196, -135)


def test_its_endpoints_are_the_measures_of_the_record(registered: StudyDefinition) -> None:
    by_rank: dict[str, list[str]] = {}
    for endpoint in registered.endpoints:
        by_rank.setdefault(endpoint.rank, []).append(endpoint.item)
    assert by_rank["primary"] == ["mex_total"]
    assert by_rank["secondary"] == ["esr", "hs_crp", "c3", "c4", "il_6", "anti_dsdna"]
    assert by_rank["safety"]


def test_the_published_study_is_the_abstract(published: StudyDefinition) -> None:
    assert [encounter.day for encounter in published.dose_encounters()] == [1, 8, 15, 22, 29, 36]
    assert published.planned_participants == 29
    assert published.sexes == "female"
    assert {one.route for one in published.interventions} == {"intramuscular"}
    days = {endpoint.item: published.encounter(endpoint.encounter).day for endpoint in published.endpoints}
    assert {days[item] for item in ("c3", "c4", "tnf_alpha", "anti_dsdna", "il_6")} == {43}
    names = [encounter.id for encounter in published.encounters]
    assert names.index("day_22") < names.index("dose_04"), "the assessment of day 22 comes before the dose"


@pytest.mark.parametrize("name", BOTH)
def test_a_shipped_study_has_no_error(name: str) -> None:
    assert reading(name).errors == ()


@pytest.mark.parametrize("name", BOTH)
def test_every_choice_has_its_reason_and_source(name: str) -> None:
    definition = definition_of(name)
    for decision in definition.decisions:
        assert decision.source, decision.id
        assert decision.choice == UNDECIDED or decision.reason, decision.id
    assert any(decision.choice == UNDECIDED for decision in definition.decisions), "something is truly open"
    assert any(decision.to_confirm for decision in definition.decisions), "a proposal is not the team's decision"


@pytest.mark.parametrize("name", BOTH)
def test_everything_undecided_in_place_is_asked(name: str) -> None:
    places = [finding.message for finding in reading(name).findings if finding.rule == "DEC-OPEN"]
    assert not [message for message in places if message.endswith("is undecided.")]


@pytest.mark.parametrize("name", BOTH)
def test_every_difference_from_the_record_is_declared(name: str) -> None:
    definition, record = definition_of(name), find_record("NCT05921058")
    assert record is not None
    gaps = compare_with_record(definition, read_record(record))
    assert gaps
    assert [gap.message for gap in gaps if gap.severity is not Severity.INFO] == []


def test_the_published_study_differs_where_the_facts_say_so() -> None:
    definition, record = definition_of(PUBLISHED), find_record("NCT05921058")
    assert record is not None
    rules = {gap.rule for gap in compare_with_record(definition, read_record(record))}
    assert {"GAP-01", "GAP-02", "GAP-03", "GAP-04", "GAP-05", "GAP-06", "GAP-09", "GAP-11", "GAP-13"} <= rules


@pytest.mark.parametrize("name", BOTH)
def test_laboratory_values_that_could_tell_the_arm_are_hidden(name: str) -> None:
    items = asked_items(definition_of(name))
    for endpoint in ("c3", "c4", "il_6", "anti_dsdna"):
        assert {Role.PARTICIPANT, Role.CARE_PROVIDER, Role.OUTCOMES_ASSESSOR} <= set(items[endpoint].item.restricted)
    assert items["mex_total"].item.restricted == ()


@pytest.mark.parametrize("name", BOTH)
def test_what_people_read_exists_in_both_languages(name: str) -> None:
    assert "WRD-LANGUAGE" not in {finding.rule for finding in reading(name).findings}


@pytest.mark.parametrize("name", BOTH)
def test_the_restriction_of_the_randomisation_is_not_in_the_definition(name: str) -> None:
    """M11, L26: what recruiters read holds neither method nor tolerance nor block size nor list length."""
    file = find_study(name)
    assert file is not None
    shown = definition_of(name).canonical()
    assert isinstance(shown, dict)
    assert shown["randomisation"] == {
        "ratio": {"secretome": 1, "placebo": 1},
        "strata": [],
        "details": "randomisation.yaml",
    }
    text = file.read_text(encoding="utf-8").lower()
    assert not [word for word in ("big stick", "big-stick", "mti", "block of", "slots") if word in text]
    assert (file.parent / "randomisation.yaml").is_file()


def test_the_record_ships_byte_for_byte() -> None:
    record = find_record("NCT05921058")
    assert record is not None
    assert digest_bytes(record.read_bytes()) == "335a64ed65d43a64a5b342b929769dea579692d063dfeab4acb683a066948f51"
    assert definition_of(REGISTERED).record == digest_bytes(record.read_bytes())


def test_a_definition_finds_its_own_record(registered: StudyDefinition, tmp_path: Path) -> None:
    file, source = find_study(REGISTERED), find_record("NCT05921058")
    assert file is not None
    assert source is not None
    found = own_record(registered, file)
    assert found is not None
    assert found.id == "NCT05921058"
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / source.name).write_bytes(source.read_bytes() + b" ")
    assert own_record(registered, tmp_path / "study" / "study.yaml") is None, "another state is another record"


def test_studies_are_found_by_name_folder_and_file() -> None:
    file = find_study(REGISTERED)
    assert file is not None
    assert shipped_studies() == ("NCT05921058",)
    assert shipped_versions(REGISTERED) == ("as-published", "as-registered")
    assert load_definition(file).digest == load_definition(file.parent).digest == definition_of(REGISTERED).digest
    assert load_definition(file.parent.parent).label == "as registered"
    assert find_study("NCT05921058/../NCT05921058/as-published") is None
    with pytest.raises(Refusal, match=r"Did you mean `NCT05921058/as-published`"):
        load_definition("NCT05921058/as-publshed")


def test_the_digest_names_the_content_and_nothing_else(registered: StudyDefinition) -> None:
    again = StudyDefinition.model_validate(registered.canonical())
    assert again == registered
    assert again.digest == registered.digest
    assert registered.model_copy(update={"planned_participants": 28}).digest != registered.digest
