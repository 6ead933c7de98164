"""From nothing to a sealed list on the pages, with the real program; then the restore drill: a copy and two shares."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from equipoise.allocation import VaultClient
from equipoise.allocation.commitment import root_in_groups, seed_commitment
from equipoise.vocabulary import Refusal, Role
from vault_pages import Factor, Pages, enrolled

PASSWORD = "four words that differ widely"
HOLDERS = ("statistician", "pharmacist", "quality_officer")
DESIGN = b"arms: [active, placebo]\nmethod: big-stick\nmti: 4\nslots: 12\npacks: {doses: 2, spares: 1}\n"
SEEDS = {"statistician": bytes(range(32)), "pharmacist": bytes(range(32, 64))}


class Served:
    """The vault as it is started: `equipoise-vault serve --pages`, on any free port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "equipoise_vault", "serve", "--dir", str(folder), "--pages", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.said = json.loads(self.process.stdout.readline())
        self.pages = Pages(int(self.said["pages"].rsplit(":", 1)[1].strip("/")), folder, self.process, folder)

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def hatch(self):
        return VaultClient.connect(Path(self.said["hatch"]), who="web")

    def signed_in(self, name: str, factor: Factor):
        visitor = self.pages.visitor()
        visitor.get("/sign-in/")
        page = visitor.post("/sign-in/", name=name, password=PASSWORD, code=factor.code())
        assert page.status == 200 and name in page.words, page.words
        return visitor


def set_up(served: Served) -> dict[str, str]:
    """Three holders, invited and enrolled; gives the factors of their second factors."""
    installer = served.pages.visitor()
    page = installer.get("/")
    assert "First set-up" in page.words
    names = {role: f"{role.replace('_', '.')}.1" for role in HOLDERS}
    wrong = installer.post("/setup/", setup_code="GUESS", **names)
    assert wrong.status == 409 and "This is not the set-up code." in wrong.words
    same = installer.post("/setup/", setup_code=served.said["setup_code"], **dict.fromkeys(HOLDERS, "one.person"))
    assert "Three different people hold the key." in same.words
    page = installer.post("/setup/", setup_code=served.said["setup_code"], **names)
    codes = re.findall(r'<strong class="code">([^<]+)</strong>', page.text)
    assert installer.get("/setup/").status == 404
    factors = {}
    for name, invitation in zip(codes[::2], codes[1::2], strict=True):
        weak = served.pages.visitor()
        weak.get("/enrol/")
        assert weak.post("/enrol/", name=name, invitation="WRONG").status == 409
        factors[name] = enrolled(served.pages, name, invitation, PASSWORD)
        assert weak.post("/enrol/", name=name, invitation=invitation).status == 409
    return factors


def take_shares(people) -> dict[str, str]:
    """Each holder sees the own share once, and confirms it; with the third one the vault is made."""
    shares = {}
    for name, person in people.items():
        page = person.act("/key/", "take_share")
        shares[name] = re.search(r'<p class="share">(EQ1-[^<]+)</p>', page.text)[1]
        misread = person.post("/key/", act="confirm_share", check="0000")
        assert misread.status == 409 and shares[name] in misread.text
        done = person.post("/key/", act="confirm_share", check=shares[name][-4:])
        assert done.status == 200 and shares[name] not in done.text
    return shares


def hold_ceremony(statistician, pharmacist) -> None:
    statistician.get("/ceremony/")
    judged = statistician.post("/ceremony/", act="judge", participants="10", files={"design": ("r.yaml", DESIGN)})
    assert "of allocations can be guessed" in judged.words
    early = statistician.act("/ceremony/", "reveal", share=SEEDS["statistician"].hex())
    assert early.status == 409 and "CEREMONY-ORDER" in early.words
    frozen = statistician.post("/ceremony/", act="freeze", files={"design": ("r.yaml", DESIGN)}, pharmacist_key="")
    assert "The design is frozen." in frozen.words
    bound = statistician.post("/ceremony/", act="commit", commitment=seed_commitment(SEEDS["statistician"]))
    assert "You are bound" in bound.words
    assert statistician.act("/ceremony/", "reveal", share=SEEDS["statistician"].hex()).status == 409
    pharmacist.act("/ceremony/", "commit", commitment=seed_commitment(SEEDS["pharmacist"]))
    assert pharmacist.act("/ceremony/", "reveal", share=SEEDS["statistician"].hex()).status == 409
    for party, visitor in (("statistician", statistician), ("pharmacist", pharmacist)):
        visitor.act("/ceremony/", "reveal", share=SEEDS[party].hex())
    assert "The list is sealed." in pharmacist.act("/ceremony/", "seal").words


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """What a set-up and a ceremony leave: folder, shares, root, factors of the second factors."""
    folder = tmp_path_factory.mktemp("real") / "vault"
    with Served(folder) as served:
        factors = set_up(served)
        with served.hatch() as hatch, pytest.raises(Refusal) as locked:
            hatch.describe()
        people = {name: served.signed_in(name, factor) for name, factor in factors.items()}
        shares = take_shares(people)
        statistician, pharmacist, officer = people.values()
        hold_ceremony(statistician, pharmacist)
        page = officer.get("/commitments/")
        with served.hatch() as hatch:
            told, public = hatch.sealed(), hatch.describe()
        invite_physician(served, officer, pharmacist, factors)
        modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    return folder, shares, told, public, page, locked.value, factors, modes


