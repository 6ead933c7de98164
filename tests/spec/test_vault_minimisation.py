"""Minimisation, live behind the hatch: a slot and its levels go in, a commitment comes out, the arm stays inside."""

import json
import random
from fractions import Fraction

import pytest

from allocation_trial import LEVELS, MINIMISED, trial
from equipoise.allocation import judge_design, next_slot, pack_for_dose, read_design, record_draw, slots_to_draw
from equipoise.allocation.minimisation import Minimisation, arm_weights
from equipoise.allocation.procedures import allocate
from equipoise.analysis.exact.laws import Minimisation as Law
from equipoise.vocabulary import Refusal, Role
from equipoise_vault.ceremony import the_list
from equipoise_vault.envelope import ENVELOPE_BYTES
from equipoise_vault.proof import is_proven
from equipoise_vault.request import Door

P = Role.PHARMACIST


@pytest.fixture
def held(tmp_path):
    return trial(tmp_path, MINIMISED).seal().anchor()


def refusal(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.rule


def test_a_slot_is_drawn_once_for_its_levels(held):
    """Idempotent (K8): asked three times, one answer, one event, two envelopes of the constant length."""
    answers = [held.draw(0, LEVELS[0]) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert [entry.type for entry in held.room.ledger.entries()].count("vault_slot_drawn") == 1
    assert len(held.room.envelope(1, "vault", (0, 0))) == ENVELOPE_BYTES
    assert refusal(lambda: held.draw(0, LEVELS[1])) == "DRAW-LEVELS"
    assert refusal(lambda: held.draw(2, LEVELS[1])) == "DRAW-ORDER"
    assert refusal(lambda: held.draw(-1, LEVELS[1])) == "DRAW-ORDER"
    assert refusal(lambda: held.draw(1, ("female",))) == "DRAW"
    assert refusal(lambda: held.ask("draw", Role.SYSTEM, Door.HATCH, slot=1, levels=["a", "b", 3])) == "VAULT-REQUEST"
    assert refusal(lambda: held.ask("draw", Role.INVESTIGATOR, Door.HATCH, slot=1, levels=[])) == "VAULT-ROLE"


def test_the_masked_side_gets_a_slot_and_a_commitment_and_no_arm(held):
    for number in range(12):
        held.randomise(f"01-{number:03d}")
    answers = [held.draw(slot, held.book.state().draws[slot].levels) for slot in range(12)]
    text = json.dumps(answers) + "".join(entry.content.decode() for entry in held.book.ledger.entries())
    text += "".join(entry.content.decode() for entry in held.room.ledger.entries())
    assert "active" not in text and "placebo" not in text
    assert len({len(json.dumps({**answer, "slot": 0, "levels": []})) for answer in answers}) == 1


def test_nothing_is_dispensed_before_the_draw_is_on_record(held):
    held.record(lambda state: next_slot(state, "01-001", 5), Role.INVESTIGATOR)
    assert held.book.state().slot_of["01-001"] == (0, 0)  # whatever the combination of levels: one list
    assert slots_to_draw(held.book.state()) == (0,)
    assert refusal(lambda: pack_for_dose(held.book.state(), "01-001", 1)) == "RANDOMISE-DRAW"
    assert refusal(lambda: held.ask("open_for_pharmacist", P, stratum=0, slot=0)) == "ENVELOPE-PLACE"
    answer = held.draw(0, LEVELS[0])
    held.record(lambda state: record_draw(state, answer), Role.SYSTEM)
    assert pack_for_dose(held.book.state(), "01-001", 1) == held.sealed.pack_numbers[0]
    assert held.record(lambda state: record_draw(state, answer), Role.SYSTEM) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"leaf": "0" * 64}, {"link": "0" * 64}, {"levels": ["male", "<40", "yes"]}, {"signature": "00" * 64},
        {"slot": 1}, {"leaf": 7},
    ],
)  # fmt: skip
def test_a_draw_that_is_not_the_vaults_is_not_recorded(held, change):
    held.record(lambda state: next_slot(state, "01-001"), Role.INVESTIGATOR)
    answer = held.draw(0, LEVELS[0])
    assert refusal(lambda: record_draw(held.book.state(), {**answer, **change})) == "DRAW"
    assert record_draw(held.book.state(), answer)


def test_a_draw_ahead_of_its_participant_is_not_recorded(held):
    answer = held.draw(0, LEVELS[0])
    assert refusal(lambda: record_draw(held.book.state(), answer)) == "DRAW"


def test_k17_a_broken_code_of_a_live_list_is_proven_by_the_ledgers_chain(held):
    for number in range(6):
        held.randomise(f"01-{number:03d}")
    other = {"active": "placebo", "placebo": "active"}
    for slot, drawn in enumerate(held.book.state().draws):
        shown = held.break_code(slot)
        assert shown["arm"] == held.ask("open_for_pharmacist", P, stratum=0, slot=slot)["arm"]
        assert is_proven(shown, (0, slot), drawn.link)
        assert not is_proven({**shown, "arm": other[shown["arm"]]}, (0, slot), drawn.link)


