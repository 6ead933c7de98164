"""Expressions of a study definition: CEL, the Common Expression Language, without loops and with exact numbers.

CEL knows whole numbers of 64 bits and binary floats.  Binary floats would make 0.1 + 0.2 differ from 0.3, so every
number enters CEL as a whole number of millionths, and every number in an expression is rewritten in the same way.
Sums, differences and comparisons are then exact; products and quotients go through `product(a, b)` and
`quotient(a, b, decimals)`, which round once, half away from zero, as people do.

A name without an answer is unknown, never false: `a && b` is false if either is false, and unknown if one is unknown
and the other is not false.  This is CEL's own rule for errors, and Kleene's logic.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from equipoise.protocol.cel_binding import cel
from equipoise.vocabulary import Refusal

Value: TypeAlias = bool | Decimal | str
"""What an expression reads and gives; a date is its ISO text, which sorts as dates do."""

LONGEST = 2_000
DEEPEST = 20
MOST_TOKENS = 400
DECIMALS = 6
_SCALE: int = 10**DECIMALS
_LARGEST = Decimal(2**63 - 1) / _SCALE

FUNCTIONS: Mapping[str, str] = {
    "product": "product(a, b): a times b, rounded to six decimals",
    "quotient": "quotient(a, b, decimals): a divided by b, rounded to that many decimals; unknown if b is 0",
    "days_between": "days_between(first, second): whole days from one date to the other",
    "contains": 'text.contains("part")',
    "startsWith": 'text.startsWith("part")',
    "endsWith": 'text.endsWith("part")',
}
_METHODS = {"contains", "startsWith", "endsWith"}
_OPERATORS = {"_&&_", "_||_", "!_", "_?_:_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "_+_", "_-_", "-_"}
_INSTEAD = {
    "*": "Write product(a, b): it is exact.",
    "/": "Write quotient(a, b, decimals): it rounds once, and CEL's own division drops the remainder.",
    "%": "Write the condition without a remainder.",
    "=": "Write == to compare.",
    "&": "Write && for and.",
    "|": "Write || for or.",
}
_TOKEN = re.compile(
    r"""\s+|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>[0-9]+(?:\.[0-9]+)?)(?![A-Za-z0-9_.])
    |(?P<text>"(?:[^"\\\n]|\\["\\])*"|'(?:[^'\\\n]|\\['\\])*')|(?P<sign>&&|\|\||==|!=|<=|>=|[-+<>!?:()\[\],.])""",
    re.VERBOSE | re.ASCII,
)


class ExpressionError(Refusal):
    """An expression that cannot be read, or cannot be computed from the answers it was given."""

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__("CEL", sentence, remedy)

    def __reduce__(self) -> tuple[type["ExpressionError"], tuple[str, str]]:  # type: ignore[override]
        return ExpressionError, (self.sentence, self.remedy)


def _too_large() -> ExpressionError:
    return ExpressionError("A number in this expression is too large.", "Use a larger unit.")


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of an expression; `kind` is word, number, text or sign."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression.  `names` are the answers it reads."""

    source: str
    names: frozenset[str]
    tokens: tuple[Token, ...]
    program: cel.Program

    def __reduce__(self) -> tuple[Callable[[str], "Expression"], tuple[str]]:
        return compile_expression, (self.source,)


@lru_cache(maxsize=2_048)
def compile_expression(source: str) -> Expression:
    """Compile once.  Raises `ExpressionError` that says what is wrong, and what to write instead.

    Source: the language definition of CEL (cel-spec), restricted to expressions that cannot loop.
    """
    tokens = _tokens(source)
    _refuse_depth(tokens)
    _refuse_strange_calls(tokens)
    rewritten = " ".join(_in_millionths(token) if token.kind == "number" else token.text for token in tokens)
    _parse(source)  # so that a syntax error shows the column of what was written
    program = _parse(rewritten)
    assert set(program.functions()) <= _OPERATORS | set(FUNCTIONS), "the tokens admitted something that can loop"
    return Expression(source, frozenset(program.variables()), tokens, program)


def evaluate(expression: Expression, values: Mapping[str, Value]) -> Value | None:
    """Compute from the answers that there are; None means unknown, since a name in it has no answer.

    Raises `ExpressionError` if the answers are of kinds that cannot be combined, or a number leaves the range of
    about nine million million with six decimals.
    """
    given = {name: _to_cel(values[name]) for name in expression.names if name in values}
    arithmetic = _Arithmetic()
    try:
        result = expression.program.execute({**given, **arithmetic.functions()})
    except OverflowError:
        raise _too_large() from None
    except (TypeError, ValueError, RuntimeError):
        if arithmetic.too_large:
            raise _too_large() from None
        if arithmetic.undefined or len(given) < len(expression.names):
            return None
        raise ExpressionError(
            "The parts of this expression are of kinds that cannot be combined.",
            "Compare numbers with numbers, texts with texts and dates with dates.",
        ) from None
    if arithmetic.too_large:
        raise _too_large()
    return None if arithmetic.undefined else _from_cel(result)


def is_true(expression: Expression, values: Mapping[str, Value]) -> bool | None:
    """Evaluate a condition: true, false, or None for unknown.  Raises `ExpressionError` if it is no condition."""
    result = evaluate(expression, values)
    if result is None or isinstance(result, bool):
        return result
    raise ExpressionError("This expression is not a condition.", "Compare something, such as `weight_kg > 30`.")


