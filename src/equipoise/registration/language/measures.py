"""A lexicon of measures that clinical records name, and scales with their published ranges."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class MeasureKind(StrEnum):
    """What sort of measure it is."""

    LABORATORY = "laboratory"
    INSTRUMENT = "instrument"
    CLINICAL = "clinical"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure by its usual name, and the pattern that finds it."""

    name: str
    kind: MeasureKind
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Named:
    """A measure found in a text, with the words that name it there."""

    measure: Measure
    words: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale with the range of its total score and the source of that range."""

    name: str
    pattern: re.Pattern[str]
    low: Decimal
    high: Decimal
    source: str


def _measure(name: str, kind: MeasureKind, pattern: str) -> Measure:
    return Measure(name, kind, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w])", re.IGNORECASE))


def _laboratory(name: str, pattern: str) -> Measure:
    return _measure(name, MeasureKind.LABORATORY, pattern)


def _instrument(name: str, pattern: str) -> Measure:
    return _measure(name, MeasureKind.INSTRUMENT, pattern)


def _clinical(name: str, pattern: str) -> Measure:
    return _measure(name, MeasureKind.CLINICAL, pattern)


MEASURES = (
    _laboratory("ESR", r"ESR|(?:erythrocyte )?sedimentation rate"),
    _laboratory("CRP", r"(?:hs-?\s?)?CRP|(?:high[- ]sensitivity )?C-reactive protein"),
    _laboratory("C3", r"C3|complement (?:component )?3"),
    _laboratory("C4", r"C4|complement (?:component )?4"),
    _laboratory("IL-6", r"IL-?\s?6|inter?l[eu]+kin[\s-]*6"),
    _laboratory("TNF-alpha", r"TNF(?:-?\s?(?:alpha|α|a))?|tumou?r necrosis factor(?:[- ]?(?:alpha|α))?"),
    _laboratory("anti-dsDNA", r"anti-?\s?ds-?\s?DNA(?: antibod(?:y|ies))?|anti-double[- ]stranded DNA"),
    _laboratory("creatinine", r"(?:serum )?creatinine"),
    _laboratory("eGFR", r"e?GFR|glomerular filtration rate"),
    _laboratory("proteinuria", r"proteinuria|urine protein|UPCR"),
    _laboratory("haemoglobin", r"ha?emoglobin|Hb"),
    _laboratory("platelets", r"platelet counts?|thrombocyte counts?"),
    _laboratory("white blood cells", r"white (?:blood )?cell counts?|WBC|leu[ck]ocyte counts?"),
    _laboratory("liver enzymes", r"ALT|AST|ALAT|ASAT|SGPT|SGOT|transaminases?"),
    _laboratory("HbA1c", r"Hb\s?A1c|glycated ha?emoglobin|glycosylated ha?emoglobin"),
    _laboratory("glucose", r"(?:blood|plasma|fasting) glucose|OGTT|glucose tolerance"),
    _laboratory("cholesterol", r"(?:LDL|HDL)(?:[- ]cholesterol)?|cholesterol"),
    _laboratory("triglycerides", r"triglycerides?"),
    _laboratory("CD4", r"CD4(?: counts?| cells?)?"),
    _laboratory("viral load", r"viral load|HIV RNA|virological suppression"),
    _laboratory("ferritin", r"ferritin"),
    _laboratory("D-dimer", r"D-dimer"),
    _laboratory("procalcitonin", r"procalcitonin"),
    _instrument("MEX-SLEDAI", r"MEX-?\s?SLEDAI"),
    _instrument("SLEDAI", r"(?<!MEX )(?<!MEX-)(?:SELENA-)?SLEDAI(?:-2K)?"),
    _instrument("DAS28", r"DAS-?28|disease activity score(?: in)? 28"),
    _instrument("HAQ-DI", r"HAQ(?:-DI)?|health assessment questionnaire"),
    _instrument("PASI", r"PASI|psoriasis area and severity index"),
    _instrument("DLQI", r"DLQI|dermatology life quality index"),
    _instrument("EASI", r"EASI|eczema area and severity index"),
    _instrument("SF-36", r"SF-?36|short form[- ]36"),
    _instrument("EQ-5D", r"EQ-?5D(?:-[35]L)?"),
    _instrument("SDQ", r"SDQ|strengths and difficulties questionnaire"),
    _instrument("PHQ-9", r"PHQ-?9"),
    _instrument("GAD-7", r"GAD-?7"),
    _instrument("BDI", r"BDI(?:-?II)?|beck depression inventory"),
    _instrument("HAM-D", r"HAM-?D|HDRS|hamilton (?:depression )?rating scale"),
    _instrument("MADRS", r"MADRS|montgomery[- ]\w+ depression rating scale"),
    _instrument("MMSE", r"MMSE|mini[- ]mental state examination"),
    _instrument("pain VAS", r"visual analog(?:ue)? (?:pain )?scale|VAS"),
    _clinical("BMI", r"BMI|body mass index"),
    _clinical("blood pressure", r"(?:systolic |diastolic )?blood pressure"),
    _clinical("FEV1", r"FEV\s?1|forced expiratory volume"),
    _clinical("LVEF", r"LVEF|ejection fraction"),
    _clinical("overall survival", r"overall survival"),
    _clinical("progression-free survival", r"progression[- ]free survival|PFS"),
    _clinical("mortality", r"mortality"),
    _measure(
        "side effects",
        MeasureKind.SAFETY,
        r"(?:drug )?side[- ]effects?|(?:serious )?adverse (?:drug )?(?:events?|effects?|reactions?)|S?AEs?|"
        r"toxicit(?:y|ies)|"
        r"dose[- ]limiting toxicit(?:y|ies)|safety|tolerability|tolerance of treatment|harms?|complications?|"
        r"discontinuations?|infusion reactions?",
    ),
)

_PUBLISHED = (
    ("MEX-SLEDAI", r"MEX-?\s?SLEDAI", 0, 32, "sum of its ten weights 8+6+4+3+3+2+2+2+1+1"),
    ("SLEDAI-2K", r"(?<!MEX )(?<!MEX-)SLEDAI(?:-2K)?", 0, 105, "sum of its 24 weights"),
    ("SDQ total difficulties", r"SDQ total difficulties|total difficulties score", 0, 40, "Goodman 1997"),
    ("PHQ-9", r"PHQ-?9", 0, 27, "Kroenke 2001"),
    ("GAD-7", r"GAD-?7", 0, 21, "Spitzer 2006"),
    ("BDI-II", r"BDI-?II|beck depression inventory[- ]II", 0, 63, "Beck 1996"),
    ("MADRS", r"MADRS", 0, 60, "Montgomery and Asberg 1979"),
    ("PASI", r"PASI|psoriasis area and severity index", 0, 72, "Fredriksson 1978"),
    ("DLQI", r"DLQI|dermatology life quality index", 0, 30, "Finlay 1994"),
    ("EASI", r"EASI|eczema area and severity index", 0, 72, "Hanifin 2001"),
    ("HAQ-DI", r"HAQ-DI", 0, 3, "Fries 1980"),
    ("MMSE", r"MMSE|mini[- ]mental state examination", 0, 30, "Folstein 1975"),
    ("CLASI activity", r"CLASI activity", 0, 70, "Albrecht 2005"),
    ("NIHSS", r"NIHSS", 0, 42, "Brott 1989"),
    ("modified Rankin Scale", r"modified rankin|mRS", 0, 6, "van Swieten 1988"),
    ("FACIT-Fatigue", r"FACIT-?(?:F|Fatigue)", 0, 52, "Yellen 1997"),
)

SCALES = tuple(
    Scale(name, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), Decimal(low), Decimal(high), source)
    for name, pattern, low, high, source in _PUBLISHED
)

ACTIVITY_SCORE = re.compile(
    r"disease activity|activity (?:score|index)|\b(?:MEX[- ]?SLEDAI|SLEDAI|DAS-?28|[CS]DAI|BASDAI|ASDAS|PASI|EASI|"
    r"BILAG|CLASI|Mayo score|CDAI)\b",
    re.IGNORECASE,
)


def measures_in(text: str) -> tuple[Named, ...]:
    """Give the measures that a text names, in the order of the text, each once."""
    found = [
        (match.start(), Named(measure, match[0])) for measure in MEASURES if (match := measure.pattern.search(text))
    ]
    return tuple(named for _, named in sorted(found, key=lambda item: item[0]))


def scales_in(text: str) -> tuple[Scale, ...]:
    """Give the scales of known range that a text names."""
    return tuple(scale for scale in SCALES if scale.pattern.search(text))
