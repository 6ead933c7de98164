"""Every rule fires on one fault that is planted in a record without faults, and on nothing else there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from equipoise.registration import RULES, judge
from equipoise.registration.rules import Case
from equipoise.vocabulary import Severity, Verdict
from registration_sample import REMOVED, paper_with, record_with

AS_OF = date(2024, 12, 1)
HIT, UNDECIDABLE = Verdict.HIT, Verdict.UNDECIDABLE

_STATUS = "statusModule."
_TEXT = "descriptionModule."
_DESIGN = "designModule."
_INFO = "designModule.designInfo."
_ARMS = "armsInterventionsModule."
_PRIMARY = "outcomesModule.primaryOutcomes.0."
_SECOND = "outcomesModule.secondaryOutcomes."
_CRITERIA = "eligibilityModule.eligibilityCriteria"
DETAILS = _TEXT + "detailedDescription"
SIZE_IN_TEXT = "A total of 48 participants were randomised."


@dataclass(frozen=True)
class Fault:
    """A planted fault: changes of the record, lines of the paper's file, and the day of judging."""

    rule: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    paper: Mapping[str, str] = field(default_factory=dict)
    as_of: date = AS_OF
    verdict: Verdict = HIT

    def __str__(self) -> str:
        return f"{self.rule} {self.verdict}"


