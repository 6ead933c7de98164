"""A synthetic record that no rule has anything to say about, a paper that agrees with it, and the tool to spoil both.

Everything here is invented; the number NCT00000000 belongs to no trial.
"""

import copy
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from equipoise.registration import PublishedFacts, RegistryRecord, parse_published, parse_record

REMOVED = object()
"""Put this in place of a value to take the field out of the record."""

SECRETOME = "Biological: Secretome"
PLACEBO = "Biological: Placebo"

GOOD: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT00000000",
            "orgStudyIdInfo": {"id": "SYN-01"},
            "secondaryIdInfos": [{"id": "U1111-0000-0000", "type": "OTHER"}, {"id": "BPOM-PPUK-123", "type": "OTHER"}],
            "briefTitle": "Secretome in Lupus",
            "officialTitle": "Randomised, Masked, Placebo-controlled Trial of Secretome in Adults With Systemic Lupus",
        },
        "statusModule": {
            "statusVerifiedDate": "2024-06",
            "overallStatus": "COMPLETED",
            "startDateStruct": {"date": "2023-03-01", "type": "ACTUAL"},
            "primaryCompletionDateStruct": {"date": "2024-03-01", "type": "ACTUAL"},
            "completionDateStruct": {"date": "2024-03-20", "type": "ACTUAL"},
            "studyFirstSubmitDate": "2023-01-10",
            "studyFirstPostDateStruct": {"date": "2023-01-20", "type": "ACTUAL"},
            "lastUpdateSubmitDate": "2024-06-01",
            "lastUpdatePostDateStruct": {"date": "2024-06-05", "type": "ACTUAL"},
        },
        "sponsorCollaboratorsModule": {
            "responsibleParty": {"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": "Ayu Lestari"},
            "leadSponsor": {"name": "Universitas Contoh", "class": "OTHER"},
            "collaborators": [{"name": "Contoh Pharma", "class": "INDUSTRY"}],
        },
        "oversightModule": {"oversightHasDmc": True, "isFdaRegulatedDrug": False, "isFdaRegulatedDevice": False},
        "descriptionModule": {
            "briefSummary": "The purpose is to find out whether secretome lowers disease activity in lupus.",
            "detailedDescription": (
                "A total of 60 participants will be randomised in a 1:1 ratio. The randomisation list is "
                "computer-generated in permuted blocks by a statistician and kept in sealed envelopes by the "
                "pharmacist. Doses will be injected on days 1, 8 and 15 in both groups. C3 will be measured by a "
                "central laboratory. The sample size gives 85 % power. The change will be compared between arms "
                "with ANCOVA, two-sided, alpha 0.05, in the full analysis set; missing data will be handled by "
                "multiple imputation; rescue treatment is an intercurrent event under the treatment policy. "
                "Secondary outcomes are tested in hierarchical order. Baseline is the last value before the first "
                "dose. The trial will be conducted after approval by the ethics committee (approval number "
                "KE/12/2022, approved on 5 December 2022)."
            ),
        },
        "conditionsModule": {"conditions": ["Systemic Lupus Erythematosus"]},
        "designModule": {
            "studyType": "INTERVENTIONAL",
            "phases": ["PHASE1", "PHASE2"],
            "designInfo": {
                "allocation": "RANDOMIZED",
                "interventionModel": "PARALLEL",
                "interventionModelDescription": "Two groups are compared in parallel.",
                "primaryPurpose": "TREATMENT",
                "maskingInfo": {
                    "masking": "QUADRUPLE",
                    "maskingDescription": (
                        "The pharmacist prepares both products behind closed doors and is the only person who is "
                        "unmasked; volume, colour, consistency and smell are the same and both come in the same "
                        "syringe."
                    ),
                    "whoMasked": ["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"],
                },
            },
            "enrollmentInfo": {"count": 60, "type": "ACTUAL"},
        },
        "armsInterventionsModule": {
            "armGroups": [
                {
                    "label": "Secretome",
                    "type": "EXPERIMENTAL",
                    "description": "2 mL with 5 mg total protein, by intramuscular injection weekly for three weeks.",
                    "interventionNames": [SECRETOME],
                },
                {
                    "label": "Placebo",
                    "type": "PLACEBO_COMPARATOR",
                    "description": "2 mL of saline by intramuscular injection weekly for three weeks.",
                    "interventionNames": [PLACEBO],
                },
            ],
            "interventions": [
                {
                    "type": "BIOLOGICAL",
                    "name": "Secretome",
                    "description": "Umbilical cord mesenchymal stem cell secretome, kept at -80 C.",
                    "armGroupLabels": ["Secretome"],
                },
                {"type": "BIOLOGICAL", "name": "Placebo", "description": "Saline.", "armGroupLabels": ["Placebo"]},
            ],
        },
        "outcomesModule": {
            "primaryOutcomes": [
                {
                    "measure": "Change in MEX-SLEDAI from baseline to day 43",
                    "timeFrame": "Baseline and day 43",
                    "description": (
                        "Mean change of the Mexican Systemic Lupus Disease Activity Index (MEX-SLEDAI), range 0 to "
                        "32; higher scores mean worse disease."
                    ),
                }
            ],
            "secondaryOutcomes": [
                {"measure": "Mean C3 at day 43", "timeFrame": "Day 43"},
                {"measure": "Number of participants with adverse events", "timeFrame": "Up to day 60"},
            ],
        },
        "eligibilityModule": {
            "eligibilityCriteria": (
                "Inclusion Criteria:\n\n* Age 18 to 60 years\n* Systemic lupus by EULAR/ACR 2019 criteria\n* "
                "Active disease with MEX-SLEDAI of 2 or more\n* Stable dose of prednisolone for four "
                "weeks\n\nExclusion Criteria:\n\n* Pregnancy, lactation, or no contraception\n* Active "
                "infection\n* Cancer\n* Allergy to penicillin"
            ),
            "healthyVolunteers": False,
            "sex": "ALL",
            "minimumAge": "18 Years",
            "maximumAge": "60 Years",
        },
        "contactsLocationsModule": {
            "centralContacts": [{"name": "Ayu Lestari", "role": "CONTACT", "email": "ayu@example.org"}],
            "overallOfficials": [
                {"name": "Ayu Lestari, MD", "affiliation": "Universitas Contoh", "role": "PRINCIPAL_INVESTIGATOR"}
            ],
            "locations": [{"facility": "RS Contoh", "city": "Surakarta", "country": "Indonesia"}],
        },
        "referencesModule": {"references": [{"type": "RESULT", "citation": "Lestari A. doi: 10.0000/example.1"}]},
        "ipdSharingStatementModule": {"ipdSharing": "YES"},
    },
    "documentSection": {
        "largeDocumentModule": {"largeDocs": [{"label": "Study Protocol", "hasProtocol": True, "hasSap": False}]}
    },
    "derivedSection": {"miscInfoModule": {"versionHolder": "2024-06-05"}},
    "hasResults": True,
}

