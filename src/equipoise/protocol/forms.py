"""Forms: which items are asked together, and the checks on their answers."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from equipoise.instruments.item import Declared, Identifier, Item, Label, RolesWithoutSight


class CheckKind(StrEnum):
    """A hard check refuses the answer; a soft check accepts it with a reason."""

    HARD = "hard"
    SOFT = "soft"


class EditCheck(Declared):
    """A rule over the answers of one form: `must` is a CEL expression that holds for acceptable answers.

    It is evaluated only when every item that it names has an answer.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
    must: str
    """CEL condition that acceptable answers fulfil."""
    kind: CheckKind = CheckKind.SOFT
    message: Label
    """What the person is told when it does not hold."""


class Form(Declared):
    """A form.  `uses` takes the items of an instrument of the library; `items` adds or defines further ones.

    A repeating form (adverse events, concomitant medication) may be filled any number of times.
    `parameters` settles what an instrument leaves to the protocol, such as a look-back in days.
    `restricted` hides every answer of the form from these roles, beside what its items say themselves.
    """

    id: Identifier
    title: Label
    uses: tuple[Identifier, ...] = ()
    """Instruments of the library whose items the form asks first."""
    items: tuple[Item, ...] = ()
    """Items of the study itself."""
    checks: tuple[EditCheck, ...] = ()
    """Rules over the answers of this form."""
    repeating: bool = False
    """Whether the form may be filled any number of times."""
    double_entry: bool = False
    """Whether a second person enters the form again without seeing it, and differences are reconciled before a lock."""
    parameters: dict[Identifier, int] = Field(default_factory=dict)
    restricted: RolesWithoutSight = ()
