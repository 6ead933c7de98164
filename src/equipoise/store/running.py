"""The running trials: each with its plan and its book in memory, caught up from its own ledger at every look."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

from equipoise.closure import Trial, decide
from equipoise.conduct import Actor, Plan, Situation, TrialState, make_plan
from equipoise.ledger import Book, Entry, Ledger
from equipoise.protocol import load_definition
from equipoise.store.installation import Installation
from equipoise.store.keeping import open_ledger
from equipoise.store.snapshot import Snapshot, load_snapshot, save_snapshot
from equipoise.vocabulary import Clock, Refusal

T = TypeVar("T")
STUDY, SNAPSHOT = "study.yaml", "state.snapshot"
SNAPSHOT_EVERY = 20_000
"""So many entries are folded in about a second."""


@dataclass(frozen=True)
class RunningTrial:
    """One trial, as the pages see it: read with `look`, change with `do`, and never in any other way."""

    slug: str
    folder: Path
    plan: Plan
    book: Book[Trial]
    clock: Clock

    def look(self, what: Callable[[Trial], T]) -> T:
        """What `what` sees in the trial, while no other thread can change it.  Take values out, not the state."""
        return self.book.read(what)

    def do(self, actor: Actor, command: object, *, why: str = "", request: str = "") -> tuple[Entry, ...]:
        """Hand in one command; a repeated `request` gives what it wrote the first time.  Raises `Refusal`."""
        return self.book.execute(
            lambda trial: decide(self.plan, trial, command, actor=actor, moment=self.now()),
            who=actor.who,
            role=actor.role,
            why=why,
            request=request,
        )

    def situation(self, state: TrialState, actor: Actor) -> Situation:
        """What somebody sees who is about to decide something now."""
        return Situation(self.plan, state, actor, self.now())

    def now(self) -> datetime:
        return self.clock()

    def today(self) -> date:
        """The calendar day where the trial takes place."""
        return self.plan.local_date(self.now())

    @property
    def is_synthetic(self) -> bool:
        return self.look(lambda trial: trial.conduct.is_synthetic)


class RunningTrials:
    """All trials of an installation, opened when they are first asked for and kept open."""

    def __init__(self, installation: Installation, clock: Clock, setup_code: str) -> None:
        self.installation = installation
        self.clock = clock
        self.setup_code = setup_code
        self._open: dict[str, RunningTrial] = {}
        self._lock = Lock()

    def trial(self, slug: str) -> RunningTrial:
        """The running trial of this slug.  Raises `Refusal` where its folder holds none."""
        with self._lock:
            if slug not in self._open:
                self._open[slug] = self._start(slug)
            found = self._open[slug]
        followed = _by_version_followed(found)  # outside the lock: it waits for the ledger's
        if followed is not found:
            with self._lock:
                self._open[slug] = followed
        return followed

    def open_all(self) -> tuple[RunningTrial, ...]:
        """Open every trial of the folder."""
        folders = sorted(self.installation.trials.iterdir())
        return tuple(self.trial(folder.name) for folder in folders if (folder / STUDY).is_file())

    def close(self) -> None:
        with self._lock:
            for trial in self._open.values():
                trial.book.ledger.close()
            self._open.clear()

    def _start(self, slug: str) -> RunningTrial:
        folder = self.installation.trial_folder(slug)
        if not (folder / STUDY).is_file():
            raise Refusal("TRIAL-FOLDER", "The folder of this trial is missing.", "Restore it from a copy.")
        plan = make_plan(load_definition(folder / STUDY))
        ledger = open_ledger(self.installation, slug, self.clock)
        return RunningTrial(slug, folder, plan, self._folded(ledger, folder / SNAPSHOT), self.clock)

    def _folded(self, ledger: Ledger, snapshot: Path) -> Book[Trial]:
        """The trial as its ledger tells it, from the last snapshot on where there is one that holds."""
        key = self.installation.secret_key.encode()
        with _without_collector():
            found = load_snapshot(snapshot, ledger, key)
            book = Book(ledger, found.trial, folded_to=(found.seq, found.hash)) if found else Book(ledger, Trial())
            from_here, _ = book.folded_to
            trial = book.state()
            seq, head = book.folded_to
            if seq - from_here > SNAPSHOT_EVERY:
                save_snapshot(snapshot, Snapshot(trial, seq, head), key)
        return book


def version_file(folder: Path, digest: str) -> Path:
    """Where the version of a study definition with this digest is kept in a trial's folder."""
    return folder / "versions" / f"{digest}.yaml"


def _by_version_followed(trial: RunningTrial) -> RunningTrial:
    """The trial by the definition that its ledger follows now, whichever process has amended it.

    Where that version is not kept here the trial stays as it is, and its rules refuse what would need it.
    """
    digest = trial.look(lambda state: state.conduct.study_digest)
    kept = version_file(trial.folder, digest)
    if digest in {"", trial.plan.digest} or not kept.is_file():
        return trial
    draft = (trial.folder / STUDY).with_suffix(f".{os.getpid()}.part")
    shutil.copyfile(kept, draft)
    draft.replace(trial.folder / STUDY)
    return replace(trial, plan=make_plan(load_definition(kept)))


@contextmanager
def _without_collector() -> Iterator[None]:
    """What is folded stays: the collector of cyclic garbage need not walk over it meanwhile."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


_current: list[RunningTrials] = []


def run_trials(installation: Installation, clock: Clock, *, setup_code: str = "") -> None:
    """Let this process run the trials of an installation; another one's are closed."""
    for former in _current:
        former.close()
    _current[:] = [RunningTrials(installation, clock, setup_code)]


def open_trials(make_ready: Callable[[RunningTrial], object]) -> None:
    """Open every trial and make it ready, so that nobody waits at the first page, nor for the collector later."""
    for trial in _current[0].open_all():
        make_ready(trial)
    gc.freeze()


def running_trial(slug: str) -> RunningTrial:
    """The running trial of this slug in the installation that this process serves."""
    return _current[0].trial(slug)


def installation() -> Installation:
    """The installation that this process serves."""
    return _current[0].installation


def now() -> datetime:
    """The present moment, by the clock that this process was started with."""
    return _current[0].clock()


def setup_code() -> str:
    """What whoever sets a new site up reads on the terminal of its machine; empty where there is no set-up."""
    return _current[0].setup_code
