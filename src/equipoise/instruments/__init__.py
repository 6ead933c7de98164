"""Instruments as data: items, MEX-SLEDAI, laboratory panels, bedside forms, CTCAE grading."""

from equipoise.instruments.ctcae import ClinicalCriterion, Ctcae, GradedTerm, SignTerm
from equipoise.instruments.grading import Circumstances, Grading, Remark, Shift, grade, grade_signs, shift
from equipoise.instruments.grouped_index import Band, GroupedIndex, Presence, Score, band, score
from equipoise.instruments.instrument import Instrument, Parameter, Source, Standing
from equipoise.instruments.item import Code, Derivation, Item, ItemType, Label, Limits, MolarFactor
from equipoise.instruments.laboratory import Analyte, Laboratory, Panel, Sex
from equipoise.instruments.library import ctcae, grouped_index, instrument, laboratory, library, names
from equipoise.instruments.reference_range import (
    Flag,
    ReferenceRange,
    applicable_range,
    flag,
    judge_against_assay,
    judge_ranges,
)
from equipoise.instruments.scoring import derived_score, grade_form, score_names
from equipoise.instruments.suggestion import Suggestion, suggestions

__all__ = [
    "Analyte",
    "Band",
    "Circumstances",
    "ClinicalCriterion",
    "Code",
    "Ctcae",
    "Derivation",
    "Flag",
    "GradedTerm",
    "Grading",
    "GroupedIndex",
    "Instrument",
    "Item",
    "ItemType",
    "Label",
    "Laboratory",
    "Limits",
    "MolarFactor",
    "Panel",
    "Parameter",
    "Presence",
    "ReferenceRange",
    "Remark",
    "Score",
    "Sex",
    "Shift",
    "SignTerm",
    "Source",
    "Standing",
    "Suggestion",
    "applicable_range",
    "band",
    "ctcae",
    "derived_score",
    "flag",
    "grade",
    "grade_form",
    "grade_signs",
    "grouped_index",
    "instrument",
    "judge_against_assay",
    "judge_ranges",
    "laboratory",
    "library",
    "names",
    "score",
    "score_names",
    "shift",
    "suggestions",
]
