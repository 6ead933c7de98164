"""From a tree of leaves to a record: one builder for all formats, since each format brings its own form."""

from functools import partial

from equipoise.registration.field import Field
from equipoise.registration.record import (
    Arm,
    AvailableData,
    Contact,
    Design,
    Document,
    Eligibility,
    Enrolment,
    Identity,
    Intervention,
    Link,
    Official,
    Organisation,
    Outcome,
    Oversight,
    PageFigures,
    Parties,
    Provenance,
    Reference,
    RegistryRecord,
    ResponsibleParty,
    SecondaryId,
    Sharing,
    Site,
    Timeline,
)
from equipoise.registration.registry_date import RegistryDate
from equipoise.registration.source.reader import Reader
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
    registry_word,
)

PRINTED_DATE = r"[A-Z][a-z]+ \d{1,2}, \d{4}\Z|\d{4}-\d{2}-\d{2}\Z"


def build_record(read: Reader, provenance: Provenance) -> RegistryRecord:
    """Build the record; `provenance` is completed by the caller once every leaf is accounted for."""
    return RegistryRecord(
        identity=_identity(read),
        timeline=_timeline(read),
        parties=_parties(read),
        oversight=_oversight(read),
        brief_summary=read.text("brief_summary"),
        detailed_description=read.text("detailed_description"),
        conditions=read.texts("conditions"),
        condition_row=read.texts("condition_row"),
        keywords=read.texts("keywords"),
        condition_mesh=read.texts("condition_mesh"),
        intervention_mesh=read.texts("intervention_mesh"),
        design=_design(read),
        arms=read.each("arms", _arm),
        interventions=read.each("interventions", _intervention),
        outcomes=_outcomes(read),
        eligibility=_eligibility(read),
        central_contacts=read.each("central_contacts", _contact, members="contacts"),
        officials=read.each("officials", _official),
        sites=read.each("sites", _site),
        countries=read.texts("countries"),
        removed_countries=read.texts("removed_countries"),
        references=_references(read),
        links=read.each("links", lambda link: Link(label=link.text("label"), url=link.text("url"))),
        available_data=read.each("available_data", _available_data),
        sharing=_sharing(read),
        documents=read.each("documents", _document),
        no_analysis_plan=read.flag("no_analysis_plan"),
        has_results=_has_results(read),
        results=read.subtree("results"),
        derived=read.subtree("derived"),
        annotations=read.subtree("annotations"),
        header=read.subtree("header"),
        page_figures=_page_figures(read),
        seen_on=read.date("seen_on", PRINTED_DATE),
        provenance=provenance,
    )


def _identity(read: Reader) -> Identity:
    return Identity(
        nct_id=read.text("nct_id"),
        nct_id_aliases=read.texts("nct_id_aliases"),
        org_study_id=read.text("org_study_id"),
        org_study_id_type=read.text("org_study_id_type"),
        org_study_id_link=read.text("org_study_id_link"),
        secondary_ids=read.each("secondary_ids", _secondary_id),
        acronym=read.text("acronym"),
        brief_title=read.text("brief_title"),
        official_title=read.text("official_title"),
        organisation=read.text("organisation"),
        organisation_class=read.text("organisation_class"),
    )


def _secondary_id(read: Reader) -> SecondaryId:
    return SecondaryId(id=read.text("id"), type=read.text("type"), domain=read.text("domain"), link=read.text("link"))


def _timeline(read: Reader) -> Timeline:
    return Timeline(
        overall_status=read.word("overall_status", OverallStatus),
        last_known_status=read.word("last_known_status", OverallStatus),
        why_stopped=read.text("why_stopped"),
        start=read.date("start"),
        primary_completion=read.date("primary_completion"),
        completion=read.date("completion"),
        first_submitted=read.date("first_submitted"),
        first_submitted_qc=read.date("first_submitted_qc"),
        first_posted=read.date("first_posted"),
        last_update_submitted=read.date("last_update_submitted"),
        last_update_submitted_qc=read.date("last_update_submitted_qc"),
        last_update_posted=read.date("last_update_posted"),
        verified=_to_month(read.date("verified")),
        results_first_submitted=read.date("results_first_submitted"),
        results_first_submitted_qc=read.date("results_first_submitted_qc"),
        results_first_posted=read.date("results_first_posted"),
        results_waived=read.flag("results_waived"),
        delay_first_submitted=read.date("delay_first_submitted"),
        delay_first_submitted_qc=read.date("delay_first_submitted_qc"),
        delay_first_posted=read.date("delay_first_posted"),
        delayed_posting=read.flag("delayed_posting"),
        has_expanded_access=read.flag("has_expanded_access"),
        expanded_access_id=read.text("expanded_access_id"),
        expanded_access_status=read.text("expanded_access_status"),
    )


