"""Derived items that an expression cannot give: scores and suggested grades, by the names that items use.

Every name here may stand in `derived: {score: <name>}` of an item.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from equipoise.instruments.ctcae import GradedTerm, SignTerm
from equipoise.instruments.grading import Circumstances, Grading, grade, grade_signs
from equipoise.instruments.grouped_index import GroupedIndex, score
from equipoise.instruments.library import ctcae, grouped_index, instrument
from equipoise.vocabulary import Comparator, Refusal, Reported

_MEX = "mex_sledai"
_PARTS = ("total", "lowest", "highest")
_FORMS = {"fever": "fever", "injection_site_reaction": "injection_site"}
"""CTCAE terms that are graded from the answers of one form."""


@lru_cache
def score_names() -> frozenset[str]:
    """All names that a derived item may call."""
    return frozenset([f"{_MEX}.{part}" for part in _PARTS] + [f"ctcae_v5.{term}" for term in _FORMS])


def derived_score(name: str, answers: Mapping[str, object]) -> int | None:
    """The value of a derived item, out of the answers of its form; None while it is undecided.

    `answers` maps item ids to codes, and to numbers in the items' usual units; None is no answer.  Raises `Refusal`
    for a name that is not in `score_names()`.
    """
    if name not in score_names():
        raise Refusal("SCORE", f"There is no score {name!r}.", f"There are: {', '.join(sorted(score_names()))}.")
    family, part = name.split(".")
    if family == _MEX:
        index = grouped_index(_MEX)
        return _part(index, part, answers)
    return grade_form(part, answers).grade


def _part(index: GroupedIndex, part: str, answers: Mapping[str, object]) -> int | None:
    outcome = score(index, index.answers_of(answers))
    return {"total": outcome.total, "lowest": outcome.lowest, "highest": outcome.highest}[part]


def grade_form(term_id: str, answers: Mapping[str, object]) -> Grading:
    """Grade `fever` or `injection_site_reaction` from the answers of its form, with remarks."""
    term = ctcae().term(term_id)
    if isinstance(term, SignTerm):
        prefix = term.prefix
        signs = {key.removeprefix(prefix): str(value) for key, value in answers.items() if key.startswith(prefix)}
        return grade_signs(term, {sign: signs[sign] for sign in (*term.signs, *term.associated) if sign in signs})
    return _grade_quantity(term, answers)


def _grade_quantity(term: GradedTerm, answers: Mapping[str, object]) -> Grading:
    number = answers.get(term.analyte)
    if not isinstance(number, (Decimal, int)):
        return grade(term, None, Circumstances())
    unit = instrument(_FORMS[term.id]).item(term.analyte).unit
    hours = answers.get(term.hours) if term.hours else None
    about = Circumstances(hours=Decimal(hours) if isinstance(hours, (Decimal, int)) else None)
    return grade(term, Reported(Decimal(number), Comparator.EXACT, unit), about)