FAULTS = (
    Fault("REG-01", {_STATUS + "studyFirstSubmitDate": "2023-03-05"}),
    Fault("REG-02", {_STATUS + "studyFirstSubmitDate": "2024-03-02"}),
    Fault("REG-03", {_STATUS + "studyFirstSubmitDate": "2024-04-01"}),
    Fault("REG-04", {_STATUS + "lastUpdatePostDateStruct.date": "2023-01-20"}),
    Fault("DAT-01", {_STATUS + "primaryCompletionDateStruct.date": "2023-02-01"}),
    Fault("DAT-02", {_STATUS + "completionDateStruct.date": "2024-09-01"}),
    Fault("DAT-03", {_STATUS + "completionDateStruct.type": "ESTIMATED"}),
    Fault("DAT-04", {_STATUS + "completionDateStruct.date": "2024-05-30"}),
    Fault("DAT-05", {_STATUS + "primaryCompletionDateStruct.date": "2023-03-10"}),
    Fault("DAT-06", as_of=date(2025, 7, 1)),
    Fault("RES-01", {"hasResults": False}, as_of=date(2025, 3, 21)),
    Fault(
        "RES-02",
        {
            "oversightModule.isFdaRegulatedDrug": True,
            "contactsLocationsModule.locations.0.country": "United States",
        },
    ),
    Fault("RES-03", {"referencesModule.references": REMOVED}),
    Fault("ENR-01", {DETAILS: SIZE_IN_TEXT}),
    Fault("ENR-02", {_DESIGN + "enrollmentInfo.count": 61}),
    Fault("ENR-03", {DETAILS: "A total of 60 participants will be randomised."}),
    Fault("ENR-04", {_DESIGN + "enrollmentInfo.count": 14, DETAILS: "Participants will be randomised 1:1."}),
    Fault("DES-01", {"outcomesModule.secondaryOutcomes": REMOVED}),
    Fault("DES-02", {_INFO + "maskingInfo.masking": "DOUBLE"}),
    Fault("DES-03", {_INFO + "maskingInfo.maskingDescription": "Both look alike."}),
    Fault("DES-04", {_ARMS + "armGroups.1.description": "A placebo tablet by mouth weekly for three weeks."}),
    Fault(
        "DES-05",
        {
            _ARMS + "interventions.0.description": "Frozen secretome, thawed before use.",
            _INFO + "maskingInfo.maskingDescription": REMOVED,
            DETAILS: "Doses on days 1, 8 and 15.",
        },
    ),
    Fault("DES-06", {DETAILS: "C3 will be measured."}),
    Fault("DES-07", {_INFO + "interventionModelDescription": "Three groups are compared in parallel."}),
    Fault("DES-08", {_ARMS + "armGroups.1.interventionNames": [], _ARMS + "interventions.1.armGroupLabels": []}),
    Fault("DES-09", {_ARMS + "armGroups.0.description": "Secretome."}),
    Fault("DES-10", {_ARMS + "interventions.0.type": "DRUG"}),
    Fault("DES-11", {_ARMS + "armGroups.0.description": "2 mL by intramuscular injection weekly for three weeks."}),
    Fault(
        "DES-12",
        {
            _ARMS + "armGroups.0.description": "2 mL with 5 mg protein by injection weekly.",
            _ARMS + "armGroups.1.description": "2 mL of saline by injection weekly.",
        },
    ),
    Fault(
        "DES-13",
        {
            DETAILS: "The treatment group will be injected on days 1, 8 and 15.",
            _ARMS + "armGroups.0.description": "Secretome.",
            _ARMS + "armGroups.1.description": "Saline.",
        },
    ),
    Fault("DES-14", {DETAILS: "Doses will be injected on days 8, 1 and 15 in both groups."}),
    Fault("DES-15", {DETAILS: "Participants will be randomised."}),
    Fault("DES-16", {"identificationModule.officialTitle": "Secretome in Lupus"}),
    Fault("DES-17", {_TEXT + "briefSummary": "Secretome is given to people with lupus."}),
    Fault("DES-18", {_TEXT + "briefSummary": "The purpose is to find out whether secretome helps. " * 2}),
    Fault("DES-19", {_CRITERIA: "Inclusion Criteria:\n\n* Active lupus by ACR criteria", DETAILS: "Two arms."}),
    Fault("OUT-01", {_PRIMARY + "timeFrame": "Change of activity at 1 month"}),
    Fault("OUT-02", {_PRIMARY + "measure": "Lupus disease activity"}),
    Fault(
        "OUT-03", {_PRIMARY + "measure": "MEX-SLEDAI", _PRIMARY + "description": "MEX-SLEDAI before and after therapy."}
    ),
    Fault("OUT-04", {_PRIMARY + "description": "The MEX-SLEDAI score, range 0 to 32."}),
    Fault("OUT-05", {_PRIMARY + "description": "Mean MEX SLEDAI score."}),
    Fault("OUT-06", {_PRIMARY + "description": "Mean MEX-SLEDAI score, range 0 to 37; higher is worse."}),
    Fault("OUT-07", {DETAILS: "ESR and C3 will be measured by a central laboratory."}),
    Fault("OUT-08", {_SECOND + "1": {"measure": "Mean C4 at day 43", "timeFrame": "Day 43"}}),
    Fault("OUT-09", {DETAILS: "C3 will be measured by a central laboratory."}),
    Fault("OUT-10", {_PRIMARY + "timeFrame": "Baseline and day 16"}),
    Fault(
        "OUT-11",
        {
            _PRIMARY + "measure": "Change in MEX-SLEDAI",
            _PRIMARY + "timeFrame": "Day 43",
            DETAILS: "C3 will be measured.",
        },
    ),
    Fault("ANA-01", {DETAILS: "The groups will be analysed with a paired t-test."}),
    Fault("ANA-02", {DETAILS: "P < 0.05 will be significant."}),
    Fault("ANA-03", {DETAILS: "A t-test, two-sided, will be used."}),
    Fault("ANA-04", {DETAILS: "A t-test, two-sided, will be used."}),
    Fault("ANA-05", {DETAILS: "A t-test, two-sided, will be used."}),
    Fault("ANA-06", {_TEXT + "briefSummary": "The purpose was to test secretome. The trial was conducted in 2023."}),
    Fault("ELI-01", {_CRITERIA: "Inclusion Criteria:\n\n* Lupus\n\nExclusion Criteria:\n\n* Pregnancy"}),
    Fault(
        "ELI-02",
        {_CRITERIA: "Inclusion Criteria:\n\n* Lupus by EULAR/ACR criteria\n* Consent\n* Stable dose of steroids"},
    ),
    Fault("ELI-03", {"eligibilityModule.maximumAge": "75 Years"}),
    Fault(
        "ELI-04", {_CRITERIA: "Inclusion Criteria:\n\n* Women with active lupus by ACR criteria\n* Age 18 to 60 years"}
    ),
    Fault(
        "ELI-05", {_CRITERIA: "Inclusion Criteria:\n\n* Lupus\n\nExclusion Criteria:\n\n* Pregnancy\n* Active cancer"}
    ),
    Fault(
        "ELI-06", {_CRITERIA: "Inclusion Criteria:\n\n* Active lupus by ACR criteria\n* Consent\n* Age 18 to 60 years"}
    ),
    Fault("ELI-07", {"conditionsModule.conditions": ["Lupus"]}),
    Fault("TXT-01", {_TEXT + "briefSummary": "The purpose is to find out whether secretome helps paatients."}),
    Fault("TXT-02", {_ARMS + "interventions.0.description": "Umbilical cord stem cell secretome, grown to chapter 7."}),
    Fault("TXT-03", {_ARMS + "interventions.1.description": "Saline 0,9 %."}),
    Fault("TXT-04", {_ARMS + "interventions.0.description": "Stem cell secretome, kept at -196 C to -135 C."}),
    Fault("ADM-01", {"contactsLocationsModule.overallOfficials.0.name": "Budi Santoso, MD"}),
    Fault(
        "ADM-02",
        {
            "contactsLocationsModule.overallOfficials": [
                {"name": name, "role": "PRINCIPAL_INVESTIGATOR"} for name in ("Ayu Lestari", "Budi Santoso")
            ]
        },
    ),
    Fault("ADM-03", {DETAILS: "A total of 60 participants will be randomised 1:1."}),
    Fault("ADM-04", {"identificationModule.secondaryIdInfos": [{"id": "U1111-0000-0000"}]}),
    Fault("ADM-05", {"identificationModule.secondaryIdInfos": REMOVED}),
    Fault(
        "ADM-06", {_ARMS + "interventions.0.description": "Secretome obtained from Misal Biotech Company, at -80 C."}
    ),
    Fault("ADM-07", {"contactsLocationsModule.locations": REMOVED}),
    Fault("ADM-08", {"ipdSharingStatementModule.ipdSharing": "NO"}),
    Fault("ADM-09", {"oversightModule.oversightHasDmc": REMOVED}),
    Fault("CMP-01", paper={"participants": "participants: {value: 57, says: 57 participants}"}),
    Fault("CMP-02", paper={"dosing": "dosing: {days: [1, 8], volume_ml: '3', route: intramuscular, says: two doses}"}),
    Fault("CMP-03", paper={"dosing": "dosing: {days: [1, 8, 15], volume_ml: '1.5', route: oral, says: 1.5 mL}"}),
    Fault("CMP-04", paper={"assessment_days": "assessment_days: {value: [1, 22], says: day 22}"}),
    Fault("CMP-05", paper={"population": "population: {sex: FEMALE, disease: lupus, activity: moderate, says: women}"}),
    Fault("CMP-06", paper={"  - {measure: C3, rank": "  - {measure: TNF-alpha, rank: SECONDARY}"}),
    Fault("CMP-07", paper={"  - {measure: C3, rank": ""}),
    Fault("CMP-08", paper={"  - {measure: MEX-SLEDAI, rank": "  - {measure: MEX-SLEDAI}"}),
    Fault("CMP-09", paper={"dosing": "dosing: {days: [1, 8, 15], volume_ml: '2', route: intravenous, says: by vein}"}),
    Fault("CMP-10", paper={"product": "product: {value: adipose tissue secretome, says: adipose tissue secretome}"}),
    Fault("CMP-11", paper={"  roles": "  roles: []"}),
    Fault("CMP-12", paper={"comparison": "comparison: {value: within arm, says: before and after in each group}"}),
    Fault("CMP-13", {_SECOND + "1": {"measure": "Mean C4 at day 43", "timeFrame": "Day 43"}}),
    Fault("CMP-14", paper={"registration_number": "registration_number: {value: NCT00000001, says: NCT00000001}"}),
    Fault("CMP-15", paper={"declares_changes": "declares_changes: {value: false, says: no statement}"}),
    # what a source does not say is not a fault: it is undecidable
    Fault("REG-01", {_STATUS + "startDateStruct": REMOVED}, verdict=UNDECIDABLE),
    Fault("REG-01", {_STATUS + "startDateStruct.date": "2023-01"}, verdict=UNDECIDABLE),
    Fault(
        "REG-01",
        {_STATUS + "studyFirstSubmitDate": REMOVED, _STATUS + "startDateStruct.date": "2023-01-10"},
        verdict=UNDECIDABLE,
    ),
    Fault("RES-01", {"hasResults": False, _STATUS + "completionDateStruct.type": "ESTIMATED"}, verdict=UNDECIDABLE),
    Fault("DES-02", {_INFO + "maskingInfo.whoMasked": REMOVED}, verdict=UNDECIDABLE),
    Fault("OUT-10", {DETAILS: "Doses will be given."}, verdict=UNDECIDABLE),
    Fault(
        "ANA-03",
        {
            DETAILS: "A t-test, two-sided, will be used.",
            "documentSection.largeDocumentModule.largeDocs.0.hasSap": True,
        },
        verdict=UNDECIDABLE,
    ),
    Fault("ADM-04", {"contactsLocationsModule.locations.0.country": "United States"}, verdict=UNDECIDABLE),
    Fault("CMP-14", paper={"registration_number": "", "extent": "extent: abstract"}, verdict=UNDECIDABLE),
    Fault("CMP-15", paper={"declares_changes": "", "extent": "extent: abstract"}, verdict=UNDECIDABLE),
)

