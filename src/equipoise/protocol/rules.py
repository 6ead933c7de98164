"""The rules on a study definition: what each demands, and on what ground.  A finding quotes it as its reason."""

from collections.abc import Mapping

RULES: Mapping[str, str] = {
    "YAML-FILE": "The definition is one readable file.",
    "YAML-SIZE": "A definition is small; a large file is something else.",
    "YAML-ENCODING": "Text is UTF-8, so that it reads the same everywhere.",
    "YAML-SYNTAX": "The file is YAML.",
    "YAML-EMPTY": "The file holds a definition.",
    "YAML-DOCUMENTS": "One file holds one definition.",
    "YAML-KEY": "A key is a plain word.",
    "YAML-TWICE": "A key stands once; of two, nobody knows which counts.",
    "YAML-ALIAS": "Aliases can unfold a small file into a large one, and hide what a part says.",
    "YAML-TAG": "Tags can name objects of a program; a definition is data.",
    "YAML-DEPTH": "A definition is a few levels deep.",
    "YAML-PARTS": "A definition has some thousand parts.",
    "DEF-KEY": "A misspelt key would be ignored in silence.",
    "DEF-MISSING": "Every part that later steps rely on is stated.",
    "DEF-VALUE": "A value has the kind that its key asks for.",
    "REF-UNKNOWN": "A name leads to something.",
    "REF-TWICE": "An id means one thing.",
    "REF-KIND": "A name leads to the right kind of thing.",
    "REF-UNUSED": "What is defined is used, or it was forgotten somewhere.",
    "REF-EMPTY": "A form asks something.",
    "REF-NOT-ASKED": "An endpoint is asked at its encounters (SPIRIT 2025 item 18).",
    "SCH-ORDER": "The schedule is read from top to bottom, in the order of time.",
    "SCH-STEP": "Consent comes before eligibility, eligibility before randomisation, randomisation before doses "
    "(ICH E6(R3) 2.8; CONSORT 2025 item 19).",
    "SCH-DAY1": "Study days count from randomisation.",
    "SCH-WINDOW": "A visit belongs to one encounter (SPIRIT 2025 item 18).",
    "OUT-10": "Acute and lasting effects cannot be told apart so near the last dose.",
    "OUT-08": "Harms are assessed as planned (SPIRIT 2025 item 17; CONSORT 2025 item 15).",
    "CEL": "An expression compiles, and cannot loop.",
    "CEL-NAME": "An expression reads answers of its own form.",
    "CEL-CODE": "A choice is compared with a code that it has; with any other the comparison is false for ever.",
    "CEL-KIND": "Like is compared with like.",
    "CEL-CYCLE": "A value is not derived from itself.",
    "CEL-LEAK": "What is hidden from a role stays hidden in what is derived from it (ICH E6(R3) 4.1).",
    "DES-ARMS": "A randomised trial compares arms.",
    "DES-RATIO": "Every arm has a share of the allocation (SPIRIT 2025 item 12).",
    "DES-03": "Masking that nobody can reproduce cannot be judged (SPIRIT 2025 item 24b).",
    "DES-04": "What differs between the arms and can be seen tells the arm.",
    "DES-05": "Somebody who prepares the doses knows the arm, and is kept apart (ICH E6(R3) 4.1.3).",
    "MSK-BOTH": "A role is masked or it is not.",
    "MSK-CANNOT": "Some roles work with the arm (ICH E6(R3) 4.1.2).",
    "MSK-REASON": "Who knows an arm has a reason to (ICH E6(R3) 4.1.3).",
    "END-PRIMARY": "One endpoint decides, or the type I error is shared (ICH E9 2.2.2, 2.2.5).",
    "END-TIME": "A change runs from a baseline to a later day (SPIRIT 2025 item 16).",
    "EST-NONE": "The treatment effect in question is stated (ICH E9(R1) A.3).",
    "EST-EVENTS": "Events after randomisation change what an effect means (ICH E9(R1) A.3.2).",
    "ANA-MAIN": "One analysis answers the question; the others test how far it holds (ICH E9(R1) A.5).",
    "ANA-01": "A test inside each arm does not compare the arms (Bland and Altman 2011, PMC3286439).",
    "ANA-METHOD": "A method fits the kind of answer that it analyses.",
    "ANA-BASELINE": "What adjusts or divides the comparison is known before randomisation (ICH E9 5.7).",
    "ENR-SIZE": "A trial has at least two participants.",
    "ENR-02": "The number splits in the allocation ratio.",
    "ELI-AGE": "The least age is below the greatest.",
    "CON-LANGUAGE": "Participants read the consent text in their language (ICH E6(R3) 2.8.1).",
    "WRD-LANGUAGE": "What participants and staff read exists in the study's languages.",
    "WRD-DRAFT": "A native clinical reader has accepted a translation before it is used.",
    "DEC-OPEN": "What is open is said to be open, until the team decides.",
    "DEC-CONFIRM": "A proposal is not yet a decision of the team.",
    "DEC-REASON": "A decision carries its reason and its ground.",
    "DEC-PLACE": "A decision names the part that it settles.",
    "DEC-CONTRADICTS": "The definition holds what was decided.",
}
"""Rule id -> what it demands.  Ids such as OUT-10 are those of the catalogue on registry records: the same fault."""

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("the file", ("YAML",)),
    ("keys and values", ("DEF",)),
    ("names and what they lead to", ("REF",)),
    ("schedule", ("SCH",)),
    ("expressions", ("CEL",)),
    ("design, masking, participants", ("DES", "MSK", "ENR", "ELI")),
    ("endpoints, estimands, analysis", ("END", "OUT", "EST", "ANA")),
    ("wording and languages", ("WRD", "CON")),
    ("decisions", ("DEC",)),
    ("against the registry record", ("GAP",)),
)


def group_of(rule: str) -> str:
    """Say what a rule is about, by the family in its id."""
    family = rule.partition("-")[0]
    return next(group for group, families in _GROUPS if family in families)


def group_order(rule: str) -> int:
    """Give the place of a rule's group, in the order in which findings are shown."""
    return [group for group, _ in _GROUPS].index(group_of(rule))
