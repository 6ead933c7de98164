"""A small invented trial for the tests of the report: two arms, a score and laboratory values, counts that add up.

The summaries are computed here from the same invented values that the figures draw, so that a reader of a failing
test sees one consistent trial.
"""
# ruff: noqa: E501  # a study definition reads better with one noun on a line

import math
import random
import statistics
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache

from equipoise.analysis.analysis_results import (
    AnalysisResults,
    ArmSummary,
    CategoryRow,
    Observation,
    PermutationDistribution,
    Result,
)
from equipoise.analysis.harms_data import ListedEvent
from equipoise.analysis.harms_results import EventRow, ExposureRow, GradeShift, GuessTable, HarmsResults, Index
from equipoise.conduct import Course, Flow, ScreenFailure, WithdrawalFrom, WithdrawalReason
from equipoise.conduct.events import ParticipantWithdrawn
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.registration import parse_record
from equipoise.registration.derive import derive
from equipoise.reporting.conduct_summary import ConductSummary, DataCounts, DeviationLine, VisitCounts
from equipoise.reporting.flow import Reason
from equipoise.reporting.inputs import RegistryInputs, ReportInputs, TrialInputs, Verification
from equipoise.safety import (
    ActionTaken,
    Assessment,
    Causality,
    Expectedness,
    OpenReport,
    Outcome,
    Seriousness,
    TermCount,
)
from equipoise.vocabulary import Finding, Severity

MADE_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DOSE_DAYS = (1, 2, 3, 4, 5, 6, 7, 14, 21, 28)
ARMS = {"secretome": "MSC secretome", "placebo": "Placebo"}
LABORATORY = (  # item, name, unit, better, scale, typical value
    ("esr", "ESR", "mm/h", "lower", "identity", 38.0),
    ("hs_crp", "hs-CRP", "mg/L", "lower", "log10", 6.5),
    ("c3", "C3", "mg/dL", "higher", "identity", 78.0),
    ("c4", "C4", "mg/dL", "higher", "identity", 14.0),
    ("il6", "IL-6", "pg/mL", "lower", "log10", 8.0),
    ("anti_dsdna", "anti-dsDNA", "[IU]/mL", "lower", "log10", 95.0),
)


def _encounters() -> list[dict]:
    encounters = [{"id": "screening", "name": "Screening", "epoch": "screening", "day": -7, "days_before": 7,
                   "days_after": 5, "activities": ["consent", "eligibility"], "forms": ["demography", "laboratory"]}]  # fmt: skip
    for day in DOSE_DAYS:
        activities = ["randomisation", "dose"] if day == 1 else ["dose"]
        forms = ["dosing", "mex_sledai"] if day == 1 else ["dosing"]
        encounters.append({"id": f"day_{day}", "name": f"Day {day}", "epoch": "treatment", "day": day,
                           "days_after": 1 if day > 7 else 0, "activities": activities, "forms": forms})  # fmt: skip
    encounters.append({"id": "day_36", "name": "Day 36, one week after the last dose", "epoch": "follow_up", "day": 36,
                       "days_before": 3, "days_after": 3, "forms": ["mex_sledai", "laboratory"]})  # fmt: skip
    return encounters


def _endpoints() -> list[dict]:
    primary = {"id": "activity", "name": "MEX-SLEDAI", "rank": "primary", "objective": "efficacy",
               "item": "mex_sledai_total", "baseline": "day_1", "encounter": "day_36", "better": "lower"}  # fmt: skip
    others = [
        {"id": item, "name": name, "rank": "secondary", "objective": "efficacy", "item": item, "unit": unit,
         "baseline": "screening", "encounter": "day_36", "better": better, "scale": scale}
        for item, name, unit, better, scale, _ in LABORATORY
    ]  # fmt: skip
    return [primary, *others]


