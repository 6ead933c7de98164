"""Instruments as data: items, MEX-SLEDAI, laboratory panels, bedside forms, CTCAE grading."""

from equipoise.instruments.grouped_index import Band, GroupedIndex, Presence, Score, band, score
from equipoise.instruments.instrument import Instrument, Parameter, Source, Standing
from equipoise.instruments.item import Code, Derivation, Item, ItemType, Label, Limits
from equipoise.instruments.laboratory import Analyte, Laboratory, Panel, Sex
from equipoise.instruments.library import grouped_index, instrument, laboratory, library, names
from equipoise.instruments.reference_range import Flag, ReferenceRange, applicable_range, flag, judge_against_assay
from equipoise.instruments.suggestion import Suggestion, suggestions

__all__ = [
    "Analyte",
    "Band",
    "Code",
    "Derivation",
    "Flag",
    "GroupedIndex",
    "Instrument",
    "Item",
    "ItemType",
    "Label",
    "Laboratory",
    "Limits",
    "Panel",
    "Parameter",
    "Presence",
    "ReferenceRange",
    "Score",
    "Sex",
    "Source",
    "Standing",
    "Suggestion",
    "applicable_range",
    "band",
    "flag",
    "grouped_index",
    "instrument",
    "judge_against_assay",
    "laboratory",
    "library",
    "names",
    "score",
    "suggestions",
]
