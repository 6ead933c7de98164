"""What must be there before a trial, or its rehearsal, can run: times that are decided, and the sealed details."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from equipoise.protocol.decision import UNDECIDED
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import Refusal
from equipoise.vocabulary.yaml_source import read_yaml


def require_times(definition: StudyDefinition) -> None:
    """Raise `Refusal` (rule `RUN-OPEN`) if an endpoint does not say when it is assessed: nothing could be planned."""
    still_open = [
        endpoint.id
        for endpoint in definition.endpoints
        if UNDECIDED in (endpoint.encounter, endpoint.baseline, endpoint.item)
    ]
    if still_open:
        raise Refusal(
            "RUN-OPEN",
            f"It is undecided what or when these endpoints measure: {', '.join(still_open)}.",
            "Write their `item`, `baseline` and `encounter`; `equipoise check` shows the places.",
        )


def read_randomisation(definition: StudyDefinition, file: Path) -> Mapping[str, Any]:
    """Read the sealed details beside the definition's file.  Raises `Refusal` if there are none, or they are no map."""
    details = file.with_name(definition.randomisation.details)
    if not details.is_file():
        raise Refusal(
            "RUN-DETAILS",
            f"The randomisation details ({details.name}) do not lie beside the definition.",
            "`equipoise new` writes a proposal; copy one and adapt arms, doses and method.",
        )
    document = read_yaml(details).data
    if not isinstance(document, dict):
        raise Refusal(
            "RUN-DETAILS", f"{details.name} is no map of keys and values.", "Write `method: big-stick` and so on."
        )
    return document
