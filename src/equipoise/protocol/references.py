"""What a definition's parts say of each other: every name leads to something, and to the right kind of thing."""

from collections.abc import Callable, Iterable, Iterator
from zoneinfo import available_timezones

from equipoise.instruments import instrument, names
from equipoise.instruments.item import ItemType
from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.form_items import AskedItem, asked_items, items_of
from equipoise.protocol.model_faults import Fault, did_you_mean
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import Severity
from equipoise.vocabulary.yaml_source import Path_

Judge = Callable[[StudyDefinition], Iterator[Fault]]


def judge_references(definition: StudyDefinition) -> Iterator[Fault]:
    """Give a fault for every id that stands twice, leads nowhere, or leads to the wrong kind of thing."""
    for judge in _JUDGES:
        yield from judge(definition)


def unknown(path: Path_, kind: str, written: str, known: Iterable[str]) -> Iterator[Fault]:
    """Give a fault if `written` is none of the `known` ids; `undecided` is never unknown."""
    ids = tuple(known)
    if written not in ids and written != UNDECIDED:
        yield Fault("REF-UNKNOWN", path, f"there is no {kind} `{written}`.", did_you_mean(written, ids))


def _unique_ids(definition: StudyDefinition) -> Iterator[Fault]:
    parts = ("sites", "arms", "interventions", "inclusion", "exclusion", "epochs", "encounters", "forms")
    for name in (*parts, "objectives", "endpoints", "estimands", "decisions"):
        yield from _twice((name,), [each.id for each in getattr(definition, name)])
    yield from _twice(("analysis", "sets"), [each.id for each in definition.analysis.sets])
    yield from _twice(("analysis", "analyses"), [each.id for each in definition.analysis.analyses])
    for n, form in enumerate(definition.forms):
        yield from _twice(("forms", n, "checks"), [check.id for check in form.checks])


