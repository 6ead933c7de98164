"""A mistake in a study definition is reported as a compiler would: rule, line and column, and what to write instead.

Each row: what is replaced in a study without findings, the rule, the words at which the finding points, and words of
the suggestion.
"""

from pathlib import Path

import pytest

from equipoise.protocol import parse_definition
from equipoise.protocol.reading import DefinitionReading
from equipoise.protocol.rules import RULES

SMALL = (Path(__file__).parents[1] / "protocol_study.yaml").read_text(encoding="utf-8")


def read_with(old: str, new: str) -> tuple[str, DefinitionReading]:
    assert SMALL.count(old) == 1, f"the plant must hit one place: {old}"
    text = SMALL.replace(old, new)
    return text, parse_definition(text.encode(), "study.yaml")


def test_the_study_without_mistakes_has_no_finding() -> None:
    reading = parse_definition(SMALL.encode())
    assert reading.definition is not None
    assert reading.findings == ()


MODELS = [
    ("sponsor:", "sponsr:", "DEF-KEY", "sponsr:", "Did you mean `sponsor`?"),
    (
        "dose_ml: 1.5\n    route: intramuscular\n    product: {maker: A maker, storage: {low_c: -80",
        "dose: 1.5\n    route: intramuscular\n    product: {maker: A maker, storage: {low_c: -80",
        "DEF-KEY",
        "dose: 1.5",
        "dose_ml",
    ),
    ("title: A small trial\n", "", "DEF-MISSING", "equipoise: 1", "Write `title:"),
    (
        "planned_participants: 20",
        "planned_participants: twenty",
        "DEF-VALUE",
        "twenty",
        "a whole number or the word `undecided`",
    ),
    ("label: small", "label: 1.0", "DEF-VALUE", "1.0\n", 'Write "1.0" in quotes.'),
    ('id: "01"', "id: site_one", "DEF-VALUE", "site_one", 'Write two or three digits in quotes, such as "01".'),
    ("role: experimental", "role: experimantal", "DEF-VALUE", "experimantal", "Did you mean `experimental`?"),
    ("strategy: treatment_policy", "strategy: ignore", "DEF-VALUE", "ignore", "Write one of: composite"),
    ("day: 29", "day: 0", "DEF-VALUE", "0, days_before: 3", ""),
    ("days_before: 2", "days_before: -2", "DEF-VALUE", "-2, days_after: 2", "Write 0 or more."),
    ("masked: [participant,", "masked: [subject,", "DEF-VALUE", "subject", "participant"),
    ("unmasked: {pharmacist:", "unmasked: {pharmacst:", "DEF-VALUE", "pharmacst:", "Did you mean `pharmacist`?"),
    (
        "arms:\n  - {id: active, name: Active, role: experimental, interventions: [product]}\n"
        "  - {id: control, name: Control, role: placebo_comparator, interventions: [saline]}\n",
        "arms: two\n",
        "DEF-VALUE",
        "two",
        "a list",
    ),
]

MODELS.append(
    (
        "ratio: {active: 1, control: 1}",
        "ratio: {active: 1, control: 1}\n  details: ../../etc/passwd",
        "DEF-VALUE",
        "../../etc",
        "a file beside this one",
    )
)
MODELS.append(("id: active, name", f"id: {'a' * 33}, name", "DEF-VALUE", "a" * 33, "Write at most 32 characters."))

