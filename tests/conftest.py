"""The order of the tests: long files begin first, so that at the end nobody waits for one that began late."""

from pathlib import Path

import pytest

LONGEST_FIRST = (
    "functional/test_site_trial.py",
    "masking/test_two_worlds.py",
    "masking/test_site_worlds.py",
    "masking/test_site_sight.py",
    "acceptance/test_rehearsal.py",
    "integration/test_web_kill.py",
    "functional/test_vault_pages_browser.py",
    "functional/test_vault_pages_committee.py",
    "functional/test_report_command.py",
    "acceptance/test_tutorial.py",
    "functional/test_site_xss.py",
    "functional/test_site_ending.py",
    "functional/test_web_entrance.py",
    "integration/test_ledger_power_loss.py",
    "integration/test_design_cluster.py",
    "spec/test_web_security.py",
    "spec/test_web_api.py",
    "spec/test_reporting_report.py",
    "masking/test_database_pages.py",
    "independent/test_instruments_ctcae.py",
    "independent/test_analysis_multiplicity.py",
)
"""Files of half a minute or more.  `pytest -n` hands out file by file, in this order (`--no-loadscope-reorder`)."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring those files forward; all others stay as they stand."""
    place = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))
