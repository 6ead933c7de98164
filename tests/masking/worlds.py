"""Two worlds: the same trial, the same people, the same clock - and another allocation.

Everything that a masked role can obtain from a world is a *surface*: the bytes and names of every file outside the
vault, the database as a dump, the ledger as an export, what the program prints and logs, every masked report.  A new
file in the trial's folder is a surface by itself; a new kind of output is added to `surfaces_of`.

Source: noninterference tested with pairs (Hritcu et al., Journal of Functional Programming 2016; 26: e4).
"""

import contextlib
import io
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pypdf import PdfReader
from rich.console import Console
from ruamel.yaml import YAML

from equipoise.allocation import RandomisationDesign, read_design
from equipoise.allocation.commitment import SEED_PARTIES
from equipoise.allocation.rehearsal import RehearsalVault
from equipoise.cli.rehearsal.outcome import sealed, trial_inputs
from equipoise.cli.rehearsal.trial import Part, Rehearsal, recruit, start
from equipoise.cli.verify import run as verify
from equipoise.design import load_scenario
from equipoise.protocol import load_definition, study_file
from equipoise.reporting import build_status, write_report
from equipoise_vault.seal import make_list

PARTICIPANTS = 4
_TOKEN = re.compile(rb'(?:[0-9a-f]{4,8}\s){7,15}[0-9a-f]{4,8}|[0-9a-f]{128}|[0-9a-f]{64}|(?<=")[0-9]{5}(?=")')
"""What looks like a token: only the exact values of the allow-list are replaced."""


@dataclass(frozen=True)
class World:
    """What masked roles can obtain, and the values that are declassified on purpose."""

    surfaces: dict[str, bytes]
    tokens: dict[str, tuple[str, ...]]
    arms: tuple[str, ...]


@cache
def script() -> Part:
    """What both worlds share.  The product has no effect: an effect would be the drug's own leak, not the system's."""
    study = study_file("NCT05921058")
    definition = load_definition(study)
    details = YAML(typ="safe").load((study.parent / "randomisation.yaml").read_text(encoding="utf-8"))
    design = read_design({**details, "study": definition.digest})
    scenario = load_scenario(study.parent.parent / "scenario.yaml")
    assert not scenario.effect and not any(each.extra_share for each in scenario.adverse_events)
    quick = scenario.behaviour.model_copy(
        update={"refuses_consent": 0.0, "fails_a_criterion": 0.0, "withdraws": 0.2, "typing_error": 0.02}
    )
    return Part(
        definition, design, scenario.model_copy(update={"behaviour": quick}), PARTICIPANTS, seed=7, allocation_seed=0
    )


def arms_of(design: RandomisationDesign, share_seed: int) -> tuple[str, ...]:
    """The first arms of the list that a share seed gives: the test may look into the vault, the trial may not."""
    vault = RehearsalVault.__new__(RehearsalVault)
    vault._share_seed = share_seed
    shares = [vault.seed_share(party) for party in SEED_PARTIES]
    return tuple(slot.arm for slot in make_list(design, *shares).slots[:PARTICIPANTS])


def share_seeds(kind: str) -> Iterator[tuple[int, int]]:
    """Pairs of share seeds: `swap` exchanges the arms of every participant, `arbitrary` shares no more than half."""
    design, first = script().design, 1
    while True:
        own = arms_of(design, first)
        for second in range(first + 1, first + 10_000):
            other = arms_of(design, second)
            same = sum(a == b for a, b in zip(own, other, strict=True))
            if same == 0 if kind == "swap" else 0 < same <= PARTICIPANTS // 2:
                yield first, second
                break
        first += 1


def play(
    folder: Path, share_seed: int, spoil: Callable[[Rehearsal], None] | None = None, *, reports: bool = True
) -> World:
    """Play one world from the empty folder to the last visit; `spoil` plants a leak in it.

    Without `reports` the slow surfaces are left out: enough where a planted leak must show in the others.
    """
    trial = folder / "trial"
    shutil.rmtree(folder, ignore_errors=True)
    trial.mkdir(parents=True)
    printed, logged = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(logged)
    logging.getLogger().addHandler(handler)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            rehearsal = start(replace(script(), allocation_seed=share_seed), trial)
            with rehearsal.vault:
                if spoil:
                    spoil(rehearsal)
                for _ in recruit(rehearsal):
                    pass
            tokens = declassified(rehearsal)
            if reports:
                write_status(rehearsal, trial)
            surfaces = surfaces_of(rehearsal, trial)
    finally:
        logging.getLogger().removeHandler(handler)
    surfaces["printed"] = printed.getvalue().encode()
    surfaces["logged"] = logged.getvalue().encode()
    return World(surfaces, tokens, tuple(course.arm or "" for course in rehearsal.courses))


