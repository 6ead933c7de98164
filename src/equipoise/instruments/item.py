"""What a form asks: items, their labels in each language, their codes, units and limits.

The models are what a study definition or an instrument file in YAML is validated into; their JSON Schema is
published, so that an editor completes the file.
"""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from equipoise.vocabulary import MASKED_ROLES, Equivalence, Refusal, Role, convert, convertible, unit

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A lower-case name that is also a variable in an expression."""


def _known_unit(code: str) -> str:
    try:
        unit(code)
    except Refusal as refusal:
        raise ValueError(str(refusal)) from None
    return code


UcumCode = Annotated[str, AfterValidator(_known_unit)]
"""A unit as UCUM writes it, such as mg/dL."""


class Declared(BaseModel):
    """A model read from a file: frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Translation(StrEnum):
    """How far an Indonesian wording may be trusted."""

    DRAFT = "draft"  # written by the project; needs a native clinical reader
    SEEN = "seen"  # the word stands in Indonesian clinical software or forms; the sentence still needs a reader
    REVIEWED = "reviewed"  # a native clinical reader of the study team has accepted it


class Abbreviated(Declared):
    """A model that a file may also write as a plain text, which then fills the one field named here."""

    plain_text_fills: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _accept_plain_text(cls, value: Any) -> Any:
        return {cls.plain_text_fills: value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        as_map = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [{"type": "string", "minLength": 1}, as_map], "title": cls.__name__}


class Label(Abbreviated):
    """A wording per language: `und` (the same in all), `en` (English), `id` (Bahasa Indonesia).

    A plain text in a file is English.  Codes are stored, never translated text.
    """

    plain_text_fills: ClassVar[str] = "en"

    und: str = ""
    en: str = ""
    id: str = ""
    id_status: Translation = Translation.DRAFT

    @model_validator(mode="after")
    def _something_to_read(self) -> Self:
        if not (self.und or self.en or self.id):
            raise ValueError("a label needs a text in at least one of und, en, id")
        return self

    def text(self, language: str = "en") -> str:
        """The wording in `language`, else the English one, else whatever there is: a form never shows a blank."""
        own = {"und": self.und, "en": self.en, "id": self.id}.get(language, "")
        return own or self.en or self.und or self.id

    def needs_native_reader(self) -> bool:
        """True while the Indonesian wording has not been accepted by a native clinical reader."""
        return bool(self.id) and self.id_status is not Translation.REVIEWED


def _number_or_word(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("write this code in quotes: without them YAML reads it as true or false")
    return str(value) if isinstance(value, int) else value


class Code(Declared):
    """One answer of a choice: the `value` that is stored and the `label` that is shown."""

    value: Annotated[
        str,
        BeforeValidator(_number_or_word, json_schema_input_type=str | int),
        StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}$"),
    ]
    label: Label


class ItemType(StrEnum):
    """What kind of answer an item takes."""

    CHOICE = "choice"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    DATETIME = "datetime"
    TEXT = "text"
    BOOLEAN = "boolean"
    REPORTED_QUANTITY = "reported_quantity"  # a laboratory's value: comparator, number, unit


class Limits(Declared):
    """Hard limits refuse a value, soft limits ask for a reason; each end belongs to what is allowed.

    The numbers are in `unit`, or in the item's first unit where `unit` is empty.
    """

    hard_low: Decimal | None = None
    hard_high: Decimal | None = None
    soft_low: Decimal | None = None
    soft_high: Decimal | None = None
    unit: UcumCode | Literal[""] = ""
    source: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        ends = [end for end in (self.hard_low, self.soft_low, self.soft_high, self.hard_high) if end is not None]
        if ends != sorted(ends):
            raise ValueError("limits must rise: hard_low <= soft_low <= soft_high <= hard_high")
        return self

    def hard(self) -> tuple[Decimal | None, Decimal | None]:
        """The ends beyond which a value is refused."""
        return self.hard_low, self.hard_high

    def soft(self) -> tuple[Decimal | None, Decimal | None]:
        """The ends beyond which a value needs a reason."""
        return self.soft_low, self.soft_high


class MolarFactor(Declared):
    """One `unit` of this analyte is `factor` `other`: what joins its mass and substance concentrations."""

    unit: UcumCode
    factor: Decimal = Field(gt=0)
    other: UcumCode
    source: str = ""

    def equivalence(self) -> Equivalence:
        """The factor as conversions take it."""
        return Equivalence(self.unit, self.factor, self.other)


