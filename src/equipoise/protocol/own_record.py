"""The registry record that a definition was drafted from, if it lies beside it."""

from pathlib import Path

from equipoise.protocol.study_definition import StudyDefinition
from equipoise.registration import RegistryRecord, read_record
from equipoise.vocabulary import digest_bytes

_FORMATS = {".txt", ".json", ".xml"}
_LARGEST = 20_000_000


def own_record(definition: StudyDefinition, file: Path) -> RegistryRecord | None:
    """Find the record whose digest the definition names, in the folder of its file or in the one above.

    Gives None if it names none, or if no file there has that digest: another state of the record is another record.
    """
    if definition.record is None:
        return None
    for folder in (file.parent, file.parent.parent):
        for candidate in sorted(folder.iterdir()):
            if _may_be_record(candidate) and digest_bytes(candidate.read_bytes()) == definition.record:
                return read_record(candidate)
    return None


def _may_be_record(candidate: Path) -> bool:
    return candidate.suffix in _FORMATS and candidate.is_file() and candidate.stat().st_size <= _LARGEST
