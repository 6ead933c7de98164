"""The Merkle tree of RFC 6962 (section 2.1): one root for a list, and a short proof for each of its leaves."""

import hashlib
from collections.abc import Sequence


def leaf_hash(content: bytes) -> bytes:
    """SHA-256(0x00 ‖ content)."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in order; SHA-256 of nothing for no leaves.

    An odd last node moves up unchanged, which is the same tree as RFC 6962's split at the largest power of two below n.
    """
    if not leaves:
        return hashlib.sha256().digest()
    return _levels(leaves)[-1][0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of leaf `index` (counted from 0), from the leaf upwards."""
    return next(iter(inclusion_proofs(leaves, [index])))


def inclusion_proofs(leaves: Sequence[bytes], indices: Sequence[int]) -> tuple[tuple[bytes, ...], ...]:
    """The audit paths of several leaves of the same tree, which is built once."""
    levels = _levels(leaves)
    return tuple(_path(levels, index) for index in indices)


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """True if `leaf` is number `index` of the `size` leaves under `root`.  Source: RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    node, last, current = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node % 2 or node == last:
            current = node_hash(sibling, current)
            while node and not node % 2:
                node, last = node // 2, last // 2
        else:
            current = node_hash(current, sibling)
        node, last = node // 2, last // 2
    return last == 0 and current == root


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        row = levels[-1]
        above = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        if len(row) % 2:
            above.append(row[-1])
        levels.append(above)
    return levels


def _path(levels: Sequence[Sequence[bytes]], index: int) -> tuple[bytes, ...]:
    path = []
    for row in levels[:-1]:
        sibling = index ^ 1
        if sibling < len(row):
            path.append(row[sibling])
        index //= 2
    return tuple(path)
