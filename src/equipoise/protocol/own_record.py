"""The registry record that a definition was drafted from, if it lies beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import digest_bytes

if TYPE_CHECKING:
    from equipoise.registration import RegistryRecord

_FORMATS = {".txt", ".json", ".xml"}
_LARGEST = 20_000_000


def own_record(definition: StudyDefinition, file: Path) -> "RegistryRecord | None":
    """Read the record that `own_record_file` finds, if it finds one."""
    from equipoise.registration import read_record  # noqa: PLC0415  # a third of a second: only who reads it pays

    found = own_record_file(definition, file)
    return read_record(found) if found else None


def own_record_file(definition: StudyDefinition, file: Path) -> Path | None:
    """Find the record whose digest the definition names, in the folder of its file or in the one above.

    Gives None if it names none, or if no file there has that digest: another state of the record is another record.
    """
    if definition.record is None:
        return None
    for folder in (file.parent, file.parent.parent):
        for candidate in sorted(folder.iterdir()):
            if _may_be_record(candidate) and digest_bytes(candidate.read_bytes()) == definition.record:
                return candidate
    return None


def _may_be_record(candidate: Path) -> bool:
    return candidate.suffix in _FORMATS and candidate.is_file() and candidate.stat().st_size <= _LARGEST
