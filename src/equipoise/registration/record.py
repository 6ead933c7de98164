"""A registry record as one frozen value; every field knows its source and whether the source speaks."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from equipoise.registration.field import Field, each
from equipoise.registration.registry_date import RegistryDate
from equipoise.registration.tree import Node
from equipoise.registration.words import (
    Allocation,
    ArmType,
    EnrolmentKind,
    InterventionModel,
    InterventionType,
    IpdSharing,
    MaskedRole,
    Masking,
    OfficialRole,
    OutcomeRank,
    OverallStatus,
    Phase,
    ResponsiblePartyType,
    Sex,
    StudyType,
)

Text = Field[str]
Date = Field[RegistryDate]
Flag = Field[bool]
Texts = Field[tuple[str, ...]]


class RecordFormat(StrEnum):
    """The three shapes in which a record of ClinicalTrials.gov travels."""

    PAGE = "page text"
    API_V2 = "ClinicalTrials.gov API v2 JSON"
    LEGACY_XML = "legacy public XML"


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of the source that did not fit into the record, kept so that nothing is lost."""

    path: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """What was read: file name, format, SHA-256 and size of the bytes, number of leaves, and what was left unread."""

    file: str
    format: RecordFormat
    sha256: str
    size: int
    leaves: int
    read: int
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class SecondaryId:
    """A further identifier of the study."""

    id: Text
    type: Text
    domain: Text
    link: Text


@dataclass(frozen=True, slots=True)
class Identity:
    """What the study is called."""

    nct_id: Text
    nct_id_aliases: Texts
    org_study_id: Text
    org_study_id_type: Text
    org_study_id_link: Text
    secondary_ids: Field[tuple[SecondaryId, ...]]
    acronym: Text
    brief_title: Text
    official_title: Text
    organisation: Text
    organisation_class: Text


@dataclass(frozen=True, slots=True)
class Timeline:
    """Status and dates, with precision and type."""

    overall_status: Field[OverallStatus]
    last_known_status: Field[OverallStatus]
    why_stopped: Text
    start: Date
    primary_completion: Date
    completion: Date
    first_submitted: Date
    first_submitted_qc: Date
    first_posted: Date
    last_update_submitted: Date
    last_update_submitted_qc: Date
    last_update_posted: Date
    verified: Date
    results_first_submitted: Date
    results_first_submitted_qc: Date
    results_first_posted: Date
    results_waived: Flag
    delay_first_submitted: Date
    delay_first_submitted_qc: Date
    delay_first_posted: Date
    delayed_posting: Flag
    has_expanded_access: Flag
    expanded_access_id: Text
    expanded_access_status: Text


@dataclass(frozen=True, slots=True)
class Organisation:
    """A sponsor or collaborator."""

    name: Text
    agency_class: Text


@dataclass(frozen=True, slots=True)
class ResponsibleParty:
    """Who answers for the record; `name_title` and `organisation` are the form used before 2011."""

    type: Field[ResponsiblePartyType]
    name: Text
    title: Text
    affiliation: Text
    name_title: Text
    organisation: Text


@dataclass(frozen=True, slots=True)
class Parties:
    """Sponsor, collaborators, responsible party."""

    lead_sponsor: Organisation
    collaborators: Field[tuple[Organisation, ...]]
    responsible_party: ResponsibleParty
    information_source: Text


@dataclass(frozen=True, slots=True)
class Oversight:
    """Data monitoring and the regulator's screen."""

    has_dmc: Flag
    fda_regulated_drug: Flag
    fda_regulated_device: Flag
    unapproved_device: Flag
    paediatric_postmarket_device: Flag
    us_export: Flag
    fdaaa801_violation: Flag


@dataclass(frozen=True, slots=True)
class Enrolment:
    """How many participants, and whether that is a plan or a count."""

    count: Field[int]
    kind: Field[EnrolmentKind]


@dataclass(frozen=True, slots=True)
class Design:
    """How the study is built.  `arm_count` and `group_count` are what the header of the source prints."""

    study_type: Field[StudyType]
    phases: Field[tuple[Phase, ...]]
    allocation: Field[Allocation]
    model: Field[InterventionModel]
    model_description: Text
    primary_purpose: Text
    masking: Field[Masking]
    masking_description: Text
    masked_roles: Field[tuple[MaskedRole, ...]]
    enrolment: Enrolment
    arm_count: Field[int]
    group_count: Field[int]
    observational_model: Text
    time_perspective: Text
    patient_registry: Flag
    target_duration: Text
    biospecimen_retention: Text
    biospecimen_description: Text
    expanded_access_individual: Flag
    expanded_access_intermediate: Flag
    expanded_access_treatment: Flag
    expanded_access_count: Text


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm; `intervention_names` carry their type (`Drug: Secretome`), where the source links from this side."""

    label: Text
    type: Field[ArmType]
    description: Text
    intervention_names: Texts


@dataclass(frozen=True, slots=True)
class Intervention:
    """One intervention; `arm_labels` name the arms that receive it."""

    type: Field[InterventionType]
    name: Text
    description: Text
    arm_labels: Texts
    other_names: Texts


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome measure."""

    rank: OutcomeRank
    measure: Text
    time_frame: Text
    description: Text


