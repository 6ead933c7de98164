"""Words that every room uses; imports nothing of the project."""

from equipoise.vocabulary.canonical import Json, canonical_json, digest, digest_bytes
from equipoise.vocabulary.clock import Clock, SteppingClock, utc_from_text, utc_text
from equipoise.vocabulary.finding import Finding, Severity, Verdict
from equipoise.vocabulary.quantity import Comparator, Interval, Reported, parse_reported, reported_from_json
from equipoise.vocabulary.refusal import Refusal
from equipoise.vocabulary.role import MASKED_ROLES, Role
from equipoise.vocabulary.units import Equivalence, Unit, as_decimal, convert, convertible, unit

__all__ = [
    "MASKED_ROLES",
    "Clock",
    "Comparator",
    "Equivalence",
    "Finding",
    "Interval",
    "Json",
    "Refusal",
    "Reported",
    "Role",
    "Severity",
    "SteppingClock",
    "Unit",
    "Verdict",
    "as_decimal",
    "canonical_json",
    "convert",
    "convertible",
    "digest",
    "digest_bytes",
    "parse_reported",
    "reported_from_json",
    "unit",
    "utc_from_text",
    "utc_text",
]