@lru_cache
def a_definition() -> StudyDefinition:
    """The registered regimen in a definition of the smallest useful size."""
    analyses = [
        {"id": "activity.ancova", "endpoint": "activity", "estimand": "main", "method": "ancova"},
        {"id": "activity.randomisation", "endpoint": "activity", "method": "randomisation_test", "role": "sensitivity"},
        {"id": "activity.paired", "endpoint": "activity", "method": "paired_t_within_arm", "role": "as_registered"},
        *({"id": f"{item}.ancova", "endpoint": item, "method": "ancova"} for item, *_ in LABORATORY),
    ]
    return StudyDefinition.model_validate(
        {
            "equipoise": 1, "id": "NCT05921058", "label": "as registered",
            "title": "The Effects of Mesenchymal Stem Cell Secretome in Lupus Patients",
            "sponsor": "Universitas Sebelas Maret",
            "sites": [{"id": "01", "name": "Moewardi General Hospital", "city": "Surakarta", "country": "Indonesia"}],
            "arms": [
                {"id": "secretome", "name": ARMS["secretome"], "role": "experimental", "interventions": ["secretome"]},
                {"id": "placebo", "name": ARMS["placebo"], "role": "placebo_comparator", "interventions": ["saline"]},
            ],
            "interventions": [
                {"id": "secretome", "name": "Secretome", "kind": "biological", "dose_ml": "1.5", "route": "intramuscular"},
                {"id": "saline", "name": "NaCl 0.9 %", "dose_ml": "1.5", "route": "intramuscular"},
            ],
            "masking": {"masked": ["participant", "care_provider", "investigator", "outcomes_assessor"],
                        "unmasked": {"pharmacist": "prepares the dose"}, "look_alike": "same syringe in an opaque sleeve"},
            "randomisation": {"ratio": {"secretome": 1, "placebo": 1}},
            "planned_participants": 30, "age_years": [18, 60],
            "consent": [{"version": "1.0", "languages": ["id"]}],
            "inclusion": [{"id": "I1", "text": "Systemic lupus erythematosus"}],
            "exclusion": [{"id": "E1", "text": "Pregnancy"}],
            "epochs": [{"id": "screening", "name": "Screening"}, {"id": "treatment", "name": "Treatment"},
                       {"id": "follow_up", "name": "Follow-up"}],
            "encounters": _encounters(),
            "forms": [
                {"id": "demography", "title": "Demography", "items": []},
                {"id": "dosing", "title": "Dose", "items": []},
                {"id": "mex_sledai", "title": "MEX-SLEDAI", "items": []},
                {"id": "laboratory", "title": "Laboratory", "items": []},
            ],
            "objectives": [{"id": "efficacy", "rank": "primary", "text": "Disease activity"}],
            "endpoints": _endpoints(),
            "estimands": [{"id": "main", "endpoint": "activity", "population": "Adults with lupus",
                           "treatment": "Ten doses of secretome against ten of saline",
                           "intercurrent_events": [{"event": "Doses stopped early", "strategy": "treatment_policy",
                                                    "reason": "the question is the policy of giving it"}],
                           "summary": "Difference in means"}],
            "analysis": {"reference_arm": "placebo", "analyses": analyses,
                         "sets": [{"id": "full_analysis_set", "name": "Full analysis set", "where": "randomised"}]},
            "decisions": [
                {"id": "route", "place": "interventions.secretome.route", "question": "Which route?",
                 "choice": "intramuscular", "reason": "the record says injection; the paper intramuscular",
                 "source": "DES-04"},
                {"id": "size", "place": "planned_participants", "question": "How many participants: 15 or 30?"},
            ],
        }
    )  # fmt: skip


