"""What a decision of the pharmacy is taken in, and the one way in which it is recorded."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from equipoise.allocation.pack_map import PackMap
from equipoise.vocabulary import Json, Refusal
from equipoise_vault.ceremony import VAULT, manual_name, the_list
from equipoise_vault.envelope import open_slot
from equipoise_vault.pharmacy.manual import Manual, read_manual
from equipoise_vault.pharmacy.state import Pharmacy
from equipoise_vault.pharmacy.stock import Consignment, Kit
from equipoise_vault.pharmacy.words import KitStage
from equipoise_vault.request import Request
from equipoise_vault.room import Room

Answer: TypeAlias = Mapping[str, Json]
Place: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True, repr=False)
class Bench:
    """The arguments that every decision shares.  `arm_of` opens an envelope."""

    state: Pharmacy
    manual: Manual
    packs: PackMap | None
    slots: int
    moment: datetime
    who: str
    arm_of: Callable[[Place], str]

    @property
    def today(self) -> date:
        return self.manual.local_date(self.moment)

    def product_for(self, place: Place) -> str:
        """The product that is prepared for a slot."""
        return self.manual.product_of[self.arm_of(place)]

    def consignment(self, number: int) -> Consignment:
        """Raises `Refusal` if there is none."""
        found = self.state.consignments.get(number)
        if found is None:
            raise Refusal("PHARMACY-CONSIGNMENT", "There is no such consignment.", "Check its number.")
        return found

    def kit(self, pack: str, *stages: KitStage) -> Kit:
        """The kit of a pack number, if it stands at one of `stages`.  Raises `Refusal`."""
        found = self.state.kits.get(pack)
        if found is None:
            raise Refusal("PHARMACY-PACK", "No unit was taken for this pack number.", "Compare it with today's doses.")
        if found.stage not in stages:
            stage = found.stage.value.replace("_", " ")
            raise Refusal("PHARMACY-STEP", f"This kit is {stage}.", "Do the steps in their order, each once.")
        return found

    def happened(self, moment: datetime, after: datetime | None = None) -> datetime:
        """A moment at which something was done: not in the future, and not before the step that it follows."""
        if moment > self.moment:
            raise Refusal("PHARMACY-TIME", "This time lies in the future.", "Enter when it happened.")
        if after is not None and moment < after:
            raise Refusal("PHARMACY-TIME", "This time lies before the step that it follows.", "Check both times.")
        return moment


Decide: TypeAlias = Callable[[Bench, Request], Sequence[object]]


def recorded(decide: Decide) -> Callable[[Room, Request], Answer]:
    """Make a verb of the counter from a pure decision: its records are sealed and written in one transaction."""

    def verb(room: Room, request: Request) -> Answer:
        def seal(state: Pharmacy) -> list[object]:
            events = decide(bench(room, request), request)
            return [room.seal_record(event, state.records + at) for at, event in enumerate(events, start=1)]

        written = room.pharmacy.execute(seal, who=request.who, role=request.role, request=request.number)
        return {"recorded": len(written)}

    return verb


def bench(room: Room, request: Request) -> Bench:
    """The bench as it is now.  Raises `Refusal` before a list is sealed for a definition that the vault has."""
    state = room.book.state()
    if state.commitment is None:
        raise Refusal("PHARMACY-SEALED", "No list is sealed yet.", "Finish the ceremony first.")
    name = manual_name(state.ceremony)
    if not room.has_secret(name):
        raise Refusal(
            "PHARMACY-STUDY",
            "The vault was not given the study definition.",
            "Hand it over with the design when it is frozen.",
        )
    ceremony, slots = state.ceremony, state.commitment.slots
    if ceremony not in room.packs:
        room.packs[ceremony] = the_list(room, state).packs
    return Bench(
        state=room.pharmacy.state(),
        manual=read_manual(json.loads(room.secret(name))),
        packs=room.packs[ceremony],
        slots=slots,
        moment=room.clock(),
        who=request.who,
        arm_of=lambda place: open_slot(room.secret("envelope"), place, room.envelope(ceremony, VAULT, place))[0],
    )
