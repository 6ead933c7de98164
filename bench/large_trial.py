"""A large synthetic trial, written straight into a ledger: 10,000 participants with 20 encounters each, in minutes.

Its entries are those that the conduct of a trial writes, in their order, but nobody decided them one by one: to play
such a trial through its commands would take an hour.  The study is NCT05921058 with follow-up visits added up to 20.
"""

import hashlib
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from ruamel.yaml import YAML

from equipoise.allocation import AllocationCommitment, AnchorMedium, AnchorRecorded, ListSealed, PackMapReceived
from equipoise.allocation.entries import SlotAssigned
from equipoise.allocation.pack_map import with_check_digit
from equipoise.conduct import Answer, Plan, make_plan
from equipoise.conduct.events import (
    AnswerCaptured,
    ConsentGiven,
    CriterionDecided,
    EligibilitySigned,
    EncounterStarted,
    ParticipantEnrolled,
    ParticipantScreened,
    PersonAppointed,
    TrialOpened,
)
from equipoise.conduct.point import Point
from equipoise.instruments.item import ItemType
from equipoise.ledger import Ledger
from equipoise.protocol import load_definition, study_file
from equipoise.vocabulary import Role, SteppingClock

ENCOUNTERS, SITES, ANSWERS = 20, 20, 4
"""Answers are given to the vital signs of each encounter."""
STAFF = {
    "synthetic.investigator": Role.INVESTIGATOR,
    "synthetic.nurse": Role.CARE_PROVIDER,
    "synthetic.monitor": Role.MONITOR,
}


def write_study(folder: Path, encounters: int = ENCOUNTERS) -> Plan:
    """Write `study.yaml` with so many encounters; gives the plan."""
    yaml = YAML()
    document = yaml.load(study_file("NCT05921058").read_text("utf-8"))
    name = document["sites"][0]["name"]
    document["sites"] += [{"id": f"{number:02}", "name": f"{name} {number}"} for number in range(2, SITES + 1)]
    last = document["encounters"][-1]["day"]
    for number in range(len(document["encounters"]), encounters):
        last += 7
        visit = {"id": f"visit_{number}", "name": {"en": f"Visit {number}", "id": f"Kunjungan {number}"}}
        document["encounters"].append({**visit, "epoch": "follow_up", "day": last, "forms": ["vital_signs"]})
    text = io.StringIO()
    yaml.dump(document, text)
    (folder / "study.yaml").write_text(text.getvalue(), encoding="utf-8")
    return make_plan(load_definition(folder / "study.yaml"))


def write_trial(ledger: Ledger, clock: SteppingClock, plan: Plan, participants: int, opened_on: date) -> None:
    """Write the whole trial; `clock` is the ledger's own."""
    _write(ledger, Role.SPONSOR, list(_opening(plan, participants, opened_on)))
    sites = [site.id for site in plan.definition.sites]
    for first in range(1, participants + 1, 100):
        with ledger.transaction():
            for number in range(first, min(first + 100, participants + 1)):
                clock.set(clock() + timedelta(minutes=5))
                _write(ledger, Role.CARE_PROVIDER, list(_course(plan, sites, number, opened_on)))


def _write(ledger: Ledger, role: Role, events: list[object]) -> None:
    who = next((name for name, held in STAFF.items() if held is role), "synthetic.sponsor")
    ledger.append(events, who=who, role=role)


def _opening(plan: Plan, participants: int, on: date) -> Iterator[object]:
    for number, (who, role) in enumerate(STAFF.items(), start=1):
        yield PersonAppointed(number, who, role, (), on, None, "SYNTHETIC training record", on)
    study = plan.definition
    yield TrialOpened(study.id, study.version, plan.digest, True, study.time_zone)
    doses = len(plan.dose_numbers)
    commitment = AllocationCommitment(
        root="1" * 64,
        design_digest="2" * 64,
        statistician_commitment="3" * 64,
        pharmacist_commitment="4" * 64,
        strata=(),
        slots=participants,
        doses=doses,
        spares=0,
        code_version="bench",
        key="5" * 64,
        rehearsal=True,
    )
    yield ListSealed(1, commitment, "6" * 128)
    numbers = tuple(with_check_digit(f"{number:07d}") for number in range(1, participants * doses + 1))
    yield PackMapReceived(commitment.root, numbers)
    yield AnchorRecorded(commitment.root, AnchorMedium.REHEARSAL, "synthetic")


def _course(plan: Plan, sites: list[str], number: int, on: date) -> Iterator[object]:
    site = sites[number % len(sites)]
    who = f"{site}-{1 + number // len(sites):04}"
    yield ParticipantScreened(who, site, on)
    consent = plan.definition.consent[-1]
    scan = hashlib.sha256(f"SYNTHETIC {who}".encode()).hexdigest()
    yield ConsentGiven(who, consent.version, consent.languages[-1], "synthetic.nurse", on, scan, "SYNTHETIC")
    for criterion in plan.criteria:
        yield CriterionDecided(who, criterion, not plan.is_unwanted(criterion))
    yield EligibilitySigned(who, "eligible", "0" * 64)
    yield ParticipantEnrolled(who, on, ())
    yield SlotAssigned(who, 0, number - 1)
    items = plan.forms["vital_signs"].items
    asked = [item for item in plan.forms["vital_signs"].asked if items[item].type is ItemType.INTEGER][:ANSWERS]
    for place, encounter in enumerate(plan.definition.encounters):
        yield EncounterStarted(who, encounter.id, on + timedelta(days=place), None)
        for offset, item in enumerate(asked if "vital_signs" in encounter.forms else ()):
            value = str(70 + (number * 7 + place * 3 + offset * 11) % 30)
            yield AnswerCaptured(who, Point(encounter.id, "vital_signs", item), Answer(value, None, items[item].unit))
