"""What the models reject, said so that a person can mend it: one fault per place, with what to write instead."""

import types
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from equipoise.vocabulary import Severity
from equipoise.vocabulary.yaml_source import Path_, Plain


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding before its place is known as file, line and column: `path` leads to the part of the definition.

    `at_key` says that the key is meant, not its value.
    """

    rule: str
    path: Path_
    message: str
    suggestion: str = ""
    severity: Severity = Severity.ERROR
    at_key: bool = False


def did_you_mean(written: object, known: Iterable[str], otherwise: str = "") -> str:
    """Suggest the nearest known word, or list the known ones if they are few."""
    words = sorted(set(known))
    nearest = get_close_matches(str(written), words, n=1, cutoff=0.6)
    if nearest:
        return f"Did you mean `{nearest[0]}`?"
    if words and len(words) <= _FEW:
        return f"Write one of: {', '.join(words)}."
    return otherwise


_FEW = 16


def faults_of(error: ValidationError, model: type[BaseModel], data: Plain) -> tuple[Fault, ...]:
    """Translate what pydantic rejected.  Several rejections of one value (the arms of a union) become one fault."""
    grouped: dict[Path_, list[Mapping[str, Any]]] = {}
    for detail in error.errors(include_url=False):
        grouped.setdefault(_path_in_file(detail, data), []).append(detail)
    return tuple(_fault(path, details, model) for path, details in sorted(grouped.items(), key=lambda g: _order(g[0])))


def _order(path: Path_) -> tuple[str, ...]:
    return tuple(f"{part:06d}" if isinstance(part, int) else part for part in path)


def _path_in_file(detail: Mapping[str, Any], data: Plain) -> Path_:
    """Keep the parts of pydantic's location that the file knows; the others name arms of unions."""
    path: list[str | int] = []
    here: Any = data
    location: tuple[str | int, ...] = detail["loc"]
    for part in location:
        if part in _parts(here):
            here = here[part]
            path.append(part)
    if detail["type"] == "missing" and location and isinstance(here, dict):
        path.append(location[-1])
    return tuple(path)


def _parts(here: Plain) -> Container[str | int]:
    if isinstance(here, dict):
        return here.keys()
    return range(len(here)) if isinstance(here, list) else ()


def _fault(path: Path_, details: list[Mapping[str, Any]], model: type[BaseModel]) -> Fault:
    kinds = {str(detail["type"]) for detail in details}
    name = _name(path)
    if kinds == {"extra_forbidden"}:
        known = _keys_at(model, path[:-1])
        return Fault(
            "DEF-KEY",
            path,
            f"`{name}` is not known here.",
            did_you_mean(name, known, _listed(known)),
            at_key=True,
        )
    if "missing" in kinds:
        return Fault("DEF-MISSING", path, f"`{name}` is missing here.", f"Write `{name}: {_example(model, path)}`.")
    if any(detail["loc"][-1:] == ("[key]",) for detail in details):
        allowed = _key_words_at(model, path[:-1])
        return Fault(
            "DEF-VALUE",
            path,
            f"`{name}` is not known here.",
            did_you_mean(name, allowed, _listed(allowed)),
            at_key=True,
        )
    sentence, suggestion = _sentence(details, model, path)
    return Fault("DEF-VALUE", path, f"`{name}`: {sentence}" if path else sentence, suggestion)


def _listed(words: tuple[str, ...]) -> str:
    return f"The words here are: {', '.join(words)}."


def _name(path: Path_) -> str:
    if not path:
        return "the file"
    if isinstance(path[-1], int):
        return f"{_name(path[:-1])}, entry {path[-1] + 1}"
    return path[-1]


def _sentence(details: list[Mapping[str, Any]], model: type[BaseModel], path: Path_) -> tuple[str, str]:
    """Say what is wrong with a value, and what to write instead."""
    detail = details[0]
    kinds = {str(each["type"]) for each in details}
    given, allowed = detail["input"], _words_at(model, path)
    wanted = next((_WANTED[kind] for kind in sorted(kinds) if kind in _WANTED), "")
    if allowed and kinds <= {"enum", "literal_error"}:
        return f"{_shown(given)} is none of the words allowed here.", did_you_mean(given, allowed)
    if "string_type" in kinds and not isinstance(given, (list, dict)) and given is not None:
        return f"{_shown(given)} is read as a number or as true or false, not as a text.", f'Write "{given}" in quotes.'
    if wanted and "value_error" not in kinds:
        also = " or the word `undecided`" if "undecided" in allowed else ""
        if not path:
            return "this is no study definition.", "Start from `equipoise new RECORD`."
        return f"{_shown(given)} is not {wanted}.", f"Write {wanted}{also}."
    return _limit_sentence(detail, given)


