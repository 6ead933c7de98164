"""Who acts: a person in a role, or the system in its own."""

from dataclasses import dataclass

from equipoise.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """`who` is the account's name, used for one person only and never again for another (S04, 21 CFR 11.100(a))."""

    who: str
    role: Role
