"""What `verify` finds, one fault at a time (21 CFR 11.10(a), (c), (e); E6(R3) 4.2.2(b))."""

import json
import sqlite3
from datetime import date

import pytest

from equipoise.ledger import Anchor, SqliteLedger, chain_hash, verify
from equipoise.ledger.schema import SCHEMA
from equipoise.vocabulary import Refusal, Severity, canonical_json
from ledger_sample import Signer, clock, fill, open_ledger

OURS, THEIRS = Signer(1), Signer(2)


@pytest.fixture
def path(tmp_path):
    """A trial of 10 entries, signed at the 6th."""
    path = tmp_path / "ledger.sqlite3"
    ledger = open_ledger(path)
    fill(ledger, 6)
    ledger.add_checkpoint(OURS.checkpoint(*ledger.head()))
    fill(ledger, 4, first=6)
    ledger.close()
    return path


@pytest.fixture
def database(path):
    """The attacker's connection; the triggers are gone already."""
    connection = sqlite3.connect(path, isolation_level=None)
    for name, statement in SCHEMA.items():
        if statement.startswith("CREATE TRIGGER"):
            connection.execute(f"DROP TRIGGER {name}")
    yield connection
    connection.close()


def put_back(database):
    for statement in SCHEMA.values():
        if statement.startswith("CREATE TRIGGER"):
            database.execute(statement)


def found(path, **options):
    """(rule, place) of every error."""
    options.setdefault("trusted_keys", {OURS.key})
    report = verify(path, **options)
    return [(one.rule, one.place) for one in report.findings if one.severity is Severity.ERROR]


def anchor_of(path, seq, when=date(2024, 1, 3)):
    with sqlite3.connect(path) as connection:
        (hashed,) = connection.execute("SELECT hash FROM ledger WHERE seq = ?", (seq,)).fetchone()
    connection.close()
    return Anchor(seq, hashed, when, "print-out")


def rewrite(database, first, **fields):
    """Change fields of the last entries' content and chain them anew, as somebody does who has no key."""
    rows = database.execute("SELECT seq, content, prev FROM ledger WHERE seq >= ? ORDER BY seq", (first,)).fetchall()
    prev = rows[0][2]
    for number, old, _ in rows:
        content = canonical_json({**json.loads(old), **(fields if number == first else {})})
        hashed = chain_hash(prev, content)
        database.execute(
            "UPDATE ledger SET content = ?, prev = ?, hash = ? WHERE seq = ?", (content, prev, hashed, number)
        )
        prev = hashed


def test_a_sound_ledger_has_no_error_and_is_not_changed_by_looking(path):
    before = path.read_bytes()
    report = verify(path, trusted_keys={OURS.key}, anchors=[anchor_of(path, 8)])
    assert report.is_sound
    assert (report.entries, report.signed_to, report.anchored_to) == (10, 6, 8)
    assert path.read_bytes() == before


def test_it_says_what_no_signature_and_no_anchor_speaks_for(path):
    report = verify(path, trusted_keys={OURS.key}, anchors=[anchor_of(path, 8)])
    assert {(one.rule, one.severity.value, one.place) for one in report.findings} == {
        ("LEDGER-UNSIGNED", "info", "entries 7 to 10"),
        ("LEDGER-UNANCHORED", "info", "after entry 8"),
    }
    blind = verify(path)
    assert {(one.rule, one.severity.value, one.place) for one in blind.findings} == {
        ("LEDGER-UNSIGNED", "info", "entries 1 to 10"),  # a key that nobody trusts speaks for nothing
        ("LEDGER-UNANCHORED", "warning", "after entry 0"),
    }