def _to_month(verified: Field[RegistryDate]) -> Field[RegistryDate]:
    """The registry asks for the month of verification only; a page that prints a day has made it up."""
    if verified.value is None or verified.source is None:
        return verified
    return Field.of(verified.value.to_month(), verified.source)


def _organisation(read: Reader, inside: str = "") -> Organisation:
    return Organisation(name=read.text(f"{inside}name"), agency_class=read.text(f"{inside}class"))


def _parties(read: Reader) -> Parties:
    return Parties(
        lead_sponsor=_organisation(read, "lead_sponsor."),
        collaborators=read.each("collaborators", _organisation),
        responsible_party=ResponsibleParty(
            type=read.word("responsible_party.type", ResponsiblePartyType),
            name=read.text("responsible_party.name"),
            title=read.text("responsible_party.title"),
            affiliation=read.text("responsible_party.affiliation"),
            name_title=read.text("responsible_party.name_title"),
            organisation=read.text("responsible_party.organisation"),
        ),
        information_source=read.text("information_source"),
    )


def _oversight(read: Reader) -> Oversight:
    return Oversight(
        has_dmc=read.flag("has_dmc"),
        fda_regulated_drug=read.flag("fda_regulated_drug"),
        fda_regulated_device=read.flag("fda_regulated_device"),
        unapproved_device=read.flag("unapproved_device"),
        paediatric_postmarket_device=read.flag("paediatric_postmarket_device"),
        us_export=read.flag("us_export"),
        fdaaa801_violation=read.flag("fdaaa801_violation"),
    )


def _design(read: Reader) -> Design:
    return Design(
        study_type=read.word("study_type", StudyType),
        phases=read.words("phases", Phase),
        allocation=read.word("allocation", Allocation),
        model=read.word("model", InterventionModel),
        model_description=read.text("model_description"),
        primary_purpose=read.text("primary_purpose"),
        masking=read.word("masking", Masking),
        masking_description=read.text("masking_description"),
        masked_roles=_masked_roles(read),
        enrolment=Enrolment(count=read.count("enrolment.count"), kind=read.word("enrolment.kind", EnrolmentKind)),
        arm_count=read.count("arm_count"),
        group_count=read.count("group_count"),
        observational_model=read.text("observational_model"),
        time_perspective=read.text("time_perspective"),
        patient_registry=read.flag("patient_registry"),
        target_duration=read.text("target_duration"),
        biospecimen_retention=read.text("biospecimen_retention"),
        biospecimen_description=read.text("biospecimen_description"),
        expanded_access_individual=read.flag("expanded_access_individual"),
        expanded_access_intermediate=read.flag("expanded_access_intermediate"),
        expanded_access_treatment=read.flag("expanded_access_treatment"),
        expanded_access_count=read.text("expanded_access_count"),
    )


def _masked_roles(read: Reader) -> Field[tuple[MaskedRole, ...]]:
    """Read the roles from their own list, or from the label that carries them: 'Double (Participant, Investigator)'."""
    listed = read.words("masked_roles", MaskedRole)
    if listed.is_given:
        return listed
    label = read.text("masking")
    inside = (label.value or "").partition("(")[2].rstrip(")")
    try:
        roles = tuple(registry_word(role, MaskedRole) for role in inside.split(","))
    except ValueError:
        return Field.absent()
    assert label.source is not None, "a label with roles was read from somewhere"
    return Field.of(roles, label.source)


def _arm(read: Reader) -> Arm:
    return Arm(
        label=read.text("label"),
        type=read.word("type", ArmType),
        description=read.text("description"),
        intervention_names=read.texts("intervention_names"),
    )


def _intervention(read: Reader) -> Intervention:
    return Intervention(
        type=read.word("type", InterventionType),
        name=read.text("name"),
        description=read.text("description"),
        arm_labels=read.texts("arm_labels"),
        other_names=read.texts("other_names"),
    )


def _outcomes(read: Reader) -> Field[tuple[Outcome, ...]]:
    found: tuple[Outcome, ...] = ()
    source = None
    for rank in OutcomeRank:
        of_rank = read.each(f"outcomes:{rank}", partial(_outcome, rank=rank), members="outcomes")
        found += of_rank.value or ()
        source = source or of_rank.source
    return Field.of(found, source) if source else Field.absent()


