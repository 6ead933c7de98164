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
import tempfile
import zipfile
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from multiprocessing import get_context
from pathlib import Path

from database_pages import MAGIC, in_one_piece
from pypdf import PdfReader
from rich.console import Console
from rounds import Rounds
from ruamel.yaml import YAML
from sights import sights, without_sight

from equipoise.allocation import BlockUrn, RandomisationDesign, allocate, read_design
from equipoise.allocation.commitment import SEED_PARTIES
from equipoise.allocation.minimisation import Levels, Minimisation
from equipoise.allocation.rehearsal import RehearsalVault
from equipoise.cli.rehearsal.cast import CARE_PROVIDER, INVESTIGATOR, STATISTICIAN
from equipoise.cli.rehearsal.part import Part
from equipoise.cli.rehearsal.trial import Rehearsal, recruit, start
from equipoise.cli.report_writing import write_report_of
from equipoise.cli.trial_folder import TrialFolder
from equipoise.cli.verify import run as verify
from equipoise.conduct import AdministerDose, Dispense, Enrol
from equipoise.design import load_scenario
from equipoise.protocol import load_definition, study_file
from equipoise.protocol.arms import Stratum
from equipoise.vocabulary import Refusal, Role
from equipoise_vault.drbg import KeyedGenerator, list_seed
from equipoise_vault.seal import make_list

PARTICIPANTS = 4
_BY_STEROID = Stratum(item="takes_steroid", levels=("yes", "no"))
_FEW_VISITS = ("screening", "baseline", "dose_01", "dose_02", "dose_10", "end_of_treatment")


@dataclass(frozen=True)
class World:
    """What masked roles can obtain, and the values that are declassified on purpose."""

    surfaces: dict[str, bytes]
    tokens: dict[str, tuple[str, ...]]
    arms: tuple[str, ...]
    design_digest: str
    without_sight: frozenset[Role]


@cache
def script(*, whole: bool = False, live: bool = False) -> Part:
    """What both worlds share; unless `whole`, with few visits, so that many pairs can be played.

    The product has no effect: an effect would be the drug's own leak, not the system's.  `live` is minimisation.
    """
    study = study_file("NCT05921058")
    definition = load_definition(study)
    if not whole:
        few = tuple(each for each in definition.encounters if each.id in _FEW_VISITS)
        definition = definition.model_copy(update={"encounters": few})
    if live:
        by_steroid = definition.randomisation.model_copy(update={"strata": (_BY_STEROID,)})
        definition = definition.model_copy(update={"randomisation": by_steroid})
    details = YAML(typ="safe").load((study.parent / "randomisation.yaml").read_text(encoding="utf-8"))
    design = read_design({**details, "study": definition.digest})
    if live:
        design = replace(design, procedure=Minimisation((_BY_STEROID.item,), (1,), (3, 4)))
    scenario = load_scenario(study.parent.parent / "scenario.yaml")
    assert not scenario.effect and not any(each.extra_share for each in scenario.adverse_events)
    quick = scenario.behaviour.model_copy(
        update={"refuses_consent": 0.0, "fails_a_criterion": 0.0, "withdraws": 0.2, "typing_error": 0.02}
    )
    return Part(
        definition, design, scenario.model_copy(update={"behaviour": quick}), PARTICIPANTS, seed=7, allocation_seed=0
    )


