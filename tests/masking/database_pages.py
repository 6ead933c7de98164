"""A SQLite file with every record in one piece: nothing is left out, but what a page's end has cut stands together.

A record that does not fit its page goes on in overflow pages, so that a token of the allow-list may be cut in two at a
place that depends on its length alone.  Here each page is given as the bytes that belong to no record (header,
pointers, free space, what was left behind) and then its records whole; an overflow page keeps its pointer and slack.

Source: SQLite database file format, sections 1.3, 1.6 and 1.7.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_LEAF_OF_TABLE, _INSIDE_TABLE, _INSIDE_INDEX = 13, 5, 2
_TREES = {_INSIDE_INDEX: 12, _INSIDE_TABLE: 12, 10: 8, _LEAF_OF_TABLE: 8}
"""Kinds of b-tree page, and the length of their headers."""


@dataclass(frozen=True)
class _Record:
    """Where a record begins and is cut or ends on its page, how much is missing there, and the page on which it goes on
    (or 0); that page's number is written behind the cut."""

    begins: int
    cut: int
    missing: int
    goes_on: int

    @property
    def ends(self) -> int:
        return self.cut + (4 if self.goes_on else 0)


def in_one_piece(content: bytes) -> bytes:
    """The same bytes as the file, rearranged; equal files give equal answers, and other files other ones."""
    size = int.from_bytes(content[16:18], "big")
    size = 65536 if size == 1 else size
    pages = [content[at : at + size] for at in range(0, len(content), size)]
    usable, rest = size - content[20], dict(enumerate(pages, start=1))
    for number, page in enumerate(pages, start=1):
        at = _HEADER_BYTES if number == 1 else 0
        if page[at] in _TREES:
            records, outside, after = [], [], 0
            for each in sorted(_records(page, at, usable), key=lambda each: each.begins):
                pointer = page[each.cut : each.ends]
                records.append(page[each.begins : each.cut] + _elsewhere(each, rest, usable) + pointer)
                outside.append(page[after : each.begins])
                after = max(after, each.ends)
            rest[number] = b"\n".join([b"".join([*outside, page[after:]]), *records])
    return b"".join(b"\npage %d\n%b" % (number, page) for number, page in rest.items())


def _records(page: bytes, at: int, usable: int) -> Iterator[_Record]:
    """The records of a b-tree page; an inner page of a table has keys only, which is a record without content."""
    kind, count = page[at], int.from_bytes(page[at + 3 : at + 5], "big")
    pointers = at + _TREES[kind]
    for place in range(pointers, pointers + 2 * count, 2):
        begins = int.from_bytes(page[place : place + 2], "big")
        after, length = begins + (4 if kind in (_INSIDE_TABLE, _INSIDE_INDEX) else 0), 0
        if kind != _INSIDE_TABLE:
            length, after = _number(page, after)
        if kind in (_INSIDE_TABLE, _LEAF_OF_TABLE):
            _, after = _number(page, after)
        here = _here(length, usable, kind)
        cut = after + here
        goes_on = int.from_bytes(page[cut : cut + 4], "big") if here < length else 0
        yield _Record(begins, cut, length - here, goes_on)


def _here(length: int, usable: int, kind: int) -> int:
    """How much of a record's content stands on its own page (section 1.6)."""
    most = usable - 35 if kind == _LEAF_OF_TABLE else (usable - 12) * 64 // 255 - 23
    if length <= most:
        return length
    least = (usable - 12) * 32 // 255 - 23
    fitting = least + (length - least) % (usable - 4)
    return fitting if fitting <= most else least


def _elsewhere(record: _Record, rest: dict[int, bytes], usable: int) -> bytes:
    """What stands on overflow pages, which keep their pointer and what lies behind the content."""
    content, missing, number = [], record.missing, record.goes_on
    while missing > 0:
        page, taken = rest[number], min(missing, usable - 4)
        content.append(page[4 : 4 + taken])
        rest[number] = page[:4] + page[4 + taken :]
        missing, number = missing - taken, int.from_bytes(page[:4], "big")
    return b"".join(content)


def _number(page: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer, and where it ends."""
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | page[place] & 0x7F
        if page[place] < 0x80:
            return value, place + 1
    return value << 8 | page[at + 8], at + 9
