"""Whether what people read exists in the study's languages, and who has read it."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from equipoise.instruments.item import Label
from equipoise.protocol.model_faults import Fault
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import Severity
from equipoise.vocabulary.yaml_source import Path_

_BEHIND_THE_SCENES = {"objectives", "endpoints", "analysis"}
"""Parts that neither participants nor staff at the bedside read."""


def judge_wording(definition: StudyDefinition) -> Iterator[Fault]:
    """Count the labels without a text in a language of the study, and the drafts; one finding each."""
    labels = [(path, each) for path, each in _labels((), definition) if path[0] not in _BEHIND_THE_SCENES]
    for language in definition.languages:
        missing = [path for path, each in labels if not each.und and not getattr(each, language, "")]
        if missing:
            yield Fault(
                "WRD-LANGUAGE",
                missing[0],
                f"{len(missing)} of {len(labels)} labels have no text in `{language}`; this is the first.",
                f"Write `{language}: ...` beside the other languages, or take `{language}` out of `languages`.",
                Severity.WARNING,
            )
    drafts = [path for path, each in labels if each.needs_native_reader()]
    if drafts and "id" in definition.languages:
        yield Fault(
            "WRD-DRAFT",
            drafts[0],
            f"{len(drafts)} Indonesian labels are drafts that no native clinical reader has accepted: this, for one.",
            "Have them read, then write `id_status: reviewed`.",
            Severity.INFO,
        )


def _labels(path: Path_, part: Any) -> Iterator[tuple[Path_, Label]]:
    if isinstance(part, Label):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _labels((*path, name), getattr(part, name))
    elif isinstance(part, tuple):
        for n, each in enumerate(part):
            yield from _labels((*path, n), each)