def test_the_sealed_root_fixes_every_draw_and_later_levels_change_no_earlier_arm(held):
    for number in range(20):
        held.randomise(f"01-{number:03d}")
    made = the_list(held.room, held.room.book.state())
    assert made.root() == held.sealed.commitment.root
    state = held.room.book.state()
    state.draws[15:] = []
    assert [slot.arm for slot in the_list(held.room, state).slots] == [slot.arm for slot in made.slots[:15]]


# --- the procedure itself


def test_the_chances_are_those_of_the_independent_law():
    """Against `analysis.exact.laws`, a second implementation written from the paper, over random courses."""
    choose = random.Random(7)
    procedure = Minimisation(("a", "b", "c"), (1, 1, 1), (3, 4))
    levels = tuple(tuple(choose.choice("xyz") for _ in range(3)) for _ in range(60))
    law = Law(levels, Fraction(3, 4), (1, 1, 1))
    state, drawn = law.start, []
    for position, own in enumerate(levels):
        edges = {arm: (chance, end) for arm, chance, end in law.edges(position, state)}
        weights = arm_weights(procedure, 2, drawn, own)
        parts = edges[0][0], edges[1][0]
        assert [Fraction(weight, sum(weights)) for weight in weights] == [Fraction(part, sum(parts)) for part in parts]
        arm = choose.randrange(2)
        drawn.append((arm, own))
        state = edges[arm][1]


def test_three_arms_share_the_favour_by_hand():
    """Margins of the newcomer's level: (2, 1, 1). To arm 0 the range would be 2, to arms 1 and 2 it would be 1."""
    procedure = Minimisation(("a",), (1,), (2, 3))
    drawn = [(0, ("x",)), (0, ("x",)), (1, ("x",)), (2, ("x",)), (1, ("y",))]
    assert arm_weights(procedure, 3, drawn, ("x",)) == (2, 2, 2)
    assert arm_weights(procedure, 3, [*drawn, (0, ("x",))], ("x",)) == (2, 2, 2)
    sure = Minimisation(("a",), (1,), (4, 5))
    weights = arm_weights(sure, 3, drawn, ("x",))
    assert [Fraction(each, sum(weights)) for each in weights] == [Fraction(1, 5), Fraction(2, 5), Fraction(2, 5)]
    assert arm_weights(sure, 3, [], ("x",)) == (1, 1, 1)


def test_weights_decide_between_factors():
    """The first factor pulls to arm 1, the second to arm 0: the heavier one wins."""
    drawn = [(0, ("x", "q")), (1, ("y", "p"))]
    assert arm_weights(Minimisation(("a", "b"), (2, 1), (4, 5)), 2, drawn, ("x", "p")) == (1, 4)
    assert arm_weights(Minimisation(("a", "b"), (1, 2), (4, 5)), 2, drawn, ("x", "p")) == (4, 1)
    assert arm_weights(Minimisation(("a", "b"), (1, 1), (4, 5)), 2, drawn, ("x", "p")) == (1, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"favour": [1, 1]}, {"favour": [1, 2]}, {"favour": [0, 5]}, {"weights": [1]}, {"weights": [0, 1, 1]},
        {"factors": []}, {"factors": ["sex", "sex", "age"]}, {"ratio": [2, 1]}, {"favour": [4]},
        {"mti": 3}, {"stratum_names": ["a", "b"], "strata": 2},
    ],
)  # fmt: skip
def test_a_design_that_cannot_serve_is_refused(change):
    assert refusal(lambda: read_design({**MINIMISED, **change})) == "ALLOCATION-DESIGN"


def test_a_design_says_what_it_gives_away_and_makes_no_list():
    design = read_design(MINIMISED)
    assert read_design(design.canonical()) == design and design.is_live
    (finding,) = judge_design(design, 30)
    assert "up to 80.0 %" in finding.message and finding.severity.value == "warning"
    assert judge_design(read_design({**MINIMISED, "favour": [3, 5]}), 30)[0].severity.value == "info"
    assert refusal(lambda: allocate(design.procedure, (1, 1), 3, lambda bound: 0)) == "LIVE-PROCEDURE"


def test_minimised_arms_are_balanced_over_every_level(held):
    """40 participants over three factors: no margin is off by more than chance allows under favour 4/5."""
    for number in range(40):
        held.randomise(f"01-{number:03d}")
    arms = [slot.arm for slot in the_list(held.room, held.room.book.state()).slots]
    for factor in range(3):
        for level in {levels[factor] for levels in LEVELS}:
            mine = [
                arm for arm, drawn in zip(arms, held.book.state().draws, strict=True) if drawn.levels[factor] == level
            ]
            assert abs(2 * mine.count("active") - len(mine)) <= 6
    assert refusal(lambda: held.randomise("01-999")) == "RANDOMISE-FULL"
    assert refusal(lambda: held.draw(40, LEVELS[0])) == "DRAW-ORDER"
