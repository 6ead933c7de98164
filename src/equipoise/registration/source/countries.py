"""Names of countries as ClinicalTrials.gov prints them, longest first, to find the one that a lost row ends with."""

from functools import cache
from importlib.resources import files


@cache
def countries() -> tuple[str, ...]:
    """Give the names, longest first, so that 'Papua New Guinea' is tried before 'Guinea'."""
    names = files(__package__).joinpath("countries.txt").read_text(encoding="utf-8").splitlines()
    return tuple(sorted(names, key=len, reverse=True))
