"""A registry record in: read it, derive from it, judge it."""

from equipoise.registration.derive import DerivedFigures, Figure, derive
from equipoise.registration.field import Field, Presence, Source, each, text_of
from equipoise.registration.judge import judge, scope
from equipoise.registration.published import PublishedFacts, parse_published, read_published
from equipoise.registration.read import parse_record, read_record
from equipoise.registration.record import (
    Arm,
    Intervention,
    Outcome,
    RecordFormat,
    RegistryRecord,
    Unread,
)
from equipoise.registration.registry_date import RegistryDate
from equipoise.registration.rules import RULES, Rule, RuleGroup
from equipoise.registration.tree import Node

__all__ = [
    "RULES",
    "Arm",
    "DerivedFigures",
    "Field",
    "Figure",
    "Intervention",
    "Node",
    "Outcome",
    "Presence",
    "PublishedFacts",
    "RecordFormat",
    "RegistryDate",
    "RegistryRecord",
    "Rule",
    "RuleGroup",
    "Source",
    "Unread",
    "derive",
    "each",
    "judge",
    "parse_published",
    "parse_record",
    "read_published",
    "read_record",
    "scope",
    "text_of",
]