def _courses(randomised: int) -> tuple[dict[str, str], dict[str, dict[str, tuple[float, float | None]]]]:
    """Participant -> arm, and participant -> item -> (before, after); after is missing for those who left."""
    source = random.Random(5921058)
    arms = {f"01-{number:03d}": ("secretome", "placebo")[number % 2] for number in range(1, randomised + 1)}
    values: dict[str, dict[str, tuple[float, float | None]]] = {}
    for number, (participant, arm) in enumerate(arms.items()):
        left = number in (7, 16)
        gain = 2 if arm == "secretome" else 0
        before = source.choice([3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 11])
        after = max(0, before - source.choice([0, 0, 1, 1, 2, 3]) - source.randint(0, gain))
        values[participant] = {"mex_sledai_total": (before, None if left else after)}
        for item, _, _, better, _, typical in LABORATORY:
            start = round(typical * source.lognormvariate(0, 0.45), 1)
            change = (0.88 if better == "lower" else 1.1) if arm == "secretome" else 0.98
            end = None if left else round(start * change * source.lognormvariate(0, 0.2), 1)
            values[participant][item] = (start, end)
    return arms, values


def _summary(arm: str, pairs: list[tuple[float, float]]) -> ArmSummary:
    before, after = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    changes = [second - first for first, second in pairs]
    low, median, high = statistics.quantiles(after, n=4, method="inclusive")
    return ArmSummary(arm, len(pairs), statistics.mean(before), statistics.stdev(before), statistics.mean(after),
                      statistics.stdev(after), median, low, high, statistics.mean(changes), statistics.stdev(changes))  # fmt: skip


def _result(endpoint: str, item: str, unit: str, arms: dict, values: dict) -> Result:
    summaries = []
    for arm in ARMS:
        pairs = [values[one][item] for one, own in arms.items() if own == arm and values[one][item][1] is not None]
        summaries.append(_summary(arm, pairs))
    first, second = summaries
    estimate = first.change_mean - second.change_mean
    error = (first.change_sd**2 / first.n + second.change_sd**2 / second.n) ** 0.5
    return Result(
        id=f"{endpoint}.ancova", endpoint=endpoint, method="ancova", role="main", analysis_set="full_analysis_set",
        contrast="secretome minus placebo", n={each.arm: each.n for each in summaries}, unit=unit, estimate=estimate,
        standard_error=error, interval=(estimate - 2.05 * error, estimate + 2.05 * error), p=0.048,
        arms=tuple(summaries), inputs_digest="ab" * 32, entries=tuple(range(40, 100, 2)),
    )  # fmt: skip


def _law() -> PermutationDistribution:
    """A binomial law on a lattice of fifteenths, with an observed value in its left tail."""
    weights = tuple(math.comb(80, step) for step in range(81))
    values = tuple(Fraction(step - 40, 15) for step in range(81))
    return PermutationDistribution(values, weights, sum(weights), Fraction(-18, 15), Fraction(0))


def _listing() -> dict[str, tuple[ListedEvent, ...]]:
    """An early event that goes on, a common one, and a serious one that stopped the doses."""
    itch = Assessment("Itch", date(2026, 2, 27), 1, Causality.UNRELATED, ActionTaken.NONE, Outcome.NOT_RECOVERED)
    pain = Assessment("Injection site pain", date(2026, 3, 4), 2, Causality.PROBABLE, ActionTaken.DOSE_OMITTED,
                      Outcome.RECOVERED, ended_on=date(2026, 3, 6))  # fmt: skip
    fever = Assessment("Fever", date(2026, 4, 9), 3, Causality.POSSIBLE, ActionTaken.DOSES_STOPPED, Outcome.SEQUELAE,
                       (Seriousness.HOSPITALISATION,), Expectedness.UNEXPECTED, date(2026, 4, 20))  # fmt: skip
    return {
        "secretome": (ListedEvent("01-001", -3, 1, itch, (611,)), ListedEvent("01-001", 3, 2, pain, (702, 709))),
        "placebo": (ListedEvent("01-002", 37, 4, fever, (1204,)),),
    }


