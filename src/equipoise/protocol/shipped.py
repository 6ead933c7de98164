"""Where study definitions are: the studies that come with the package, folders and files."""

from importlib.resources import files
from pathlib import Path

from equipoise.protocol.model_faults import did_you_mean
from equipoise.vocabulary import Refusal

_STUDIES = Path(str(files("equipoise"))) / "studies"
_DEFAULT_VERSION = "as-registered"
_FILE = "study.yaml"


def find_study(name: str) -> Path | None:
    """Find the file of a shipped study: `NCT05921058` (as registered) or `NCT05921058/as-published`."""
    study, _, version = name.strip("/").partition("/")
    if study not in shipped_studies():
        return None
    file = _STUDIES / study / (version or _DEFAULT_VERSION) / _FILE
    return file if file.parent.parent == _STUDIES / study and file.is_file() else None


def find_record(name: str) -> Path | None:
    """Find the registry record that ships with a study."""
    found = sorted((_STUDIES / name).glob("record.*")) if name in shipped_studies() else []
    return found[0] if found else None


def shipped_studies() -> tuple[str, ...]:
    """Give the names of the shipped studies."""
    return tuple(sorted(folder.name for folder in _STUDIES.iterdir() if (folder / _DEFAULT_VERSION / _FILE).is_file()))


def shipped_versions(study: str) -> tuple[str, ...]:
    """Give the versions of a shipped study, such as `as-registered` and `as-published`."""
    return tuple(sorted(file.parent.name for file in (_STUDIES / study).glob(f"*/{_FILE}")))


def study_file(name: Path | str) -> Path:
    """Find the definition's file: a file, a folder that holds one, or the name of a shipped study.

    A folder of versions, such as a shipped study, gives its version as registered.  Raises `Refusal`.
    """
    path = Path(name)
    for candidate in (path, path / _FILE, path / _DEFAULT_VERSION / _FILE):
        if candidate.is_file():
            return candidate
    shipped = find_study(str(name))
    if shipped is not None:
        return shipped
    if path.is_dir():
        raise Refusal("STUDY", f"{path} holds no {_FILE}.", "Give the folder of a study definition, or its file.")
    known = [*shipped_studies(), *(f"{each}/{v}" for each in shipped_studies() for v in shipped_versions(each))]
    raise Refusal("STUDY", f"There is no study, folder or file `{name}`.", did_you_mean(name, known, "Check the name."))