def _twice(path: Path_, ids: list[str]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for n, each in enumerate(ids):
        if each in first:
            yield Fault(
                "REF-TWICE", (*path, n, "id"), f"the id `{each}` stands twice in `{path[-1]}`.", "Give each its own id."
            )
        first.setdefault(each, n)


def _unique_items(definition: StudyDefinition) -> Iterator[Fault]:
    asked: dict[str, str] = {}
    for n, form in enumerate(definition.forms):
        own = {item.id: k for k, item in enumerate(form.items)}
        for item in items_of(form):
            if item.id in asked:
                path = ("forms", n, "items", own[item.id], "id") if item.id in own else ("forms", n, "uses")
                yield Fault(
                    "REF-TWICE",
                    path,
                    f"form `{form.id}` asks the item `{item.id}` that form `{asked[item.id]}` asks already.",
                    "Give it an id of its own, or ask the other form at this encounter.",
                )
            asked.setdefault(item.id, form.id)


def _instruments(definition: StudyDefinition) -> Iterator[Fault]:
    for n, form in enumerate(definition.forms):
        for k, name in enumerate(form.uses):
            yield from unknown(("forms", n, "uses", k), "instrument", name, names())
        if not form.uses and not form.items:
            yield Fault("REF-EMPTY", ("forms", n), f"form `{form.id}` asks nothing.", "Add `uses` or `items`.")


def _parameters(definition: StudyDefinition) -> Iterator[Fault]:
    for n, form in enumerate(definition.forms):
        known = [each.id for name in form.uses if name in names() for each in instrument(name).parameters]
        for name in form.parameters:
            yield from unknown(("forms", n, "parameters", name), "parameter", name, known)


def _time_zone(definition: StudyDefinition) -> Iterator[Fault]:
    yield from unknown(("time_zone",), "time zone", definition.time_zone, available_timezones())


def _arms(definition: StudyDefinition) -> Iterator[Fault]:
    arms = [arm.id for arm in definition.arms]
    given = [each.id for each in definition.interventions]
    for n, arm in enumerate(definition.arms):
        for k, name in enumerate(arm.interventions):
            yield from unknown(("arms", n, "interventions", k), "intervention", name, given)
    received = {name for arm in definition.arms for name in arm.interventions}
    for n, name in enumerate(given):
        if name not in received:
            yield Fault(
                "REF-UNUSED",
                ("interventions", n),
                f"no arm receives `{name}`.",
                "Name it in an arm's `interventions`.",
                Severity.WARNING,
            )
    yield from unknown(("analysis", "reference_arm"), "arm", definition.analysis.reference_arm, arms)


def _ratio(definition: StudyDefinition) -> Iterator[Fault]:
    arms = [arm.id for arm in definition.arms]
    ratio = definition.randomisation.ratio
    if len(arms) < 2:
        yield Fault("DES-ARMS", ("arms",), "a randomised trial has at least two arms.", "Define the second arm.")
    for name, share in ratio.items():
        yield from unknown(("randomisation", "ratio", name), "arm", name, arms)
        if share < 1:
            yield Fault("DES-RATIO", ("randomisation", "ratio", name), "a share is 1 or more.", "Write 1, 2, ...")
    for name in arms:
        if name not in ratio:
            yield Fault(
                "DES-RATIO",
                ("randomisation", "ratio"),
                f"the ratio says nothing of arm `{name}`.",
                f"Add `{name}: 1`, or the share that was decided.",
            )


def _strata(definition: StudyDefinition) -> Iterator[Fault]:
    items = asked_items(definition)
    for n, stratum in enumerate(definition.randomisation.strata):
        path: Path_ = ("randomisation", "strata", n)
        yield from unknown((*path, "item"), "item", stratum.item, items)
        asked = items.get(stratum.item)
        if asked is None:
            continue
        if asked.item.type is not ItemType.CHOICE:
            yield Fault("REF-KIND", (*path, "item"), f"`{stratum.item}` is not a choice.", "Stratify by a choice.")
        codes = [code.value for code in asked.item.codes]
        for k, level in enumerate(stratum.levels):
            yield from unknown((*path, "levels", k), f"code of `{stratum.item}`", level, codes)


def _encounters(definition: StudyDefinition) -> Iterator[Fault]:
    epochs = [epoch.id for epoch in definition.epochs]
    forms = [form.id for form in definition.forms]
    for n, encounter in enumerate(definition.encounters):
        yield from unknown(("encounters", n, "epoch"), "epoch", encounter.epoch, epochs)
        for k, name in enumerate(encounter.forms):
            yield from unknown(("encounters", n, "forms", k), "form", name, forms)
    asked = {name for encounter in definition.encounters for name in encounter.forms}
    for n, form in enumerate(definition.forms):
        if form.id not in asked and not form.repeating:
            yield Fault(
                "REF-UNUSED",
                ("forms", n, "id"),
                f"form `{form.id}` is asked at no encounter and does not repeat.",
                "Name it in an encounter's `forms`, or write `repeating: true`.",
            )


_NUMBERS = {ItemType.INTEGER, ItemType.DECIMAL, ItemType.REPORTED_QUANTITY}


def _endpoints(definition: StudyDefinition) -> Iterator[Fault]:
    items = asked_items(definition)
    objectives = [objective.id for objective in definition.objectives]
    for n, endpoint in enumerate(definition.endpoints):
        path: Path_ = ("endpoints", n)
        yield from unknown((*path, "objective"), "objective", endpoint.objective, objectives)
        yield from unknown((*path, "item"), "item", endpoint.item, items)
        for key in ("baseline", "encounter"):
            yield from _asked_there(definition, items.get(endpoint.item), (*path, key), getattr(endpoint, key))
        asked = items.get(endpoint.item)
        if asked and endpoint.unit and endpoint.unit not in asked.item.units:
            yield from unknown((*path, "unit"), f"unit of `{endpoint.item}`", endpoint.unit, asked.item.units)
        if asked and endpoint.metric == "change" and asked.item.type not in _NUMBERS:
            yield Fault(
                "REF-KIND",
                (*path, "metric"),
                f"`{endpoint.item}` is no number, so it has no change.",
                "Write `metric: value`, or choose a numeric item.",
            )


def _asked_there(
    definition: StudyDefinition, asked: AskedItem | None, path: Path_, encounter_id: str
) -> Iterator[Fault]:
    yield from unknown(path, "encounter", encounter_id, [each.id for each in definition.encounters])
    encounter = next((each for each in definition.encounters if each.id == encounter_id), None)
    if asked and encounter and asked.form.id not in encounter.forms and not asked.form.repeating:
        yield Fault(
            "REF-NOT-ASKED",
            path,
            f"`{asked.item.id}` is not asked at `{encounter_id}`.",
            f"Add form `{asked.form.id}` to that encounter, or choose one of: {_where_asked(definition, asked)}.",
        )


def _where_asked(definition: StudyDefinition, asked: AskedItem) -> str:
    names = [encounter.id for encounter in definition.encounters if asked.form.id in encounter.forms]
    return ", ".join(names) or "(none so far)"


def _analyses(definition: StudyDefinition) -> Iterator[Fault]:
    endpoints = [endpoint.id for endpoint in definition.endpoints]
    estimands = {estimand.id: estimand.endpoint for estimand in definition.estimands}
    sets = [each.id for each in definition.analysis.sets]
    items = asked_items(definition)
    for n, estimand in enumerate(definition.estimands):
        yield from unknown(("estimands", n, "endpoint"), "endpoint", estimand.endpoint, endpoints)
    for n, analysis in enumerate(definition.analysis.analyses):
        path: Path_ = ("analysis", "analyses", n)
        yield from unknown((*path, "endpoint"), "endpoint", analysis.endpoint, endpoints)
        yield from unknown((*path, "analysis_set"), "analysis set", analysis.analysis_set, sets)
        for k, name in enumerate(analysis.covariates):
            yield from unknown((*path, "covariates", k), "item", name, items)
        if analysis.estimand is None:
            continue
        yield from unknown((*path, "estimand"), "estimand", analysis.estimand, estimands)
        if estimands.get(analysis.estimand, analysis.endpoint) != analysis.endpoint:
            yield Fault(
                "REF-KIND",
                (*path, "estimand"),
                f"estimand `{analysis.estimand}` is of endpoint `{estimands[analysis.estimand]}`, not of "
                f"`{analysis.endpoint}`.",
                "Name the estimand of this endpoint.",
            )


def _languages(definition: StudyDefinition) -> Iterator[Fault]:
    for n, document in enumerate(definition.consent):
        if missing := [language for language in definition.languages if language not in document.languages]:
            yield Fault(
                "CON-LANGUAGE",
                ("consent", n, "languages"),
                f"the study's languages include {', '.join(missing)}, in which this consent text does not exist.",
                "Add the translation, or take the language out of the study.",
                Severity.WARNING,
            )


_JUDGES: tuple[Judge, ...] = (
    _unique_ids,
    _unique_items,
    _instruments,
    _parameters,
    _time_zone,
    _arms,
    _ratio,
    _strata,
    _encounters,
    _endpoints,
    _analyses,
    _languages,
)
