"""The questions that a record leaves open: from the findings on the record, and from what no registry asks at all."""

from collections.abc import Iterable, Iterator

from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.drafting.aims import Aims
from equipoise.protocol.drafting.document import Part
from equipoise.registration.language.plain_text import one_line
from equipoise.vocabulary import Finding, Verdict

_OF_RULES: dict[str, tuple[str, str]] = {
    "ENR-01": ("planned_participants", "The record gives more than one number. How many participants are planned?"),
    "ENR-02": (
        "planned_participants",
        "The number cannot be split in the allocation ratio. Is it the number of one arm?",
    ),
    "ENR-03": ("randomisation.ratio", "What is the allocation ratio? Equal shares are written until it is decided."),
    "ENR-04": ("planned_participants", "What justifies the number of participants?"),
    "DES-03": ("masking.look_alike", "Who prepares what is given, and how is it kept alike?"),
    "DES-04": ("interventions", "Do all arms get the same dosage form by the same route?"),
    "DES-05": ("masking.unmasked", "Who handles the product and knows the arm?"),
    "DES-06": ("masking", "Who may see laboratory values that could tell the arm?"),
    "DES-09": ("interventions", "What are dose, route, frequency and duration in each arm?"),
    "DES-10": ("interventions", "Is the product a biological rather than a drug?"),
    "DES-11": ("interventions", "What is the strength of a dose, beside its volume?"),
    "DES-12": ("interventions", "By which route is it given?"),
    "DES-13": ("encounters", "Do all arms follow the same schedule?"),
    "DES-15": ("randomisation", "How is the sequence made and concealed, and are there strata?"),
    "DES-19": ("forms", "Which background and concomitant treatment is allowed?"),
    "OUT-01": ("encounters", "Which day, with which window, is the time of each outcome?"),
    "OUT-02": ("endpoints", "What exactly is measured?"),
    "OUT-03": ("endpoints", "Is each outcome a change, a value or a proportion?"),
    "OUT-04": ("endpoints", "How is each outcome summarised?"),
    "OUT-05": ("endpoints", "What is the range of each scale, and which end is worse?"),
    "OUT-07": ("endpoints", "Are the measures that only the text names endpoints, and of which rank?"),
    "OUT-08": ("endpoints", "How is safety assessed?"),
    "OUT-09": ("analysis.multiplicity", "How do several tests share the chance of a false positive?"),
    "OUT-10": ("encounters", "Why is the primary assessment so near the last dose?"),
    "OUT-11": ("encounters.baseline", "When is baseline? The day before the start is written until it is decided."),
    "DAT-04": ("encounters", "What is followed up between primary and study completion?"),
    "ANA-01": ("analysis.analyses", "The record compares no arms. Is the drafted comparison the analysis?"),
    "ANA-02": ("analysis.alpha", "Which level, how many sides, and which test is the primary one?"),
    "ANA-03": ("analysis.sets", "Who is analysed?"),
    "ANA-04": ("analysis", "What happens to missing values?"),
    "ANA-05": ("estimands", "Which treatment effect is meant?"),
    "ELI-01": ("inclusion", "By which criteria is the diagnosis made, and who may take part?"),
    "ELI-02": ("inclusion", "Is a least activity required at entry?"),
    "ELI-05": ("exclusion", "How are pregnancy, contraception and lactation handled?"),
    "ELI-06": ("exclusion", "Are infection, malignancy and allergy excluded?"),
    "ELI-07": ("inclusion", "Which condition exactly?"),
    "TXT-04": ("interventions", "Does the storage condition belong to the product that is given?"),
    "ADM-03": ("consent.0.approved_by", "Which ethics committee approved the consent text, when, under which number?"),
    "ADM-09": ("monitoring.dmc", "Is there a data monitoring committee?"),
}
"""Rule of the record's catalogue -> the part of the definition that it leaves open, and the question."""


def of_findings(findings: Iterable[Finding]) -> Iterator[Part]:
    """Give a question for each finding that leaves a part of the definition open, under the rule's own id."""
    asked: set[str] = set()
    for finding in findings:
        if finding.rule in _OF_RULES and finding.verdict is Verdict.HIT and finding.rule not in asked:
            asked.add(finding.rule)
            place, question = _OF_RULES[finding.rule]
            yield _open(finding.rule, place, question, f"Finding {finding.rule}: {one_line(finding.message)}")


def of_the_draft(document: Part, aims: Aims, schedule_is_known: bool) -> Iterator[Part]:
    """Give the questions that no registry asks, and those on what the draft had to put in place of an answer."""
    silent = "Not a field of the registry"
    yield _open("windows", "encounters", "How far may a visit be from its day? No window is written yet.", silent)
    yield _open("time_zone", "time_zone", "In which time zone are days counted?", silent)
    yield _open("better", "endpoints", "Which end of each endpoint is better? Lower is written until decided.", silent)
    yield _open("methods", "analysis.analyses", "Is each endpoint analysed by the method that was drafted?", silent)
    if not schedule_is_known and _is_given(document):
        yield _open(
            "dose_days",
            "encounters",
            "On which days is each dose given? Only day 1 is written yet.",
            "No list of days found",
        )
    if document["planned_participants"] == UNDECIDED:
        yield _open("size", "planned_participants", "How many participants are planned?", "The record gives no number")
    if not document["exclusion"]:
        yield _open("exclusion", "exclusion", "Who is excluded?", "No exclusion criterion could be told apart")
    for endpoint in document["endpoints"]:
        if endpoint["encounter"] == UNDECIDED:
            name = endpoint["id"]
            yield _open(
                f"when.{name}", f"endpoints.{name}.encounter", "When is it assessed?", "No day in its time frame"
            )
    for item in aims.to_define:
        question = "How is it measured: which kind of answer, which unit, which limits?"
        yield _open(f"item.{item}", f"forms.outcomes.items.{item}", question, "The library has no such item")


def _is_given(document: Part) -> bool:
    return any("dose" in encounter.get("activities", ()) for encounter in document["encounters"])


def _open(name: str, place: str, question: str, source: str) -> Part:
    return {"id": name, "place": place, "question": question, "choice": UNDECIDED, "source": source}
