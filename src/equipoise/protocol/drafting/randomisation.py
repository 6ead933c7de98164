"""A first proposal for the sealed document on the randomisation, so that a draft can be rehearsed at once."""

from equipoise.protocol.drafting.document import Part, yaml_text
from equipoise.protocol.study_definition import StudyDefinition

_HEADER = """Sealed: for the trial statistician and the unmasked pharmacist only.  Take this file out of the study's
folder before anybody recruits: method and restriction are never shown to those who enrol (ICH E9 2.3.2; SPIRIT 2025
item 21b; CONSORT 2025 item 17b).

A proposal, to be decided by the statistician.
{why}
The list is longer than the trial, so that its length says nothing about how many are expected."""

_BIG_STICK = """With every earlier arm known, the big stick with tolerance 4 lets 55 % of guesses be right and leaves
10 % of the allocations certain (30 participants, 1:1), against 70 % and 31 % for blocks of four.
Source: Soares JF, Wu CFJ. Commun Stat Theory Methods 1983;12:2017-34."""
_BLOCK_URN = """The block urn keeps more than two arms near their ratio without blocks that can be counted out (two
arms, lambda 3, 30 participants: 63 % of guesses right, 5 % certain).
Source: Zhao W, Weng Y. Contemp Clin Trials 2011;32:953-61."""
_SPARE_PACKS = 2


def draft_randomisation(definition: StudyDefinition) -> str:
    """Give the text of a `randomisation.yaml` that fits the draft: its arms, its doses, and room in the list."""
    two = len(definition.arms) == 2
    document: Part = {"arms": [arm.id for arm in definition.arms]}
    document |= {"method": "big-stick", "mti": 4} if two else {"method": "block-urn", "lambda": 3}
    document["slots"] = _slots(definition.planned_participants)
    if doses := len(definition.dose_encounters()):
        document["packs"] = {"doses": doses, "spares": _SPARE_PACKS}
    return yaml_text(document, _HEADER.format(why=_BIG_STICK if two else _BLOCK_URN))


def _slots(planned: int | str) -> int:
    """Give the power of two that is at least twice the plan, and at least 64."""
    wanted = 2 * planned if isinstance(planned, int) else 0
    return int(max(64, 1 << (wanted - 1).bit_length() if wanted else 0))
