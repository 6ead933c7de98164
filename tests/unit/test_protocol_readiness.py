"""Before a trial runs: endpoints know when they are assessed, and the sealed details are there."""

from pathlib import Path

import pytest

from equipoise.protocol import parse_definition
from equipoise.protocol.readiness import read_randomisation, require_times
from equipoise.vocabulary import Refusal

SMALL = (Path(__file__).parents[1] / "protocol_study.yaml").read_text(encoding="utf-8")
DEFINITION = parse_definition(SMALL.encode()).definition
assert DEFINITION is not None


def test_an_endpoint_without_a_time_is_refused_by_name() -> None:
    text = SMALL.replace(
        "baseline: baseline, encounter: outcome, unit", "baseline: baseline, encounter: undecided, unit"
    )
    reading = parse_definition(text.encode())
    assert reading.definition is not None
    assert [finding.rule for finding in reading.findings] == ["DEC-OPEN"], "open is no error of the definition"
    with pytest.raises(Refusal, match="span_change") as refused:
        require_times(reading.definition)
    assert refused.value.rule == "RUN-OPEN"
    require_times(DEFINITION)


def test_the_sealed_details_are_read_beside_the_definition(tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    with pytest.raises(Refusal, match="do not lie beside"):
        read_randomisation(DEFINITION, file)
    (tmp_path / "randomisation.yaml").write_text("- a list\n")
    with pytest.raises(Refusal, match="no map"):
        read_randomisation(DEFINITION, file)
    (tmp_path / "randomisation.yaml").write_text("a: &x 1\n")
    with pytest.raises(Refusal, match="anchors"):
        read_randomisation(DEFINITION, file)
    (tmp_path / "randomisation.yaml").write_text("method: big-stick\nmti: 4\n")
    assert read_randomisation(DEFINITION, file) == {"method": "big-stick", "mti": 4}
