"""What a paper states about its trial, as far as it is available: the other side of the comparison."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from equipoise.registration.words import MaskedRole, OutcomeRank, Sex
from equipoise.vocabulary import Refusal

T = TypeVar("T")
STRICT = {"extra": "forbid"}
"""Tells pydantic, which reads the file into these nouns, that an unknown key is a mistake."""
RULE = "READ-02"
MAX_BYTES = 1_000_000


class Extent(StrEnum):
    """How much of the paper was available; the silence of an abstract says nothing about the full text."""

    ABSTRACT = "abstract"
    FULL_TEXT = "full text"


class Comparison(StrEnum):
    """What the main test compares."""

    BETWEEN_ARMS = "between arms"
    WITHIN_ARM = "within arm"


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A fact that the paper states, and how it says so (in our words, close to its own)."""

    __pydantic_config__: ClassVar = STRICT
    value: T
    says: str


@dataclass(frozen=True, slots=True)
class Population:
    """Who took part: sexes and what is said of disease and its activity."""

    __pydantic_config__: ClassVar = STRICT
    sex: Sex | None
    disease: str
    activity: str | None
    says: str


@dataclass(frozen=True, slots=True)
class Dosing:
    """How the product was given: days counted from the first dose as day 1, and millilitres per dose."""

    __pydantic_config__: ClassVar = STRICT
    days: tuple[int, ...]
    volume_ml: Decimal | None
    route: str | None
    says: str


@dataclass(frozen=True, slots=True)
class PublishedOutcome:
    """An outcome by its usual name, with its rank where the paper gives one."""

    __pydantic_config__: ClassVar = STRICT
    measure: str
    rank: OutcomeRank | None = None


@dataclass(frozen=True, slots=True)
class PublishedMasking:
    """The words on masking, and the roles where they are named."""

    __pydantic_config__: ClassVar = STRICT
    roles: tuple[MaskedRole, ...]
    says: str


@dataclass(frozen=True, slots=True)
class PublishedFacts:
    """The facts of one paper; None is 'not stated in the part that was available'."""

    __pydantic_config__: ClassVar = STRICT
    citation: str
    doi: str
    extent: Extent
    registration_number: Stated[str] | None = None
    participants: Stated[int] | None = None
    population: Population | None = None
    dosing: Dosing | None = None
    product: Stated[str] | None = None
    assessment_days: Stated[tuple[int, ...]] | None = None
    outcomes: tuple[PublishedOutcome, ...] = ()
    masking: PublishedMasking | None = None
    comparison: Stated[Comparison] | None = None
    claims_safety: Stated[bool] | None = None
    declares_changes: Stated[bool] | None = None

    @property
    def place(self) -> str:
        """How findings name the paper."""
        return f"{self.doi or self.citation}, {self.extent.value}"


def read_published(path: Path) -> PublishedFacts:
    """Read the facts of a paper from a YAML file.

    Raises `Refusal` with file, line and reason where the file cannot be opened or does not fit.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Refusal(RULE, f"'{path.name}' is larger than {MAX_BYTES // 1_000_000} MB.", "Give the facts only.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(RULE, f"'{path.name}' cannot be read as text in UTF-8.", "Check the name.") from error
    return parse_published(text, path.name)


def parse_published(text: str, file: str = "published.yaml") -> PublishedFacts:
    """Read the facts of a paper from YAML text.  Raises `Refusal` as `read_published` does."""
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415 - only this reader needs it
    from ruamel.yaml import YAML  # noqa: PLC0415 - only this reader needs it
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - only this reader needs it

    try:
        raw = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark else file
        raise Refusal(RULE, f"{where} is not YAML.", "Mend the line that is named.") from error
    try:
        return TypeAdapter(PublishedFacts).validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise Refusal(RULE, f"{file}: {field}: {first['msg']}.", "Compare with a published.yaml that ships.") from error