def surfaces_of(rehearsal: Rehearsal, trial: Path) -> dict[str, bytes]:
    """Everything that a masked role can obtain while the trial is masked."""
    ledger = rehearsal.desk.book.ledger
    entries = list(ledger.entries())
    dump = "\n".join(ledger._connection.iterdump())
    dump = re.sub(r"X'([0-9A-F]*)'", lambda blob: bytes.fromhex(blob[1]).decode(), dump)
    ledger.close()
    surfaces = {f"file {path.relative_to(trial)}": path.read_bytes() for path in trial.rglob("*") if path.is_file()}
    for paper in trial.rglob("*.pdf"):  # streams are compressed: read what they say
        surfaces[f"file {paper.relative_to(trial)}"] = _paper(paper)
    surfaces["verification"] = _verification(trial)
    surfaces["file names"] = "\n".join(sorted(surfaces)).encode()
    surfaces["database dump"] = dump.encode()
    surfaces["ledger export"] = b"\n".join(entry.content for entry in entries)
    surfaces["times"] = "\n".join(entry.recorded_at.isoformat() for entry in entries).encode()
    return surfaces


def write_status(rehearsal: Rehearsal, trial: Path) -> None:
    """The report that masked roles may read while the trial runs."""
    now = rehearsal.desk.clock()
    write_report(build_status(trial_inputs(rehearsal, sealed(rehearsal), now)), trial / "status")


def _paper(pdf: Path) -> bytes:
    """The words and the metadata of a PDF, and the sizes of its pages."""
    reader = PdfReader(pdf)
    pages = [f"{page.mediabox}\n{page.extract_text()}" for page in reader.pages]
    return "\n".join([str(reader.metadata), *pages]).encode()


def _verification(trial: Path) -> bytes:
    """What `equipoise verify` prints."""
    console = Console(file=io.StringIO(), width=200)
    verify(trial, console=console)
    return console.file.getvalue().encode()  # type: ignore[attr-defined]  # the StringIO from above


def declassified(rehearsal: Rehearsal) -> dict[str, tuple[str, ...]]:
    """The allow-list: at most five kinds of token that may differ, each a value that says nothing of an arm.

    root: the commitment, published on purpose.  seed commitment: SHA-256 of 32 random bytes.  signature: of the
    commitment, by a key that does not depend on the list.  chain hash: follows from the root, which the ledger holds.
    pack number: drawn from a generator of its own (its independence of the arm is tested by itself).
    """
    state = rehearsal.desk.state
    commitment = state.allocation.commitment
    assert commitment is not None and state.allocation.pack_map is not None
    entries = list(rehearsal.desk.book.ledger.entries())
    sealed = next(entry for entry in entries if entry.type == "list_sealed")
    return {
        "root": (commitment.root,),
        "seed commitment": (commitment.statistician_commitment, commitment.pharmacist_commitment),
        "signature": (sealed.event.signature,),
        "chain hash": tuple(entry.hash for entry in entries),
        "pack number": state.allocation.pack_map.flat(),
    }


def normalised(world: World) -> tuple[dict[str, bytes], dict[tuple[str, str], int]]:
    """The surfaces with every token replaced by a placeholder of its own, and how often each kind stood where."""
    names = {value: (kind, place) for kind, values in world.tokens.items() for place, value in enumerate(values)}
    counts: dict[tuple[str, str], int] = {}
    clean = {}
    for surface, content in world.surfaces.items():

        def placeholder(match: re.Match[bytes], surface: str = surface) -> bytes:
            text = match.group()
            kind, place = names.get("".join(text.decode().split()), ("", 0))
            if not kind:  # two hashes side by side look like a signature
                return b"".join(_TOKEN.sub(placeholder, half) for half in (text[:64], text[64:])) if text[64:] else text
            counts[surface, kind] = counts.get((surface, kind), 0) + 1
            return f"<{kind} {place:06d}>".encode()

        clean[surface] = _TOKEN.sub(placeholder, content)
    return clean, counts


def differences(one: World, other: World) -> list[str]:
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