def invite_physician(served, officer, pharmacist, factors) -> None:
    """One holder invites, another confirms; before that the account does not work."""
    officer.get("/accounts/")
    page = officer.post("/accounts/", act="invite", name="dr.sari", role="treating_physician")
    invitation = re.findall(r'<strong class="code">([^<]+)</strong>', page.text)[1]
    factors["dr.sari"] = enrolled(served.pages, "dr.sari", invitation, PASSWORD)
    early = served.pages.visitor()
    early.get("/sign-in/")
    unused = Factor(factors["dr.sari"].secret, factors["dr.sari"].last_step).code()
    unconfirmed = early.post("/sign-in/", name="dr.sari", password=PASSWORD, code=unused)
    assert unconfirmed.status == 401
    officer.get("/accounts/")
    own = officer.post("/accounts/", act="confirm", name="dr.sari")
    assert own.status == 409 and "The second holder is another person." in own.words
    pharmacist.get("/accounts/")
    assert "The account is confirmed." in pharmacist.post("/accounts/", act="confirm", name="dr.sari").words


def test_before_the_key_has_its_holders_the_hatch_says_that_the_vault_is_locked(sealed):
    assert sealed[5].rule == "VAULT-LOCKED" and sealed[5].remedy


def test_each_holder_has_a_share_of_their_own_and_the_list_binds_both_parties(sealed):
    _, shares, told, public, *_ = sealed
    assert sorted(share[4] for share in shares.values()) == ["1", "2", "3"]
    assert public["commitments"] == {party: seed_commitment(seed) for party, seed in SEEDS.items()}
    assert told.commitment.slots == 12 and not told.commitment.rehearsal and len(told.pack_numbers) == 36


def test_the_page_of_commitments_names_root_counts_digest_and_where_to_put_it(sealed):
    page, commitment = sealed[4], sealed[2].commitment
    for told in (root_in_groups(commitment.root), commitment.design_digest, commitment.statistician_commitment):
        assert told in page.words
    words = re.findall(r"<li>([a-z]{5})</li>", page.text)
    assert root_from_words(words) == commitment.root and "<svg" in page.text
    assert "12" in page.words and "36" in page.words and "the pharmacy binder" in page.words


def root_from_words(words) -> str:
    """Proquints read back, written from the paper alone."""
    value = 0
    for word in words:
        for at, letter in enumerate(word):
            value = value * 16 + "bdfghjklmnprstvz".index(letter) if at % 2 == 0 else value * 4 + "aiou".index(letter)
    return f"{value:064x}"


def test_every_file_is_the_vaults_users_alone_and_the_desk_has_no_socket(sealed):
    folder, modes = sealed[0], sealed[7]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {"vault.sqlite3", "accounts.sqlite3", "access.sqlite3", "hatch.sock"} <= set(modes)
    assert set(modes.values()) == {0o600} and "desk.sock" not in modes


def test_restore_drill_a_copy_and_two_shares_give_the_same_root_and_break_the_same_code(sealed, tmp_path):
    folder, shares, told, *_, factors, _ = sealed
    restored = tmp_path / "restored"
    shutil.copytree(folder, restored, ignore=shutil.ignore_patterns("*.sock"))
    restored.chmod(0o700)
    with Served(restored) as served:
        assert served.said["setup_code"] == ""
        _, pharmacist, officer = (name for name in factors if name != "dr.sari")
        doctor = served.signed_in("dr.sari", factors["dr.sari"])
        assert "The vault is locked." in doctor.get("/").words and "paper envelope" in doctor.page.words
        one, two = (served.signed_in(name, factors[name]) for name in (pharmacist, officer))
        assert one.act("/key/", "offer_share", share=shares[officer]).status == 409
        assert "given" in one.act("/key/", "offer_share", share=shares[pharmacist]).words
        assert "The vault is open." in two.act("/key/", "offer_share", share=shares[officer].lower()).words
        with served.hatch() as hatch:
            assert hatch.sealed() == told
        answer = broken(doctor, factors, 0)
    opened = [entry for entry in _entries(restored) if entry[0] == "vault_opened"]
    assert [holders for _, holders in opened][-1] == [Role.PHARMACIST.value, Role.QUALITY_OFFICER.value]
    assert [answer] == true_arms(folder, shares, slots=1)


def broken(doctor, factors, slot) -> str:
    fields = {"place": f"0 / {slot}", "reason": "other", "why": "drill", "password": PASSWORD}
    page = doctor.act("/code-break/", "break_one", code=factors["dr.sari"].code(), **fields)
    assert "Proven" in page.words, page.words
    return re.search(r'<p class="answer">(\w+)</p>', page.text)[1]


def true_arms(folder: Path, shares, slots: int) -> list[str]:
    """What the vault itself says in the original folder."""
    import os
    from datetime import UTC, datetime

    from equipoise_vault.ceremony import the_list
    from equipoise_vault.room import Room
    from equipoise_vault.shares import join_shares

    first, second, _ = shares.values()
    room = Room.open(folder, join_shares(first, second), os.urandom, lambda: datetime.now(UTC))
    made = the_list(room, room.book.state())
    room.close()
    return [slot.arm for slot in made.slots[:slots]]


def _entries(folder: Path):
    import sqlite3

    with sqlite3.connect(folder / "vault.sqlite3") as connection:
        rows = [json.loads(content) for (content,) in connection.execute("SELECT content FROM ledger ORDER BY seq")]
    return [(row["type"], row["body"].get("holders")) for row in rows]
