"""The order of the tests: long files begin first, so that at the end nobody waits for one that began late."""

from collections import defaultdict
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """By the minutes that `slow` says, longest first; within a file, and among all others, as they stand."""
    minutes = defaultdict[Path, float](float)
    for item in items:
        for mark in item.iter_markers("slow"):
            minutes[item.path] = max(minutes[item.path], mark.kwargs["minutes"])
    items.sort(key=lambda item: -minutes[item.path])
