"""The stand-alone verifier: it accepts the honest opening, and nothing else."""

import importlib.util
import json
import random
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest

from allocation_trial import DOSED, VECTOR, trial

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
    mutants = (_mutated(text, choose) for _ in range(10_000))
    accepted = [mutant for mutant in mutants if passes(mutant, lines, small.arms)]
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


def _parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return None