#     the fault, as SQL on entry 4 of 10                          what is found, and where
FAULTS = [
    ("DELETE FROM ledger WHERE seq = 4", {"LEDGER-SEQUENCE": "entry 5", "LEDGER-CHAIN": "entry 5"}),
    ("UPDATE ledger SET content = x'7b7d' WHERE seq = 4", {"LEDGER-HASH": "entry 4", "LEDGER-CONTENT": "entry 4"}),
    ("UPDATE ledger SET hash = upper(hash) WHERE seq = 4", {"LEDGER-HASH": "entry 4", "LEDGER-CHAIN": "entry 5"}),
    ("UPDATE ledger SET prev = hash WHERE seq = 4", {"LEDGER-CHAIN": "entry 4", "LEDGER-HASH": "entry 4"}),
    ("UPDATE ledger SET request = 'request 0' WHERE seq = 4", {"LEDGER-REQUEST": "entry 4"}),
    ("UPDATE ledger SET request = NULL WHERE seq = 4", {"LEDGER-REQUEST": "entry 4"}),
    ("DELETE FROM ledger WHERE seq = 6", {"LEDGER-CHECKPOINT": "checkpoint of entry 6"}),
    ("UPDATE checkpoint SET signature = upper(key)", {"LEDGER-CHECKPOINT": "checkpoint of entry 6"}),
    ("UPDATE checkpoint SET signed_at = '2024-01-01'", {"LEDGER-CHECKPOINT": "checkpoint of entry 6"}),
    ("UPDATE checkpoint SET key = 'no key at all'", {"LEDGER-CHECKPOINT": "checkpoint of entry 6"}),
    ("UPDATE checkpoint SET seq = 5", {"LEDGER-CHECKPOINT": "checkpoint of entry 5"}),
]


@pytest.mark.parametrize(("fault", "expected"), FAULTS)
def test_each_fault_is_found_in_its_place(path, database, fault, expected):
    database.execute(fault)
    put_back(database)
    assert expected.items() <= dict(reversed(found(path))).items()  # the first place of each rule


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"at": "2023-01-01T00:00:00.000000Z"}, "LEDGER-TIME"),
        ({"at": "yesterday"}, "LEDGER-CONTENT"),
        ({"who": ""}, "LEDGER-CONTENT"),
        ({"role": "king"}, "LEDGER-CONTENT"),
        ({"seq": 3}, "LEDGER-SEQUENCE"),
        ({"type": "unheard_of"}, "LEDGER-TYPE"),
        ({"version": 99}, "LEDGER-TYPE"),
        ({"body": {"participant": "P001"}}, "LEDGER-TYPE"),
        ({"body": {"participant": "P001", "item": "i", "measured_at": "noon"}}, "LEDGER-TYPE"),
        ({"body": []}, "LEDGER-TYPE"),
        ({"request": "another"}, "LEDGER-REQUEST"),
    ],
)
def test_what_an_entry_says_is_read_also_where_the_chain_is_whole(path, database, fields, expected):
    rewrite(database, 8, **fields)
    put_back(database)
    assert found(path) == [(expected, "entry 8")]


@pytest.mark.parametrize("name", ["ledger_no_update", "ledger_in_order", "checkpoint_no_delete", "ledger_by_request"])
def test_a_safeguard_that_is_missing_is_named(path, database, name):
    put_back(database)
    database.execute(f"DROP {'INDEX' if name == 'ledger_by_request' else 'TRIGGER'} {name}")
    assert found(path) == [("LEDGER-SCHEMA", name)]


def test_a_trigger_that_is_not_ours_is_named(path, database):
    put_back(database)
    database.execute("CREATE TRIGGER spy AFTER INSERT ON ledger BEGIN SELECT 1; END")
    assert found(path) == [("LEDGER-SCHEMA", "spy")]


def test_a_rewritten_history_is_found_by_the_signature(path, database):
    rewrite(database, 4, why="another reason")
    put_back(database)
    assert found(path) == [("LEDGER-CHECKPOINT", "checkpoint of entry 6")]


def test_a_signature_with_another_key_is_found_by_who_knows_the_key(path, database):
    rewrite(database, 4, why="another reason")
    database.execute("DELETE FROM checkpoint")
    put_back(database)
    ledger = SqliteLedger(database, clock())
    ledger.add_checkpoint(THEIRS.checkpoint(6, ledger.hash_at(6)))
    assert found(path) == [("LEDGER-KEY", "checkpoint of entry 6")]


