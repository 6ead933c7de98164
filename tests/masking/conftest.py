"""`--pairs N`: how many pairs of worlds are played (a few in `make test`, 200 in `make test-masking`)."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pairs", type=int, default=3, help="pairs of worlds in the two-worlds test")


@pytest.fixture(scope="session")
def pairs(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--pairs"))
