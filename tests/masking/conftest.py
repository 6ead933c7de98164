"""`--pairs N`: how many pairs of worlds are played (a few in `make test`, 200 in `make test-masking`)."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import catalogue
import pytest

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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """After a full run, the leak catalogue with the result of every row."""
    if config.getoption("--pairs") < FULL:
        return
    ran = [(kind, report) for kind in ("passed", "failed", "error") for report in terminalreporter.getreports(kind)]
    outcomes = {report.nodeid: "passed" if kind == "passed" else "failed" for kind, report in ran}
    terminalreporter.section("leak catalogue")
    for line in catalogue.table(outcomes):
        terminalreporter.line(line)
