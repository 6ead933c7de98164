"""Rules on people, approvals, identifiers and sharing."""

from equipoise.registration.field import Presence, each
from equipoise.registration.language.admin_words import (
    APPROVAL_DATE,
    APPROVAL_NUMBER,
    AUTHORISATIONS,
    COMMITTEE,
    COMPANY,
    DEGREE,
    MONITORING,
    REGISTER_ID,
)
from equipoise.registration.language.numbers import counted
from equipoise.registration.language.passage import Quote, find, find_all, prose, quoted, said
from equipoise.registration.record import RegistryRecord
from equipoise.registration.rules.design import is_product_trial
from equipoise.registration.rules.results import countries_of
from equipoise.registration.rules.rule import (
    Case,
    Catalogue,
    Judgement,
    RuleGroup,
    artefact,
    hit,
    not_applicable,
    ok,
    undecidable,
)
from equipoise.registration.words import IpdSharing, OfficialRole, OverallStatus
from equipoise.vocabulary import Severity

CATALOGUE = Catalogue(RuleGroup.ADMIN)
OPEN = {
    OverallStatus.RECRUITING,
    OverallStatus.NOT_YET_RECRUITING,
    OverallStatus.ENROLLING_BY_INVITATION,
    OverallStatus.AVAILABLE,
}


@CATALOGUE.rule(
    "ADM-01",
    Severity.WARNING,
    sources="CHA DEF",
    why="If one person answers for the record and another leads the trial, a reader does not know whom to ask.",
    mend="Say in the record which person does what.",
)
def party_is_not_investigator(case: Case) -> Judgement:
    """Responsible party and principal investigator are different persons."""
    party, chiefs = case.record.parties.responsible_party.name, _principal_investigators(case.record)
    if party.value is None:
        return not_applicable("the responsible party is not named as a person")
    if not chiefs:
        return undecidable("No principal investigator is named in this source.", quoted(party))
    if any(_same_person(party.value, chief.text) for chief in chiefs):
        return ok("Responsible party and principal investigator are the same person.", quoted(party))
    return hit("Responsible party and principal investigator are different persons.", quoted(party), chiefs[0])


def _principal_investigators(record: RegistryRecord) -> tuple[Quote, ...]:
    return tuple(
        quoted(one.name) for one in each(record.officials) if one.role.value is OfficialRole.PRINCIPAL_INVESTIGATOR
    )


def _same_person(one: str, other: str) -> bool:
    """True when family names and a first name or initial agree, titles and degrees aside."""
    first, second = (DEGREE.sub("", name).lower().replace(",", " ").replace(".", " ").split() for name in (one, other))
    if not first or not second:
        return False
    return set(first) == set(second) or (first[-1] == second[-1] and first[0][0] == second[0][0])


@CATALOGUE.rule(
    "ADM-02",
    Severity.INFO,
    sources="CHA",
    why="With several principal investigators it is not clear who answers.",
    mend="Name one principal investigator, and the others as sub-investigators or chairs.",
)
def several_principal_investigators(case: Case) -> Judgement:
    """More than one principal investigator is listed."""
    chiefs = _principal_investigators(case.record)
    if len(chiefs) > 1:
        return hit(f"{len(chiefs)} principal investigators are listed.", *chiefs[:3])
    return ok(f"{counted(len(chiefs), 'principal investigator')} listed.", *chiefs)


@CATALOGUE.rule(
    "ADM-03",
    Severity.ERROR,
    sources="TRDS BPOM",
    why="Committee, number and date of ethical approval belong to the WHO data set, and to the law of many countries.",
    mend="Give the committee's name, the number and the date of its approval.",
)
def ethics_approval_absent(case: Case) -> Judgement:
    """Ethics committee, approval number or approval date is absent."""
    texts = prose(case.record)
    committee, number, date = find(COMMITTEE, texts), find(APPROVAL_NUMBER, texts), find(APPROVAL_DATE, texts)
    missing = [
        name
        for name, found in (("committee", committee), ("approval number", number), ("approval date", date))
        if not found
    ]
    if not missing:
        return ok("Committee, number and date are stated.", committee)
    return hit(
        f"Ethics {', '.join(missing)} not found in this source; public pages may not show what the registry holds.",
        committee,
    )


