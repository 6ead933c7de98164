"""Whatever file is given instead of a definition: one clear sentence with its place, never a traceback, quickly."""

import time
from pathlib import Path

import pytest

from equipoise.protocol import UnreadableYaml, load_definition, parse_definition
from equipoise.protocol.rules import RULES
from equipoise.vocabulary import Refusal
from equipoise.vocabulary.yaml_source import LARGEST_BYTES, parse_yaml

BOMB = b"a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b]\n"


@pytest.mark.parametrize(
    ("content", "rule", "place", "words"),
    [
        (b"", "YAML-EMPTY", "", "empty"),
        (b"# only a comment\n", "YAML-EMPTY", "", "empty"),
        (BOMB, "YAML-ALIAS", ":1:4", "anchors"),
        (b"a: *b\n", "YAML-ALIAS", ":1:4", "aliases"),
        (b"a: !!python/object/apply:os.system [ls]\n", "YAML-TAG", ":1:4", "tags"),
        (b"a: !secret b\n", "YAML-TAG", ":1:4", "tags"),
        (b"\xff\xfea\x00:\x00", "YAML-ENCODING", ":1:1", "byte 0"),
        ("a: b\nc: caf\u00e9\n".encode("latin-1"), "YAML-ENCODING", ":2:1", "UTF-8"),
        (b"PK\x03\x04\x00\x00", "YAML-ENCODING", ":1:1", "binary"),
        (b"a: 1\n---\na: 2\n", "YAML-DOCUMENTS", ":2:1", "second document"),
        (b"a:\n\t- b\n", "YAML-SYNTAX", ":2:1", "not YAML"),
        (b"a: b: c\n", "YAML-SYNTAX", ":1:5", "not YAML"),
        (b"a: 'b\n", "YAML-SYNTAX", ":2:1", "not YAML"),
        (b"a: \x07\n", "YAML-SYNTAX", "", "not YAML"),
        (b"a: 1\nb: 2\na: 3\n", "YAML-TWICE", ":3:1", "line 1"),
        (b"? [a, b]\n: c\n", "YAML-KEY", ":1:3", "plain word"),
        (b"[" * 100_000, "YAML-DEPTH", ":1:26", "levels deep"),
        (b"{a: " * 1_000, "YAML-DEPTH", "", "levels deep"),
        (b"[" + b"1," * 10_500 + b"1]", "YAML-PARTS", "", "parts"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_in_a_sentence(content: bytes, rule: str, place: str, words: str) -> None:
    with pytest.raises(UnreadableYaml) as refused:
        parse_yaml(content, "study.yaml")
    assert refused.value.rule == rule
    assert refused.value.rule in RULES
    assert f"study.yaml{place}" in refused.value.sentence
    assert words in refused.value.sentence
    assert "\n" not in str(refused.value)


def test_a_file_of_50_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    started = time.perf_counter()
    with pytest.raises(UnreadableYaml, match="50,000,000 bytes") as refused:
        load_definition(path)
    assert refused.value.rule == "YAML-SIZE"
    assert time.perf_counter() - started < 1
    assert LARGEST_BYTES < 50_000_000


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no study, folder or file"):
        load_definition(tmp_path / "absent.yaml")
    with pytest.raises(Refusal, match=r"holds no study\.yaml"):
        load_definition(tmp_path)


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "study.yaml"
    path.write_text("equipoise: 1\n")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UnreadableYaml, match="Permission denied") as refused:
        load_definition(path)
    assert refused.value.rule == "YAML-FILE"


@pytest.mark.parametrize("content", [b"just words", b"- a\n- b\n", b"42", b"true"])
def test_a_file_that_is_no_map_is_a_finding(content: bytes) -> None:
    reading = parse_definition(content)
    assert reading.definition is None
    assert [(finding.rule, finding.place) for finding in reading.findings] == [("DEF-VALUE", "study.yaml:1:1")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.50", "1.50"),
        ("01", "01"),
        ("1e5", "1e5"),
        ("yes", "yes"),
        ("'1'", "1"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
    ],
)
def test_values_are_read_without_the_traps_of_yaml(written: str, read: str) -> None:
    assert str(parse_yaml(f"a: {written}\n".encode(), "f").data["a"]) == read


def test_no_value_is_a_binary_float() -> None:
    data = parse_yaml(b"a: [0.1, 1.5, -2.25, 1e5, .inf, .nan]\n", "f").data["a"]
    assert not any(isinstance(value, float) for value in data)


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert parse_yaml(b"\xef\xbb\xbfa: 1\n", "f").data == {"a": 1}