@cache
def live_levels() -> tuple[Levels, ...]:
    """The factor levels of those who are randomised, in order: the script's, whatever the allocation."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "trial"
        folder.mkdir()
        rehearsal = start(script(live=True), folder)
        with rehearsal.vault:
            for _ in recruit(rehearsal):
                pass
    return tuple(drawn.levels for drawn in rehearsal.desk.state.allocation.draws)


def arms_of(design: RandomisationDesign, share_seed: int) -> tuple[str, ...]:
    """The first arms of the list that a share seed gives: the test may look into the vault, the trial may not."""
    vault = RehearsalVault.__new__(RehearsalVault)
    vault._share_seed = share_seed
    shares = [vault.seed_share(party) for party in SEED_PARTIES]
    if design.is_live:
        return tuple(slot.arm for slot in make_list(design, *shares, live_levels()).slots)
    generator = KeyedGenerator(list_seed(*shares, design.digest))
    drawn = allocate(design.procedure, design.shares, PARTICIPANTS, generator.below)
    return tuple(design.arms[arm] for arm in drawn)


def pairs_of_worlds(kind: str, *, whole: bool = False, of: Part | None = None) -> Iterator[tuple[Part, Part]]:
    """What two worlds are made from, pair after pair; both have the same script.

    `swap` exchanges the arms of every participant; `arbitrary` keeps some of them, with other numbers per arm;
    `designs` gives the same arms by another restriction, since the restriction is a secret too (L26); `live` exchanges
    all arms of a trial with minimisation.  `of` is another part than the one that all proofs share.
    """
    part = of or script(whole=whole, live=kind == "live")
    other_design = replace(part.design, procedure=BlockUrn(3)) if kind == "designs" else part.design
    for first in count(1):
        own = arms_of(part.design, first)
        other = next(each for each in count(first + 1) if _is_pair(kind, own, arms_of(other_design, each)))
        yield replace(part, allocation_seed=first), replace(part, allocation_seed=other, design=other_design)


def _is_pair(kind: str, own: tuple[str, ...], other: tuple[str, ...]) -> bool:
    same = sum(a == b for a, b in zip(own, other, strict=True))
    sizes = [sorted(Counter(arms).values()) for arms in (own, other)]
    is_arbitrary = 0 < same < len(own) and sizes[0] != sizes[1]
    return {"swap": same == 0, "live": same == 0, "arbitrary": is_arbitrary, "designs": own == other}[kind]


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
            rehearsal = start(part, trial, pharmacy=reports)
            rehearsal.desk.book.ledger._connection.set_trace_callback(statements.append)
            with rehearsal.vault:
                rounds = Rounds(rehearsal)
                rounds.hear_requests()
                if spoil:
                    spoil(rehearsal)
                rounds.hear_answers()
                told = _under_treatment(rehearsal, rounds)
            rehearsal.desk.book.ledger._connection.set_trace_callback(None)
            tokens = declassified(rehearsal, rounds)
            if reports:
                write_status(rehearsal, trial)
            seen = sights(rehearsal)
            surfaces = {**surfaces_of(rehearsal, trial), **seen}
    finally:
        logging.getLogger().removeHandler(handler)
    surfaces["printed"] = printed.getvalue().encode()
    surfaces["logged"] = logged.getvalue().encode()
    surfaces["refusals"] = "\n".join(told).encode()
    surfaces["statements"] = "\n".join(_BEGINNING.match(text)[0] for text in statements).encode()
    surfaces["hatch"] = b"\n".join(rounds.lines)
    arms = tuple(course.arm or "" for course in rehearsal.courses)
    return World(surfaces, tokens, arms, part.design.digest, without_sight(rehearsal))


def played(
    pairs: Iterable[tuple[Part, Part]], folder: Path, *, reports: bool = False, at_once: int = 1
) -> Iterator[tuple[World, World]]:
    """Play pair after pair; with `at_once` above 1 that many worlds at the same time, in processes of their own."""
    if at_once == 1:
        for first, second in pairs:
            yield play(folder / "one", first, reports=reports), play(folder / "other", second, reports=reports)
        return
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        asked = deque[tuple[Future[World], Future[World]]]()
        for number, (first, second) in enumerate(pairs):
            places = [folder / f"{number % (2 * at_once)} {name}" for name in ("one", "other")]
            both = zip(places, (first, second), strict=True)
            one, other = (pool.submit(play, place, part, reports=reports) for place, part in both)
            asked.append((one, other))
            if len(asked) > at_once:
                one, other = asked.popleft()
                yield one.result(), other.result()
        for one, other in asked:
            yield one.result(), other.result()


_BEGINNING = re.compile(r"[^'\d?]*")
"""A statement as far as its first value."""


def _under_treatment(rehearsal: Rehearsal, rounds: Rounds) -> list[str]:
    """From the first participant to the last visit, with a code break on the way; gives what was refused."""
    told: list[str] = []
    for moment in recruit(rehearsal):
        rounds.ask_for_doses(rehearsal.desk.plan.local_date(moment))
        if not told and not rehearsal.is_recruiting():  # while the last ones are under way
            told += refusals(rehearsal)
            rounds.break_first_code()
    rounds.close()
    return told + refusals(rehearsal)


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
    for name, content in surfaces.items():
        if content.startswith(MAGIC):  # a record that a page's end has cut stands together; no byte is left out
            surfaces[name] = in_one_piece(content)
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
    """What `equipoise report` gives while the trial runs: files, and what it says on the screen."""
    written = write_report_of(TrialFolder(trial, rehearsal.desk.plan, rehearsal.desk.book), trial / "status")
    (trial / "status" / "screen.txt").write_text("\n".join(map(": ".join, written.lines)), encoding="utf-8")


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


def declassified(rehearsal: Rehearsal, rounds: Rounds) -> dict[str, tuple[str, ...]]:
    """The allow-list: at most five kinds of token that may differ, each a value that says nothing of an arm.

    commitment: the root and, of a live list, each draw's leaf and link, published on purpose.  seed commitment: SHA-256
    of 32 random bytes.  signature: of a commitment, a draw or a checkpoint, by a key that does not depend on the list.
    chain hash: follows from the commitment, which the ledger holds; so does the digest of the committee's data, which
    name the ledger's head.  pack number: drawn from a generator of its own (its independence of the arm is tested by
    itself).
    """
    state = rehearsal.desk.state
    commitment = state.allocation.commitment
    assert commitment is not None and state.allocation.pack_map is not None
    entries, draws = list(rehearsal.desk.book.ledger.entries()), state.allocation.draws
    sealed = next(entry for entry in entries if entry.type == "list_sealed")
    return {
        "commitment": (commitment.root, *(value for drawn in draws for value in (drawn.leaf, drawn.link))),
        "seed commitment": (commitment.statistician_commitment, commitment.pharmacist_commitment),
        "signature": (sealed.event.signature, *(drawn.signature for drawn in draws), *rounds.signatures),
        "chain hash": (*(entry.hash for entry in entries), rounds.committee_digest),
        "pack number": state.allocation.pack_map.flat(),
    }
