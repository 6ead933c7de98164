"""Reads a record from a file of any of the three formats, told apart by content; or refuses with one sentence."""

from dataclasses import replace
from pathlib import Path

from equipoise.registration.build import build_record
from equipoise.registration.record import Provenance, RecordFormat, RegistryRecord
from equipoise.registration.source.api_v2 import API_V2
from equipoise.registration.source.form import Form
from equipoise.registration.source.json_tree import read_json
from equipoise.registration.source.legacy import LEGACY
from equipoise.registration.source.limits import MAX_BYTES, refuse
from equipoise.registration.source.page import PAGE
from equipoise.registration.source.page_tree import read_page
from equipoise.registration.source.reader import Account, Reader
from equipoise.registration.source.xml_tree import read_xml
from equipoise.registration.tree import Tree
from equipoise.vocabulary import digest_bytes

FORMS: dict[RecordFormat, Form] = {
    RecordFormat.PAGE: PAGE,
    RecordFormat.API_V2: API_V2,
    RecordFormat.LEGACY_XML: LEGACY,
}


def read_record(path: Path) -> RegistryRecord:
    """Read the record in a file of at most 20 MB: page text, API v2 JSON or legacy XML.

    Raises `Refusal` where the file cannot be opened or is not such a record.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            refuse(f"'{path.name}' is a folder, not the file of a record.", "Name the file itself.")
        if size > MAX_BYTES:
            megabytes = MAX_BYTES // 1_000_000
            refuse(f"'{path.name}' has {size / 1e6:.0f} MB; a record may have at most {megabytes} MB.")
        content = path.read_bytes()
    except OSError as error:
        refuse(f"'{path.name}' cannot be opened: {error.strerror}.", "Check the name and your right to read it.")
    return parse_record(content, path.name)


def parse_record(content: bytes, file: str = "record") -> RegistryRecord:
    """Read the record in bytes; `file` names them in every source.  Raises `Refusal` as `read_record` does."""
    found, tree = _tree(content)
    account = Account(taken=set(tree.headings))
    total = {leaf_id for leaf in tree.root.leaves() for leaf_id in leaf.leaf_ids} | tree.headings
    provenance = Provenance(file, found, digest_bytes(content), len(content), len(total), 0, ())
    record = build_record(Reader(file, tree.root, FORMS[found], account), provenance)
    read, unread = len(total & account.taken), account.unread(tree)
    assert read + len(unread) == len(total), "every leaf is either read or listed"
    return replace(record, provenance=replace(provenance, read=read, unread=unread))


def _tree(content: bytes) -> tuple[RecordFormat, Tree]:
    """Tell the format by the first character, and read the tree."""
    if len(content) > MAX_BYTES:
        refuse(f"The record has {len(content) / 1e6:.0f} MB; it may have at most {MAX_BYTES // 1_000_000} MB.")
    head = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not head:
        refuse("The file is empty.")
    if head == b"<":
        return RecordFormat.LEGACY_XML, _legacy_tree(content)
    text = _decoded(content)
    return (RecordFormat.API_V2, _api_tree(text)) if head in b"{[" else (RecordFormat.PAGE, read_page(text))


def _legacy_tree(content: bytes) -> Tree:
    root = read_xml(content.lstrip())
    if root.path != "clinical_study":
        refuse(f"The XML has the root '{root.path[:40]}'; a legacy public record has the root 'clinical_study'.")
    return Tree(root)


def _api_tree(text: str) -> Tree:
    root = read_json(text)
    if not any(section.children for section in root.all("protocolSection")):
        refuse(
            "The JSON has no 'protocolSection', so it is not one study of API v2.",
            "Save one study, not a list of studies or a search result.",
        )
    return Tree(root)


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        refuse("The file is binary or UTF-16, not text in UTF-8.", "Save it as text in UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse(f"The file is not text in UTF-8: byte {error.start + 1} does not fit.", "Save it as text in UTF-8.")
