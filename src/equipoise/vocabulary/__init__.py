"""Words that every room uses; imports nothing of the project."""

from equipoise.vocabulary.canonical import Json, canonical_json, digest, digest_bytes
from equipoise.vocabulary.clock import Clock, SteppingClock, utc_from_text, utc_text
from equipoise.vocabulary.finding import Finding, Severity, Verdict
from equipoise.vocabulary.refusal import Refusal
from equipoise.vocabulary.role import MASKED_ROLES, Role

__all__ = [
    "MASKED_ROLES",
    "Clock",
    "Finding",
    "Json",
    "Refusal",
    "Role",
    "Severity",
    "SteppingClock",
    "Verdict",
    "canonical_json",
    "digest",
    "digest_bytes",
    "utc_from_text",
    "utc_text",
]
