"""Draft a study definition from a registry record: what the record says, and a question wherever it does not."""

from collections.abc import Iterable

from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.drafting.aims import Aims, draft_aims
from equipoise.protocol.drafting.document import Part, label, yaml_text
from equipoise.protocol.drafting.people import draft_people
from equipoise.protocol.drafting.questions import of_findings, of_the_draft
from equipoise.protocol.drafting.scope import refuse_out_of_scope
from equipoise.protocol.drafting.treatment import PREPARED, draft_treatment, reference_arm
from equipoise.protocol.drafting.visits import Visits
from equipoise.registration import RegistryRecord, each
from equipoise.registration.language.plain_text import one_line
from equipoise.vocabulary import Finding, Verdict

_HEADER = """yaml-language-server: $schema=study.schema.json

Draft of a study definition from the registry record {record}{seen}.
What the record says was taken over. What it leaves open stands as `undecided`, here and under `decisions`; what was
written only so that the draft can be read is named there as well. `equipoise check` lists all of it."""


def draft(record: RegistryRecord, findings: Iterable[Finding] = ()) -> str:
    """Draft the text of a `study.yaml` that loads; `findings` on the record become questions.

    Raises `Refusal` (rule `SCOPE`) for a study that is not a randomised trial with parallel arms.
    """
    refuse_out_of_scope(record)
    seen = record.seen_on.value or record.timeline.last_update_posted.value
    header = _HEADER.format(record=record.id, seen=f", as of {seen.iso}" if seen else "")
    return yaml_text(_document(record, tuple(findings)), header)


def _document(record: RegistryRecord, findings: tuple[Finding, ...]) -> Part:
    treatment = draft_treatment(record)
    visits = Visits(record, is_given=any(one["kind"] in PREPARED for one in treatment["interventions"]))
    aims = draft_aims(record, visits)
    document = {
        **_identity(record),
        **treatment,
        "planned_participants": record.design.enrolment.count.value or UNDECIDED,
        **draft_people(record),
        "consent": [{"version": "0.1", "languages": ["en"], "approved_by": UNDECIDED}],
        "epochs": [{"id": name, "name": label(title)} for name, title in _EPOCHS],
        "encounters": visits.encounters(aims.assessed_forms()),
        "forms": aims.forms(),
        "objectives": aims.objectives(),
        "endpoints": aims.endpoints,
        "estimands": aims.estimands,
        "analysis": {
            "reference_arm": reference_arm(record, treatment["arms"]),
            "multiplicity": "holm" if len(aims.estimands) > 1 else "none",
            "sets": _SETS,
            "analyses": [*aims.analyses, *_as_registered(aims, findings)],
        },
        "monitoring": {"dmc": _DMC[record.oversight.has_dmc.value]},
    }
    questions = [*of_findings(findings), *of_the_draft(document, aims, visits.schedule_is_known)]
    return {**document, "decisions": questions}


def _as_registered(aims: Aims, findings: tuple[Finding, ...]) -> list[Part]:
    """Give the paired test inside each arm, if that is what the record plans, for the primary outcomes."""
    if not any(finding.rule == "ANA-01" and finding.verdict is Verdict.HIT for finding in findings):
        return []
    return [
        {"id": f"{one['id']}.paired", "endpoint": one["id"], "method": "paired_t_within_arm", "role": "as_registered"}
        for one in aims.endpoints
        if one["rank"] == "primary"
    ]


def _identity(record: RegistryRecord) -> Part:
    title = record.identity.official_title.value or record.identity.brief_title.value or record.id
    return {
        "equipoise": 1,
        "id": record.id,
        "version": 1,
        "label": "draft",
        "title": label(title),
        "sponsor": one_line(record.parties.lead_sponsor.name.value or "not in this source"),
        "record": record.provenance.sha256,
        "languages": ["en"],
        "time_zone": "UTC",
        "sites": _sites(record),
    }


def _sites(record: RegistryRecord) -> list[Part]:
    sites = each(record.sites)
    digits = 2 if len(sites) < 100 else 3
    drafted = [
        {
            "id": f"{number:0{digits}d}",
            "name": one_line(site.facility.value or site.printed.value or site.city.value or f"Site {number}"),
            "city": one_line(site.city.value or ""),
            "country": one_line(site.country.value or ""),
        }
        for number, site in enumerate(sites, start=1)
    ]
    return drafted or [{"id": "01", "name": "not in this source"}]


_EPOCHS = (("screening", "Screening"), ("treatment", "Treatment"), ("follow_up", "Follow-up"))
_SETS: list[Part] = [
    {"id": "full_analysis_set", "name": label("Full analysis set"), "where": "randomised"},
    {"id": "safety_set", "name": label("Safety set"), "where": "randomised && doses_given > 0"},
]
_DMC = {True: "Yes, by the record", False: "None, by the record", None: ""}
