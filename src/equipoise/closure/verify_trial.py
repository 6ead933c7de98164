#!/usr/bin/env python3
"""Verify that a trial's allocation was fixed before its first participant, and followed without a skip.

    python3 -I -S verify_trial.py opening.json ledger.jsonl arms.json [ROOT]

opening.json is what the vault released, ledger.jsonl the trial's ledger (one entry a line), arms.json the arms as
analysed ({"participant": "arm"}), ROOT the 64 digits that were printed outside before the first participant: read it
there, for it alone binds the list to its date.  Only the standard library is used, which has no Ed25519.
"""

import hashlib
import hmac
import json
import pathlib
import sys


def require(condition, text):
    if not condition:
        raise ValueError(text)


def sha256(content):
    return hashlib.sha256(content).digest()


def keyed(key, message):
    return hmac.digest(key, message, "sha256")


def digest(value):
    return sha256(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hex()


def uniform(seed):
    """below(n), an integer 0 <= x < n, from the 32-bit big-endian words of HMAC-SHA256(seed, counter), by rejection."""
    blocks = (keyed(seed, counter.to_bytes(8, "big")) for counter in range(2**64))
    words = (int.from_bytes(block[at : at + 4], "big") for block in blocks for at in range(0, 32, 4))
    return lambda bound: next(word for word in words if word < 2**32 - 2**32 % bound) % bound


def weights(design, ratio, drawn, block, below):
    """Each arm's chance to be the next, in whole numbers; `drawn` counts each arm's allocations so far."""
    if design["method"] == "complete":
        return ratio
    if design["method"] == "permuted-blocks":
        if block == drawn:  # the next block; its size is drawn if there is a choice
            size = design["block_sizes"][below(len(design["block_sizes"])) if design["block_sizes"][1:] else 0]
            block[:] = [count + share * size // sum(ratio) for count, share in zip(block, ratio)]
        return [planned - count for planned, count in zip(block, drawn)]
    if design["method"] == "block-urn":
        sets = design["lambda"] + min(count // share for count, share in zip(drawn, ratio))
        return [share * sets - count for share, count in zip(ratio, drawn)]
    require(design["method"] == "big-stick" and ratio == [1, 1], "unknown method")
    return [1, 1] if abs(drawn[0] - drawn[1]) < design["mti"] else [int(drawn[0] < drawn[1]), int(drawn[0] > drawn[1])]


def favouring(design, past, levels):
    """Minimisation: chances p/q for the arms that leave the least weighted sum of ranges over a newcomer's levels."""
    arms, sums = range(len(design["arms"])), []
    for arm in arms:
        met = [[other for other, theirs in past if theirs[at] == level] + [arm] for at, level in enumerate(levels)]
        ranges = (max(map(seen.count, arms)) - min(map(seen.count, arms)) for seen in met)
        sums.append(sum(weight * size for weight, size in zip(design["weights"], ranges)))
    (part, whole), few, rest = design["favour"], sums.count(min(sums)), len(sums) - sums.count(min(sums))
    return [part * rest if each == min(sums) else (whole - part) * few for each in sums] if rest else [1] * few


def pick(chances, below):
    ticket = below(sum(chances)) if sum(map(bool, chances)) > 1 else 0  # what is certain takes no number
    return next(arm for arm in range(len(chances)) if ticket < sum(chances[: arm + 1]))


def tree_root(row):  # RFC 6962 section 2.1: pairs are hashed row by row, an odd last node moves up
    while row[1:]:
        row = [sha256(b"\1" + row[at] + row[at + 1]) if row[at + 1 :] else row[at] for at in range(0, len(row), 2)]
    return row[0]


class Verification:  # each `check_` is one step, in the order of the text; it returns what it saw, or raises why not
    def __init__(self, opening, lines, arms, root=""):
        self.opening, self.lines, self.arms, self.root = opening, lines, arms, root
        self.entries, self.start, self.slots, self.drawn = [], 0, {}, {}

    def found(self, kind, start=0):
        return [(entry["seq"], entry["body"]) for entry in self.entries[start:] if entry["type"] == kind]

    def check_ledger_chain(self):
        prev = "0" * 64
        for seq, line in enumerate(self.lines, 1):
            entry = json.loads(line)
            content = json.loads(entry["content"])
            require(entry["seq"] == content["seq"] == seq and entry["prev"] == prev, f"line {seq} is out of its place")
            prev = sha256(bytes.fromhex(prev) + entry["content"].encode()).hex()
            require(entry["hash"] == prev, f"entry {seq} was changed after it was written")
            self.entries.append(dict(content, hash=prev))
        self.start = max([seq for seq, _ in self.found("ceremony_abandoned")], default=0)  # lists before: never used
        return f"{len(self.entries)} entries, unbroken"

    def check_order_of_ceremony(self):
        (frozen,), (sealed,) = (self.found(kind, self.start) for kind in ("design_frozen", "list_sealed"))
        seeds = self.found("seed_committed", self.start)
        self.design, self.commitment = frozen[1]["design_digest"], sealed[1]["commitment"]
        self.bound = {body["party"]: body["commitment"] for _, body in seeds}
        anchors = [seq for seq, body in self.found("anchor_recorded") if body["root"] == self.commitment["root"]]
        first = min([seq for seq, _ in self.found("slot_assigned")], default=len(self.entries) + 1)
        steps = [frozen[0], *[seq for seq, _ in seeds], sealed[0], *anchors[:1], first]
        require(len(steps) == 6 and steps == sorted(steps), f"out of order: entries {steps}")
        require(self.root in ("", self.commitment["root"]), "the root outside is another one")
        outside = "equal" if self.root else "NOT COMPARED (give the printed one)"
        return f"frozen, bound, bound, sealed, anchored, first randomisation in entries {steps}; root outside {outside}"

    def check_design_and_seeds(self):
        require(digest(self.opening["design"]) == self.design, "this design is not the frozen one")
        shares = {party: bytes.fromhex(share) for party, share in self.opening["seed_shares"].items()}
        require({party: sha256(shares[party]).hex() for party in shares} == self.bound, "a share is not the bound one")
        seed = keyed(shares["statistician"], b"equipoise-seed-v1" + shares["pharmacist"] + bytes.fromhex(self.design))
        self.seed, self.nonces, self.draws = seed, keyed(seed, b"nonce"), keyed(seed, b"draw")
        self.shares = {party: share.hex() for party, share in shares.items()}
        return f"design {self.design[:16]}, shares of {' and '.join(sorted(shares))}"

    def leaf(self, stratum, slot, arm):
        nonce = keyed(self.nonces, b"%d/%d" % (stratum, slot))
        self.slots[stratum, slot] = {"stratum": stratum, "slot": slot, "arm": arm, "nonce": nonce.hex()}
        return sha256(b"\0%04d%06d" % (stratum, slot) + arm.encode().ljust(32, b"\0") + nonce)

    def listed(self, design):
        """The leaves of a list, stratum after stratum, all from one generator."""
        below, ratio = uniform(self.seed), design.get("ratio", [1] * len(design["arms"]))
        for stratum in range(design["strata"]):
            drawn, block = [0] * len(ratio), [0] * len(ratio)
            for slot in range(design["slots"]):
                arm = pick(weights(design, ratio, drawn, block, below), below)
                drawn[arm] += 1
                yield self.leaf(stratum, slot, design["arms"][arm])

    def drawn_live(self, design):
        """Each draw in the ledger made anew with the key that the root commits to, and chained to the one before."""
        past, link = [], self.commitment["root"]
        for slot, (seq, body) in enumerate(self.found("slot_drawn", self.start)):
            arm = pick(favouring(design, past, body["levels"]), uniform(keyed(self.draws, b"%d" % slot)))
            past.append((arm, body["levels"]))
            leaf, levels = self.leaf(0, slot, design["arms"][arm]), bytes.fromhex(digest(body["levels"]))
            link, self.drawn[0, slot] = sha256(bytes.fromhex(link) + leaf + levels).hex(), seq
            require([body["slot"], body["leaf"], body["link"]] == [slot, leaf.hex(), link], f"entry {seq} differs")
        return [sha256(b"\0" + self.draws)]

    def check_list_and_opening(self):
        design = self.opening["design"]
        leaves = self.drawn_live(design) if design["method"] == "minimisation" else list(self.listed(design))
        require(tree_root(leaves).hex() == self.commitment["root"], "the root is not the one that the seeds give")
        packs = [number for _, body in self.found("pack_map_received", self.start) for number in body["numbers"]]
        places = design["strata"] * design["slots"]
        require(len(packs) == len({*packs}) == places * sum(design.get("packs", {}).values()), "the packs do not fit")
        lock = digest(self.opening["lock"])
        self.locked = min(seq for seq, body in self.found("database_locked") if digest(body["certificate"]) == lock)
        made = {"format": "equipoise-opening-1", "design": design, "seed_shares": self.shares, "pack_numbers": packs}
        made.update(commitment=self.commitment, slots=list(self.slots.values()), lock=self.opening["lock"])
        changed = [key for key in {**made, **self.opening} if digest(made.get(key)) != digest(self.opening.get(key))]
        require(digest(made) == digest(self.opening), f"{changed} is not what the seeds and the ledger give")
        return f"{len(self.slots)} slots made anew from the seeds, root {self.commitment['root'][:16]}"

    def check_slots_and_lock(self):
        used, self.arm_of = {}, {}
        for seq, body in self.found("slot_assigned"):
            stratum, slot, participant = body["stratum"], body["slot"], body["participant"]
            require(slot == used.get(stratum, 0) and participant not in self.arm_of, f"entry {seq} skips or repeats")
            require(seq < self.drawn.get((stratum, slot), self.locked) <= self.locked, f"entry {seq} is early or late")
            self.arm_of[participant] = self.slots[stratum, slot]["arm"]
            used[stratum] = slot + 1
        lock = self.opening["lock"]
        require(self.entries[lock["ledger_seq"] - 1]["hash"] == lock["ledger_hash"], "the lock names another ledger")
        require(len({signature["who"] for signature in lock["signatures"]}) > 1, "the lock lacks a second signature")
        return f"{len(self.arm_of)} participants, each slot in its turn; locked in entry {self.locked} by two people"

    def check_analysed_arms(self):
        wrong = sum(self.arm_of.get(participant, 0) != arm for participant, arm in self.arms.items())
        require(not wrong, f"{wrong} analysed arms differ from the list")
        return f"{len(self.arms)} of {len(self.arm_of)} randomised participants, each in the arm of the list"

    def run(self):  # gives (name, passed, text) of each check; after the first that fails the others are not tried
        for name in [name for name in vars(Verification) if name.startswith("check_")]:
            try:
                yield name[6:].replace("_", " "), True, getattr(self, name)()
            except Exception as error:  # what is malformed is not verified
                yield name[6:].replace("_", " "), False, f"{type(error).__name__}: {error}"
                return


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    opening, ledger, arms = (pathlib.Path(path).read_text(encoding="utf-8") for path in sys.argv[1:4])
    root, lines = "".join(sys.argv[4:]).replace(" ", "").lower(), ledger.strip().split("\n")
    for name, passed, text in Verification(json.loads(opening), lines, json.loads(arms), root).run():
        print("PASS" if passed else "FAIL", f"{name}: {text}", sep="  ")
    print("Not checked here: signatures (no Ed25519 in the standard library; use `equipoise verify`), origin of packs.")
    print("PASS" if passed else "FAIL")
    sys.exit(not passed)
