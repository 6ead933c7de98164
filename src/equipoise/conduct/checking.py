"""What the definition says of a page's answers: limits, edit checks, skip logic, derived items.

Derived items are computed from the answers that count now and are never stored, so that none is ever out of date.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from equipoise.conduct.answer import Answer
from equipoise.conduct.plan import PlannedForm
from equipoise.instruments.item import Item, ItemType
from equipoise.instruments.scoring import derived_score
from equipoise.protocol.answers import values_of
from equipoise.protocol.expression import Value, evaluate, is_true
from equipoise.protocol.forms import CheckKind
from equipoise.vocabulary import Finding, Reported, Severity

_NUMBERS = frozenset({ItemType.INTEGER, ItemType.DECIMAL, ItemType.REPORTED_QUANTITY})


def judge_answers(form: PlannedForm, answers: Mapping[str, Answer], touched: Iterable[str]) -> tuple[Finding, ...]:
    """Judge the `touched` items of a page and every edit check that names one of them.

    An error refuses the answers, a warning asks for a reason; `evidence` names the items concerned, `rule` the check.
    """
    items = frozenset(touched)
    return (
        *_judge_limits(form, answers, items),
        *_judge_checks(form, answers, items),
        *_judge_hidden(form, answers, items),
    )


def _judge_limits(form: PlannedForm, answers: Mapping[str, Answer], items: frozenset[str]) -> tuple[Finding, ...]:
    findings = []
    for item_id, item in form.items.items():
        answer = answers.get(item_id)
        if item_id not in items or answer is None or item.limits is None or item.type not in _NUMBERS:
            continue
        number, unit = answer.number(), answer.unit or ""
        if not item.allows(number, unit):
            sentence = f"The answer to {item_id} is not possible."
            findings.append(Finding(f"limits.{item_id}", Severity.ERROR, item_id, sentence, evidence=(item_id,)))
        elif not item.expects(number, unit):
            sentence = f"The answer to {item_id} is unusual."
            findings.append(Finding(f"limits.{item_id}", Severity.WARNING, item_id, sentence, evidence=(item_id,)))
    return tuple(findings)


def _judge_checks(form: PlannedForm, answers: Mapping[str, Answer], items: frozenset[str]) -> tuple[Finding, ...]:
    findings = []
    for planned in form.checks:
        if not planned.inputs & items:
            continue
        values = values_for(form, answers, planned.names)
        if planned.names <= values.keys() and is_true(planned.must, values) is False:
            check = planned.check
            severity = Severity.ERROR if check.kind is CheckKind.HARD else Severity.WARNING
            concerned = tuple(sorted(planned.inputs & answers.keys()))
            findings.append(Finding(check.id, severity, check.id, check.message.text(), evidence=concerned))
    return tuple(findings)


def _judge_hidden(form: PlannedForm, answers: Mapping[str, Answer], items: frozenset[str]) -> tuple[Finding, ...]:
    """Answers that skip logic would no longer ask for, now that an answer which they depend on has changed."""
    hidden = [
        item_id
        for item_id, shown_if in form.shown_if.items()
        if item_id in answers and shown_if.names & items and not is_asked(form, item_id, answers)
    ]
    return tuple(
        Finding(
            f"shown_if.{item_id}",
            Severity.WARNING,
            item_id,
            f"{item_id} has an answer and is not asked any more.",
            evidence=(item_id, *sorted(form.shown_if[item_id].names)),
        )
        for item_id in hidden
    )


def is_asked(form: PlannedForm, item_id: str, answers: Mapping[str, Answer]) -> bool:
    """True if skip logic shows an item, given the answers of its page; an unknown condition hides it."""
    shown_if = form.shown_if.get(item_id)
    return shown_if is None or is_true(shown_if, values_for(form, answers, shown_if.names)) is True


def derived_answers(form: PlannedForm, answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The derived items of a page that have a value; one whose inputs are unknown has none."""
    values = values_for(form, answers, form.derived)
    return {
        item_id: Answer(_text(values[item_id]), unit=form.items[item_id].unit or None)
        for item_id in form.derived
        if item_id in values
    }


def values_for(form: PlannedForm, answers: Mapping[str, Answer], names: Iterable[str]) -> dict[str, Value]:
    """What expressions read of a page: item -> value, without those that are unknown, and only for `names`.

    A quantity is read in the item's usual unit; one with a comparator has no value, since `<0.3` is no number.
    """
    wanted = [form.items[name] for name in names if name in form.items]
    asked = tuple(item for item in wanted if item.derived is None)
    values = values_of(asked, {item.id: _as_read(item, answers[item.id]) for item in asked if item.id in answers})
    for item in wanted:
        if item.derived is not None and (value := _derive(form, answers, item)) is not None:
            values[item.id] = value
    return values


def _as_read(item: Item, answer: Answer) -> str | Reported:
    return answer.reported() if item.type is ItemType.REPORTED_QUANTITY else answer.value


def _derive(form: PlannedForm, answers: Mapping[str, Answer], item: Item) -> Value | None:
    expression = form.derivations.get(item.id)
    if expression is not None:
        return evaluate(expression, values_for(form, answers, expression.names))
    assert item.derived is not None, "only derived items are derived"
    score = derived_score(item.derived.score, values_for(form, answers, form.asked))
    return None if score is None else Decimal(score)


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else value
