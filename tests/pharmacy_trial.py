"""A pharmacy to work in: the shipped study with a thaw limit, its list sealed, two people, and a shelf."""

import base64
import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from allocation_trial import Trial
from equipoise.allocation import read_design
from equipoise.allocation.dose_request import DayOfDoses, DoseRequest
from equipoise.protocol import find_study, load_definition
from equipoise.protocol.study_definition import StudyDefinition
from equipoise.vocabulary import Refusal, Role, digest, utc_text
from equipoise_vault.request import Door

P = Role.PHARMACIST
ANNA, BUDI = "anna", "budi"
THAW_LIMIT = 45
FREEZER, CUPBOARD = "tank 1", "cupboard 2"
RELEASE_TESTS = {
    "secretome": [
        ("sterility", "no growth in 14 days", "no growth"),
        ("endotoxin", "< 0.5 EU/mL", "0.12 EU/mL"),
        ("mycoplasma", "not detected", "not detected"),
        ("total protein", ">= 0.8 mg/mL", "1.2 mg/mL"),
    ],
    "saline": [("sterility", "no growth in 14 days", "no growth")],
}


@cache
def study_text(time_zone: str = "Asia/Jakarta") -> str:
    document = load_definition(find_study("NCT05921058")).canonical()
    document["interventions"][0]["product"]["thaw_to_use_minutes"] = THAW_LIMIT
    document["time_zone"] = time_zone
    return json.dumps(StudyDefinition.model_validate(document).canonical())


def pharmacy(folder: Path, *, swapped: bool = False, slots: int = 8) -> "Pharmacy":
    """A vault with a sealed list; `swapped` names the arms the other way round, which is another world."""
    study = json.loads(study_text())
    arms = ["placebo", "secretome"] if swapped else ["secretome", "placebo"]
    design = read_design(
        {
            "arms": arms,
            "method": "big-stick",
            "mti": 2,
            "slots": slots,
            "packs": {"doses": 10, "spares": 2},
            "study": digest(study),
        }
    )
    return Pharmacy(Trial(folder, design, study=study).seal())


class Pharmacy:
    """The pharmacist's desk with a clock that is turned by hand."""

    def __init__(self, held: Trial) -> None:
        self.held = held
        self.clock = held.vault_clock

    def ask(self, verb: str, who: str = ANNA, **body):
        return self.held.ask(verb, P, who=who, **body)

    def now(self, minutes: float = 0) -> str:
        return utc_text(self.clock() + timedelta(minutes=minutes))

    def wait(self, minutes: float) -> None:
        self.clock.set(self.clock() + timedelta(minutes=minutes))

    def refusal(self, verb: str, who: str = ANNA, **body) -> str:
        try:
            self.ask(verb, who, **body)
        except Refusal as refusal:
            assert refusal.sentence and "secretome" not in str(refusal) and "saline" not in str(refusal)
            return refusal.rule
        return ""

    def stock(self):
        return self.ask("show_stock")

    def consignment(
        self, product: str = "secretome", quantity: int = 20, lot: str = "L1", released: bool = True
    ) -> int:
        """Receive, test and release units of a product; gives the consignment's number."""
        self.ask(
            "receive_consignment", product=product, maker="Maker", lot=lot, expires_on="2027-01-01", quantity=quantity,
            place=FREEZER if product == "secretome" else CUPBOARD, received_at=self.now(),
        )  # fmt: skip
        number = len(self.stock()["consignments"])
        for test, limit, result in RELEASE_TESTS[product]:
            tested = {"test": test, "limit": limit, "result": result, "tested_on": "2026-02-20", "is_met": True}
            self.ask("record_test", consignment=number, **tested)
        if released:
            self.ask("release_consignment", ANNA, consignment=number)
            self.ask("release_consignment", BUDI, consignment=number)
        return number

    def stocked(self, quantity: int = 20) -> "Pharmacy":
        self.consignment("secretome", quantity)
        self.consignment("saline", quantity)
        return self

    def request(self, *doses: tuple[int, int], day: str = "") -> None:
        """The masked side asks for (slot, dose) today."""
        today = date.fromisoformat(day) if day else self.clock().astimezone(ZoneInfo("Asia/Jakarta")).date()
        due = DayOfDoses(today, tuple(DoseRequest(0, *each) for each in doses))
        self.held.ask("request_doses", Role.SYSTEM, Door.HATCH, **due.as_json())

    def dose(self, slot: int, dose: int = 1) -> dict:
        doses = self.ask("todays_doses")["doses"]
        return next(each for each in doses if (each["slot"], each["dose"]) == (slot, dose))

    def start(self, slot: int, dose: int = 1, pack: str = "", **more) -> str:
        """Take the first fit unit for a dose and start its thaw; gives the pack number."""
        due = self.dose(slot, dose)
        pack = pack or due["pack"]
        shelf = due["consignments"][0]["consignment"]
        self.ask(
            "start_thaw", stratum=0, slot=slot, dose=dose, pack=pack, consignment=shelf, started_at=self.now(), **more
        )
        return pack

    def prepared(self, slot: int, dose: int = 1, pack: str = "", **more) -> str:
        """A dose up to the second person's check."""
        pack = self.start(slot, dose, pack, **more)
        self.wait(10)
        self.ask("end_thaw", pack=pack, ended_at=self.now())
        self.ask("prepare_dose", pack=pack, volume_ml="1.5", prepared_at=self.now())
        self.ask("check_preparation", BUDI, pack=pack)
        return pack

    def dispensed(self, slot: int, dose: int = 1, pack: str = "", **more) -> str:
        pack = self.prepared(slot, dose, pack, **more)
        self.ask("hand_over", pack=pack, to="nurse.1", handed_over_at=self.now())
        return pack

    def count(self, consignment: int, units: int, *kits: str) -> None:
        self.ask("count_stock", consignment=consignment, units=units, kits=list(kits))

    def read(self, text: str, place: str = FREEZER, **more):
        return self.ask("read_log", place=place, content=base64.b64encode(text.encode()).decode(), **more)
