"""A disk that loses what was not synced, and one that fails at the n-th call, for the ledger's own SQL.

A virtual file system for SQLite (apsw carries its own copy of SQLite) that keeps every file in memory: its content at
the last sync, and the writes since then.  When the power goes, each write since the last sync is lost with probability
1/2; those that survive lose each of their 512-byte sectors with probability 1/2.

Limits: deleting a file is durable at once and directory entries are not modelled; WAL without shared memory needs
exclusive locking, so one connection at a time.
"""

import random
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

import apsw

SECTOR = 512
_numbers = count()


class Failure(Exception):
    """The call at which the disk was told to fail."""


class File:
    """One file: `content` as the program sees it, `durable` and `since` as the platter does."""

    def __init__(self, content: bytes = b"") -> None:
        self.content = bytearray(content)
        self.durable = content
        self.since: list[tuple[int, bytes | None]] = []  # (offset, written) or (size, None) for a truncation

    def after_power_loss(self, chance: random.Random) -> bytes:
        platter = bytearray(self.durable)
        for offset, written in self.since:
            if chance.random() < 0.5:
                continue
            if written is None:
                del platter[offset:]
                platter.extend(bytes(max(0, offset - len(platter))))
                continue
            for start in range(0, len(written), SECTOR):
                if chance.random() < 0.5:
                    _place(platter, offset + start, written[start : start + SECTOR])
        return bytes(platter)


def _place(content: bytearray, offset: int, written: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(written)] = written


class Disk(apsw.VFS):
    """A disk with files.  `fail_at` makes one call fail: the n-th write, sync, truncation or deletion from now on.

    With `stays_broken` every later one fails as well, as after a power loss; otherwise only that one does.
    """

    def __init__(self) -> None:
        self.name = f"simulated{next(_numbers)}"
        super().__init__(self.name, base="", maxpathname=512)
        self.files: dict[str, File] = {}
        self.calls = 0
        self.fail_at = 0
        self.stays_broken = True
        self.closing = False
        self.syncs_lie = False

    def failing(self) -> bool:
        """True from the failing call on."""
        return 0 < self.fail_at <= self.calls

    def touch(self) -> None:
        """Count a call that changes the disk, and fail if it is its turn."""
        self.calls += 1
        if self.fail_at and (self.calls == self.fail_at or (self.stays_broken and self.calls > self.fail_at)):
            raise Failure

    def lose_power(self, chance: random.Random) -> None:
        """Leave on the disk what is found there when the power is back."""
        self.files = {name: File(file.after_power_loss(chance)) for name, file in self.files.items()}
        self.calls, self.fail_at, self.closing = 0, 0, False

    def xOpen(self, name: Any, flags: list[int]) -> "Handle":
        path = name if isinstance(name, str) else name.filename() if name else f"temporary {next(_numbers)}"
        flags[1] = flags[0]
        return Handle(self, self.files.setdefault(path, File()))

    def xDelete(self, name: str, sync_directory: bool) -> None:
        if not self.closing:
            self.touch()
            self.files.pop(name, None)

    def xAccess(self, name: str, flags: int) -> bool:
        return name in self.files

    def xFullPathname(self, name: str) -> str:
        return name


class Handle:
    """An open file.  Once the disk is closing, nothing that the program still does reaches it."""

    def __init__(self, disk: Disk, file: File) -> None:
        self.disk, self.file = disk, file

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self.file.content[offset : offset + amount])

    def xWrite(self, written: bytes, offset: int) -> None:
        if self.disk.closing:
            return
        if not self.disk.failing():
            self.file.since.append((offset, bytes(written)))
        self.disk.touch()
        _place(self.file.content, offset, written)

    def xTruncate(self, size: int) -> None:
        if self.disk.closing:
            return
        if not self.disk.failing():
            self.file.since.append((size, None))
        self.disk.touch()
        del self.file.content[size:]

    def xSync(self, flags: int) -> None:
        if self.disk.closing:
            return
        self.disk.touch()
        if not self.disk.syncs_lie:
            self.file.durable = bytes(self.file.content)
            self.file.since.clear()

    def xFileSize(self) -> int:
        return len(self.file.content)

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE  # as SQLite's own file system on Linux says

    def xSectorSize(self) -> int:
        return SECTOR

    def xClose(self) -> None: ...
    def xLock(self, level: int) -> None: ...
    def xUnlock(self, level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, operation: int, pointer: int) -> bool:
        return False


class SimulatedConnection:
    """A connection on a simulated disk with the calls and the errors of `sqlite3`, as the ledger knows them."""

    def __init__(self, disk: Disk, name: str = "ledger.sqlite3", checkpoint_pages: int = 20) -> None:
        self._disk = disk
        self._apsw = apsw.Connection(name, vfs=disk.name)
        self.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        self.execute(f"PRAGMA wal_autocheckpoint = {checkpoint_pages}").fetchall()

    @property
    def in_transaction(self) -> bool:
        return self._apsw.in_transaction

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "Rows":
        try:
            return Rows(self._apsw.execute(sql, parameters).fetchall())
        except (apsw.Error, Failure) as error:
            raise _as_sqlite3_error(error) from error

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> "Rows":
        try:
            return Rows(self._apsw.executemany(sql, rows).fetchall())
        except (apsw.Error, Failure) as error:
            raise _as_sqlite3_error(error) from error

    def close(self) -> None:
        self._apsw.close()

    def vanish(self) -> None:
        """End the program: nothing that it still tries reaches the disk."""
        self._disk.closing = True
        self._apsw.close()


class Rows(list[Any]):
    """An answer, fetched whole."""

    def fetchone(self) -> Any:
        return self[0] if self else None

    def fetchall(self) -> list[Any]:
        return self


def _as_sqlite3_error(error: Exception) -> sqlite3.OperationalError:
    translated = sqlite3.OperationalError(str(error))
    translated.sqlite_errorcode = getattr(error, "result", apsw.SQLITE_IOERR)
    translated.sqlite_errorname = apsw.mapping_result_codes[translated.sqlite_errorcode]
    return translated
