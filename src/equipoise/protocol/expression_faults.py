"""Whether the expressions of a definition compile, name what exists, and combine what can be combined."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

from equipoise.instruments import score_names
from equipoise.instruments.item import Item, ItemType
from equipoise.protocol.expression import Expression, ExpressionError, Value, compile_expression, evaluate
from equipoise.protocol.form_items import items_of
from equipoise.protocol.forms import Form
from equipoise.protocol.model_faults import Fault, did_you_mean
from equipoise.protocol.participant_facts import PARTICIPANT_FACTS
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import Severity
from equipoise.vocabulary.yaml_source import Path_

_SAMPLES = 24
_NUMBERS = {ItemType.INTEGER, ItemType.DECIMAL, ItemType.REPORTED_QUANTITY}


def judge_expressions(definition: StudyDefinition) -> Iterator[Fault]:
    """Give the faults of every edit check, skip logic, derivation and analysis set."""
    for n, form in enumerate(definition.forms):
        yield from _form(form, ("forms", n))
    facts = {name: Item(id=name, label={"en": name}, type=kind) for name, kind in PARTICIPANT_FACTS.items()}  # type: ignore[arg-type]  # pydantic makes the label
    for n, each in enumerate(definition.analysis.sets):
        yield from _expression(each.where, facts, ("analysis", "sets", n, "where"), {ItemType.BOOLEAN})


def _form(form: Form, path: Path_) -> Iterator[Fault]:
    items = {item.id: item for item in items_of(form)}
    for k, item in enumerate(form.items):
        here: Path_ = (*path, "items", k)
        if item.shown_if:
            yield from _expression(item.shown_if, items, (*here, "shown_if"), {ItemType.BOOLEAN})
            yield from _shown_by_itself(item, items, (*here, "shown_if"))
        if item.derived and item.derived.cel:
            yield from _expression(item.derived.cel, items, (*here, "derived"), {item.type})
        if item.derived and item.derived.score and item.derived.score not in score_names():
            yield Fault(
                "REF-UNKNOWN",
                (*here, "derived", "score"),
                f"there is no score `{item.derived.score}`.",
                did_you_mean(item.derived.score, score_names()),
            )
        yield from _leak(item, items, (*here, "derived"))
    for k, check in enumerate(form.checks):
        yield from _expression(check.must, items, (*path, "checks", k, "must"), {ItemType.BOOLEAN})
    yield from _cycles(form, items, path)


def _expression(source: str, items: Mapping[str, Item], path: Path_, wanted: set[ItemType]) -> Iterator[Fault]:
    try:
        expression = compile_expression(source)
    except ExpressionError as error:
        yield Fault("CEL", path, error.sentence, error.remedy)
        return
    strange = sorted(expression.names - set(items))
    for name in strange:
        yield Fault("CEL-NAME", path, f"there is no item `{name}` here.", did_you_mean(name, items))
    if strange:
        return
    kinds = list(_literal_faults(expression, items, path))
    yield from kinds or _sampled(expression, items, path, wanted)


def _literal_faults(expression: Expression, items: Mapping[str, Item], path: Path_) -> Iterator[Fault]:
    """Compare each `item == literal` with the item: CEL itself calls 1 == "1" false without a word."""
    for name, sign, literal in _comparisons(expression):
        item = items[name]
        is_text = literal[0] in "\"'"
        if item.type is ItemType.CHOICE:
            codes = [code.value for code in item.codes]
            bare = literal.strip("\"'")
            if not is_text:
                yield Fault("CEL-KIND", path, f"the codes of `{name}` are texts.", f'Write {name} {sign} "{literal}".')
            elif bare not in codes:
                yield Fault("CEL-CODE", path, f"`{name}` has no code `{bare}`.", did_you_mean(bare, codes))
        elif is_text == (item.type in _NUMBERS) or (item.type is ItemType.BOOLEAN and literal not in ("true", "false")):
            yield Fault(
                "CEL-KIND", path, f"`{name}` is of type {item.type}; {literal} is not.", "Compare like with like."
            )


def _comparisons(expression: Expression) -> Iterator[tuple[str, str, str]]:
    tokens = [token for token in expression.tokens if token.text not in "()"]
    for (before, sign), (_, after) in zip(pairwise(tokens), pairwise(tokens[1:]), strict=False):
        if sign.text not in {"==", "!=", "<", "<=", ">", ">="}:
            continue
        for name, literal in ((before, after), (after, before)):
            if name.text in expression.names and (literal.kind in {"number", "text"} or literal.text in _TRUTHS):
                yield name.text, sign.text, literal.text


_TRUTHS = {"true", "false"}


def _sampled(expression: Expression, items: Mapping[str, Item], path: Path_, wanted: set[ItemType]) -> Iterator[Fault]:
    """Try the expression on made-up answers of the right types, so that a clash of types is found before the trial."""
    for turn in range(_SAMPLES):
        answers = {
            name: _samples(items[name])[turn * (n + 1) % len(_samples(items[name]))]
            for n, name in enumerate(sorted(expression.names))
        }
        try:
            result = evaluate(expression, answers)
        except ExpressionError as error:
            yield Fault("CEL-KIND", path, error.sentence, error.remedy)
            return
        if result is not None and not _fits(result, wanted):
            kinds = " or ".join(sorted(wanted))
            yield Fault("CEL-KIND", path, f"the expression does not give a {kinds}.", "Change it, or the item's type.")
            return


def _fits(result: Value, wanted: set[ItemType]) -> bool:
    if isinstance(result, bool):
        return ItemType.BOOLEAN in wanted
    if isinstance(result, Decimal):
        return bool(wanted & {ItemType.DECIMAL, ItemType.INTEGER})
    return not wanted & {ItemType.BOOLEAN, *_NUMBERS}


def _samples(item: Item) -> tuple[Value, ...]:
    match item.type:
        case ItemType.CHOICE:
            return tuple(code.value for code in item.codes)
        case ItemType.BOOLEAN:
            return (True, False)
        case ItemType.DATE:
            return ("2022-08-01", "2022-08-02")
        case ItemType.DATETIME:
            return ("2022-08-01T08:00:00", "2022-08-02T08:00:00")
        case ItemType.TEXT:
            return ("a", "b")
        case _:
            return (Decimal(1), Decimal(0), Decimal(2))


def _shown_by_itself(item: Item, items: Mapping[str, Item], path: Path_) -> Iterator[Fault]:
    if item.id in _names(item.shown_if):
        yield Fault("CEL-CYCLE", path, f"`{item.id}` is shown only after it is answered.", "Name another item.")


def _leak(item: Item, items: Mapping[str, Item], path: Path_) -> Iterator[Fault]:
    """Report a derived item that a role may see although it reads an answer that the role may not."""
    reads = _names(item.derived.cel) if item.derived and item.derived.cel else frozenset()
    own = items[item.id].restricted
    for name in sorted(reads & items.keys()):
        if hidden := [role for role in items[name].restricted if role not in own]:
            yield Fault(
                "CEL-LEAK",
                path,
                f"`{item.id}` shows {', '.join(hidden)} what `{name}` hides from them.",
                f"Add `restricted: [{', '.join(items[name].restricted)}]` to `{item.id}`.",
            )


def _names(source: str) -> frozenset[str]:
    try:
        return compile_expression(source).names
    except ExpressionError:
        return frozenset()


def _cycles(form: Form, items: Mapping[str, Item], path: Path_) -> Iterator[Fault]:
    """Report each derived item that needs itself, by way of others or at once."""
    needs = {item.id: _names(item.derived.cel) for item in items.values() if item.derived and item.derived.cel}
    for k, item in enumerate(form.items):
        reached: set[str] = set()
        waiting = list(needs.get(item.id, ()))
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += needs.get(name, ())
        if item.id in reached:
            yield Fault(
                "CEL-CYCLE",
                (*path, "items", k, "derived"),
                f"`{item.id}` is derived from itself, by way of {', '.join(sorted(reached - {item.id})) or 'nothing'}.",
                "Derive it from items that a person answers.",
                Severity.ERROR,
            )