DAYS_PER_YEAR = Decimal("365.25")
PER_YEAR = {
    "year": Decimal(1),
    "month": Decimal(12),
    "week": DAYS_PER_YEAR / 7,
    "day": DAYS_PER_YEAR,
    "hour": DAYS_PER_YEAR * 24,
    "minute": DAYS_PER_YEAR * 24 * 60,
}


@dataclass(frozen=True, slots=True)
class Age:
    """An age limit: a number and the unit as printed (`Years`, `Months`, ...)."""

    number: int
    unit: str

    @property
    def years(self) -> Decimal:
        """The limit in years of 12 months or 365.25 days."""
        return Decimal(self.number) / PER_YEAR[self.unit.lower().rstrip("s")]

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who may take part."""

    criteria: Text
    sex: Field[Sex]
    gender_based: Flag
    gender_description: Text
    minimum_age: Field[Age]
    maximum_age: Field[Age]
    age_groups: Texts
    healthy_volunteers: Flag
    study_population: Text
    sampling_method: Text


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a person of the study."""

    name: Text
    role: Text
    phone: Text
    phone_extension: Text
    email: Text


@dataclass(frozen=True, slots=True)
class Official:
    """A person who answers for the science."""

    name: Text
    affiliation: Text
    role: Field[OfficialRole]


@dataclass(frozen=True, slots=True)
class Site:
    """A place where the study runs.  `printed` is the whole row where the source has lost its columns."""

    facility: Text
    status: Text
    city: Text
    state: Text
    postal_code: Text
    country: Text
    latitude: Text
    longitude: Text
    printed: Text
    contacts: Field[tuple[Contact, ...]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation, with its type (`BACKGROUND`, `RESULT`, `DERIVED`) and its retractions."""

    citation: Text
    type: Text
    pmid: Text
    retractions: Texts


@dataclass(frozen=True, slots=True)
class Link:
    """A labelled address."""

    label: Text
    url: Text


@dataclass(frozen=True, slots=True)
class AvailableData:
    """A data set or document that the record points to."""

    id: Text
    type: Text
    url: Text
    comment: Text


@dataclass(frozen=True, slots=True)
class Document:
    """A document attached to the record."""

    label: Text
    type: Text
    has_protocol: Flag
    has_analysis_plan: Flag
    has_consent_form: Flag
    dated: Date
    uploaded: Text
    filename: Text
    size: Text
    url: Text


@dataclass(frozen=True, slots=True)
class Sharing:
    """The statement on sharing data of individual participants."""

    plan: Field[IpdSharing]
    statement: Text
    description: Text
    info_types: Texts
    time_frame: Text
    access_criteria: Text
    url: Text


@dataclass(frozen=True, slots=True)
class PageFigures:
    """The figures that a mirror page derives and prints; `labelled` is false where the page text lost their labels."""

    enrolment: Field[Decimal]
    sites: Field[Decimal]
    arms: Field[Decimal]
    months: Field[Decimal]
    per_site_per_month: Field[Decimal]
    labelled: bool


@dataclass(frozen=True, slots=True)
class RegistryRecord:
    """One record of a trial registry, without loss: what did not fit is listed in `provenance.unread`.

    `results`, `derived`, `annotations` and `header` are subtrees kept in the shape of the source.
    `seen_on` is the day to which the copy speaks, where the source says so.
    """

    identity: Identity
    timeline: Timeline
    parties: Parties
    oversight: Oversight
    brief_summary: Text
    detailed_description: Text
    conditions: Texts
    condition_row: Texts
    keywords: Texts
    condition_mesh: Texts
    intervention_mesh: Texts
    design: Design
    arms: Field[tuple[Arm, ...]]
    interventions: Field[tuple[Intervention, ...]]
    outcomes: Field[tuple[Outcome, ...]]
    eligibility: Eligibility
    central_contacts: Field[tuple[Contact, ...]]
    officials: Field[tuple[Official, ...]]
    sites: Field[tuple[Site, ...]]
    countries: Texts
    removed_countries: Texts
    references: Field[tuple[Reference, ...]]
    links: Field[tuple[Link, ...]]
    available_data: Field[tuple[AvailableData, ...]]
    sharing: Sharing
    documents: Field[tuple[Document, ...]]
    no_analysis_plan: Flag
    has_results: Flag
    results: Field[Node]
    derived: Field[Node]
    annotations: Field[Node]
    header: Field[Node]
    page_figures: PageFigures
    seen_on: Date
    provenance: Provenance

    @property
    def id(self) -> str:
        """The registry number, or 'record' where the source gives none."""
        return self.identity.nct_id.value or "record"

    def of_rank(self, rank: OutcomeRank) -> tuple[Outcome, ...]:
        """Give the outcomes of one rank, in the order of the source."""
        return tuple(outcome for outcome in each(self.outcomes) if outcome.rank is rank)

    def interventions_of(self, arm: Arm) -> tuple[Intervention, ...]:
        """Give the interventions that an arm receives, linked from either side."""
        named = {name.split(": ", 1)[-1] for name in each(arm.intervention_names)}
        return tuple(
            intervention
            for intervention in each(self.interventions)
            if arm.label.value in each(intervention.arm_labels) or intervention.name.value in named
        )
