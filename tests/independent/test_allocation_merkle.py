"""The Merkle tree against pymerkle, and against RFC 6962's own words, for every size to 70."""

import hashlib

import pytest
from pymerkle import InmemoryTree, verify_inclusion

from equipoise.allocation import merkle


def _by_the_text(leaves):
    """RFC 6962 section 2.1: split at the largest power of two smaller than n."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + _by_the_text(leaves[:split]) + _by_the_text(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(1, 71))
def test_roots_and_proofs_agree(size):
    contents = [f"slot {number}".encode() for number in range(size)]
    oracle = InmemoryTree.init_from_entries(contents, algorithm="sha256")
    leaves = [merkle.leaf_hash(content) for content in contents]
    root = merkle.merkle_root(leaves)
    assert root == oracle.get_root() == _by_the_text(leaves)
    for index in range(size):
        path = merkle.inclusion_proof(leaves, index)
        theirs = oracle.prove_inclusion(index + 1, size)
        verify_inclusion(leaves[index], root, theirs)
        assert [node.hex() for node in path] == theirs.serialize()["path"][1:]
        assert merkle.verify_inclusion(leaves[index], index, size, path, root)
        assert not merkle.verify_inclusion(leaves[index], (index + 1) % size, size, path, root) or size == 1
        assert not merkle.verify_inclusion(bytes(32), index, size, path, root)
        assert not merkle.verify_inclusion(leaves[index], index, size, (*path, bytes(32)), root)
        assert not path or not merkle.verify_inclusion(leaves[index], index, size, path[1:], root)
    assert not merkle.verify_inclusion(leaves[0], -1, size, (), root)


def test_the_empty_tree_is_the_hash_of_nothing():
    assert merkle.merkle_root([]) == hashlib.sha256().digest()