def _outcome(read: Reader, rank: OutcomeRank) -> Outcome:
    return Outcome(
        rank=rank,
        measure=read.text("measure"),
        time_frame=read.text("time_frame"),
        description=read.text("description"),
    )


def _eligibility(read: Reader) -> Eligibility:
    return Eligibility(
        criteria=read.text("criteria"),
        sex=read.word("sex", Sex),
        gender_based=read.flag("gender_based"),
        gender_description=read.text("gender_description"),
        minimum_age=read.age("minimum_age"),
        maximum_age=read.age("maximum_age"),
        age_groups=read.texts("age_groups"),
        healthy_volunteers=read.flag("healthy_volunteers"),
        study_population=read.text("study_population"),
        sampling_method=read.text("sampling_method"),
    )


def _contact(read: Reader) -> Contact:
    return Contact(
        name=read.text("name"),
        role=read.text("role"),
        phone=read.text("phone"),
        phone_extension=read.text("phone_extension"),
        email=read.text("email"),
    )


def _official(read: Reader) -> Official:
    return Official(name=read.text("name"), affiliation=read.text("affiliation"), role=read.word("role", OfficialRole))


def _site(read: Reader) -> Site:
    # contacts of a site have the fields of every contact, so their form is the common one
    outside = Reader(read.file, read.node, read.form, read.account)
    contacts_at = read.form.paths.get("sites.contacts")
    return Site(
        facility=read.text("facility"),
        status=read.text("status"),
        city=read.text("city"),
        state=read.text("state"),
        postal_code=read.text("postal_code"),
        country=read.text("country"),
        latitude=read.text("latitude"),
        longitude=read.text("longitude"),
        printed=read.text("printed"),
        contacts=outside.each("sites.contacts", _contact, members="contacts") if contacts_at else Field.absent(),
    )


def _references(read: Reader) -> Field[tuple[Reference, ...]]:
    typed = read.each("references", _reference)
    if typed.source:
        return typed
    found: tuple[Reference, ...] = ()
    source = None
    for kind in ("BACKGROUND", "RESULT"):  # the retired XML types a reference by the name of its element
        of_kind = read.each(f"references:{kind}", partial(_reference, kind=kind), members="references")
        found += of_kind.value or ()
        source = source or of_kind.source
    return Field.of(found, source) if source else Field.absent()


def _reference(read: Reader, kind: str = "") -> Reference:
    return Reference(
        citation=read.text("citation"),
        type=Field.of(kind, read.source) if kind else read.text("type"),
        pmid=read.text("pmid"),
        retractions=read.texts("retractions"),
    )


def _available_data(read: Reader) -> AvailableData:
    return AvailableData(id=read.text("id"), type=read.text("type"), url=read.text("url"), comment=read.text("comment"))


def _sharing(read: Reader) -> Sharing:
    return Sharing(
        plan=read.word("sharing.plan", IpdSharing),
        statement=read.text("sharing.statement"),
        description=read.text("sharing.description"),
        info_types=read.texts("sharing.info_types"),
        time_frame=read.text("sharing.time_frame"),
        access_criteria=read.text("sharing.access_criteria"),
        url=read.text("sharing.url"),
    )


def _document(read: Reader) -> Document:
    return Document(
        label=read.text("label"),
        type=read.text("type"),
        has_protocol=read.flag("has_protocol"),
        has_analysis_plan=read.flag("has_analysis_plan"),
        has_consent_form=read.flag("has_consent_form"),
        dated=read.date("dated"),
        uploaded=read.text("uploaded"),
        filename=read.text("filename"),
        size=read.text("size"),
        url=read.text("url"),
    )


def _has_results(read: Reader) -> Field[bool]:
    """Read the flag; the retired XML has none, and says it by carrying the results or not."""
    stated = read.flag("has_results")
    if stated.is_given or "has_results" in read.form.paths:
        return stated
    results = read.subtree("results")
    return Field.of(results.is_given, results.source or read.source)


def _page_figures(read: Reader) -> PageFigures:
    return PageFigures(
        enrolment=read.decimal("figures.enrolment"),
        sites=read.decimal("figures.sites"),
        arms=read.decimal("figures.arms"),
        months=read.decimal("figures.months"),
        per_site_per_month=read.decimal("figures.per_site_per_month"),
        labelled=False,
    )
