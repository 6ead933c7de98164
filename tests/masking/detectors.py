"""Detectors: each looks at two worlds and gives what it found; between honest worlds each finds nothing."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import worlds
from sights import PREFIX

Detector: TypeAlias = Callable[[worlds.World, worlds.World], list[str]]

_TOKEN = re.compile(rb'(?:[0-9a-f]{4,8}\s){7,15}[0-9a-f]{4,8}|(?:[0-9a-f]{64})+|(?<=")[0-9]{5}(?=")')
"""What looks like a token: only the exact values of the allow-list are replaced.  Columns may lie side by side."""

_REFUSED_NAME = re.compile(rb"unblind|unmask|active|placebo|secretome|saline", re.IGNORECASE)
"""What no file, table, column, index or kind of entry on the masked side is called (L21)."""
_DECLARED = re.compile(rb'^CREATE [^;]*|"type":"[a-z_]+"', re.MULTILINE)
_SLOT = re.compile(rb'"slot":(\d+),"stratum":\d+\}.*"type":"slot_assigned"')


def normalised(world: worlds.World) -> tuple[dict[str, bytes], dict[tuple[str, str], int]]:
    """The surfaces with every token replaced by a placeholder of its own, and how often each kind stood where."""
    names = {value: (kind, place) for kind, values in world.tokens.items() for place, value in enumerate(values)}
    counts: dict[tuple[str, str], int] = {}
    clean = {}
    for surface, content in world.surfaces.items():

        def placeholder(match: re.Match[bytes], surface: str = surface) -> bytes:
            """The run's first known value is its longest beginning that is one."""
            text = match.group()
            for length in sorted({len(text), 128, 64} - {0}, reverse=True):
                kind, place = names.get("".join(text[:length].decode().split()), ("", 0))
                if kind:
                    counts[surface, kind] = counts.get((surface, kind), 0) + 1
                    return f"<{kind} {place:06d}>".encode() + _TOKEN.sub(placeholder, text[length:])
            return text[:64] + _TOKEN.sub(placeholder, text[64:])

        clean[surface] = _TOKEN.sub(placeholder, content)
    return clean, counts


def different_bytes(one: worlds.World, other: worlds.World) -> list[str]:
    """Where the worlds differ after the tokens are out: the surface and the smallest differing span."""
    (clean, counts), (other_clean, other_counts) = normalised(one), normalised(other)
    found = [f"surface {name} exists in one world only" for name in sorted(clean.keys() ^ other_clean.keys())]
    for name in sorted(clean.keys() & other_clean.keys()):
        if clean[name] != other_clean[name]:
            found.append(f"{name}: {_span(clean[name], other_clean[name])}")
    if counts != other_counts:
        found.append("an allowed token stands more often in one world")
    return found


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
