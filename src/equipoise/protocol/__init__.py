"""The study definition: nouns, reader, rules, expressions, drafts and differences."""

from equipoise.protocol.analysis_plan import Analysis, AnalysisPlan, AnalysisSet
from equipoise.protocol.answers import values_of
from equipoise.protocol.expression import Expression, ExpressionError, compile_expression, evaluate, is_true
from equipoise.protocol.form_items import AskedItem, asked_items, items_of, resolve_forms
from equipoise.protocol.reading import (
    DefinitionError,
    DefinitionReading,
    judge_definition,
    load_definition,
    parse_definition,
    read_definition,
)
from equipoise.protocol.shipped import find_study, shipped_studies, study_file
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary.yaml_source import UnreadableYaml

__all__ = [
    "Analysis",
    "AnalysisPlan",
    "AnalysisSet",
    "AskedItem",
    "DefinitionError",
    "DefinitionReading",
    "Expression",
    "ExpressionError",
    "StudyDefinition",
    "UnreadableYaml",
    "asked_items",
    "compile_expression",
    "evaluate",
    "find_study",
    "is_true",
    "items_of",
    "judge_definition",
    "load_definition",
    "parse_definition",
    "read_definition",
    "resolve_forms",
    "shipped_studies",
    "study_file",
    "values_of",
]
