"""What the objectives, endpoints, estimands, masking and decisions must hold for the trial to answer its question."""

from collections.abc import Iterator

from equipoise.protocol.decision import UNDECIDED
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


def judge_decisions(definition: StudyDefinition) -> Iterator[Fault]:
    """Give what is still open, and decisions without a reason or a source."""
    canonical = definition.model_dump(mode="json")
    for n, decision in enumerate(definition.decisions):
        path = ("decisions", n)
        if decision.choice == UNDECIDED:
            yield Fault(
                "DEC-OPEN",
                (*path, "choice"),
                f"open: {decision.question}",
                "Decide, and give the reason and source.",
                Severity.WARNING,
            )
        elif not decision.reason.strip() or not decision.source.strip():
            yield Fault(
                "DEC-REASON",
                path,
                f"decision `{decision.id}` has no {'reason' if decision.source else 'source'}.",
                "Say why this was chosen, and on what ground.",
            )
        elif decision.to_confirm:
            yield Fault(
                "DEC-CONFIRM",
                (*path, "choice"),
                f"proposed, not yet the team's: {decision.question} {decision.choice}",
                "Decide, then take `to_confirm` out.",
                Severity.INFO,
            )
        if not _leads_somewhere(canonical, decision.place):
            yield Fault(
                "DEC-PLACE",
                (*path, "place"),
                f"`{decision.place}` is no part of this definition.",
                "Write a path such as `interventions.secretome.route`.",
                Severity.WARNING,
            )
    yield from _open_without_decision(definition, canonical)


def _leads_somewhere(document: object, place: str) -> bool:
    for part in place.split("."):
        if isinstance(document, dict) and part in document:
            document = document[part]
        elif isinstance(document, list):
            named = {str(n): each for n, each in enumerate(document)}
            named |= {each["id"]: each for each in document if isinstance(each, dict) and "id" in each}
            if part not in named:
                return False
            document = named[part]
        else:
            return False
    return True


def _open_without_decision(definition: StudyDefinition, canonical: object) -> Iterator[Fault]:
    """Give what is `undecided` in place: unasked, or asked and answered in `decisions` alone."""
    answers = {decision.place: decision.choice for decision in definition.decisions}
    for path, place in _undecided(canonical, (), ""):
        if path[0] == "decisions":
            continue
        asked = next((each for each in _around(place) if each in answers), None)
        if asked is None:
            yield Fault(
                "DEC-OPEN",
                path,
                f"`{place}` is undecided.",
                "Decide it, or ask the question under `decisions`.",
                Severity.WARNING,
            )
        elif asked == place and answers[asked] != UNDECIDED:
            yield Fault(
                "DEC-CONTRADICTS",
                path,
                f"`{place}` is undecided, but its decision says: {answers[asked]}.",
                "Write the choice here as well.",
            )


def _around(place: str) -> Iterator[str]:
    """Give the place itself, then what lies around it: `a.b.c`, `a.b`, `a`."""
    parts = place.split(".")
    for length in range(len(parts), 0, -1):
        yield ".".join(parts[:length])


def _undecided(part: object, path: tuple[str | int, ...], place: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if part == UNDECIDED:
        yield path, place
    elif isinstance(part, dict):
        for key, inner in part.items():
            yield from _undecided(inner, (*path, key), f"{place}.{key}".lstrip("."))
    elif isinstance(part, list):
        for n, inner in enumerate(part):
            name = inner.get("id", n) if isinstance(inner, dict) else n
            yield from _undecided(inner, (*path, n), f"{place}.{name}".lstrip("."))
