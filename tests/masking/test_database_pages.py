"""The raw bytes of a database are looked at as they are, and a token that a page's end has cut is still a token.

Between two honest worlds a database differs in tokens alone, wherever its pages end; a single byte that lies in no
record is still seen.
"""

import contextlib
import hashlib
import re
import sqlite3
from pathlib import Path

import pytest
from database_pages import in_one_piece

_TOKEN = re.compile(rb"[0-9a-f]{64}")


def database(path: Path, page_size: int, world: str) -> bytes:
    """Records of every length around a page, each full of tokens that are the world's own."""
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA page_size = {page_size}")
        connection.execute("CREATE TABLE ledger (seq INTEGER PRIMARY KEY, content BLOB)")
        connection.execute("CREATE TABLE named (name TEXT)")
        connection.execute("CREATE INDEX by_name ON named (name)")
        for number in range(100):
            token = hashlib.sha256(f"{world} {number}".encode()).hexdigest()
            text = f"{number:06d} {'-' * (number % 53)} " + " ".join([token] * (number * page_size // 2048))
            connection.execute("INSERT INTO ledger (content) VALUES (?)", (text,))
            connection.execute("INSERT INTO named VALUES (?)", (text,))
        connection.commit()
    return path.read_bytes()


@pytest.mark.parametrize("page_size", [512, 4096])
def test_tokens_are_whole_wherever_a_page_ends(tmp_path: Path, page_size: int) -> None:
    one, other = (database(tmp_path / "a", page_size, world) for world in ("one", "other"))
    assert _TOKEN.sub(b"#", one) != _TOKEN.sub(b"#", other), "no token was cut: the case shows nothing"
    assert _TOKEN.sub(b"#", in_one_piece(one)) == _TOKEN.sub(b"#", in_one_piece(other))


def test_no_byte_is_left_out(tmp_path: Path) -> None:
    """A leak in a record, behind one, in free space, in a header, on an overflow page: each changes the answer."""
    honest = database(tmp_path / "a", 512, "one")
    whole = in_one_piece(honest)
    assert len(whole) >= len(honest)
    for at in range(0, len(honest), 101):
        if at not in (16, 17, 20):  # the size of the pages itself
            spoiled = bytearray(honest)
            spoiled[at] ^= 1
            with contextlib.suppress(
                IndexError, KeyError
            ):  # a pointer that leads nowhere is seen by whoever follows it
                assert in_one_piece(bytes(spoiled)) != whole, at
