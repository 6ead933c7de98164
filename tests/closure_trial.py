"""A trial brought to its end: everybody through the whole schedule, reviewed, signed and locked."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from conduct_world import World, at, on
from equipoise.allocation import pack_for_dose
from equipoise.closure import (
    LOCK_MEANING,
    LockCertificate,
    LockDatabase,
    LockStatement,
    RegisterSigningKey,
    SignBlindReview,
    certify,
    prepare_lock,
)
from equipoise.conduct import (
    Actor,
    AdministerDose,
    Capture,
    Complete,
    DecideCriterion,
    Dispense,
    Enrol,
    Page,
    Randomise,
    RecordConsent,
    Screen,
    SignEligibility,
    Situation,
    StartEncounter,
    Typed,
)
from equipoise.ledger import Signature, sign
from equipoise.vocabulary import Role, digest
from scenario import ASSESSOR, DOCTOR, MANAGER, NURSE, STATISTICIAN


def key_of(actor: Actor) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(digest(actor.who)))


def public(actor: Actor) -> str:
    return key_of(actor).public_key().public_bytes_raw().hex()


def signed(record, actor: Actor, moment, key=None) -> Signature:
    key = key or key_of(actor)
    return sign(
        record,
        actor.who,
        actor.role,
        LOCK_MEANING,
        moment,
        key=key.public_key().public_bytes_raw().hex(),
        sign_bytes=key.sign,
    )


def screened_in(world: World, count: int) -> list[str]:
    """Screen, enrol and randomise people, all with day 1 on day 1."""
    numbers = []
    for index in range(count):
        numbers.append(world.do(NURSE, Screen("01", on(-7)), when=at(-7))[0].event.participant)
        number = numbers[-1]
        world.do(NURSE, RecordConsent(number, "1.0", "id", "dr.a", on(-7), digest(index)))
        world.do(NURSE, StartEncounter(number, "screening", on(-7)))
        world.do(
            NURSE, Capture(number, Page("screening", "demography"), (Typed("birth_year", "1990"), Typed("sex", "male")))
        )
        score(world, number, "screening", "present")
        for criterion in world.plan.criteria:
            world.do(DOCTOR, DecideCriterion(number, criterion, not world.plan.is_unwanted(criterion)))
        world.do(DOCTOR, SignEligibility(number))
        world.do(NURSE, Enrol(number))
    for number in numbers:
        world.do(NURSE, Randomise(number), when=at(1))
    return numbers


def score(world: World, number: str, encounter: str, first: str) -> None:
    items = world.plan.forms["scores"].asked
    answers = tuple(Typed(item, first if item == items[0] else "absent") for item in items)
    world.do(ASSESSOR, Capture(number, Page(encounter, "scores"), answers))


def followed(world: World, numbers: list[str]) -> None:
    """Both doses and the last visit of everybody, without a departure."""
    for day, encounter, dose in ((1, "day_1", 1), (8, "day_8", 2), (31, "day_31", None)):
        world.clock.set(at(day))
        for number in numbers:
            world.do(NURSE, StartEncounter(number, encounter, on(day)))
            vitals = (Typed("systolic", "120"), Typed("diastolic", "80"))
            world.do(NURSE, Capture(number, Page(encounter, "vitals"), vitals))
            if dose is not None:
                pack = pack_for_dose(world.state.allocation, number, dose)
                world.do(NURSE, Dispense(number, encounter, pack))
                world.do(NURSE, AdministerDose(number, encounter, pack, at(day), "1.5", "left deltoid"))
            else:
                score(world, number, encounter, "absent")
                world.do(DOCTOR, Complete(number, on(31)))


SIGNERS = (Actor("investigator.1", Role.INVESTIGATOR), Actor("statistician.1", Role.STATISTICIAN))


def reviewed(world: World) -> World:
    for signer in SIGNERS:
        world.do(signer.role, RegisterSigningKey(public(signer)))
    world.do(STATISTICIAN, SignBlindReview())
    return world


def statement_of(world: World) -> LockStatement:
    now = Situation(world.plan, world.state, Actor("data_manager.1", MANAGER), world.clock())
    return prepare_lock(now, world.trial)


def certificate_of(world: World, signers=SIGNERS) -> LockCertificate:
    statement = statement_of(world)
    return certify(statement, *(signed(statement.as_json(), signer, world.clock()) for signer in signers))


def lock(world: World) -> LockCertificate:
    certificate = certificate_of(world)
    world.do(MANAGER, LockDatabase(certificate))
    return certificate