class Derivation(Abbreviated):
    """How a derived item gets its value: a CEL expression over other items, or the score of a named instrument."""

    plain_text_fills: ClassVar[str] = "cel"

    cel: str = ""
    score: str = ""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if bool(self.cel) == bool(self.score):
            raise ValueError("a derived item names either a `cel` expression or a `score`, and not both")
        return self


def _all_masked_if_true(value: Any) -> Any:
    return (tuple(MASKED_ROLES) if value else ()) if isinstance(value, bool) else value


def _once_and_in_order(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    return tuple(sorted(set(roles)))


RolesWithoutSight = Annotated[
    tuple[Role, ...],
    BeforeValidator(_all_masked_if_true, json_schema_input_type=bool | tuple[Role, ...]),
    AfterValidator(_once_and_in_order),
]
"""The roles from which an answer is hidden; a file may write `true` for every masked role."""


_NUMBERS = frozenset({ItemType.INTEGER, ItemType.DECIMAL, ItemType.REPORTED_QUANTITY})


class Item(Declared):
    """One question of a form.

    `units` are UCUM codes, the first is the usual one.  `shown_if` is a CEL expression.  `restricted` hides an
    answer that could betray the arm.
    """

    id: Identifier
    label: Label
    type: ItemType
    units: tuple[UcumCode, ...] = ()
    equivalence: MolarFactor | None = None
    codes: tuple[Code, ...] = ()
    limits: Limits | None = None
    required: bool = False
    derived: Derivation | None = None
    shown_if: str = ""
    comparator_allowed: bool = False
    help: Label | None = None
    restricted: RolesWithoutSight = ()
    max_length: Annotated[int, Field(gt=0, le=20_000)] | None = None
    source: str = ""

    @model_validator(mode="after")
    def _parts_fit_the_type(self) -> Self:
        for wrong, sentence in self._contradictions():
            if wrong:
                raise ValueError(f"item {self.id}: {sentence}")
        return self

    def _contradictions(self) -> tuple[tuple[bool, str], ...]:
        number = self.type in _NUMBERS
        quantity = self.type is ItemType.REPORTED_QUANTITY
        values = [code.value for code in self.codes]
        return (
            (self.type is ItemType.CHOICE and not values, "a choice needs codes"),
            (self.type is not ItemType.CHOICE and bool(values), "only a choice has codes"),
            (len(set(values)) < len(values), "the same code stands twice"),
            (quantity and not self.units, "a reported quantity needs at least one unit"),
            (bool(self.units) and not number, "only a number has units"),
            (len(set(self.units)) < len(self.units), "the same unit stands twice"),
            (len(self.units) > 1 and not quantity, "only a reported quantity offers a choice of units"),
            (self.limits is not None and not number, "only a number has limits"),
            (not self._limits_reach_the_unit(), "the limits are in a unit that the item's first unit cannot reach"),
            (self.comparator_allowed and not quantity, "only a reported quantity may carry a comparator (< or >)"),
            (self.max_length is not None and self.type is not ItemType.TEXT, "only a text has a max_length"),
            (self.derived is not None and self.required, "a derived item cannot be required of a person"),
        )

    def _limits_reach_the_unit(self) -> bool:
        if self.limits is None or not self.limits.unit:
            return True
        return bool(self.units) and convertible(self.units[0], self.limits.unit)

    @property
    def unit(self) -> str:
        """The usual unit (UCUM), or an empty text."""
        return self.units[0] if self.units else ""

    def in_unit(self, value: Decimal, unit_code: str, to_code: str = "") -> Fraction | None:
        """A value of this item in `to_code` (default: its usual unit), or None if the two cannot be compared."""
        target = to_code or self.unit
        if unit_code == target:
            return Fraction(value)
        molar = self.equivalence.equivalence() if self.equivalence else None
        return convert(value, unit_code, target, molar) if convertible(unit_code, target, molar) else None

    def allows(self, value: Decimal, unit_code: str = "") -> bool:
        """False if a hard limit refuses the value, given in `unit_code` or else in the usual unit."""
        return self._within(value, unit_code, hard=True)

    def expects(self, value: Decimal, unit_code: str = "") -> bool:
        """False if the value needs a reason, or is refused.  A limit says nothing of a unit that it cannot reach."""
        return self._within(value, unit_code, hard=True) and self._within(value, unit_code, hard=False)

    def _within(self, value: Decimal, unit_code: str, *, hard: bool) -> bool:
        if self.limits is None:
            return True
        given, wanted = unit_code or self.unit, self.limits.unit or self.unit
        number = value if given == wanted else self.in_unit(value, given, wanted)
        low, high = self.limits.hard() if hard else self.limits.soft()
        return number is None or ((low is None or number >= low) and (high is None or number <= high))
