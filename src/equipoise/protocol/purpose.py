"""What the objectives, endpoints, estimands, masking and decisions must hold for the trial to answer its question."""

from collections.abc import Iterator

from equipoise.instruments.item import ItemType
from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.form_items import asked_items
from equipoise.protocol.model_faults import Fault
from equipoise.protocol.objectives import Rank
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import MASKED_ROLES, Role, Severity

COMPARES_NO_ARMS = {"paired_t_within_arm"}


def judge_purpose(definition: StudyDefinition) -> Iterator[Fault]:
    """Give the faults of purpose: what is asked, of whom, and how the answer is reached (ICH E9, E9(R1))."""
    yield from _primary(definition)
    yield from _estimands(definition)
    yield from _main_analyses(definition)
    yield from _size(definition)
    yield from _ages(definition)
    yield from _masking(definition)
    yield from _visible_differences(definition)
    yield from _times(definition)
    yield from _methods(definition)
    yield from _before_randomisation(definition)


def _primary(definition: StudyDefinition) -> Iterator[Fault]:
    primary = [n for n, endpoint in enumerate(definition.endpoints) if endpoint.rank is Rank.PRIMARY]
    if not primary:
        yield Fault("END-PRIMARY", ("endpoints",), "no endpoint is primary.", "Give one of them `rank: primary`.")
    if len(primary) > 1 and definition.analysis.multiplicity == "none":
        yield Fault(
            "END-PRIMARY",
            ("endpoints", primary[1], "rank"),
            f"{len(primary)} endpoints are primary, and nothing shares the type I error among them (ICH E9, 2.2.2).",
            "Make the others secondary, or set `analysis.multiplicity`.",
        )
    if not any(endpoint.rank is Rank.SAFETY for endpoint in definition.endpoints):
        yield Fault(
            "OUT-08",
            ("endpoints",),
            "no endpoint describes safety.",
            "Add one with `rank: safety` (SPIRIT 2025 item 17).",
            Severity.WARNING,
        )


def _estimands(definition: StudyDefinition) -> Iterator[Fault]:
    answered = {estimand.endpoint for estimand in definition.estimands}
    for n, endpoint in enumerate(definition.endpoints):
        if endpoint.rank is Rank.PRIMARY and endpoint.id not in answered:
            yield Fault(
                "EST-NONE",
                ("endpoints", n, "id"),
                f"the primary endpoint `{endpoint.id}` has no estimand.",
                "Add one with its five attributes to `estimands` (ICH E9(R1), A.3.3).",
            )
    for n, estimand in enumerate(definition.estimands):
        if not estimand.intercurrent_events:
            yield Fault(
                "EST-EVENTS",
                ("estimands", n),
                f"estimand `{estimand.id}` names no intercurrent event.",
                "Say what counts as one, and the strategy for each.",
                Severity.WARNING,
            )


def _main_analyses(definition: StudyDefinition) -> Iterator[Fault]:
    analyses = definition.analysis.analyses
    for n, endpoint in enumerate(definition.endpoints):
        main = [each for each in analyses if each.endpoint == endpoint.id and each.role == "main"]
        if endpoint.rank is Rank.PRIMARY and len(main) != 1:
            yield Fault(
                "ANA-MAIN",
                ("endpoints", n, "id"),
                f"the primary endpoint `{endpoint.id}` has {len(main)} main analyses.",
                "Give it exactly one analysis with `role: main`; others are `sensitivity` or `supplementary`.",
            )
    for n, analysis in enumerate(analyses):
        if analysis.method in COMPARES_NO_ARMS and analysis.role != "as_registered":
            yield Fault(
                "ANA-01",
                ("analysis", "analyses", n, "method"),
                f"`{analysis.method}` tests each arm by itself and does not compare the arms.",
                "Use it with `role: as_registered` only (Bland and Altman 2011, PMC3286439).",
            )


def _size(definition: StudyDefinition) -> Iterator[Fault]:
    planned = definition.planned_participants
    shares = sum(definition.randomisation.ratio.values())
    if not isinstance(planned, int):
        return
    if planned < 2:
        yield Fault(
            "ENR-SIZE", ("planned_participants",), "a trial has at least two participants.", "Write the number."
        )
    elif shares and planned % shares:
        yield Fault(
            "ENR-02",
            ("planned_participants",),
            f"{planned} participants cannot be split in the ratio "
            f"{':'.join(str(share) for share in definition.randomisation.ratio.values())}.",
            f"Plan a multiple of {shares}.",
            Severity.WARNING,
        )