PAGE_ONLY = {"ENR-05", "ENR-06", "ADM-10"}
"""These judge the source page itself; `test_registration_page.py` holds their fixtures."""


def _verdict(fault: Fault) -> Verdict:
    case = Case(record_with(fault.changes), fault.as_of, paper_with(fault.paper))
    return RULES[fault.rule].apply(case).verdict


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    assert _verdict(fault) is fault.verdict


@pytest.mark.parametrize("rule", RULES)
def test_a_record_without_faults_gives_no_finding(rule: str) -> None:
    assert _verdict(Fault(rule)) is Verdict.OK


def test_every_rule_has_a_fault_that_makes_it_fire() -> None:
    assert {fault.rule for fault in FAULTS if fault.verdict is HIT} == set(RULES) - PAGE_ONLY


def test_findings_quote_the_words_that_clash_and_say_how_to_mend_them() -> None:
    record = record_with({DETAILS: SIZE_IN_TEXT})
    finding = next(one for one in judge(record, AS_OF) if one.rule == "ENR-01")
    assert finding.evidence == (
        f"'{SIZE_IN_TEXT}' (sample.json: protocolSection.descriptionModule.detailedDescription)",
        "'enrolment 60' (sample.json: protocolSection.designModule.enrollmentInfo.count)",
    )
    assert finding.place == "sample.json: protocolSection.descriptionModule.detailedDescription"
    assert finding.suggestion
    assert finding.why
    assert finding.sources