def _tokens(source: str) -> tuple[Token, ...]:
    if len(source) > LONGEST:
        raise ExpressionError(f"The expression is longer than {LONGEST:,} characters.", "Split it into derived items.")
    tokens: list[Token] = []
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            found = source[at]
            remedy = _INSTEAD.get(found, "Use names, numbers, quoted texts, comparisons, && || ! and ?:.")
            raise ExpressionError(f"`{found}` at character {at + 1} cannot be used here.", remedy)
        at = match.end()
        if match.lastgroup:
            tokens.append(Token(match.lastgroup, match.group()))
    if not tokens:
        raise ExpressionError("The expression is empty.", "Write a condition, or leave the key out.")
    if len(tokens) > MOST_TOKENS:
        raise ExpressionError(f"The expression has more than {MOST_TOKENS} parts.", "Split it into derived items.")
    return tuple(tokens)


def _refuse_depth(tokens: tuple[Token, ...]) -> None:
    depth = 0
    run = 0  # signs in a row, such as !!!!!, nest as brackets do
    for before, token in zip((None, *tokens), tokens, strict=False):
        depth += (token.text in "([") - (token.text in ")]") if token.kind == "sign" else 0
        run = run + 1 if token.kind == "sign" and token.text in "!-([" else 0
        if depth > DEEPEST or run > DEEPEST:
            raise ExpressionError(f"Brackets lie more than {DEEPEST} deep.", "Split it into derived items.")
        if before and before.kind == "word" and token.kind == "text" and before.text != "in":
            raise ExpressionError("A quoted text cannot have a prefix.", 'Write "text" alone.')
        if before and token.text == "[" and before.text != "in" and (before.kind != "sign" or before.text in ")]"):
            raise ExpressionError("A member in brackets cannot be used here.", "Name the item itself.")


def _refuse_strange_calls(tokens: tuple[Token, ...]) -> None:
    """Names are answers and calls are known functions; CEL's macros (`all`, `map`, `exists` ...) are loops."""
    for before, token, after in zip((None, *tokens), tokens, (*tokens[1:], None), strict=False):
        called = token.kind == "word" and after is not None and after.text == "("
        method = before is not None and before.text == "."
        if called and token.text != "in" and (token.text not in FUNCTIONS or method != (token.text in _METHODS)):
            raise ExpressionError(f"`{token.text}` cannot be used here.", f"The functions are: {_ALL_FUNCTIONS}.")
        if method and not called:
            raise ExpressionError("A member after a point cannot be used here.", "Name the item itself.")


_ALL_FUNCTIONS = "; ".join(FUNCTIONS.values())


def _parse(source: str) -> cel.Program:
    try:
        return cel.compile(source)
    except ValueError as error:
        what = re.search(r"<input>:[0-9]+:([0-9]+): (?:Syntax error: )?([^\n]{0,80})", str(error))
        column, reason = what.groups() if what else ("1", "it cannot be parsed")
        raise ExpressionError(
            f"This is not an expression: at character {column}, {reason.split(' expecting')[0]}.",
            "Check brackets, quotes and operators; `and` is written &&, `or` is ||, `=` is ==.",
        ) from None


def _in_millionths(token: Token) -> str:
    return str(_scaled(Decimal(token.text)))


def _scaled(number: Decimal) -> int:
    if not number.is_finite() or abs(number) > _LARGEST:
        raise _too_large()
    millionths = Fraction(number) * _SCALE
    if millionths.denominator != 1:
        raise ExpressionError(f"A number here has more than {DECIMALS} decimals.", "Use a smaller unit.")
    return int(millionths)


def _to_cel(value: Value) -> bool | int | str:
    return _scaled(value) if isinstance(value, Decimal) else value


def _from_cel(result: object) -> Value:
    if isinstance(result, bool | str):
        return result
    if isinstance(result, int):
        number = Decimal(result).scaleb(-DECIMALS)
        return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
    raise ExpressionError("The expression gives neither a number nor a text nor true or false.", "Simplify it.")


class _Arithmetic:
    """The functions of one evaluation.  They never raise, since CEL would print it; they note what has no value."""

    def __init__(self) -> None:
        self.undefined = False
        self.too_large = False

    def functions(self) -> dict[str, Callable[..., int | None]]:
        return {"product": self._product, "quotient": self._quotient, "days_between": self._days_between}

    def _product(self, left: object, right: object) -> int | None:
        numbers = self._numbers(left, right)
        return self._fitting(_round_half_up(Fraction(numbers[0] * numbers[1], _SCALE))) if numbers else None

    def _quotient(self, left: object, right: object, decimals: object) -> int | None:
        numbers = self._numbers(left, right, decimals)
        if not numbers or numbers[1] == 0:
            self.undefined = True
            return None
        digits = min(max(numbers[2] // _SCALE, 0), DECIMALS)
        step = 10 ** (DECIMALS - digits)
        return self._fitting(_round_half_up(Fraction(numbers[0] * _SCALE, numbers[1] * step)) * step)

    def _days_between(self, first: object, second: object) -> int | None:
        try:
            days = (date.fromisoformat(str(second)[:10]) - date.fromisoformat(str(first)[:10])).days
        except ValueError:
            self.undefined = True
            return None
        return days * _SCALE

    def _numbers(self, *given: object) -> tuple[int, ...]:
        numbers = tuple(each for each in given if isinstance(each, int) and not isinstance(each, bool))
        self.undefined = self.undefined or len(numbers) < len(given)
        return numbers if len(numbers) == len(given) else ()

    def _fitting(self, number: int) -> int | None:
        self.too_large = self.too_large or abs(number) >= 2**63
        return None if self.too_large else number


def _round_half_up(number: Fraction) -> int:
    """Round to the nearest whole number, halves away from zero."""
    sign = -1 if number < 0 else 1
    return sign * int((2 * abs(number) + 1) // 2)
