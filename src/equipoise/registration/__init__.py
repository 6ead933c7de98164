"""A registry record in: read it, derive from it, judge it."""

from equipoise.registration.field import Field, Presence, Source, each, text_of
from equipoise.registration.read import parse_record, read_record
from equipoise.registration.record import RecordFormat, RegistryRecord, Unread

__all__ = [
    "Field",
    "Presence",
    "RecordFormat",
    "RegistryRecord",
    "Source",
    "Unread",
    "each",
    "parse_record",
    "read_record",
    "text_of",
]