def test_a_study_may_weigh_a_rule_otherwise() -> None:
    record = record_with({DETAILS: SIZE_IN_TEXT})
    finding = next(one for one in judge(record, AS_OF, severities={"ENR-01": Severity.INFO}) if one.rule == "ENR-01")
    assert finding.severity is Severity.INFO


def test_without_a_day_time_dependent_rules_decide_nothing() -> None:
    record = record_with({"hasResults": False})
    verdicts = {one.rule: one.verdict for one in judge(record)}
    assert verdicts["DAT-06"] is UNDECIDABLE
    assert verdicts["RES-01"] is UNDECIDABLE


def test_without_a_paper_no_comparison_is_made() -> None:
    rules = [one.rule for one in judge(record_with(), AS_OF)]
    assert len(rules) == 76
    assert not [rule for rule in rules if rule.startswith("CMP")]


def test_a_plan_may_differ_from_what_came_of_it() -> None:
    record = record_with({DETAILS: "We will enrol 48 participants."})
    assert next(one.verdict for one in judge(record, AS_OF) if one.rule == "ENR-01") is Verdict.OK


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rules_accuse_nobody(rule: Any) -> None:
    words = f"{rule.title} {rule.why} {rule.mend}".lower()
    assert not [
        word for word in ("fraud", "misconduct", "cheat", "lie ", "conceal the", "hide the truth") if word in words
    ]
    assert rule.title[0].isupper()
    assert rule.sources
