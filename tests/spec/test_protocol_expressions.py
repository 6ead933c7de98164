"""Expressions: exact numbers, unknown is not false, no loops, and a sentence for everything that cannot be computed."""

import pickle
from decimal import Decimal
from itertools import product

import pytest

from equipoise.protocol import ExpressionError, compile_expression, evaluate, is_true
from equipoise.protocol.expression import Value


def value_of(source: str, **answers: Value | int | str) -> Value | None:
    typed = {
        name: Decimal(each) if isinstance(each, int) and not isinstance(each, bool) else each
        for name, each in answers.items()
    }
    return evaluate(compile_expression(source), typed)


D = Decimal


@pytest.mark.parametrize(
    ("source", "answers", "result"),
    [
        ("a + b == 0.3", {"a": D("0.1"), "b": D("0.2")}, True),
        ("a + b", {"a": D("0.1"), "b": D("0.2")}, D("0.3")),
        ("a - b < 0.1", {"a": D("0.3"), "b": D("0.2")}, False),
        ("a >= 2.675", {"a": D("2.675")}, True),
        ("a in [0.1, 0.2]", {"a": D("0.20")}, True),
        ("a == b", {"a": D("1.50"), "b": D("1.5")}, True),
        ("a + 1", {"a": D("9000000000000")}, D("9000000000001")),
        ("product(a, b)", {"a": D("1.1"), "b": D("1.1")}, D("1.21")),
        ("quotient(a, product(b, b), 1)", {"a": D("70"), "b": D("1.75")}, D("22.9")),
        ("quotient(a, b, 0)", {"a": D("1"), "b": D("2")}, D("1")),
        ("quotient(a, b, 0)", {"a": D("-1"), "b": D("2")}, D("-1")),
        ("quotient(a, b, 2)", {"a": D("1"), "b": D("3")}, D("0.33")),
        ("quotient(a, b, 6)", {"a": D("2"), "b": D("3")}, D("0.666667")),
        ("-a", {"a": D("0.000001")}, D("-0.000001")),
        ("a ? 1.5 : 2", {"a": True}, D("1.5")),
        ("days_between(a, b)", {"a": "2022-02-28", "b": "2022-03-01"}, D(1)),
        ("days_between(a, b) <= 30", {"a": "2022-01-01", "b": "2022-02-15"}, False),
        ("a <= b", {"a": "2022-08-01", "b": "2022-12-30"}, True),
        ('a == "x" || a.startsWith("y")', {"a": "yz"}, True),
        ("a == 'it\\'s'", {"a": "it's"}, True),
    ],
)
def test_numbers_are_exact(source: str, answers: dict[str, Value], result: Value) -> None:
    assert evaluate(compile_expression(source), answers) == result
    assert not isinstance(evaluate(compile_expression(source), answers), float)


def kleene_and(a: bool | None, b: bool | None) -> bool | None:
    return False if a is False or b is False else None if a is None or b is None else True


@pytest.mark.parametrize(("a", "b"), list(product((True, False, None), repeat=2)))
def test_unknown_is_not_false(a: bool | None, b: bool | None) -> None:
    answers = {name: value for name, value in (("a", a), ("b", b)) if value is not None}
    either = kleene_and(None if a is None else not a, None if b is None else not b)
    assert is_true(compile_expression("a && b"), answers) is kleene_and(a, b)
    assert is_true(compile_expression("a || b"), answers) is (None if either is None else not either)
    assert is_true(compile_expression("!a"), answers) is (None if a is None else not a)


@pytest.mark.parametrize(
    "source", ["a > 1", "a + 1 > 0", "a == b", 'a in ["x"]', "a ? true : true", "days_between(a, b) > 1"]
)
def test_a_name_without_an_answer_makes_it_unknown(source: str) -> None:
    assert evaluate(compile_expression(source), {}) is None


@pytest.mark.parametrize(
    ("source", "answers"),
    [("quotient(a, b, 1)", {"a": D(1), "b": D(0)}), ("days_between(a, b)", {"a": "2022-13-01", "b": "2022-01-01"})],
)
def test_what_has_no_value_is_unknown(source: str, answers: dict[str, Value]) -> None:
    assert evaluate(compile_expression(source), answers) is None


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "empty"),
        ("a >", "not an expression"),
        ("a = 1", "Write == to compare"),
        ("a and b", "`and` is written &&"),
        ("a * 2 > 1", "product(a, b)"),
        ("a / 2 > 1", "quotient(a, b, decimals)"),
        ("a % 2 == 1", "without a remainder"),
        ("[1, 2].map(x, x)", "cannot be used"),
        ("[1, 2].all(x, x > 0)", "cannot be used"),
        ("[1, 2].exists(x, x > 0)", "cannot be used"),
        ("has(a.b)", "cannot be used"),
        ("size(a) > 1", "cannot be used"),
        ("a.b > 1", "Name the item itself"),
        ("a[0] > 1", "Name the item itself"),
        ("{'a': 1}", "cannot be used"),
        ("r'x' == a", "cannot have a prefix"),
        ("1e5 > a", "cannot be used"),
        ("5u > a", "cannot be used"),
        ("a == 'x", "cannot be used"),
        ("a // b", "cannot be used"),
        ("(" * 30 + "a" + ")" * 30, "deep"),
        ("!" * 60 + "a", "deep"),
        ("a" + " + a" * 1_000, "longer"),
        ("1" + "+1" * 300, "parts"),
        ("a > 99999999999999999999", "too large"),
        ("a > 0.0000001", "6 decimals"),
    ],
)
def test_what_cannot_be_an_expression_says_why(source: str, words: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_expression(source)
    assert words in f"{refused.value.sentence} {refused.value.remedy}"


@pytest.mark.parametrize(
    ("source", "answers", "words"),
    [
        ("a > 1", {"a": "x"}, "kinds"),
        ("a && true", {"a": D(1)}, "kinds"),
        ("a + a > 0", {"a": D("9000000000000")}, "too large"),
        ("product(a, a) > 0", {"a": D("9000000")}, "too large"),
        ("a > 0", {"a": D("0.0000001")}, "decimals"),
        ("a > 0", {"a": D("1e30")}, "too large"),
        ("a > 0", {"a": D("NaN")}, "too large"),
        ("[a]", {"a": D(1)}, "neither"),
    ],
)
def test_what_cannot_be_computed_says_why(source: str, answers: dict[str, Value], words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        evaluate(compile_expression(source), answers)


def test_only_a_condition_is_true_or_false() -> None:
    with pytest.raises(ExpressionError, match="not a condition"):
        is_true(compile_expression("a + 1"), {"a": Decimal(1)})


def test_an_expression_is_compiled_once_and_travels() -> None:
    first = compile_expression("a > 1 && b == 'x'")
    assert compile_expression("a > 1 && b == 'x'") is first
    assert first.names == {"a", "b"}
    assert pickle.loads(pickle.dumps(first)).source == first.source
