"""A trial's folder, opened to be read: the ledger and its fold, the definition, and the papers beside them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.cli.names import LEDGER, OPENING, PUBLISHED, STUDY
from equipoise.closure import ReleasedAllocation, Trial, take_opening
from equipoise.conduct import Plan, make_plan
from equipoise.ledger import Book, Entry
from equipoise.protocol import StudyDefinition, load_definition
from equipoise.store.keeping import ledger_to_read
from equipoise.vocabulary import Refusal

if TYPE_CHECKING:
    from equipoise.registration.published import PublishedFacts


@dataclass(frozen=True)
class TrialFolder:
    """A trial on disk.  The book follows the ledger, so that a trial under way can be read more than once."""

    path: Path
    plan: Plan
    book: Book[Trial]

    @property
    def study(self) -> Path:
        return self.path / STUDY

    def trial(self) -> Trial:
        """The trial as of the ledger's last entry.  Raises `Refusal` if the definition is another trial's."""
        trial = self.book.state()
        if trial.conduct.study_digest != self.plan.digest:
            raise Refusal(
                "REPORT-STUDY",
                f"{STUDY} is not the definition by which this trial is conducted.",
                "Put the version beside the ledger that its last approval names.",
            )
        return trial

    def last_entry(self) -> Entry:
        """The entry with which the ledger ends; its moment dates whatever is made from the folder."""
        ledger = self.book.ledger
        (last,) = ledger.entries(after=ledger.head()[0] - 1)
        return last

    def opening(self) -> str:
        """The text of the vault's opening.  Raises `Refusal` if it is not there."""
        try:
            return (self.path / OPENING).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise Refusal(
                "REPORT-OPENING",
                f"The allocation is released, but {OPENING} cannot be read in this folder.",
                "Put the file beside the ledger that was verified when the release was received.",
            ) from None

    def allocation(self, trial: Trial) -> ReleasedAllocation:
        """The allocation that was received.  Raises `Refusal` if the opening beside the ledger is another one."""
        return take_opening(self.opening(), trial)

    def published(self) -> "PublishedFacts | None":
        """The facts of the paper, for the version of a study that follows it."""
        from equipoise.registration.published import read_published

        path = published_beside(self.plan.definition, self.study)
        return read_published(path) if path else None


def open_folder(path: Path) -> TrialFolder:
    """Open the folder of a trial.  Raises `Refusal` where there is no trial in it, or its definition cannot be used."""
    if not (path / STUDY).is_file():
        raise Refusal(
            "TRIAL-FOLDER",
            f"{path} holds no {STUDY}.",
            f"Name the folder of a trial: it holds {LEDGER} and {STUDY}.",
        )
    ledger = ledger_to_read(path, lambda: datetime.now(UTC))
    plan = make_plan(load_definition(path / STUDY))
    return TrialFolder(path, plan, Book(ledger, Trial()))


def published_beside(definition: StudyDefinition, study: Path) -> Path | None:
    """The file with the facts of the paper, in the folder of a definition that follows it or in the one above."""
    if definition.label != "as published":
        return None
    beside = (folder / PUBLISHED for folder in (study.parent, study.parent.parent))
    return next((path for path in beside if path.is_file()), None)