@CATALOGUE.rule(
    "ADM-04",
    Severity.WARNING,
    sources="BPOM",
    why="A trial of a product needs the national authority's permission; its number lets a reader check.",
    mend="Add the authority's number as a secondary identifier.",
)
def national_authorisation_absent(case: Case) -> Judgement:
    """The identifier of the national trial authorisation is absent."""
    record = case.record
    if not is_product_trial(record):
        return not_applicable("no drug or biological product is studied")
    countries = countries_of(record)
    known = [country for country in countries if country in AUTHORISATIONS]
    if not countries:
        return undecidable("No country is in this source.")
    if not known:
        return undecidable(f"The identifiers of {countries[0]}'s authority are not known to this rule.")
    ids = [one.id.value or "" for one in each(record.identity.secondary_ids)] + [
        record.identity.org_study_id.value or ""
    ]
    types = [f"{one.type.value or ''} {one.domain.value or ''}" for one in each(record.identity.secondary_ids)]
    for country in known:
        authority, pattern = AUTHORISATIONS[country]
        if not any(pattern.search(text) for text in (*ids, *types)) and not find(pattern, prose(record)):
            return hit(f"No identifier of {authority} is given for the sites in {country}.", _sites_quote(record))
    return ok(f"The authorisation of {known[0]} can be found.", _sites_quote(record))


def _sites_quote(record: RegistryRecord) -> Quote:
    countries = countries_of(record)
    return Quote(", ".join(countries[:4]), record.sites.place if record.sites.source else record.countries.place)


@CATALOGUE.rule(
    "ADM-05",
    Severity.INFO,
    sources="TRDS",
    why="A universal or national number ties entries in several registries to one trial.",
    mend="Add the universal trial number (UTN) and the number in the national registry.",
)
def secondary_id_absent(case: Case) -> Judgement:
    """No secondary identifier is given: UTN, national registry, or other."""
    ids = each(case.record.identity.secondary_ids)
    if ids:
        return ok(f"{counted(len(ids), 'secondary identifier')} given.", quoted(ids[0].id))
    if found := find(REGISTER_ID, prose(case.record)):
        return ok("An identifier of another registry stands in the text.", found)
    own = case.record.identity.org_study_id
    return hit("Only the sponsor's own identifier is given.", quoted(own) if own.is_given else None)


@CATALOGUE.rule(
    "ADM-06",
    Severity.WARNING,
    sources="TRDS SP",
    why="Who gave money or product is part of how a result is read.",
    mend="Declare the supplier as collaborator, or say that the product was bought.",
)
def support_not_declared(case: Case) -> Judgement:
    """The text names a company that gave support, and it is not declared as sponsor or collaborator."""
    record = case.record
    declared = [record.parties.lead_sponsor.name.value or ""] + [
        one.name.value or "" for one in each(record.parties.collaborators)
    ]
    for quote in find_all(COMPANY, prose(record)):
        found = COMPANY.search(quote.text)
        name = found["name"].strip() if found else ""
        if name and not any(name.split()[0].lower() in one.lower() for one in declared):
            none = record.parties.collaborators.state is Presence.NONE
            shown = Quote(
                "collaborator: none" if none else "; ".join(one for one in declared if one),
                record.parties.collaborators.place,
            )
            return hit(f"'{name}' is named as a source, but not as sponsor or collaborator.", quote, shown)
    return ok("No supplier or funder is named that is not declared.")