PAPER = """
citation: Lestari A. Example J 2024;1:1
doi: 10.0000/example.1
extent: full text
registration_number: {value: NCT00000000, says: registered as NCT00000000}
participants: {value: 60, says: 60 participants}
population: {sex: ALL, disease: lupus, activity: moderate, says: adults with active lupus}
dosing: {days: [1, 8, 15], volume_ml: "2", route: intramuscular, says: three weekly injections of 2 mL}
product: {value: umbilical cord secretome, says: umbilical cord secretome}
assessment_days: {value: [1, 43], says: at baseline and day 43}
outcomes:
  - {measure: MEX-SLEDAI, rank: PRIMARY}
  - {measure: C3, rank: SECONDARY}
  - {measure: adverse events, rank: SECONDARY}
masking:
  roles: [PARTICIPANT, CARE_PROVIDER, INVESTIGATOR, OUTCOMES_ASSESSOR]
  says: four roles masked
comparison: {value: between arms, says: change compared with placebo}
claims_safety: {value: true, says: efficacy and safety}
declares_changes: {value: true, says: no changes were made}
"""


def record_with(changes: Mapping[str, Any] | None = None) -> RegistryRecord:
    """Give the good record with some fields changed; keys are dotted paths below `protocolSection`, or from the top."""
    document = copy.deepcopy(GOOD)
    for path, value in (changes or {}).items():
        _put(document, path, value)
    return parse_record(json.dumps(document).encode(), "sample.json")


def paper_with(changes: Mapping[str, str] | None = None) -> PublishedFacts:
    """Give the agreeing paper with some lines of its file replaced; an empty text takes a line out."""
    return _paper(tuple((changes or {}).items()))


@cache
def _paper(changes: tuple[tuple[str, str], ...]) -> PublishedFacts:
    lines = PAPER.strip().splitlines()
    for key, line in changes:
        lines = [line if one.startswith(f"{key}:") else one for one in lines]
    return parse_published("\n".join(line for line in lines if line))


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    if path.split(".", 1)[0] not in document:
        path = f"protocolSection.{path}"
    *parents, last = path.split(".")
    place: Any = document
    for key in parents:
        place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
    if value is REMOVED:
        del place[int(last) if isinstance(place, list) else last]
    elif isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
