"""The stand-alone verifier: it accepts the honest opening, and nothing else."""

import copy
import hashlib
import importlib.util
import json
import random
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest

from allocation_trial import DOSED, MINIMISED, VECTOR, trial
from equipoise.closure import read_opening
from equipoise.conduct import TrialState
from equipoise.ledger import Entry
from equipoise.vocabulary import Refusal

SCRIPT = Path(str(files("equipoise.closure"))) / "verify_trial.py"
_spec = importlib.util.spec_from_file_location("verify_trial", SCRIPT)
verify_trial = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(verify_trial)

STRATIFIED = {"arms": ["a", "b"], "slots": 25, "strata": 2, "stratum_names": ["female", "male"]}
DESIGNS = {
    "big stick": DOSED,
    "complete": {**STRATIFIED, "method": "complete", "ratio": [2, 1]},
    "fixed blocks": {**STRATIFIED, "method": "permuted-blocks", "block_sizes": [4], "packs": {"doses": 3, "spares": 0}},
    "random blocks": {**STRATIFIED, "method": "permuted-blocks", "block_sizes": [3, 6, 9], "ratio": [2, 1]},
    "three arms": {**STRATIFIED, "arms": ["a", "b", "c"], "method": "block-urn", "lambda": 2, "ratio": [2, 1, 1]},
    "block urn": {**STRATIFIED, "method": "block-urn", "lambda": 3},
    "minimisation": MINIMISED,
    "minimisation, three arms": {**MINIMISED, "arms": ["a", "b", "c"], "weights": [3, 1, 2], "favour": [2, 3]},
}


def finished(folder, design, participants=20):
    held = trial(folder, design).seal().anchor()
    for number in range(participants):
        held.randomise(f"01-{number:03d}", number % held.design.stratum_count)
    return held.release()


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    return finished(tmp_path_factory.mktemp("honest"), DOSED, participants=25)


def passes(opening, lines, arms, root=""):
    outcomes = list(verify_trial.Verification(opening, lines, arms, root).run())
    return len(outcomes) == 6 and all(passed for _, passed, _ in outcomes)


def bundle(held, folder):
    folder.mkdir()
    (folder / "opening.json").write_text(json.dumps(held.opening))
    (folder / "ledger.jsonl").write_text("\n".join(held.lines()) + "\n")
    (folder / "arms.json").write_text(json.dumps(held.arms))
    return [str(folder / name) for name in ("opening.json", "ledger.jsonl", "arms.json")]


@pytest.mark.parametrize("name", DESIGNS)
def test_the_honest_opening_passes_for_every_procedure(tmp_path, name):
    held = finished(tmp_path, DESIGNS[name])
    assert passes(held.opening, held.lines(), held.arms, held.sealed.commitment.root)


