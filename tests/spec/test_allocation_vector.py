"""The published test vector: two parties who build the list from the text alone come to the same bytes."""

from allocation_trial import SHARES, VECTOR
from equipoise.allocation.commitment import seed_commitment
from equipoise.allocation.design import read_design
from equipoise.vocabulary import Role
from equipoise_vault.drbg import list_seed
from equipoise_vault.seal import make_list

STATISTICIAN, PHARMACIST = SHARES[Role.STATISTICIAN], SHARES[Role.PHARMACIST]


def test_the_vector_to_the_last_bit():
    design = read_design(VECTOR)
    assert design.canonical_bytes() == (
        b'{"arms":["active","placebo"],"method":"big-stick","mti":4,"slots":30,"strata":1}'
    )
    assert design.digest == "63f80564119741358d92be1244c98e86278c0bbb5ae99c216f464d77eed15095"
    assert seed_commitment(STATISTICIAN) == "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
    assert seed_commitment(PHARMACIST) == "72dbb7336c76780023f83da4c355f2eeea85733b13d3477697917790c1229084"
    assert list_seed(STATISTICIAN, PHARMACIST, design.digest).hex() == (
        "e0b6df234e9d218cef860accb045ed7137e3721606f3293c05d707d26a141a6e"
    )
    made = make_list(design, STATISTICIAN, PHARMACIST)
    arms = "".join(str(design.arms.index(slot.arm)) for slot in made.slots)
    assert arms == "110001111101001101001101001011"
    assert made.slots[0].nonce.hex() == "cad3cf3dd5fdb857e83670151ade7974f0923ea627580bc0728fc64ef75f1a68"
    assert made.slots[0].leaf().hex() == "081a23124aee191e1239a55ce1566a691c30233c046c4e0d70ccaeeb9d60baaa"
    assert made.root() == "dc1c5bfa4efd3f7039b5ebadf6ce1f221e0bd54de8a079beabc63c4138ad301a"


def test_one_changed_bit_anywhere_gives_another_list():
    design = read_design(VECTOR)
    root = make_list(design, STATISTICIAN, PHARMACIST).root()
    flipped = bytes([1]) + PHARMACIST[1:]
    others = [
        make_list(design, STATISTICIAN, flipped),
        make_list(design, PHARMACIST, STATISTICIAN),
        make_list(read_design({**VECTOR, "mti": 3}), STATISTICIAN, PHARMACIST),
        make_list(read_design({**VECTOR, "salt": "00"}), STATISTICIAN, PHARMACIST),
    ]
    assert len({root, *(other.root() for other in others)}) == 5