def test_a_cut_and_a_rewritten_end_are_found_by_the_anchor_only(path, database):
    anchor = anchor_of(path, 9)
    rewrite(database, 8, why="another reason")
    put_back(database)
    assert found(path) == []
    place = "anchor of entry 9, 2024-01-03, print-out"
    assert found(path, anchors=[anchor]) == [("LEDGER-ANCHOR", place)]
    database.execute("DROP TRIGGER ledger_no_delete")
    database.execute("DELETE FROM ledger WHERE seq > 7")
    assert ("LEDGER-ANCHOR", place) in found(path, anchors=[anchor])


def test_a_ledger_written_anew_fills_one_screen_not_a_thousand(path, database):
    database.execute("UPDATE ledger SET prev = hash")
    for seq in range(11, 200):
        database.execute("INSERT INTO ledger SELECT ?, content, prev, hash, request FROM ledger WHERE seq = 1", (seq,))
    put_back(database)
    report = verify(path)
    assert len(report.findings) < 100
    assert any("times more" in finding.message for finding in report.findings)


def test_projections_are_rebuilt_and_compared(path):
    def shown(connection, entries):
        assert connection.execute("SELECT count(*) FROM ledger").fetchone() == (10,)
        assert [entry.seq for entry in entries] == list(range(1, 11))
        yield "The value of entry 3 is not the one that is shown."

    def broken(connection, entries):
        raise KeyError("P001")

    report = verify(path, projections={"values": shown, "visits": broken})
    assert report.projections == ("values", "visits")
    errors = [(one.place, one.message) for one in report.findings if one.rule == "LEDGER-PROJECTION"]
    assert errors == [
        ("values", "The value of entry 3 is not the one that is shown."),
        ("visits", "It cannot be rebuilt from the entries."),
    ]


def test_it_judges_one_moment_while_others_write(path):
    ledger = open_ledger(path)

    def write_more(connection, entries):
        fill(ledger, 3, first=20)
        return [] if len(list(entries)) == 10 else ["It saw what was written later."]

    report = verify(path, projections={"later": write_more})
    assert report.is_sound
    assert report.entries == 10
    assert verify(path).entries == 14  # with a jump of the clock: each clock of the samples begins anew
    ledger.close()


def test_every_flipped_bit_of_the_file_is_found_or_changes_nothing(path):
    """Bits of free space and of page bookkeeping may change nothing that anybody can read; the entries may not."""
    sound = path.read_bytes()
    with sqlite3.connect(path) as connection:
        entries = connection.execute("SELECT * FROM ledger").fetchall()
    connection.close()
    head = Anchor(entries[-1][0], entries[-1][3], date(2024, 1, 3))
    unnoticed = 0
    for place in range(100, len(sound), 61):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1 << place % 8]) + sound[place + 1 :])
        try:
            report = verify(path, trusted_keys={OURS.key}, anchors=[head])
        except Refusal:
            continue
        if report.is_sound:
            unnoticed += 1
            with sqlite3.connect(path) as connection:
                assert connection.execute("SELECT * FROM ledger").fetchall() == entries
            connection.close()
    assert unnoticed < len(range(100, len(sound), 61))


def test_a_read_only_medium_can_be_verified(path):
    path.with_name("ledger.sqlite3-shm").mkdir()  # so nothing can be made beside the file, whoever runs this test
    assert verify(path).is_sound


def test_a_copy_made_by_the_database_is_sound_and_its_journal_is_told(path, tmp_path):
    with sqlite3.connect(path) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "copy.sqlite3"),))
    connection.close()
    report = verify(tmp_path / "copy.sqlite3", trusted_keys={OURS.key})
    assert report.is_sound
    assert report.entries == 10
    assert any(finding.rule == "LEDGER-SETTINGS" for finding in report.findings)


@pytest.mark.parametrize("content", [b"", b"x" * 5000, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_what_is_no_ledger_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "ledger.sqlite3"
    with pytest.raises(Refusal, match="no file"):
        verify(path)
    path.write_bytes(content)
    with pytest.raises(Refusal):
        verify(path)


def test_progress_is_told(path):
    told = []
    verify(path, progress=lambda done, total: told.append((done, total)))
    assert told == [(10, 10)]


def test_an_empty_ledger_is_sound(tmp_path):
    open_ledger(tmp_path / "ledger.sqlite3").close()
    report = verify(tmp_path / "ledger.sqlite3")
    assert report.is_sound
    assert (report.entries, report.head) == (0, "0" * 64)
