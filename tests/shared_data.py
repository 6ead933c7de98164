"""Where real records and trial data lie beside a checkout; tests that need them skip, with a reason, elsewhere."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real records and data sets are not beside this checkout"
)