def _limit_sentence(detail: Mapping[str, Any], given: object) -> tuple[str, str]:
    context = detail.get("ctx", {})
    if detail["type"] == "greater_than_equal":
        return f"{_shown(given)} is too small.", f"Write {context['ge']} or more."
    if detail["type"] == "string_too_long":
        return f"{_shown(given)} is too long.", f"Write at most {context['max_length']} characters."
    if detail["type"] == "string_pattern_mismatch":
        pattern = context["pattern"]
        form = _IN_WORDS.get(pattern, f"It must match {pattern}.")
        return f"{_shown(given)} has another form than is needed here.", form
    return f"{str(detail['msg']).removeprefix('Value error, ')}.", ""


_WANTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "decimal_parsing": "a number",
    "decimal_type": "a number",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "string_type": "a text",
    "tuple_type": "a list (`- first` on its own line, or [first, second])",
    "dict_type": "a map (`key: value`)",
    "model_type": "a map (`key: value`)",
    "model_attributes_type": "a map (`key: value`)",
    "too_short": "long enough",
}
_IN_WORDS = {
    "^[a-z][a-z0-9_]{0,63}$": "Write a lower-case name: letters, digits and _, starting with a letter.",
    "^[A-Za-z0-9][A-Za-z0-9_-]*\\.yaml$": "Write the name of a file beside this one, such as randomisation.yaml.",
    "^[IE][0-9]+$": "Write I1, I2, ... for inclusion and E1, E2, ... for exclusion.",
    "^[0-9]{2,3}$": 'Write two or three digits in quotes, such as "01".',
}


def _shown(given: object) -> str:
    if given is None:
        return "nothing"
    if isinstance(given, dict):
        return "a map"
    if isinstance(given, (list, tuple)):
        return "a list"
    text = str(given)
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"


def _keys_at(model: type[BaseModel], path: Path_) -> tuple[str, ...]:
    found = next((each for each in _types_at(model, path) if _is_model(each)), None)
    return tuple(found.model_fields) if found else ()


def _words_at(model: type[BaseModel], path: Path_) -> tuple[str, ...]:
    return _words_of(_types_at(model, path))


def _key_words_at(model: type[BaseModel], path: Path_) -> tuple[str, ...]:
    """Give the words that may be keys of the map at `path`."""
    maps = [each for each in _types_at(model, path) if get_origin(each) is dict]
    return _words_of(leaf for each in maps for leaf in leaves(get_args(each)[0]))


def _words_of(kinds: Iterable[Any]) -> tuple[str, ...]:
    words: list[str] = []
    for each in kinds:
        if get_origin(each) is Literal:
            words += [str(word) for word in get_args(each)]
        elif isinstance(each, type) and issubclass(each, Enum):
            words += [str(member.value) for member in each]
    return tuple(words)


def _example(model: type[BaseModel], path: Path_) -> str:
    if "undecided" in (words := _words_at(model, path)):
        return "undecided"
    if words:
        return " | ".join(words)
    kinds = _types_at(model, path)
    if any(get_origin(each) is tuple for each in kinds):
        return "[...]"
    return "{...}" if any(_is_model(each) for each in kinds) else "..."


def _types_at(model: type[BaseModel], path: Path_) -> tuple[Any, ...]:
    """Give the types that a part of the definition may have, with unions and annotations taken apart."""
    kinds: tuple[Any, ...] = (model,)
    for part in path:
        kinds = tuple(leaf for kind in kinds for inner in _inside(kind, part) for leaf in leaves(inner))
    return kinds


def _inside(kind: Any, part: str | int) -> tuple[Any, ...]:
    if _is_model(kind):
        field = kind.model_fields.get(part)
        return (field.annotation,) if field else ()
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return arguments[1:]
    return tuple(each for each in arguments if each is not Ellipsis) if get_origin(kind) is tuple else ()


def leaves(kind: Any) -> tuple[Any, ...]:
    """Take unions and annotations apart: the types that a value may have."""
    if get_origin(kind) in (Union, types.UnionType):
        return tuple(leaf for each in get_args(kind) for leaf in leaves(each))
    if hasattr(kind, "__metadata__"):
        return leaves(kind.__origin__)
    return (kind,)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
