"""One form of a stored time, and nothing else is read as one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from equipoise.vocabulary import utc_from_text, utc_text

JAKARTA = timezone(timedelta(hours=7))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2024, 1, 2, 15, 30, tzinfo=JAKARTA), "2024-01-02T08:30:00.000000Z"),
        (datetime(2024, 1, 2, 8, 30, 0, 7, tzinfo=UTC), "2024-01-02T08:30:00.000007Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_a_moment_is_stored_in_utc_and_comes_back(moment, text):
    assert utc_text(moment) == text
    assert utc_from_text(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-01-02",
        "2024-01-02T08:30:00Z",
        "2024-01-02T08:30:00.000000",
        "2024-01-02T08:30:00.000000+00:00",
        "2024-01-02 08:30:00.000000Z",
        "2024-01-02T08:30:00,000000Z",
        "2024-W01-2T08:30:00.000000Z",
        "2024-13-02T08:30:00.000000Z",
        "2024-01-02T25:30:00.000000Z",
        "٢٠٢٤-01-02T08:30:00.000000Z",
        "2024-01-02T08:30:00.000000Z\n",
    ],
)
def test_any_other_form_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        utc_from_text(text)


def test_a_time_without_a_zone_is_our_bug():
    with pytest.raises(AssertionError):
        utc_text(datetime(2024, 1, 2))  # noqa: DTZ001  # that is the point