REFERENCES = [
    ("interventions: [saline]}", "interventions: [salin]}", "REF-UNKNOWN", "salin]", "Did you mean `saline`?"),
    ("ratio: {active: 1, control: 1}", "ratio: {active: 1, controls: 1}", "REF-UNKNOWN", "1}\n  strata", "control"),
    ("ratio: {active: 1, control: 1}", "ratio: {active: 1}", "DES-RATIO", "{active: 1}", "Add `control: 1`"),
    ("ratio: {active: 1, control: 1}", "ratio: {active: 1, control: 0}", "DES-RATIO", "0}\n  strata", "Write 1"),
    ("levels: [female, male]", "levels: [female, mael]", "REF-UNKNOWN", "mael", "Did you mean `male`?"),
    ("item: sex, levels", "item: is_pregnant, levels", "REF-KIND", "is_pregnant, levels", "Stratify by a choice."),
    ("epoch: after", "epoch: aftr", "REF-UNKNOWN", "aftr", "Did you mean `after`?"),
    ("forms: [people]", "forms: [poeple]", "REF-UNKNOWN", "poeple", "Did you mean `people`?"),
    ("forms: [people]", "forms: []", "REF-UNUSED", "people\n    title", "repeating: true"),
    ("item: span,", "item: spam,", "REF-UNKNOWN", "spam", "Did you mean `span`?"),
    (
        "item: span, baseline: baseline, encounter: outcome",
        "item: span, baseline: baseline, encounter: second",
        "REF-NOT-ASKED",
        "second, unit",
        "choose one of: baseline, outcome",
    ),
    ("item: ae_term, metric: value,", "item: ae_term,", "REF-KIND", "{id: any_event", "metric: value"),
    ("unit: mg/dL}\n", "unit: g/L}\n", "REF-UNKNOWN", "g/L", "mg/dL"),
    ("objective: harm", "objective: harms", "REF-UNKNOWN", "harms", "Did you mean `harm`?"),
    (
        "    endpoint: span_change\n",
        "    endpoint: span_chnge\n",
        "REF-UNKNOWN",
        "span_chnge",
        "Did you mean `span_change`?",
    ),
    ("covariates: [sex]", "covariates: [age]", "REF-UNKNOWN", "age]", ""),
    ("covariates: [sex]", "covariates: [ae_term]", "ANA-BASELINE", "ae_term]", "screening or baseline"),
    ("analysis_set: safety_set", "analysis_set: per_protocol_set", "REF-UNKNOWN", "per_protocol_set", ""),
    ("reference_arm: control", "reference_arm: placebo", "REF-UNKNOWN", "placebo\n", "Write one of: active, control."),
    ("time_zone: Asia/Jakarta", "time_zone: Asia/Djakarta", "REF-UNKNOWN", "Asia/Djakarta", "Asia/Jakarta"),
    ("title: Blood", "title: Blood\n    uses: [mex_sledia]", "REF-UNKNOWN", "mex_sledia", "Did you mean `mex_sledai`?"),
    (
        "title: Blood",
        "title: Blood\n    uses: [mex_sledai]\n    parameters: {look_back: 10}",
        "REF-UNKNOWN",
        "10}",
        "look_back_days",
    ),
    ("  - {id: second,", "  - {id: first,", "REF-TWICE", "first, name: Second", "its own id"),
    ("id: high_count, label", "id: low_count, label", "REF-TWICE", "low_count, label: High", "an id of its own"),
    ("id: ae_term, label", "id: sex, label", "REF-TWICE", "sex, label: Term", "an id of its own"),
    (
        "    repeating: true\n    items:\n      - {id: ae_term, label: Term, type: text}\n",
        "    repeating: true\n",
        "REF-EMPTY",
        "id: events",
        "Add `uses` or `items`.",
    ),
]

SCHEDULE = [
    ("day: 29", "day: 5", "SCH-ORDER", "5, days_before: 3", "in the order of their days"),
    ("day: 8, days_before: 2", "day: 8, days_before: 7", "SCH-WINDOW", "{id: second", "Narrow"),
    ("day: 29, days_before: 3", "day: 29, days_before: 29", "SCH-WINDOW", "{id: outcome", "Narrow"),
    ("activities: [consent, eligibility]", "activities: [eligibility]", "SCH-STEP", "- {id: screening", "Add it to"),
    ("activities: [dose]", "activities: [dose, consent]", "SCH-STEP", "[dose, consent]", "Plan it once."),
    ("activities: [randomisation, dose]", "activities: [dose]", "SCH-STEP", "- {id: screening", "Add it to"),
    (
        "day: 1, activities: [randomisation, dose]",
        "day: 1, activities: [dose]}\n  - {id: late, name: Late, epoch: treatment, day: 2, activities: [randomisation]",
        "SCH-STEP",
        "[dose]}\n  - {id: late",
        "Plan `randomisation` at this encounter",
    ),
    (
        "day: 1, activities: [randomisation, dose]",
        "day: 2, activities: [randomisation, dose]",
        "SCH-DAY1",
        "2, activities",
        "Day 1",
    ),
    ("day: 29,", "day: 12,", "OUT-10", "outcome, unit", "Say in a decision why"),
]

