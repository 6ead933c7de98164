"""Detectors: each looks at two worlds and gives what it found; between honest worlds each finds nothing."""

import operator
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import worlds
from sights import PREFIX

Detector: TypeAlias = Callable[[worlds.World, worlds.World], list[str]]

_TOKEN = re.compile(
    rb"[0-9a-f](?:[0-9a-f]{3,7}\s(?:[0-9a-f]{4,8}\s){6,14}[0-9a-f]{4,8}"
    rb'|[0-9a-f]{63}(?:[0-9a-f]{64})*|(?<="[0-9])[0-9]{4}(?="))'
)
"""What looks like a token: groups of 4 to 8 hexadecimal digits on a line, digests, five quoted figures; only the exact
values of the allow-list are replaced.  Columns may lie side by side.  All three begin with one class of bytes: surfaces
are long, and so the search passes over every other byte at once."""

_REFUSED_NAME = re.compile(rb"unblind|unmask|active|placebo|secretome|saline", re.IGNORECASE)
"""What no file, table, column, index or kind of entry on the masked side is called (L21)."""
_DECLARED = re.compile(rb'^CREATE [^;]*|"type":"[a-z_]+"', re.MULTILINE)
_SLOT = re.compile(rb'"slot":(\d+),"stratum":\d+\}.*"type":"slot_assigned"')


@dataclass(frozen=True)
class Comparison:
    """Two worlds side by side: `size` bytes of the first were looked at, `differing` of them differ after the tokens of
    the allow-list are out; `tokens` counts those by kind."""

    size: int
    differing: int
    tokens: Counter[str]
    found: list[str]


def compare(one: worlds.World, other: worlds.World) -> Comparison:
    """Where the worlds differ after the tokens are out: the surface and the first differing span."""
    names, other_names = _placeholders(one), _placeholders(other)
    found = [f"surface {name} exists in one world only" for name in sorted(one.surfaces.keys() ^ other.surfaces.keys())]
    differing, tokens, other_tokens = len(found), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for name in sorted(one.surfaces.keys() & other.surfaces.keys()):
        if one.surfaces[name] == other.surfaces[name]:
            continue
        clean = _normalised(name, one.surfaces[name], names, tokens)
        other_clean = _normalised(name, other.surfaces[name], other_names, other_tokens)
        if clean != other_clean:
            differing += sum(map(operator.ne, clean, other_clean)) + abs(len(clean) - len(other_clean))
            found.append(f"{name}: {_span(clean, other_clean)}")
    if tokens != other_tokens:
        found.append("an allowed token stands more often in one world")
    kinds = Counter[str]()
    for (_, kind), number in tokens.items():
        kinds[kind] += number
    return Comparison(sum(map(len, one.surfaces.values())), differing, kinds, found)


def different_bytes(one: worlds.World, other: worlds.World) -> list[str]:
    """What `compare` found."""
    return compare(one, other).found


def _placeholders(world: worlds.World) -> dict[str, tuple[str, int]]:
    return {value: (kind, place) for kind, values in world.tokens.items() for place, value in enumerate(values)}


def _normalised(
    surface: str, content: bytes, names: dict[str, tuple[str, int]], counts: Counter[tuple[str, str]]
) -> bytes:
    """A surface with every token replaced by a placeholder of its own; how often each kind stood goes to `counts`."""

    def placeholder(match: re.Match[bytes]) -> bytes:
        """The run's first known value is its longest beginning that is one."""
        text = match.group()
        for length in sorted({len(text), 128, 64}, reverse=True):
            kind, place = names.get("".join(text[:length].decode().split()), ("", 0))
            if kind:
                counts[surface, kind] += 1
                return f"<{kind} {place:06d}>".encode() + _TOKEN.sub(placeholder, text[length:])
        return text[:64] + _TOKEN.sub(placeholder, text[64:])

    return _TOKEN.sub(placeholder, content)


def _span(one: bytes, other: bytes) -> str:
    shorter = min(len(one), len(other))
    first = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    return f"byte {first}: {one[first - 40 : first + 40]!r} / {other[first - 40 : first + 40]!r}"


def different_designs(one: worlds.World, other: worlds.World) -> list[str]:
    """Where two worlds differ that have the same arms by different restrictions (L26); the digest is public."""

    def with_digest(world: worlds.World) -> worlds.World:
        return replace(world, tokens={**world.tokens, "design digest": (world.design_digest,)})

    return different_bytes(with_digest(one), with_digest(other))


def different_sight(one: worlds.World, other: worlds.World) -> list[str]:
    """Where worlds whose hidden answers move with the arm differ for a role from which they are hidden (L9)."""
    blind = {f"{PREFIX}{role.value}" for role in one.without_sight}

    def seen(world: worlds.World) -> worlds.World:
        return replace(world, surfaces={name: world.surfaces[name] for name in blind})

    return different_bytes(seen(one), seen(other))


def refused_names(one: worlds.World, other: worlds.World) -> list[str]:
    """Names that would tell what is behind them."""
    found = []
    for world in (one, other):
        declared = _DECLARED.findall(world.surfaces["database dump"])
        for name in [*world.surfaces["file names"].splitlines(), *declared]:
            found += [f"{match.group()!r} in {name!r}" for match in _REFUSED_NAME.finditer(name)]
    return found


def slots_out_of_order(one: worlds.World, other: worlds.World) -> list[str]:
    """Slots that are not given one after the other, each once: two people who share one would be linked (L27)."""
    found = []
    for world in (one, other):
        given = [int(slot) for slot in _SLOT.findall(world.surfaces["ledger export"])]
        if given != list(range(len(given))):
            found.append(f"slots were given as {given}")
    return found


ALL: tuple[Detector, ...] = (different_bytes, refused_names, slots_out_of_order)
