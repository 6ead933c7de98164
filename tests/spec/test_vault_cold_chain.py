"""Temperature logs as loggers write them, and excursions against the definition's storage range (-196 to -135 C)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from equipoise.vocabulary import Refusal
from equipoise_vault.pharmacy.excursions import find_spells
from equipoise_vault.pharmacy.temperature_log import LARGEST_FILE, MOST_READINGS, Reading, read_temperature_log
from pharmacy_trial import CUPBOARD, FREEZER, pharmacy

JAKARTA = ZoneInfo("Asia/Jakarta")
TWO = [
    (datetime(2026, 3, 2, 1, 0, tzinfo=UTC), Decimal("-150.2")),
    (datetime(2026, 3, 2, 1, 5, tzinfo=UTC), Decimal("-149.8")),
]


def read(text, zone=JAKARTA, **more):
    content = text if isinstance(text, bytes) else text.encode()
    return read_temperature_log(content, zone, **more)


def rule(text, **more):
    with pytest.raises(Refusal) as refused:
        read(text, **more)
    assert refused.value.sentence.endswith(".") and len(str(refused.value)) < 200
    return refused.value.rule


FILES = {
    "ISO, comma": "time,temp\n2026-03-02 08:00,-150.2\n2026-03-02 08:05,-149.8\n",
    "ISO with T and seconds": "2026-03-02T08:00:00,-150.2\n2026-03-02T08:05:00.000,-149.8",
    "UTC": "t;c\n2026-03-02T01:00Z;-150.2\n2026-03-02T01:05Z;-149.8\n",
    "an offset of its own": "t;c\n2026-03-02 03:00 +02:00;-150.2\n2026-03-02 03:05+0200;-149.8\n",
    "decimal comma, semicolon": "Zeit;Temperatur\n02.03.2026 08:00;-150,2\n02.03.2026 08:05;-149,8\n",
    "decimal comma in quotes": 'Waktu,"Suhu (°C)"\n13/02/2026 08:00,"-150,2"\n02/03/2026 08:05,"-149,8"\n',
    "tab and unit": "Date\tTime\tTemp\n2026-03-02\t08:00\t-150.2 °C\n2026-03-02\t08:05\t-149.8 °C\n",
    "bar and minus sign": "2026/03/02 08:00|\u2212150.2\n2026/03/02 08:05|\u2212149.8\n",
    "month first, half days": (
        "Time,Temp\n03/02/2026 8:00 AM,-150.2\n03/02/2026 08:05 a.m.,-149.8\n12/31/2025 1:00 PM,-150\n"
    ),
    "a preamble, a humidity and an empty tail": (
        "Logger;TH-7\nSerial;4711\n\nNo;Date;Temperature °C;Humidity %\n1;2026-03-02 08:00;-150.2;12.5\n"
        "2;2026-03-02 08:05;-149.8;12.6\n\n;;;\nEnd of file\n"
    ),
    "byte order mark": "\ufeffTime;Temp\r\n2026-03-02 08:00;-150.2\r\n2026-03-02 08:05;-149.8\r\n",
}


@pytest.mark.parametrize("name", FILES)
def test_what_loggers_write_is_read(name):
    readings = [(reading.at, reading.celsius) for reading in read(FILES[name]).readings]
    assert readings[-1] == TWO[-1]
    assert len(readings) in (2, 3)
    assert name in ("decimal comma in quotes",) or TWO[0] in readings


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8"])
def test_encodings(encoding):
    text = "Time;Temp °C\n2026-03-02 08:00;-150.2\n2026-03-02 08:05;-149.8\n"
    assert [tuple(vars_of(reading)) for reading in read(text.encode(encoding)).readings] == TWO


def vars_of(reading):
    return reading.at, reading.celsius


def test_duplicates_are_counted_once_and_disorder_is_put_right():
    log = read("2026-03-02 08:05,-149.8\n2026-03-02 08:00,-150.2\n2026-03-02 08:05,-149.8\n")
    assert [vars_of(reading) for reading in log.readings] == TWO
    assert (log.duplicates, log.out_of_order, log.unreadable) == (1, 1, 0)


def test_a_probe_that_fails_is_silence_not_a_temperature():
    rows = [f"2026-03-02 08:{minute:02d},-150.0" for minute in range(30)]
    log = read("time,temp\n" + "\n".join([*rows, "2026-03-02 08:30,---", "2026-03-02 08:31,999.9"]))
    assert len(log.readings) == 30 and log.unreadable == 2


def test_the_hour_that_comes_twice_is_read_in_order():
    """Clocks in Berlin went back on 2025-10-26 at 3:00: 2:30 comes twice."""
    text = "t;c\n26.10.2025 02:30;-150,0\n26.10.2025 02:50;-150,1\n26.10.2025 02:10;-150,2\n26.10.2025 03:10;-150,3\n"
    log = read(text, ZoneInfo("Europe/Berlin"))
    assert [reading.at.strftime("%H:%M") for reading in log.readings] == ["00:30", "00:50", "01:10", "02:10"]
    assert log.out_of_order == 0


def test_a_date_that_can_be_read_in_two_ways_is_asked():
    text = "t,c\n02/03/2026 08:00,-150.2\n03/03/2026 08:00,-150.2\n"
    assert rule(text) == "TEMPERATURE-LOG-DATES"
    assert read(text, day_first=True).readings[0].at.month == 3
    assert read(text, day_first=False).readings[0].at.month == 2
    assert rule("t,c\n13/02/2026 08:00,-150.2\n02/13/2026 08:00,-150.2\n") == "TEMPERATURE-LOG"


@pytest.mark.parametrize(
    "text",
    [
        "", "\n\n", "hello", "a,b\n1,2\n", b"\x00\x01\x02" * 99, b"PK\x03\x04" + bytes(99), "\u202e" * 500,
        "time,temp\n2026-03-02 08:00,warm\n", "date,temp\n2026-03-02,-150.2\n",
        "time,temp °F\n2026-03-02 08:00,-238.4\n", "time,temp (K)\n2026-03-02 08:00,120\n",
        "time,temp\n2026-02-30 08:00,-150.2\n", "time,temp\n2026-03-02 25:00,-150.2\n",
        "time,temp\n2026-03-02 08:00,-150,2\n", "2026-03-02 08:00,-150.2,-151.2\n",
        "time,temp\n" + "2026-03-02 08:00,-150.2\n" + "2026-03-02 08:00,---\n" * 9,
        '"' + "x" * 200_000, "," * 1_000, "9" * 400_000 + ",1\n", "0001-01-01 00:00,-150\n",
    ],
)  # fmt: skip
def test_what_is_no_log_is_a_sentence(text):
    assert rule(text) == "TEMPERATURE-LOG"


def test_a_huge_file_is_a_sentence():
    assert rule(b"x" * (LARGEST_FILE + 1)) == "TEMPERATURE-LOG"
    assert rule("2026-03-02 08:00,-150.2\n" * (MOST_READINGS + 300)) == "TEMPERATURE-LOG"


# --- excursions ------------------------------------------------------------------------------------------------------

START = datetime(2026, 3, 2, tzinfo=UTC)
RANGE = Decimal(-196), Decimal(-135)


def series(*celsius, step=10):
    return [Reading(START + timedelta(minutes=step * at), Decimal(value)) for at, value in enumerate(celsius)]


def spells(*celsius, step=10):
    found = find_spells(series(*celsius, step=step), *RANGE, timedelta(minutes=60))
    return [
        (spell.kind.value, int((spell.began_at - START).total_seconds()) // 60, _minutes(spell), spell.extreme_c)
        for spell in found
    ]


def _minutes(spell):
    return int(spell.duration.total_seconds()) // 60 if spell.ended_at else None


def test_both_ends_of_the_range_are_inside_it():
    assert spells(-196, -135, -150) == []


def test_start_end_extreme_and_duration():
    assert spells(-150, -134, -90, -134, -150, -197, -196) == [
        ("too_warm", 10, 30, Decimal(-90)),
        ("too_cold", 50, 10, Decimal(-197)),
    ]


def test_an_excursion_that_goes_on_has_no_end():
    assert spells(-150, -100, -90) == [("too_warm", 10, None, Decimal(-90))]


def test_silence_for_longer_than_an_hour_is_an_excursion():
    assert spells(-150, -150, step=60) == []
    assert spells(-150, -150, step=61) == [("no_reading", 0, 61, None)]


def csv(began, *celsius, step=10):
    rows = [f"{began + timedelta(minutes=step * at):%Y-%m-%dT%H:%M}Z,{value}" for at, value in enumerate(celsius)]
    return "time,temp\n" + "\n".join(rows) + "\n"


@pytest.fixture
def desk(tmp_path):
    made = pharmacy(tmp_path).stocked()
    made.began = made.clock()
    made.wait(600)
    return made


def excursions(desk):
    return [
        (
            each["excursion"],
            each["consignment"],
            each["kind"],
            each["minutes"],
            each["extreme_c"],
            each["ended_at"] != "",
        )
        for each in desk.stock()["excursions"]
    ]


def test_an_excursion_puts_the_units_that_stood_there_in_quarantine_until_it_is_judged(desk):
    answer = desk.read(csv(desk.began, -150, -120, -150))
    assert answer["open_excursions"] == 1 and excursions(desk) == [(1, 1, "too_warm", 10, "-120", True)]
    desk.request(*((slot, 1) for slot in range(8)))
    slots = {desk.dose(slot)["arm"]: slot for slot in range(8)}
    assert desk.dose(slots["secretome"])["consignments"] == [] != desk.dose(slots["placebo"])["consignments"]
    desk.ask(
        "judge_excursion", excursion=1, is_usable=True, decided_by="Maker, stability desk", grounds="10 min at -120 C"
    )
    assert desk.dose(slots["secretome"])["consignments"]
    verdict = {"excursion": 1, "is_usable": False, "decided_by": "x", "grounds": "y"}
    assert desk.refusal("judge_excursion", **verdict) == "PHARMACY-EXCURSION"


def test_what_may_not_be_used_leaves_the_shelf_and_what_was_taken_is_not_handed_over(desk):
    desk.request(*((slot, 1) for slot in range(8)))
    slot = next(slot for slot in range(8) if desk.dose(slot)["arm"] == "secretome")
    pack = desk.prepared(slot)
    desk.read(csv(desk.began, -150, -20, -150))
    assert desk.refusal("hand_over", pack=pack, to="n", handed_over_at=desk.now()) == "PHARMACY-QUARANTINE"
    desk.ask("judge_excursion", excursion=1, is_usable=False, decided_by="Maker", grounds="thawed")
    assert desk.refusal("hand_over", pack=pack, to="n", handed_over_at=desk.now()) == "PHARMACY-QUARANTINE"
    line = desk.stock()["consignments"][0]
    assert (line["shelf"], line["set_aside"]) == (0, 19)


def test_an_excursion_goes_on_in_the_next_file(desk):
    desk.read(csv(desk.began, -150, -120))
    verdict = {"excursion": 1, "is_usable": True, "decided_by": "x", "grounds": "y"}
    assert desk.refusal("judge_excursion", **verdict) == "PHARMACY-EXCURSION"
    desk.read(csv(desk.began + timedelta(minutes=20), -110, -150, -120, -150))
    assert excursions(desk) == [(1, 1, "too_warm", 20, "-110", True), (2, 1, "too_warm", 10, "-120", True)]


def test_an_excursion_that_ends_with_the_first_reading_of_the_next_file(desk):
    desk.read(csv(desk.began, -150, -120))
    desk.read(csv(desk.began + timedelta(minutes=20), -150))
    assert excursions(desk) == [(1, 1, "too_warm", 10, "-120", True)]


def test_a_file_that_overlaps_finds_nothing_twice_and_a_judged_excursion_stays_judged(desk):
    desk.read(csv(desk.began, -150, -120, -150))
    desk.ask("judge_excursion", excursion=1, is_usable=True, decided_by="x", grounds="y")
    assert desk.refusal("read_log", place=FREEZER, content="") == "TEMPERATURE-LOG"
    desk.read(csv(desk.began + timedelta(minutes=10), -120, -150, -150))
    assert excursions(desk) == [(1, 1, "too_warm", 10, "-120", True)]
    assert desk.stock()["excursions"][0]["is_usable"] is True
    desk.read(csv(desk.began, -150, -100, -150))
    assert excursions(desk) == [(1, 1, "too_warm", 10, "-100", True)]
    assert desk.stock()["excursions"][0]["is_usable"] is None  # it was worse than what was judged


def test_the_same_file_is_read_once(desk):
    desk.read(csv(desk.began, -150))
    with pytest.raises(Refusal, match="read before"):
        desk.read(csv(desk.began, -150))


def test_silence_between_two_files_and_after_arrival_is_found(desk):
    desk.read(csv(desk.began + timedelta(minutes=90), -150))
    desk.read(csv(desk.began + timedelta(minutes=240), -150))
    assert excursions(desk) == [(1, 1, "no_reading", 90, "", True), (2, 1, "no_reading", 150, "", True)]


def test_only_the_time_in_that_place_counts(desk):
    desk.ask("move_consignment", consignment=1, place="tank 2", moved_at=desk.now(-500))
    desk.read(csv(desk.began + timedelta(minutes=60), -150, -150, -150, -150, -150, -20, -20))
    assert excursions(desk) == []
    with pytest.raises(Refusal, match="ever stored"):
        desk.read(csv(desk.began, -150), place="tank 9")
    desk.read(csv(desk.began, 20, 20), place=CUPBOARD)  # the definition names no range for the other product
    assert excursions(desk) == []


def test_a_log_from_the_future_or_of_another_unit_is_a_sentence(desk):
    with pytest.raises(Refusal, match="future"):
        desk.read(csv(desk.clock(), -150, -150))
    with pytest.raises(Refusal, match="in the range"):
        desk.read(csv(desk.began, *[-20, -150] * 150, step=1))
