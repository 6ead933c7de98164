"""`equipoise power`: each question from every side, each answer that of the function that the anchors hold."""

import re

import pytest
from typer.testing import CliRunner

from equipoise.cli.app import app
from equipoise.design.power import (
    ancova_power,
    equivalence_size,
    fisher_power,
    non_inferiority_size,
    schoenfeld_events,
    two_sample_alpha,
    two_sample_effect,
    two_sample_size,
    whitehead_size,
)
from equipoise.design.power.question import KINDS, PlannedTest, Question, answer
from equipoise.vocabulary import Refusal


def power(*arguments: str) -> str:
    found = CliRunner().invoke(app, ["power", *arguments], env={"COLUMNS": "120", "TERM": "dumb"})
    if found.exception and not isinstance(found.exception, SystemExit):
        raise found.exception
    return found.output


@pytest.mark.parametrize(
    ("question", "found", "wanted"),
    [
        (Question(PlannedTest.T, effect=0.5, power=0.8), "number", 2 * two_sample_size(0.5, 0.8)),
        (Question(PlannedTest.T, number=29, power=0.9), "effect", two_sample_effect(15, 14, 0.9)),
        (Question(PlannedTest.T, effect=1, number=30, power=0.8), "alpha", two_sample_alpha(1, 15, 15, 0.8)),
        (Question(PlannedTest.T, effect=1, number=30), "power", 0.752923034503410),
        (Question(PlannedTest.ANCOVA, effect=0.5, number=30, correlation=0.6), "power", 0.367834035791),
        (Question(PlannedTest.ANCOVA, effect=0.5, number=29, correlation=0.6), "power", ancova_power(0.5, 15, 14, 0.6)),
        (Question(PlannedTest.PAIRED, effect=0.8, number=15), "power", 0.821310538725),
        (Question(PlannedTest.RISKS, effect=0.6, number=60, control=(0.3,)), "power", fisher_power(0.6, 0.3, 30, 30)),
        (Question(PlannedTest.ODDS, effect=2, power=0.8, control=(0.2, 0.3, 0.5)), "number",
         whitehead_size((0.2, 0.3, 0.5), 2, 0.8)),
        (Question(PlannedTest.LOG_RANK, effect=0.6, power=0.9), "number", schoenfeld_events(0.6, 0.9)),
        (Question(PlannedTest.NON_INFERIORITY, effect=0, power=0.9, margin=0.5), "number",
         2 * non_inferiority_size(0, 0.5, 0.9)),
        (Question(PlannedTest.EQUIVALENCE, effect=0, power=0.9, margin=0.5), "number",
         2 * equivalence_size(0, 0.5, 0.9)),
    ],
)  # fmt: skip
def test_answers_are_those_of_the_formulae(question: Question, found: str, wanted: float) -> None:
    answered = answer(question)
    assert answered.found == found
    assert getattr(answered.question, found) == pytest.approx(wanted, rel=1e-9)


EXTRA = {
    PlannedTest.ANCOVA: {"correlation": 0.6},
    PlannedTest.RISKS: {"control": (0.3,)},
    PlannedTest.ODDS: {"control": (0.2, 0.3, 0.5)},
    PlannedTest.NON_INFERIORITY: {"margin": 0.5},
    PlannedTest.EQUIVALENCE: {"margin": 1.2},
}


@pytest.mark.parametrize("test", list(PlannedTest))
def test_every_side_leads_back(test: PlannedTest) -> None:
    """The effect that 64 find with 80 % has 80 % power with 64, needs 64, and does so at the usual level."""
    given = Question(test, number=64, power=0.8, **EXTRA.get(test, {}))
    full = answer(given).question
    assert answer(Question(test, full.effect, 64, **EXTRA.get(test, {}))).question.power == pytest.approx(0.8)
    if test is PlannedTest.RISKS:
        return  # an exact test has steps
    again = answer(Question(test, full.effect, power=0.8, **EXTRA.get(test, {})))
    assert again.question.number == pytest.approx(64) and sum(again.arms) in (64, 65)
    level = answer(Question(test, full.effect, 64, 0.8, **EXTRA.get(test, {}))).question.alpha
    assert level == pytest.approx(KINDS[test].alpha)


def test_the_definition_stands_beside_the_number() -> None:
    output = power("t", "--effect", "0.5", "--power", "0.8", "--leaving", "0.1")
    assert "two-tailed noncentral t" in output
    assert re.search(r"128 \(64 \+ 64; 127\.531220 before rounding\)", output)
    assert "0.8 (0.8015 with whole arms)" in output and "144 to randomise" in output


def test_looks() -> None:
    output = power("non-inferiority", "--effect", "0", "--margin", "0.5", "--power", "0.9", "--looks", "3")
    assert "3.4711, 2.4544, 2.0040" in output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tt"], "no formula"),
        (["t", "--effect", "1"], "leaves out one"),
        (["t", "--effect", "1", "--participants", "30", "--power", "0.8", "--alpha", "0.05"], "leaves out one"),
        (["t", "--effect", "0", "--power", "0.8"], "has no size"),
        (["t", "--participants", "29.5", "--power", "0.8"], "no number of participants"),
        (["risks", "--effect", "0.5", "--power", "0.8"], "reference arm"),
        (["risks", "--effect", "0.5", "--power", "0.8", "--control", "a,b"], "no list of shares"),
        (["odds", "--effect", "2", "--power", "0.8"], "categories"),
        (["equivalence", "--effect", "0", "--power", "0.8"], "needs a margin"),
        (["equivalence", "--participants", "10", "--power", "0.9", "--margin", "0.3"], "Even with no difference"),
        (["t", "--effect", "1", "--power", "0.8", "--ratio", "0"], "impossible"),
        (["t", "--effect", "1", "--power", "0.8", "--leaving", "1"], "cannot leave"),
        (["t", "--effect", "1", "--power", "0.8", "--looks", "3", "--bounds", "x"], "not offered"),
        (
            ["risks", "--effect", "0.6", "--participants", "60", "--power", "0.8", "--control", "0.3"],
            "between its steps",
        ),
        (["ranks", "--participants", "6", "--power", "0.99"], "No effect reaches"),
    ],
)
def test_nonsense_is_refused(arguments: list[str], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        power(*arguments)