def _harms(half: int) -> HarmsResults:
    exposure = tuple(ExposureRow(arm, half, 10 * half, 36 * half) for arm in ARMS)
    overview = (EventRow("Any adverse event", {"secretome": 8, "placebo": 6}, {"secretome": 14, "placebo": 7},
                         {"secretome": 2, "placebo": 2}, 2 / half, (-0.2, 0.45), (), {}, {}, "exact unconditional"),)  # fmt: skip
    shifts = tuple(GradeShift("Anemia", arm, ((0, 0, half - 2), (0, 1, 1), (None, 1, 1)), (7,)) for arm in ARMS)
    bang = {arm: Index(0.13, 0.1, (-0.07, 0.33), half) for arm in ARMS}
    counts = {arm: {"active": 5, "placebo": 3, "do_not_know": half - 8} for arm in ARMS}
    guesses = (GuessTable("participant", counts, bang, Index(0.6, 0.1, None, 9), ()),)
    return HarmsResults(exposure, overview, shifts, guesses, _listing())


def _sexes(half: int) -> tuple[CategoryRow, ...]:
    women = CategoryRow("Sex", "Female", {"secretome": half - 2, "placebo": half - 1}, dict.fromkeys(ARMS, half))
    men = CategoryRow("Sex", "Male", {"secretome": 2, "placebo": 1}, dict.fromkeys(ARMS, half))
    return women, men


def some_results(randomised: int = 30) -> AnalysisResults:
    arms, values = _courses(randomised)
    main = _result("activity", "mex_sledai_total", "", arms, values)
    test = replace(main, id="activity.randomisation", method="randomisation_test", role="sensitivity", p=None,
                   p_exact=Fraction(1234567, 30045015), two_sided="distance from the mean", interval=None,
                   standard_error=None)  # fmt: skip
    within = tuple(
        replace(main, id=f"activity.paired.{each.arm}", method="paired_t_within_arm", role="as_registered",
                contrast=each.arm, n={each.arm: each.n}, estimate=each.change_mean, compares_arms=False, p=0.0004,
                interval=(each.change_mean - 1, each.change_mean + 1), arms=(each,))
        for each in main.arms
    )  # fmt: skip
    others = tuple(_result(item, item, unit, arms, values) for item, _, unit, *_ in LABORATORY)
    observations = tuple(
        Observation(one, item, encounter, value, f"{value}", 100 + number)
        for number, (one, items) in enumerate(values.items())
        for item, pair in items.items()
        for encounter, value in zip(
            ("day_1" if item == "mex_sledai_total" else "screening", "day_36"), pair, strict=True
        )
        if value is not None
    )
    half = randomised // 2
    events = (
        EventRow("Injection site pain", {"secretome": 6, "placebo": 3}, {"secretome": 11, "placebo": 4},
                 {"secretome": 2, "placebo": 1}, 3 / half, (-0.13, 0.5)),
        EventRow("Headache", {"secretome": 2, "placebo": 3}, {"secretome": 2, "placebo": 3},
                 {"secretome": 1, "placebo": 2}, -1 / half, (-0.36, 0.24)),
        EventRow("Fever", {"secretome": 1, "placebo": 0}, {"secretome": 1, "placebo": 0}, {"secretome": 1}, None, None),
    )  # fmt: skip
    ages = {arm: [25 + (7 * number) % 30 for number, own in enumerate(arms.values()) if own == arm] for arm in ARMS}
    baseline = {
        "Age (years)": tuple(_summary(arm, [(float(age), float(age)) for age in own]) for arm, own in ages.items())
    }
    baseline["MEX-SLEDAI"] = main.arms
    return AnalysisResults(
        study_digest=a_definition().digest, lock_digest="cd" * 32, allocation="released", allocation_digest="ef" * 32,
        synthetic=True, arms=arms, sets={"full_analysis_set": tuple(arms), "safety_set": tuple(arms)},
        results=(main, test, *within, *others), events=events, observations=observations, baseline=baseline,
        distributions={test.id: _law()}, harms=_harms(half), baseline_categories=_sexes(half),
    )  # fmt: skip


def _course(number: int) -> Course:
    """One participant's way: the eighth and the seventeenth left, as in the invented values."""
    one = f"01-{number:03d}"
    if number not in (8, 17):
        return Course(one, (0, number - 1), 10, 0, 10, 13, 0, (), True)
    why = WithdrawalReason.PARTICIPANT_DECISION if number == 8 else WithdrawalReason.LOST_TO_FOLLOW_UP
    left = ParticipantWithdrawn(one, WithdrawalFrom.FOLLOW_UP, why, date(2026, 5, 4))
    return Course(one, (0, number - 1), 6, 1, 10, 8, 1, (left,), False)


