"""`equipoise power`: size, power, effect or level by formula, whichever is left out."""

import math

from rich.console import Console
from rich.text import Text

from equipoise.design.power.question import KINDS, ONE_NUMBER, Answered, PlannedTest, Question, answer
from equipoise.design.sequential.boundaries import Boundary, equal_looks, inflation, obrien_fleming, pocock
from equipoise.design.sizing import inflated
from equipoise.protocol.model_faults import did_you_mean
from equipoise.vocabulary import Refusal

BOUNDS = {"obrien-fleming": obrien_fleming, "pocock": pocock}
_MOST_LOOKS = 20


def asked(
    test: str,
    effect: float | None,
    participants: float | None,
    power: float | None,
    alpha: float | None,
    correlation: float,
    margin: float,
    ratio: float,
    control: str,
) -> Question:
    """The question that a command line puts; `control` is one share or several with commas between them."""
    if test not in set(PlannedTest):
        nearest = did_you_mean(test, list(PlannedTest), f"One of {', '.join(PlannedTest)}.")
        raise Refusal("POWER-TEST", f"There is no formula for “{test}”.", nearest)
    try:
        shares = tuple(float(share) for share in control.split(",") if share.strip())
    except ValueError:
        raise Refusal("POWER-SHARES", f"“{control}” is no list of shares.", "Write --control 0.2,0.3,0.5.") from None
    return Question(PlannedTest(test), effect, participants, power, alpha, correlation, margin, ratio, shares)


def run(question: Question, *, leaving: float, looks: int, bounds: str, console: Console) -> int:
    """Answer a question and say what the answer means; gives the exit status."""
    if not 0 <= leaving < 1:
        raise Refusal("POWER-LEAVING", f"A share of {leaving:g} cannot leave.", "The nearest that can be: 0 to 0.99.")
    answered = answer(question)
    console.print(_said(answered))
    boundary = _boundary(answered, looks, bounds)
    if boundary is not None:
        console.print(_looked_at(answered, boundary))
    if leaving and answered.question.test not in ONE_NUMBER:
        needed = sum(math.ceil(inflated(size, leaving) - 1e-9) for size in answered.arms)
        console.print(f"With {leaving:.0%} lost before the outcome: {needed} to randomise.")
    return 0


def _said(answered: Answered) -> Text:
    q, kind = answered.question, KINDS[answered.question.test]
    rounded = answered.found == "number"
    rows = {
        "number": (kind.counted, _counted(answered)),
        "effect": (kind.effect, f"{q.effect:.6g}"),
        "power": ("power", _share(q.power) + (f" ({answered.achieved:.4f} with whole arms)" if rounded else "")),
        "alpha": ("alpha", f"{q.alpha:.6g}"),
    }
    text = Text(f"{kind.definition[:1].upper()}{kind.definition[1:]}.\n", style="dim")
    width = max(len(name) for name, _ in rows.values())
    for key, (name, value) in rows.items():
        text.append(f"  {name:<{width}}  {value}\n", style="bold" if key == answered.found else "")
    for name, given in (("correlation", q.correlation), ("margin", q.margin)):
        if given:
            text.append(f"  {name:<{width}}  {given:g}\n")
    if q.control:
        text.append(f"  {'reference arm':<{width}}  {', '.join(f'{share:g}' for share in q.control)}\n")
    text.rstrip()
    return text


def _share(value: float | None) -> str:
    return f"{value:.6f}".rstrip("0")


def _counted(answered: Answered) -> str:
    first, second = answered.arms
    if answered.found != "number":
        return f"{answered.question.number:g}" + (f" ({first} + {second})" if second else "")
    if answered.question.test is PlannedTest.RISKS:
        return f"{first + second} ({first} + {second}; nor do the next ten sizes fall below)"
    exact = f"{answered.question.number:.6f} before rounding"
    return f"{first + second} ({first} + {second}; {exact})" if second else f"{first} ({exact})"


def _boundary(answered: Answered, looks: int, bounds: str) -> Boundary | None:
    if looks <= 1:
        return None
    if bounds not in BOUNDS or looks > _MOST_LOOKS:
        raise Refusal(
            "POWER-LOOKS",
            f"{looks} looks with the bounds “{bounds}” are not offered.",
            f"Up to {_MOST_LOOKS} looks, --bounds obrien-fleming or pocock.",
        )
    sides = 1 if answered.question.test is PlannedTest.NON_INFERIORITY else 2
    return BOUNDS[bounds](equal_looks(looks), answered.question.alpha or KINDS[answered.question.test].alpha, sides)


def _looked_at(answered: Answered, boundary: Boundary) -> str:
    power, number = answered.question.power, answered.question.number
    assert power is not None and number is not None, "the question is answered"
    factor = inflation(boundary, power)
    values = ", ".join(f"{bound:.4f}" for bound in boundary.bounds)
    return (
        f"{len(boundary.bounds)} looks, {boundary.name}: stop beyond Z = {values}; at most "
        f"{math.ceil(factor * number)} ({factor:.4f} times as many) for the same alpha and power."
    )
