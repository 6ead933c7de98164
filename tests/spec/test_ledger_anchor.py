"""An anchor is one line that a person can print, keep, and type back."""

from datetime import date

import pytest

from equipoise.ledger import Anchor, read_anchors
from equipoise.vocabulary import Refusal

ANCHOR = Anchor(
    1042, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", date(2024, 5, 1), "quality file"
)
LINE = (
    "equipoise-anchor 1042 2024-05-01 9f86d081-884c7d65-9a2feaa0-c55ad015-a3bf4f1b-2b0b822c-d15d6c15-b0f00a08"
    f" {ANCHOR.text().split()[4]} quality file"
)


def test_the_line_reads_back():
    assert ANCHOR.text() == LINE
    assert Anchor.from_text(LINE) == ANCHOR


@pytest.mark.parametrize("line", [LINE.upper().replace("EQUIPOISE-ANCHOR", "equipoise-anchor"), f"  {LINE}  \n"])
def test_the_way_of_typing_does_not_matter(line):
    assert Anchor.from_text(line).hash == ANCHOR.hash


@pytest.mark.parametrize("place", range(17, len(LINE) - len(" quality file")))
def test_a_slip_in_any_place_is_told_from_tampering(place):
    slipped = LINE[:place] + ("0" if LINE[place] != "0" else "1") + LINE[place + 1 :]
    with pytest.raises(Refusal) as refused:
        Anchor.from_text(slipped)
    assert refused.value.rule == "LEDGER-ANCHOR-TEXT"


@pytest.mark.parametrize("line", ["", "hello", "equipoise-anchor", LINE[:40], "equipoise-anchor x 2024-05-01 y z"])
def test_anything_else_is_refused_in_a_sentence(line):
    with pytest.raises(Refusal, match="not an anchor"):
        Anchor.from_text(line)


def test_a_file_of_anchors_may_have_remarks_and_a_fault_names_its_line():
    assert read_anchors(["# kept by the quality officer", "", LINE]) == (ANCHOR,)
    with pytest.raises(Refusal, match="Line 2: This is not an anchor"):
        read_anchors([LINE, "an anchor, I think"])
