"""The ledger as a text file that outlives this program: one entry a line, its hashed content kept byte for byte."""

import json
from collections.abc import Iterable, Iterator

from equipoise.ledger.entry import Entry


def jsonl(entries: Iterable[Entry]) -> Iterator[str]:
    """The lines of `ledger.jsonl`, each ending with a line feed: seq, prev, hash, and content as text.

    Only ASCII is written, so that no reader's idea of a line or of an encoding can change what was hashed (A13).
    """
    for entry in entries:
        line = {"seq": entry.seq, "prev": entry.prev, "hash": entry.hash, "content": entry.content.decode("utf-8")}
        yield json.dumps(line, ensure_ascii=True) + "\n"