def test_it_runs_alone_says_what_it_did_and_what_it_did_not(honest, tmp_path):
    command = [sys.executable, "-I", "-S", str(SCRIPT), *bundle(honest, tmp_path / "bundle")]
    run = subprocess.run([*command, honest.sealed.commitment.root], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines()[-1] == "PASS" and run.stdout.count("PASS  ") == 6
    assert "root outside equal" in run.stdout and "no Ed25519" in run.stdout
    without_root = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "NOT COMPARED" in without_root.stdout


def test_k16_a_list_made_later_has_another_root_than_the_printed_one(honest, tmp_path):
    later = trial(tmp_path)
    later.shares = {party: bytes(32) if index else b"\1" * 32 for index, party in enumerate(later.shares)}
    later.seal().anchor()
    later.randomise("01-000")
    later.release()
    assert passes(later.opening, later.lines(), later.arms)
    assert not passes(later.opening, later.lines(), later.arms, honest.sealed.commitment.root)


def test_it_is_short_and_imports_the_standard_library_only():
    text = SCRIPT.read_text()
    assert len(text.splitlines()) <= 200
    imports = [line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert set(imports) <= set(sys.stdlib_module_names)


def test_a_thousand_slots_in_less_than_a_second(tmp_path):
    held = finished(tmp_path, {**VECTOR, "slots": 1000}, participants=30)
    began = time.process_time()
    assert passes(held.opening, held.lines(), held.arms)
    assert time.process_time() - began < 1


def _mutated(text, choose):
    """The opening with one change somewhere: a digit, an order, a removal, an addition or another type."""
    opening = json.loads(text)
    node, key = opening, choose.choice(list(opening))
    while isinstance(node[key], (dict, list)) and node[key] and choose.random() < 0.9:
        node = node[key]
        key = choose.choice(list(node)) if isinstance(node, dict) else choose.randrange(len(node))
    if choose.random() < 0.1:
        if isinstance(node, dict):
            node[f"{key}2"] = node.pop(key) if choose.random() < 0.5 else None
        else:
            node.insert(key, node[key])
    else:
        node[key] = _other(node[key], choose)
    return opening


def _other(old, choose):
    if isinstance(old, bool):
        return not old
    if isinstance(old, int):
        return choose.choice([old + 1, old - 1, -old - 1, str(old), float(old), None])
    if isinstance(old, str) and old:
        at = choose.randrange(len(old))
        return choose.choice([old[:at] + chr(ord(old[at]) ^ 1) + old[at + 1 :], old[:-1], old + "0", old.upper() + " "])
    if isinstance(old, list) and len(old) > 1:
        return choose.choice([old[::-1] if old[::-1] != old else old[:-1], old[1:], [*old, old[0]]])
    return [old, "x"]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return finished(tmp_path_factory.mktemp("small"), {**DOSED, "slots": 6, "packs": {"doses": 1, "spares": 1}}, 4)


def test_ten_thousand_mutated_openings_are_all_rejected(small):
    choose = random.Random(20260302)
    text, lines = json.dumps(small.opening), small.lines()
    assert passes(small.opening, lines, small.arms)
    read = verify_trial.Verification(None, lines, small.arms)
    read.check_ledger_chain()  # the ledger is the same for all of them: read once

    def is_accepted(mutant):
        verification = copy.copy(read)
        verification.opening, verification.lines, verification.entries = mutant, [], list(read.entries)
        return sum(passed for _, passed, _ in verification.run()) == 6

    assert is_accepted(small.opening)
    mutants = (_mutated(text, choose) for _ in range(10_000))
    accepted = [mutant for mutant in mutants if is_accepted(mutant)]
    assert [mutant for mutant in accepted if json.dumps(mutant) != text] == []
    assert accepted == []


def test_mutated_ledgers_and_arms_are_rejected(small):
    choose = random.Random(20260303)
    lines = small.lines()
    for _ in range(1_000):
        at = choose.randrange(len(lines))
        where = choose.randrange(len(lines[at]))
        changed = [*lines]
        changed[at] = lines[at][:where] + chr(ord(lines[at][where]) ^ 1) + lines[at][where + 1 :]
        same = json.loads(lines[at]) == _parsed(changed[at])
        assert same or not passes(small.opening, changed, small.arms)
    for at in range(len(lines)):
        assert at >= len(lines) - 1 or not passes(small.opening, lines[:at] + lines[at + 1 :], small.arms)
    swap = {"active": "placebo", "placebo": "active"}
    for participant, arm in small.arms.items():
        assert not passes(small.opening, lines, {**small.arms, participant: swap[arm]})
    assert not passes(small.opening, lines, {**small.arms, "99-999": None})


def rechained(held, edit):
    """What a forger who owns ledger and lock can make: entries after `edit`, chained anew, and the lock refitted."""
    contents = [json.loads(json.loads(line)["content"]) for line in held.lines()]
    opening, lines, prev = json.loads(json.dumps(held.opening)), [], "0" * 64
    for seq, content in enumerate(edit(contents), 1):
        content["seq"] = seq
        if content["type"] == "database_locked":
            lock = content["body"]["certificate"]
            lock["ledger_seq"], lock["ledger_hash"] = seq - 1, prev
            opening["lock"] = lock
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        chained = hashlib.sha256(bytes.fromhex(prev) + text.encode()).hexdigest()
        lines.append(json.dumps({"seq": seq, "prev": prev, "hash": chained, "content": text}))
        prev = chained
    return opening, lines


def moved(kind, before):
    """Puts the first entry `kind` before the first entry `before`."""

    def edit(contents):
        at = next(at for at, content in enumerate(contents) if content["type"] == kind)
        entry = contents.pop(at)
        to = next(at for at, content in enumerate(contents) if content["type"] == before)
        return [*contents[:to], entry, *contents[to:]]

    return edit


def changed(kind, **body):
    """Changes the body of the last entry `kind`."""

    def edit(contents):
        next(content for content in reversed(contents) if content["type"] == kind)["body"].update(body)
        return contents

    return edit


def late_slot(contents):
    extra = {"type": "slot_assigned", "body": {"participant": "99-999", "stratum": 0, "slot": 4}}
    return [*contents, extra]


FORGERIES = {
    "anchored after the first participant": (moved("slot_assigned", "anchor_recorded"), "order of ceremony"),
    "sealed before a seed was bound": (moved("list_sealed", "seed_committed"), "order of ceremony"),
    "bound before the design was frozen": (moved("seed_committed", "design_frozen"), "order of ceremony"),
    "anchored another root": (changed("anchor_recorded", root="0" * 64), "order of ceremony"),
    "another share was bound": (changed("seed_committed", commitment="0" * 64), "design and seeds"),
    "another design was frozen": (changed("design_frozen", design_digest="0" * 64), "design and seeds"),
    "packs were renumbered": (changed("pack_map_received", numbers=["00011"] * 12), "list and opening"),
    "a slot was skipped": (changed("slot_assigned", slot=4), "slots and lock"),
    "a slot was given twice": (changed("slot_assigned", slot=2), "slots and lock"),
    "a participant came twice": (changed("slot_assigned", participant="01-000"), "slots and lock"),
    "a participant came after the lock": (late_slot, "slots and lock"),
    "no lock": (lambda contents: contents[:-1], "list and opening"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_k2_a_forger_who_chains_the_ledger_anew_fails_at_the_named_step(small, name):
    edit, step = FORGERIES[name]
    opening, lines = rechained(small, edit)
    *_, (failing, passed, text) = verify_trial.Verification(opening, lines, small.arms).run()
    assert (failing, passed) == (step, False), text


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    return finished(tmp_path_factory.mktemp("live"), MINIMISED, participants=9)


def swapped_levels(contents):
    draws = [content for content in contents if content["type"] == "slot_drawn"]
    draws[2]["body"]["levels"], draws[3]["body"]["levels"] = draws[3]["body"]["levels"], draws[2]["body"]["levels"]
    return contents


def without_last_draw(contents):
    last = max(at for at, content in enumerate(contents) if content["type"] == "slot_drawn")
    return contents[:last] + contents[last + 1 :]


def changed_root(contents):
    for content in contents:
        if content["type"] == "list_sealed":
            content["body"]["commitment"]["root"] = "0" * 64
        if content["type"] == "anchor_recorded":
            content["body"]["root"] = "0" * 64
    return contents


LIVE_FORGERIES = {
    "a draw was exchanged": (changed("slot_drawn", leaf="0" * 64), "list and opening"),
    "a chain value was exchanged": (changed("slot_drawn", link="0" * 64), "list and opening"),
    "levels were exchanged": (swapped_levels, "list and opening"),
    "the last draw was left out": (without_last_draw, "list and opening"),
    "drawn before the participant came": (moved("slot_drawn", "slot_assigned"), "slots and lock"),
    "another root was anchored": (changed_root, "list and opening"),
}


@pytest.mark.parametrize("name", LIVE_FORGERIES)
def test_a_forger_of_live_draws_fails_at_the_named_step(live, name):
    edit, step = LIVE_FORGERIES[name]
    opening, lines = rechained(live, edit)
    if name.startswith("another root"):
        opening["commitment"]["root"] = "0" * 64
    *_, (failing, passed, text) = verify_trial.Verification(opening, lines, live.arms).run()
    assert (failing, passed) == (step, False), text


def test_a_thousand_mutated_live_openings_are_rejected(live):
    choose = random.Random(20260304)
    text, lines = json.dumps(live.opening), live.lines()
    assert passes(live.opening, lines, live.arms)
    assert not any(passes(_mutated(text, choose), lines, live.arms) for _ in range(1_000))


def test_an_untouched_chain_made_anew_is_accepted(small):
    assert passes(*rechained(small, lambda contents: contents), small.arms)


def test_the_lock_names_the_ledger_and_two_people(small):
    def lock(**change):
        def edit(contents):
            contents[-1]["body"]["certificate"].update(change)
            return contents

        return edit

    opening, lines = rechained(small, lock(signatures=[{"who": "a"}, {"who": "a"}]))
    assert not passes(opening, lines, small.arms)
    opening, lines = rechained(small, lock(study_digest="6" * 64))
    assert passes(opening, lines, small.arms)
    forged = json.loads(json.loads(lines[-1])["content"])
    forged["body"]["certificate"]["ledger_hash"] = "0" * 64
    text = json.dumps(forged, sort_keys=True, separators=(",", ":"))
    prev = json.loads(lines[-1])["prev"]
    chained = hashlib.sha256(bytes.fromhex(prev) + text.encode()).hexdigest()
    lines[-1] = json.dumps({"seq": forged["seq"], "prev": prev, "hash": chained, "content": text})
    opening["lock"] = forged["body"]["certificate"]
    assert not passes(opening, lines, small.arms)


def test_the_root_is_checked_against_leaves_too(small):
    """A vault that commits to one list and opens another fails although every other part agrees."""
    opening, lines = rechained(small, changed_root)
    opening["commitment"]["root"] = "0" * 64
    *_, (failing, passed, _) = verify_trial.Verification(opening, lines, small.arms).run()
    assert (failing, passed) == ("list and opening", False)


def test_packs_that_the_seeds_did_not_number_pass_the_script_and_are_refused_at_receipt(small):
    """The script says that it does not look at the origin of pack numbers; whoever receives the opening does."""

    def renumbered(contents):
        body = next(content for content in contents if content["type"] == "pack_map_received")["body"]
        body["numbers"] = body["numbers"][::-1]
        return contents

    opening, lines = rechained(small, renumbered)
    opening["pack_numbers"] = opening["pack_numbers"][::-1]
    assert passes(opening, lines, small.arms)
    entries = [
        Entry(line["seq"], line["content"].encode(), line["prev"], line["hash"]) for line in map(json.loads, lines)
    ]
    with pytest.raises(Refusal) as refused:
        read_opening(json.dumps(opening), entries, TrialState())
    assert refused.value.rule == "OPENING-PACKS"


def _parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return None