def _ages(definition: StudyDefinition) -> Iterator[Fault]:
    low, high = definition.age_years
    if low is not None and high is not None and low > high:
        yield Fault("ELI-AGE", ("age_years",), f"the age limits {low} and {high} are in the wrong order.", "Swap them.")


def _masking(definition: StudyDefinition) -> Iterator[Fault]:
    masking = definition.masking
    for n, role in enumerate(masking.masked):
        if role in masking.unmasked:
            yield Fault("MSK-BOTH", ("masking", "masked", n), f"`{role}` is both masked and unmasked.", "Choose one.")
        if role not in MASKED_ROLES:
            yield Fault(
                "MSK-CANNOT",
                ("masking", "masked", n),
                f"`{role}` needs the arm for its work and cannot be masked here.",
                "Name it under `unmasked` with the reason.",
            )
    for role, reason in masking.unmasked.items():
        if not reason.strip():
            yield Fault(
                "MSK-REASON",
                ("masking", "unmasked", str(role)),
                f"there is no reason why `{role}` must know the arm.",
                "Write the reason (ICH E6(R3), 4.1.3).",
            )
    if masking.masked and Role.PHARMACIST not in masking.unmasked:
        yield Fault(
            "DES-05",
            ("masking",),
            "nobody who prepares the dose is named as unmasked.",
            "Add `unmasked: {pharmacist: reason}`.",
            Severity.WARNING,
        )
    if Role.PARTICIPANT in masking.masked and not masking.look_alike.strip():
        yield Fault(
            "DES-03",
            ("masking",),
            "`look_alike` does not say how the preparations are kept alike.",
            "Say it for appearance, volume, steps and waiting time (SPIRIT 2025 item 24b).",
            Severity.WARNING,
        )


def _visible_differences(definition: StudyDefinition) -> Iterator[Fault]:
    if not {Role.PARTICIPANT, Role.CARE_PROVIDER} & set(definition.masking.masked):
        return
    for key, name in (("route", "route"), ("dose_ml", "volume")):
        given = {str(getattr(one, key)) for one in definition.interventions if getattr(one, key) != UNDECIDED}
        if len(given) > 1:
            yield Fault(
                "DES-04",
                ("interventions",),
                f"the interventions differ in {name} ({', '.join(sorted(given))}), and whoever sees it is masked.",
                f"Give all arms the same {name}, or add a dummy.",
                Severity.WARNING,
            )


def _times(definition: StudyDefinition) -> Iterator[Fault]:
    days = {encounter.id: encounter.day for encounter in definition.encounters}
    for n, endpoint in enumerate(definition.endpoints):
        start, end = days.get(endpoint.baseline), days.get(endpoint.encounter)
        if endpoint.metric == "change" and start is not None and end is not None and start >= end:
            yield Fault(
                "END-TIME",
                ("endpoints", n, "baseline"),
                f"the change runs from `{endpoint.baseline}` (day {start}) to `{endpoint.encounter}` (day {end}).",
                "Name an earlier encounter as `baseline`.",
            )


_NUMERIC = {ItemType.INTEGER, ItemType.DECIMAL, ItemType.REPORTED_QUANTITY}


def _methods(definition: StudyDefinition) -> Iterator[Fault]:
    items = asked_items(definition)
    measured = {endpoint.id: items[endpoint.item].item for endpoint in definition.endpoints if endpoint.item in items}
    for n, analysis in enumerate(definition.analysis.analyses):
        item = measured.get(analysis.endpoint)
        if item and analysis.method != "risk_difference" and item.type not in _NUMERIC:
            yield Fault(
                "ANA-METHOD",
                ("analysis", "analyses", n, "method"),
                f"`{analysis.method}` needs numbers, and `{item.id}` is of type {item.type}.",
                "Use `risk_difference`, or an endpoint that is a number.",
            )


def _before_randomisation(definition: StudyDefinition) -> Iterator[Fault]:
    items = asked_items(definition)
    before = {form for encounter in definition.encounters if encounter.day <= 1 for form in encounter.forms}
    used: list[tuple[tuple[str | int, ...], str]] = [
        (("randomisation", "strata", n, "item"), stratum.item)
        for n, stratum in enumerate(definition.randomisation.strata)
    ]
    for n, analysis in enumerate(definition.analysis.analyses):
        used += [(("analysis", "analyses", n, "covariates", k), name) for k, name in enumerate(analysis.covariates)]
    for path, name in used:
        if name in items and items[name].form.id not in before:
            yield Fault(
                "ANA-BASELINE",
                path,
                f"`{name}` is asked at no encounter up to day 1.",
                f"Ask form `{items[name].form.id}` at screening or baseline, or choose another item.",
            )