EXPRESSIONS = [
    (
        "derived: high_count - low_count",
        "derived: high_count - lo_count",
        "CEL-NAME",
        "high_count - lo_count",
        "Did you mean `low_count`?",
    ),
    (
        "derived: high_count - low_count",
        "derived: high_count - span",
        "CEL-CYCLE",
        "high_count - span",
        "that a person answers",
    ),
    (
        "derived: high_count - low_count",
        "derived: high_count > low_count",
        "CEL-KIND",
        "high_count > low_count",
        "item's type",
    ),
    ("derived: high_count - low_count", "derived: high_count * 2", "CEL", "high_count * 2", "Write product(a, b)"),
    (
        "derived: high_count - low_count",
        "derived: {score: mex_sledai.totl}",
        "REF-UNKNOWN",
        "mex_sledai.totl",
        "mex_sledai.total",
    ),
    ('shown_if: sex == "female"', 'shown_if: sex == "femal"', "CEL-CODE", 'sex == "femal"', "Did you mean `female`?"),
    ('shown_if: sex == "female"', "shown_if: sex == 1", "CEL-KIND", "sex == 1", 'Write sex == "1".'),
    ('shown_if: sex == "female"', "shown_if: sex = 1", "CEL", "sex = 1", "== "),
    ('shown_if: sex == "female"', "shown_if: is_pregnant", "CEL-CYCLE", "is_pregnant}", "another item"),
    (
        "must: low_count <= high_count",
        "must: low_count <= drawn_on",
        "CEL-KIND",
        "low_count <= drawn_on",
        "dates with dates",
    ),
    ("must: low_count <= high_count", "must: drawn_on > 3", "CEL-KIND", "drawn_on > 3", "like with like"),
    ("where: doses_given > 0", "where: dose_given > 0", "CEL-NAME", "dose_given > 0", "Did you mean `doses_given`?"),
    ("where: doses_given > 0", "where: doses_given", "CEL-KIND", "doses_given}", ""),
    (
        "id: low_count, label: Low, type: decimal, units: [mg/dL]}",
        "id: low_count, label: Low, type: decimal, units: [mg/dL], restricted: [participant]}",
        "CEL-LEAK",
        "high_count - low_count",
        "Add `restricted: [participant]` to `span`",
    ),
]

PURPOSE = [
    ("rank: primary, objective", "rank: secondary, objective", "END-PRIMARY", "- {id: span_change", "rank: primary"),
    ("rank: safety, objective", "rank: primary, objective", "END-PRIMARY", "primary, objective: harm", "multiplicity"),
    ("rank: safety, objective", "rank: exploratory, objective", "OUT-08", "- {id: span_change", "rank: safety"),
    (
        "item: span, baseline: baseline, encounter: outcome",
        "item: span, baseline: outcome, encounter: baseline",
        "END-TIME",
        "outcome, encounter",
        "earlier encounter",
    ),
    (
        "      - {event: missed dose, strategy: treatment_policy}",
        "      []",
        "EST-EVENTS",
        "id: span_change\n    endpoint",
        "strategy",
    ),
    (
        "method: ancova, covariates: [sex]}",
        "method: ancova, role: sensitivity}",
        "ANA-MAIN",
        "span_change, name",
        "exactly one",
    ),
    (
        "method: ancova, covariates: [sex]}",
        "method: paired_t_within_arm}",
        "ANA-01",
        "paired_t_within_arm",
        "as_registered",
    ),
    ("method: risk_difference", "method: welch_t", "ANA-METHOD", "welch_t", "risk_difference"),
    ("planned_participants: 20", "planned_participants: 21", "ENR-02", "21", "Plan a multiple of 2."),
    ("planned_participants: 20", "planned_participants: 1", "ENR-SIZE", "1\nage", ""),
    ("age_years: [18, 60]", "age_years: [60, 18]", "ELI-AGE", "[60, 18]", "Swap"),
    (
        "masked: [participant, care_provider, outcomes_assessor]",
        "masked: [participant, pharmacist]",
        "MSK-BOTH",
        "pharmacist]",
        "Choose",
    ),
    (
        "masked: [participant, care_provider, outcomes_assessor]",
        "masked: [participant, dmc_member]",
        "MSK-CANNOT",
        "dmc_member]",
        "unmasked",
    ),
    ("{pharmacist: Prepares the doses.}", '{pharmacist: ""}', "MSK-REASON", '""', "reason"),
    ("  unmasked: {pharmacist: Prepares the doses.}\n", "", "DES-05", "masked: [", "unmasked: {pharmacist"),
    ("  look_alike: Same syringe and sleeve.\n", "", "DES-03", "masked: [", "appearance"),
    (
        "    dose_ml: 1.5\n    route: intramuscular\n    product: {maker: A maker, storage: {low_c: 2",
        "    dose_ml: 3\n    route: intramuscular\n    product: {maker: A maker, storage: {low_c: 2",
        "DES-04",
        "- id: product",
        "same volume",
    ),
    (
        "    kind: drug\n    dose_ml: 1.5\n    route: intramuscular",
        "    kind: drug\n    dose_ml: 1.5\n    route: intravenous",
        "DES-04",
        "- id: product",
        "same route",
    ),
    ("languages: [en]\ntime", "languages: [en, id]\ntime", "CON-LANGUAGE", "[en], approved", "Add the translation"),
    ("languages: [en]\ntime", "languages: [en, id]\ntime", "WRD-LANGUAGE", "A small trial", "Write `id: ...`"),
]

