"""`--pairs N`: how many pairs of worlds are played (a few in `make test`, 200 in `make test-masking`)."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import catalogue
import mutants
import pytest

FIGURES: dict[str, str] = {}
"""What the tests measured, in words, by the name of the figure: the table at the end of a full run."""
FULL = 50
"""From this many pairs on, the slow layers run too."""
_IN_MEMORY = Path("/dev/shm")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pairs", type=int, default=3, help="pairs of worlds in the two-worlds test")


@pytest.fixture(scope="session")
def pairs(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--pairs"))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for worlds, in memory where the system has one: nobody waits for a disk that is thrown away."""
    with tempfile.TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture(scope="session")
def is_full(pairs: int) -> bool:
    """True in `make test-masking`: what takes minutes, or needs a quiet machine, runs there alone."""
    return pairs >= FULL


@pytest.fixture(scope="session")
def figure() -> Callable[[str, str], None]:
    """Call it with a name and what was measured: it stands in the table at the end of a full run."""
    return FIGURES.__setitem__


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """After a full run, what was measured, and the leak catalogue with the result of every row."""
    if config.getoption("--pairs") < FULL:
        return
    ran = [(kind, report) for kind in ("passed", "failed", "error") for report in terminalreporter.getreports(kind)]
    outcomes = {report.nodeid: "passed" if kind == "passed" else "failed" for kind, report in ran}
    caught = [test for test, outcome in outcomes.items() if "planted_leak" in test and outcome == "passed"]
    FIGURES["planted leaks"] = f"{len(caught)} of {len(mutants.MUTANTS)} caught"
    terminalreporter.section("masking")
    for name, measured in FIGURES.items():
        terminalreporter.line(f"{name:36} {measured}")
    terminalreporter.section("leak catalogue")
    for line in catalogue.table(outcomes):
        terminalreporter.line(line)
