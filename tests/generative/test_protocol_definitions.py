"""Whatever text is read as a definition or as an expression: findings or a refusal, never another exception."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.protocol import ExpressionError, UnreadableYaml, compile_expression, evaluate, parse_definition
from equipoise.protocol.change import steps
from equipoise.protocol.differences import diff_definitions
from equipoise.protocol.rules import RULES

SMALL = (Path(__file__).parents[1] / "protocol_study.yaml").read_text(encoding="utf-8")
WORDS = sorted({word for word in SMALL.replace(",", " ").replace("{", " ").replace("}", " ").split() if len(word) > 1})
PIECES = ["a", "b", "c", "1", "0.1", "2.5", "'x'", '"y"', "true", " && ", " || ", "!", "==", "!=", "<", "<=", ">", ">="]
PIECES += ["+", "-", "*", "/", "(", ")", "[", "]", ",", "?", ":", " in ", ".", "product", "quotient", "days_between"]
PIECES += ["size", "map", "all", "{", "}", "\\", "null", "\x00", "é", "9" * 20]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_definition_gives_findings_or_a_refusal(data: st.DataObject) -> None:
    text = SMALL
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 30))
        new = data.draw(
            st.sampled_from(WORDS) | st.text(max_size=6) | st.sampled_from(["\n", "  ", "- ", ": ", "[]", "{"])
        )
        text = text[:at] + new + text[at + length :]
    try:
        reading = parse_definition(text.encode("utf-8", "surrogatepass"))
    except UnreadableYaml as refused:
        assert refused.rule in RULES
        return
    assert reading.definition is not None or reading.errors
    for finding in reading.findings:
        file, line, column = finding.place.rsplit(":", 2)
        assert (file, finding.rule in RULES) == ("study.yaml", True)
        assert int(line) <= text.count("\n") + 2
        assert int(column) >= 1


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=30))
def test_any_text_as_an_expression_is_compiled_or_refused(source: str) -> None:
    answers = {"a": Decimal("1.5"), "b": Decimal(2)}
    try:
        result = evaluate(compile_expression(source), answers)
    except ExpressionError as refused:
        assert refused.sentence
        return
    assert result is None or isinstance(result, (bool, Decimal, str))


millionths = st.integers(-(10**12), 10**12).map(lambda number: Decimal(number).scaleb(-6))


@settings(max_examples=300, deadline=None)
@given(millionths, millionths)
def test_arithmetic_agrees_with_fractions(a: Decimal, b: Decimal) -> None:
    answers = {"a": a, "b": b}
    exact = {"a + b": Fraction(a) + Fraction(b), "a - b": Fraction(a) - Fraction(b), "-a": -Fraction(a)}
    for source, value in exact.items():
        result = evaluate(compile_expression(source), answers)
        assert isinstance(result, Decimal)
        assert Fraction(result) == value
    assert evaluate(compile_expression("a < b"), answers) is (a < b)
    assert evaluate(compile_expression("a == b"), answers) is (a == b)


@settings(max_examples=200, deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6), st.integers(0, 6))
def test_a_quotient_is_rounded_once_half_away_from_zero(a: int, b: int, decimals: int) -> None:
    result = evaluate(compile_expression(f"quotient(a, b, {decimals})"), {"a": Decimal(a), "b": Decimal(b)})
    assert isinstance(result, Decimal)
    error = Fraction(result) - Fraction(a, b)
    half = Fraction(1, 2 * 10**decimals)
    assert abs(error) <= half
    assert abs(error) < half or abs(Fraction(result)) > abs(Fraction(a, b))


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_every_difference_is_told(data: st.DataObject) -> None:
    """Whatever differs leads to a change, and what is the same does not."""
    before = parse_definition(SMALL.encode()).definition
    old = data.draw(
        st.sampled_from(["20", "Small", "small", "day: 8", "Prepares", "Same syringe", "20", "A committee"])
    )
    after = parse_definition(
        SMALL.replace(old, {"20": "22", "day: 8": "day: 9"}.get(old, "Other"), 1).encode()
    ).definition
    assert before is not None
    if after is None:
        return
    assert bool(diff_definitions(before, after)) == bool(list(steps(before, after))) == (before.digest != after.digest)