DECISIONS = [
    ("choice: intramuscular", "choice: undecided", "DEC-OPEN", "undecided", "Decide"),
    ("choice: intramuscular, reason: As planned.,", "choice: intramuscular,", "DEC-REASON", "{id: route", "why"),
    (
        "source: The protocol}",
        "source: The protocol, to_confirm: true}",
        "DEC-CONFIRM",
        "intramuscular, reason",
        "to_confirm",
    ),
    (
        "place: interventions.product.route",
        "place: interventions.prodct.route",
        "DEC-PLACE",
        "interventions.prodct",
        "path",
    ),
    (
        "kind: biological\n    dose_ml: 1.5\n    route: intramuscular",
        "kind: biological\n    dose_ml: 1.5\n    route: undecided",
        "DEC-CONTRADICTS",
        "undecided",
        "Write the choice here",
    ),
    ("approved_by: A committee", "approved_by: undecided", "DEC-OPEN", "undecided", "under `decisions`"),
]


@pytest.mark.parametrize(
    ("old", "new", "rule", "points_at", "suggestion"),
    [*MODELS, *REFERENCES, *SCHEDULE, *EXPRESSIONS, *PURPOSE, *DECISIONS],
    ids=lambda value: value if isinstance(value, str) and value in RULES else "",
)
def test_a_mistake_is_found_where_it_stands(old: str, new: str, rule: str, points_at: str, suggestion: str) -> None:
    text, reading = read_with(old, new)
    found = [finding for finding in reading.findings if finding.rule == rule]
    assert found, [(finding.rule, finding.message) for finding in reading.findings]
    pointed = [text_at(text, finding.place) for finding in found]
    assert any(each.startswith(points_at) for each in pointed), [each[:60] for each in pointed]
    assert any(suggestion in finding.suggestion for finding in found), [finding.suggestion for finding in found]
    assert all(finding.message and finding.why == RULES[rule] for finding in found)


def text_at(text: str, place: str) -> str:
    """What stands at `file:line:column`."""
    _, line, column = place.rsplit(":", 2)
    lines = text.splitlines(keepends=True)
    return "".join(lines[int(line) - 1 :])[int(column) - 1 :]


def test_every_rule_has_a_mistake_that_breaks_it() -> None:
    """The rules on the file itself have their own table, in test_protocol_files.py."""
    planted = {row[2] for row in (*MODELS, *REFERENCES, *SCHEDULE, *EXPRESSIONS, *PURPOSE, *DECISIONS)}
    elsewhere = {rule for rule in RULES if rule.startswith("YAML")}
    assert set(RULES) - planted - elsewhere == {"DES-ARMS", "EST-NONE", "WRD-DRAFT"}  # below


def test_one_arm_is_no_comparison() -> None:
    _, reading = read_with("  - {id: control, name: Control, role: placebo_comparator, interventions: [saline]}\n", "")
    assert "DES-ARMS" in {finding.rule for finding in reading.findings}


def test_a_primary_endpoint_needs_an_estimand() -> None:
    start, end = SMALL.index("estimands:"), SMALL.index("analysis:")
    text = (SMALL[:start] + "estimands: []\n" + SMALL[end:]).replace("estimand: span_change, ", "")
    assert [finding.rule for finding in parse_definition(text.encode()).findings] == ["EST-NONE"]


def test_a_draft_translation_is_told_once() -> None:
    text = SMALL.replace("languages: [en]\ntime", "languages: [en, id]\ntime").replace(
        "title: Blood", "title: {en: Blood, id: Darah}"
    )
    drafts = [finding for finding in parse_definition(text.encode()).findings if finding.rule == "WRD-DRAFT"]
    assert len(drafts) == 1
    assert "1 Indonesian label" in drafts[0].message
