"""The library: instruments by name, read once from the package's data files and checked on the way."""

from functools import lru_cache
from importlib.resources import files

from equipoise.instruments.ctcae import Ctcae
from equipoise.instruments.grouped_index import GroupedIndex
from equipoise.instruments.instrument import Instrument
from equipoise.instruments.laboratory import Laboratory
from equipoise.vocabulary import Refusal
from equipoise.vocabulary.yaml_source import Plain, parse_yaml

_INDICES = ("mex_sledai",)
_PLAIN = ("vital_signs", "injection_site", "fever", "arm_guess")


def _read(name: str) -> Plain:
    file = f"{name}.yaml"
    return parse_yaml((files("equipoise.instruments") / "data" / file).read_bytes(), file).data


@lru_cache
def grouped_index(name: str) -> GroupedIndex:
    """The weighted-group index of this name, such as `mex_sledai`.  Raises `Refusal` if there is none."""
    if name not in _INDICES:
        raise _unknown(name, _INDICES)
    return GroupedIndex.model_validate(_read(name))


@lru_cache
def laboratory() -> Laboratory:
    """All analytes and panels."""
    return Laboratory.model_validate(_read("laboratory"))


@lru_cache
def ctcae() -> Ctcae:
    """The grading criteria of CTCAE v5."""
    return Ctcae.model_validate(_read("ctcae_v5"))


@lru_cache
def instrument(name: str) -> Instrument:
    """The instrument that a study definition calls by this name.  Raises `Refusal` if the library has none."""
    if name in _PLAIN:
        return Instrument.model_validate(_read(name))
    if name in _INDICES:
        return grouped_index(name).instrument()
    for panel in laboratory().panels:
        if panel.id == name:
            return laboratory().instrument(panel)
    raise _unknown(name, names())


def names() -> tuple[str, ...]:
    """The names of all instruments, in the order in which a list shows them."""
    return (*_INDICES, *(panel.id for panel in laboratory().panels), *_PLAIN)


def library() -> dict[str, Instrument]:
    """All instruments by name."""
    return {name: instrument(name) for name in names()}


def _unknown(name: str, known: tuple[str, ...]) -> Refusal:
    return Refusal("INSTRUMENT", f"The library has no instrument {name!r}.", f"It has: {', '.join(known)}.")