@CATALOGUE.rule(
    "ADM-07",
    Severity.INFO,
    sources="MIR TRDS",
    why="A reader or a patient must be able to reach the team and find the place.",
    mend="Give a public and a scientific contact, and the address of every site.",
)
def contact_or_address_missing(case: Case) -> Judgement:
    """Public or scientific contact, or the address of a site, is missing."""
    record = case.record
    contacts = bool(each(record.central_contacts)) or any(each(site.contacts) for site in each(record.sites))
    addresses = all(site.country.value and (site.city.value or site.printed.value) for site in each(record.sites))
    if contacts and addresses and each(record.sites):
        return ok("Contact and addresses are given.")
    status = record.timeline.overall_status
    missing = [
        name
        for name, there in (("contact", contacts), ("site address", addresses and bool(each(record.sites))))
        if not there
    ]
    if case.from_page:
        return artefact(
            f"The page shows no {' and no '.join(missing)}; contacts of closed studies are hidden.",
            said(status, "status"),
            suggestion="Look at the registry's own record.",
        )
    if missing == ["contact"] and status.value not in OPEN:
        return ok(
            "No contact is shown; the registry hides contacts of studies that are closed.", said(status, "status")
        )
    return hit(f"No {' and no '.join(missing)} is given.", said(status, "status"))


@CATALOGUE.rule(
    "ADM-08",
    Severity.INFO,
    sources="SP CO",
    why="Protocol, analysis plan and data let others check a result; a refusal to share deserves its reason.",
    mend="Attach protocol and analysis plan, and give the reason if data are not shared.",
)
def sharing_or_documents_absent(case: Case) -> Judgement:
    """Sharing of participants' data is refused without a reason, or no protocol or analysis plan is attached."""
    sharing, documents = case.record.sharing, each(case.record.documents)
    faults = []
    if sharing.plan.value is IpdSharing.NO and not sharing.description.is_given:
        faults.append("sharing is refused without a reason")
    if not any(
        one.has_protocol.value or one.has_analysis_plan.value or "protocol" in (one.label.value or "").lower()
        for one in documents
    ):
        faults.append("neither protocol nor analysis plan is attached")
    if not faults:
        return ok("Sharing is explained and a document is attached.", quoted(documents[0].label) if documents else None)
    none = (
        Quote("documents: none provided", case.record.documents.place)
        if case.record.documents.state is Presence.NONE
        else None
    )
    return hit(
        f"{' and '.join(faults).capitalize()}.",
        Quote(f"share data: {sharing.plan.value.lower()}", sharing.plan.place) if sharing.plan.value else None,
        none,
    )


@CATALOGUE.rule(
    "ADM-09",
    Severity.INFO,
    sources="SP",
    why="Somebody apart from the investigators should see the data while participants are exposed.",
    mend="State whether there is a data monitoring committee, and why if there is none.",
)
def oversight_not_stated(case: Case) -> Judgement:
    """A data monitoring committee or other oversight is not stated."""
    stated = case.record.oversight.has_dmc
    if stated.is_given:
        return ok("The record says whether there is a committee.", Quote("yes" if stated.value else "no", stated.place))
    if found := find(MONITORING, prose(case.record)):
        return ok("Monitoring is described in the text.", found)
    return hit("No data monitoring committee or other oversight is mentioned in this source.")


@CATALOGUE.rule(
    "ADM-10",
    Severity.INFO,
    sources="OWN",
    why="What a page drops is not missing from the registry; the two must not be confused.",
    mend="Read the registry's own record before judging what seems to be missing.",
)
def page_dropped_fields(case: Case) -> Judgement:
    """The source page has dropped fields that the registry holds."""
    record = case.record
    if not case.from_page:
        return ok("The source is the registry's own format.")
    dropped = []
    if record.conditions.state is Presence.ABSENT:
        dropped.append("the condition")
    if record.condition_row.state is Presence.ABSENT and each(record.interventions):
        dropped.append("the interventions in the row beside it")
    if record.page_figures.enrolment.is_given and not record.page_figures.labelled:
        dropped.append("the labels of the five figures")
    if record.timeline.first_submitted.state is Presence.ABSENT:
        dropped.append("the day of submission")
    if not dropped:
        return ok("Nothing that the registry always holds is missing from the page.")
    shown = record.page_figures.enrolment
    figure = Quote(f"{shown.value}, without a label", shown.place) if shown.is_given else None
    return artefact(f"The page has lost {', '.join(dropped)}.", figure)
