"""Decisions that a study team has taken, and those that are still open."""

from typing import Annotated, Literal, TypeAlias, TypeVar, Union

from pydantic import Field

from equipoise.instruments.item import Declared

T = TypeVar("T")

UNDECIDED = "undecided"
OrUndecided: TypeAlias = Union[T, Literal["undecided"]]  # noqa: UP007  # `T | Literal[...]` is no generic alias on 3.11


class Decision(Declared):
    """One decision where the record is silent or contradicts itself.

    `choice` is `undecided` until the team has taken it; then `reason` and `source` say why and on what ground.
    `place` is the path in the definition that it settles, such as `interventions.secretome.route`.  `to_confirm` marks
    a choice that was proposed so that the definition can run, and that the team has not yet made its own.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    place: str
    question: str
    """What the record leaves open."""
    choice: str = UNDECIDED
    """What was chosen, or `undecided`."""
    reason: str = ""
    """Why it was chosen."""
    source: str = ""
    """On what ground: the record, a paper, a guideline, a finding."""
    to_confirm: bool = False