def a_trial(*, synthetic: bool = True, randomised: int = 30) -> TrialInputs:
    definition = a_definition()
    screened = {ScreenFailure.NOT_ELIGIBLE: 5, ScreenFailure.DECLINED: 2}
    courses = tuple(_course(number) for number in range(1, randomised + 1))
    flow = Flow(randomised + 7, screened, {"I1": 5}, 0, 0, courses)
    terms = (TermCount("Fever", 1, 1, {1: 1}), TermCount("Injection site pain", 15, 9, {1: 7, 2: 2}))
    harms = OpenReport(definition.digest, synthetic, 5321, "9c" * 32, date(2026, 9, 1), flow, terms, 16, 10, 1, 0, 0,
                       {}, {}, 0)  # fmt: skip
    visits = tuple(VisitCounts(each.id, randomised - 4, 1, 2, 1, 0) for each in definition.encounters)
    conduct = ConductSummary(
        harms=harms, recruited=(date(2026, 2, 2), date(2026, 7, 20)), last_contact=date(2026, 8, 25), visits=visits,
        doses_given=10 * randomised - 12, doses_omitted=(Reason("participant absent", 9), Reason("fever", 3)),
        deviations=(
            DeviationLine(1, "01-007", "window", date(2026, 3, 4), "Visit on day 31 held three days late.", False),
            DeviationLine(2, "01-012", "dosing", date(2026, 3, 19), "1.2 mL drawn up instead of 1.5 mL.", True),
        ),
        data=DataCounts(4210, 31, 44, 29, (Reason("misread digit", 21), Reason("wrong unit", 9)), 57, 35, 0),
    )  # fmt: skip
    verification = Verification(
        study_digest=definition.digest, sealed_root="3f" * 16 + "a7" * 16, slots=60, ledger_entries=5321,
        ledger_head="9c" * 32, lock_digest="cd" * 32, locked_at=datetime(2026, 9, 1, 8, tzinfo=UTC),
        allocation_digest="ef" * 32,
        commands=(
            ("Prove that the list was fixed and followed", "python3 -I -S verify_trial.py opening.json ledger.jsonl arms.json ROOT"),
            ("Check the chain, the checkpoints and the projections", "equipoise verify ."),
        ),
    )  # fmt: skip
    return TrialInputs(
        definition, conduct, verification, MADE_AT, synthetic, (("Equipoise", "0.1.0"), ("typst", "0.15"))
    )


def some_registry() -> RegistryInputs:
    from importlib.resources import files

    text = files("equipoise").joinpath("studies/NCT05921058/record.txt").read_bytes()
    record = parse_record(text, "NCT05921058.txt")
    findings = (
        Finding("ENR-01", Severity.ERROR, "NCT05921058.txt:40", "The record gives two numbers of participants.",
                "State the number once.", ("15 participants", "30 SLE patient subjects"), "Hidden exclusions change a result."),
        Finding("ANA-01", Severity.ERROR, "NCT05921058.txt:26", "The registered test looks inside each arm.",
                "Register a comparison of the arms.", ("paired difference test with p < 0.05",), "It does not compare the arms."),
        Finding("TXT-01", Severity.INFO, "NCT05921058.txt", "Words are misspelt.", "Correct them.", ("paatients",)),
        Finding("ADM-04", Severity.WARNING, "NCT05921058.txt", "No national authorisation is named.", "Add it."),
    )  # fmt: skip
    return RegistryInputs(record, derive(record), findings)


def some_inputs(*, synthetic: bool = True, randomised: int = 30) -> ReportInputs:
    results = some_results(randomised)
    return ReportInputs(
        a_trial(synthetic=synthetic, randomised=randomised), some_registry(), results
    )  # fmt: skip
