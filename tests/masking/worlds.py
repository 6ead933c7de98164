"""Two worlds: the same trial, the same people, the same clock - and another allocation.

Everything that a masked role can obtain from a world is a *surface*: the bytes and names of every file outside the
vault (archives unpacked), the database as a dump and the statements sent to it, the ledger as an export, what the
program prints, logs and refuses, every masked report.  A new file in the trial's folder is a surface by itself; a new
kind of output is added to `surfaces_of`.

Source: noninterference tested with pairs (Hritcu et al., Journal of Functional Programming 2016; 26: e4).
"""

import contextlib
import io
import logging
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path

from pypdf import PdfReader
from rich.console import Console
from ruamel.yaml import YAML

from equipoise.allocation import BlockUrn, RandomisationDesign, allocate, read_design
from equipoise.allocation.commitment import SEED_PARTIES
from equipoise.allocation.rehearsal import RehearsalVault
from equipoise.cli.rehearsal.cast import CARE_PROVIDER, INVESTIGATOR, STATISTICIAN
from equipoise.cli.rehearsal.outcome import sealed, trial_inputs
from equipoise.cli.rehearsal.trial import Part, Rehearsal, recruit, start
from equipoise.cli.verify import run as verify
from equipoise.conduct import AdministerDose, Dispense, Enrol
from equipoise.design import load_scenario
from equipoise.protocol import load_definition, study_file
from equipoise.reporting import build_status, write_report
from equipoise.vocabulary import Refusal
from equipoise_vault.drbg import KeyedGenerator, list_seed

PARTICIPANTS = 4
_FEW_VISITS = ("screening", "baseline", "dose_01", "dose_02", "dose_10", "end_of_treatment")


@dataclass(frozen=True)
class World:
    """What masked roles can obtain, and the values that are declassified on purpose."""

    surfaces: dict[str, bytes]
    tokens: dict[str, tuple[str, ...]]
    arms: tuple[str, ...]
    design_digest: str


@cache
def script(*, whole: bool = False) -> Part:
    """What both worlds share; unless `whole`, with few visits, so that many pairs can be played.

    The product has no effect: an effect would be the drug's own leak, not the system's.
    """
    study = study_file("NCT05921058")
    definition = load_definition(study)
    if not whole:
        few = tuple(each for each in definition.encounters if each.id in _FEW_VISITS)
        definition = definition.model_copy(update={"encounters": few})
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
    generator = KeyedGenerator(list_seed(*shares, design.digest))
    drawn = allocate(design.procedure, design.shares, PARTICIPANTS, generator.below)
    return tuple(design.arms[arm] for arm in drawn)


def pairs_of_worlds(kind: str, *, whole: bool = False) -> Iterator[tuple[Part, Part]]:
    """What two worlds are made from, pair after pair; both have the same script.

    `swap` exchanges the arms of every participant; `arbitrary` keeps some of them, with other numbers per arm;
    `designs` gives the same arms by another restriction, since the restriction is a secret too (L26).
    """
    part = script(whole=whole)
    other_design = replace(part.design, procedure=BlockUrn(3)) if kind == "designs" else part.design
    for first in count(1):
        own = arms_of(part.design, first)
        other = next(each for each in count(first + 1) if _is_pair(kind, own, arms_of(other_design, each)))
        yield replace(part, allocation_seed=first), replace(part, allocation_seed=other, design=other_design)


def _is_pair(kind: str, own: tuple[str, ...], other: tuple[str, ...]) -> bool:
    same = sum(a == b for a, b in zip(own, other, strict=True))
    sizes = [sorted(Counter(arms).values()) for arms in (own, other)]
    return {"swap": same == 0, "arbitrary": 0 < same < len(own) and sizes[0] != sizes[1], "designs": own == other}[kind]


def play(folder: Path, part: Part, spoil: Callable[[Rehearsal], None] | None = None, *, reports: bool = False) -> World:
    """Play one world from the empty folder to the last visit; `spoil` plants a leak in it.

    Only with `reports` are the slow surfaces made: enough for some pairs, since they are made from the others.
    """
    trial = folder / "trial"
    shutil.rmtree(folder, ignore_errors=True)
    trial.mkdir(parents=True)
    printed, logged, statements = io.StringIO(), io.StringIO(), list[str]()
    handler = logging.StreamHandler(logged)
    logging.getLogger().addHandler(handler)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            rehearsal = start(part, trial)
            rehearsal.desk.book.ledger._connection.set_trace_callback(statements.append)
            with rehearsal.vault:
                if spoil:
                    spoil(rehearsal)
                told = []
                for _ in recruit(rehearsal):
                    if not told and not rehearsal.is_recruiting():
                        told += refusals(rehearsal)  # while the last ones are under way
                told += refusals(rehearsal)
            rehearsal.desk.book.ledger._connection.set_trace_callback(None)
            tokens = declassified(rehearsal)
            if reports:
                write_status(rehearsal, trial)
            surfaces = surfaces_of(rehearsal, trial)
    finally:
        logging.getLogger().removeHandler(handler)
    surfaces["printed"] = printed.getvalue().encode()
    surfaces["logged"] = logged.getvalue().encode()
    surfaces["refusals"] = "\n".join(told).encode()
    surfaces["statements"] = "\n".join(re.split(r"['\d?]", text)[0] for text in statements).encode()
    arms = tuple(course.arm or "" for course in rehearsal.courses)
    return World(surfaces, tokens, arms, part.design.digest)


def refusals(rehearsal: Rehearsal) -> list[str]:
    """What the program says to steps that it must not take, for every randomised participant (L15)."""
    desk, told = rehearsal.desk, []
    slot_of, packs = desk.state.allocation.slot_of, desk.state.allocation.pack_map
    visit, now = desk.plan.definition.dose_encounters()[0].id, desk.clock()
    numbers = list(slot_of)
    for number, neighbour in zip(numbers, numbers[1:] + numbers[:1], strict=True):
        not_his = packs.pack(slot_of[neighbour][1], 1)
        for actor, command in (
            (INVESTIGATOR, Enrol(number)),
            (STATISTICIAN, Dispense(number, visit, not_his)),
            (CARE_PROVIDER, Dispense(number, visit, not_his)),
            (CARE_PROVIDER, AdministerDose(number, visit, "00000", now, "1", "left deltoid")),
        ):
            try:
                desk.do(actor, command)
                told.append(f"{number} {type(command).__name__}: done")
            except Refusal as refusal:
                told.append(f"{number} {type(command).__name__}: {refusal.rule} {refusal.sentence} {refusal.remedy}")
    return told


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
    for archive in filter(zipfile.is_zipfile, trial.rglob("*")):
        surfaces |= _members(archive, f"file {archive.relative_to(trial)}")
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


def _members(archive: Path, name: str) -> dict[str, bytes]:
    """Every member of a ZIP or XLSX file with its metadata, in place of the compressed bytes."""
    with zipfile.ZipFile(archive) as opened:
        described = "\n".join(f"{each.filename} {each.date_time} {each.comment!r}" for each in opened.infolist())
        members = {f"{name}/{each.filename}": opened.read(each) for each in opened.infolist()}
    return {name: described.encode(), **members}


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
