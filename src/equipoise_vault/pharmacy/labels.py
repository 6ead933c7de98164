"""Labels: pack number, visit and time to use, in one layout for every arm; nothing on them could tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from equipoise.vocabulary import Json
from equipoise_vault.pharmacy.bench import Answer, Bench, bench
from equipoise_vault.pharmacy.preparing import use_before
from equipoise_vault.pharmacy.words import KitStage
from equipoise_vault.request import Request
from equipoise_vault.room import Room
from equipoise_vault.template import template

_LABELLED = (KitStage.THAWED, KitStage.PREPARED, KitStage.CHECKED)


@dataclass(frozen=True, slots=True)
class Label:
    """What a syringe carries.  `use_before` is local time with its zone, empty if the definition sets no limit."""

    study: str
    pack: str
    visit_en: str
    visit_id: str
    use_before: str

    def as_json(self) -> dict[str, Json]:
        return {
            "study": self.study,
            "pack": self.pack,
            "visit": {"en": self.visit_en, "id": self.visit_id},
            "use_before": self.use_before,
        }


def labels(room: Room, request: Request) -> Answer:
    """Labels of thawed `packs` as data and as a page to print; asked again, they are the same."""
    at_hand = bench(room, request)
    made = [make_label(at_hand, pack) for pack in request.texts("packs")]
    return {"labels": [label.as_json() for label in made], "page": label_page(made)}


def make_label(bench: Bench, pack: str) -> Label:
    """The label of one pack.  Raises `Refusal` before its thaw has ended, since the time to use counts from there."""
    kit = bench.kit(pack, *_LABELLED)
    visits = bench.manual.visits
    visit = visits[kit.dose - 1].name if kit.dose <= len(visits) else {"en": "", "id": ""}
    limit = use_before(bench, kit)
    local = limit.astimezone(ZoneInfo(bench.manual.time_zone)).isoformat(" ", "minutes") if limit else ""
    return Label(bench.manual.study, pack, visit["en"], visit["id"], local)


def label_page(made: Sequence[Label]) -> str:
    """A page of labels of 70 x 37 mm, three by eight on A4; every text is escaped."""
    return template("pharmacy/labels.html").render(labels=made)
