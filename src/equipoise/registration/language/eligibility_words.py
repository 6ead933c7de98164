"""Words that speak of eligibility criteria: patterns for the rules of the same name."""

import re

from equipoise.registration.language.numbers import PEOPLE
from equipoise.registration.language.passage import phrase

CLASSIFIED = phrase(
    r"criteria\b",
    r"according to",
    r"classif\w*",
    r"diagnos\w*",
    r"confirmed",
    r"proven",
    r"defined (?:as|by)",
    r"histolog\w*",
    r"patholog\w*",
    r"documented",
    r"based on",
    r"ACR\b",
    r"EULAR\b",
    r"SLICC\b",
    r"DSM\b",
    r"ICD\b",
    r"WHO\b",
    r"score of",
    r"seropositive",
    r"positive\b",
    r"stage\b",
    r"presenting with",
    r"history of",
)
HEADING = re.compile(
    r"^\W{0,9}(?:(?:key |main |general )?(?:inclusion|exclusion|eligibility) criteria\b.*|criteria|"
    r"for \w+ participants?:?)\W{0,9}$",
    re.IGNORECASE,
)
ACTIVITY_AT_ENTRY = phrase(
    r"active\b",
    r"activity\b",
    r"moderate\w*",
    r"severe\w*",
    r"(?:SLEDAI|DAS-?28|PASI|EASI|CDAI|BASDAI|score)\b",
    r"flare\w*",
)
AGE_RANGE = re.compile(
    r"(?:between\s+)?(?P<low>\d{1,3})\s*(?:years?)?\s*(?:-|–|to|and)\s*(?P<high>\d{1,3})\s*(?:years?|yrs?|y\b)",
    re.IGNORECASE,
)
AGE_LOW = re.compile(
    r"(?:≥|>=|=/>|at least|older than|over|above|minimum (?:age )?(?:of )?|"
    r"greater than or equal to)\s*(?P<low>\d{1,3})\s*(?:years?|yrs?)|"
    r"(?P<low2>\d{1,3})\s*(?:years?|yrs?)(?: of age)?,?\s*(?:and|or) (?:older|over|above|more)",
    re.IGNORECASE,
)
AGE_HIGH = re.compile(
    r"(?:≤|<=|younger than|under|below|up to|maximum (?:age )?(?:of )?|"
    r"less than or equal to)\s*(?P<high>\d{1,3})\s*(?:years?|yrs?)",
    re.IGNORECASE,
)
OWN_AGE = re.compile(
    r"^\W{0,9}(?:\d+[.)]\s*)?(?:(?:healthy|adult|male|female|patients?|participants?|subjects?|men|women|and|or|"
    r"both|sexes|of either sex|with)[\s,/]*)*"
    r"(?:s|'s)?\s*(?:age[ds]?\b|between\b|at least \d|[≥>]|\d{1,3}\s*(?:-|–|to)\s*\d{1,3}\s*years?)",
    re.IGNORECASE,
)
CONDITIONAL_AGE = phrase(
    r"if\b",
    r"who\b",
    r"whose\b",
    r"parents?\b",
    r"caregivers?",
    r"childbearing",
    r"guardian",
    r"for (?:women|men|adolescents|patients)",
)
ONLY_SEX = re.compile(
    r"^\W{0,9}(?:\d+[.)]\s*)?(?:all |adult |healthy |only |post-?menopausal )*(?P<sex>women|females?|men|"
    r"males?)(?: (?:only|patients?|participants?|subjects?|aged|with|between|who|over)\b|$)",
    re.IGNORECASE,
)
PREGNANCY = phrase(r"pregnan\w*")
PREGNANCY_RULE = phrase(
    r"pregnancy tests?",
    r"contracept\w*",
    r"lactat\w*",
    r"breast-?\s?feed\w*",
    r"nursing",
    r"birth control",
    r"hCG",
    r"negative (?:urine|serum)",
    r"plan\w* (?:a |to become )?pregnan\w*",
    r"intend\w*",
    r"childbearing",
)
GUARDS = {
    "infection": phrase(r"infect\w*", r"sepsis", r"HIV\b", r"hepatitis", r"tuberculosis"),
    "malignancy": phrase(r"malignan\w*", r"cancer", r"neoplas\w*", r"tumou?rs?\b", r"carcinoma"),
    "allergy": phrase(r"allerg\w*", r"hypersensitiv\w*", r"anaphyla\w*"),
}
PERSON = re.compile(rf"\b{PEOPLE}\b", re.IGNORECASE)
NARROWER = {
    "lupus": (
        phrase(r"lupus"),
        re.compile(r"\bSLE\b|\b(?:systemic lupus|lupus nephritis|cutaneous lupus|discoid lupus)", re.IGNORECASE),
    ),
    "diabetes": (
        phrase(r"diabetes"),
        re.compile(
            r"\bT[12]DM\b|\btype [12] diabetes|\bgestational diabetes|\bdiabetes mellitus,? type [12]", re.IGNORECASE
        ),
    ),
    "arthritis": (
        phrase(r"arthritis"),
        re.compile(r"\b(?:rheumatoid|psoriatic|juvenile idiopathic|osteo)\s?-?arthritis", re.IGNORECASE),
    ),
    "hepatitis": (
        phrase(r"hepatitis"),
        re.compile(r"\bhepatitis [A-E]\b|\bautoimmune hepatitis|\balcoholic hepatitis", re.IGNORECASE),
    ),
    "leukaemia": (
        phrase(r"leuka?emia"),
        re.compile(r"\b(?:acute|chronic) (?:myel\w*|lymph\w*) leuka?emia", re.IGNORECASE),
    ),
    "lung cancer": (
        phrase(r"lung cancer"),
        re.compile(r"\bNSCLC\b|\b(?:non-?small|small)[- ]cell lung", re.IGNORECASE),
    ),
    "breast cancer": (
        phrase(r"breast (?:cancer|neoplasm)"),
        re.compile(r"\bTNBC\b|\btriple[- ]negative|\bHER2[- ]positive|\bmetastatic breast", re.IGNORECASE),
    ),
    "stroke": (phrase(r"stroke"), re.compile(r"\b(?:ischa?emic|ha?emorrhagic) stroke", re.IGNORECASE)),
    "multiple sclerosis": (
        phrase(r"multiple sclerosis"),
        re.compile(r"\bRRMS\b|\b(?:relapsing|primary progressive|secondary progressive)[- ]\w*", re.IGNORECASE),
    ),
}
