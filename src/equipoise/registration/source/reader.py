"""Reads typed fields out of a tree by the names of a form, and keeps account of every leaf that it took."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from equipoise.registration.field import Field, Source
from equipoise.registration.record import Age, Unread
from equipoise.registration.registry_date import DateKind, RegistryDate, parse_registry_date
from equipoise.registration.source.form import Form
from equipoise.registration.source.limits import MAX_DIGITS, MAX_TEXT, refuse_long_number, refuse_long_text
from equipoise.registration.tree import Node, Tree
from equipoise.registration.words import registry_word

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

YES = frozenset({"true", "yes", "accepts healthy volunteers"})
NO = frozenset({"false", "no"})
AGE = re.compile(r"(\d{1,4})\s+(Years?|Months?|Weeks?|Days?|Hours?|Minutes?)\Z", re.IGNORECASE)
COUNT = re.compile(r"(\d[\d,]*)(?:\s+participants?)?\Z", re.IGNORECASE)


@dataclass(slots=True)
class Account:
    """Which leaves were taken into the record, and which were looked at but did not fit, with the reason."""

    taken: set[str] = field(default_factory=set)
    misfits: dict[str, str] = field(default_factory=dict)

    def unread(self, tree: Tree) -> tuple[Unread, ...]:
        """List every leaf that no field took, each once."""
        left: dict[str, Unread] = {}
        for leaf in tree.root.leaves():
            for leaf_id in leaf.leaf_ids:
                if leaf_id in self.taken or leaf_id in left:
                    continue
                reason = self.misfits.get(leaf_id, "no field of the record takes this")
                if leaf_id in tree.lines:
                    left[leaf_id] = Unread(f"{leaf_id}, {leaf.path}", tree.lines[leaf_id], reason)
                else:
                    left[leaf_id] = Unread(leaf.path, leaf.text or "", reason)
        return tuple(left.values())


@dataclass(frozen=True, slots=True)
class Reader:
    """A place in the tree with the form that names what lies below it."""

    file: str
    node: Node
    form: Form
    account: Account
    prefix: str = ""

    def text(self, name: str) -> Field[str]:
        """Read text; several places joined by `+` in the form become one text."""
        nodes = [node for path in self._path(name).split("+") for node in self._at(path)[:1] if node.text]
        if not nodes:
            return Field.absent()
        joined = " ".join(node.text or "" for node in nodes)
        if len(joined) > MAX_TEXT:
            refuse_long_text(nodes[0].path, len(joined))
        if joined in self.form.none_words:
            return self._none(nodes[0])
        return self._given(joined, *nodes)

    def texts(self, name: str) -> Field[tuple[str, ...]]:
        """Read a list of texts; its source is its first member."""
        nodes = [node for node in self._every(name) if node.text]
        if not nodes:
            return Field.absent()
        if all(node.text in self.form.none_words for node in nodes):
            return self._none(nodes[0])
        return self._given(tuple(node.text or "" for node in nodes), *nodes)

    def word(self, name: str, words: type[E]) -> Field[E]:
        """Read a word of a pick list."""
        return self._parsed(name, lambda text: registry_word(text, words), "is not a word of the registry's list")

    def words(self, name: str, words: type[E], separator: str = "/") -> Field[tuple[E, ...]]:
        """Read words of a pick list, printed as a list or in one text with separators."""
        nodes = [node for node in self._every(name) if node.text]
        found: list[E] = []
        for node in nodes:
            try:
                whole = (node.text or "").replace("N/A", "NA")
                found += [registry_word(part, words) for part in whole.split(separator)]
                self.account.taken.update(node.leaf_ids)
            except ValueError:
                self._misfit(node, "is not a word of the registry's list")
        return Field.of(tuple(found), self._source(nodes[0])) if found else Field.absent()

    def flag(self, name: str) -> Field[bool]:
        """Read yes or no."""
        return self._parsed(name, _yes_or_no, "is neither yes nor no")

    def count(self, name: str) -> Field[int]:
        """Read a whole number from 0.  Raises `Refusal` beyond 18 digits."""
        return self._parsed(name, _whole_number, "is not a whole number")

    def decimal(self, name: str) -> Field[Decimal]:
        """Read a decimal number, exactly as printed."""
        return self._parsed(name, _decimal, "is not a number")

    def age(self, name: str) -> Field[Age]:
        """Read an age limit with its unit."""
        return self._parsed(name, _age, "is not an age with a unit")

    def date(self, name: str, pattern: str = r".*") -> Field[RegistryDate]:
        """Read a date and, where the form has one, its type; `pattern` finds the date inside a longer text."""
        found = self._parsed(name, lambda text: _date(text, pattern), "is not a date of the registry")
        kind = self._parsed(f"{name}:kind", lambda text: registry_word(text, DateKind), "is not a type of date")
        if found.value is None or found.source is None:
            return found
        return Field.of(found.value.typed(kind.value), found.source)

    def subtree(self, name: str) -> Field[Node]:
        """Keep a whole part of the source in its own shape."""
        nodes = self._every(name)
        if not nodes:
            return Field.absent()
        leaves = [leaf for node in nodes for leaf in node.leaves()]
        return self._given(nodes[0], *leaves) if leaves else Field.absent()

    def each(self, name: str, build: Callable[["Reader"], T], members: str = "") -> Field[tuple[T, ...]]:
        """Read a list of nouns; `members` names the fields inside, where it is not the name of the list."""
        nodes = self._every(name)
        if not nodes:
            return Field.absent()
        if nodes[0].text in self.form.none_words:
            return self._none(nodes[0])
        inside = f"{members or name}."
        built = [build(Reader(self.file, node, self.form, self.account, inside)) for node in nodes]
        return Field.of(tuple(built), self._source(nodes[0]))

    @property
    def source(self) -> Source:
        """The source of this place itself."""
        return self._source(self.node)

    def _path(self, name: str) -> str:
        return self.form.paths.get(f"{self.prefix}{name}", "?")

    def _at(self, path: str) -> tuple[Node, ...]:
        return self.node.all(path) if path else (self.node,)

    def _every(self, name: str) -> list[Node]:
        return [node for path in self._path(name).split("|") for node in self._at(path)]

    def _parsed(self, name: str, parse: Callable[[str], T], fault: str) -> Field[T]:
        node = next((node for node in self._every(name) if node.text), None)
        if node is None or node.text is None:
            return Field.absent()
        try:
            return self._given(parse(node.text), node)
        except ValueError:
            if node.text in self.form.none_words:
                return self._none(node)
            self._misfit(node, fault)
            return Field.absent()

    def _given(self, given: T, *nodes: Node) -> Field[T]:
        for node in nodes:
            self.account.taken.update(node.leaf_ids)
        return Field.of(given, self._source(nodes[0]))

    def _none(self, node: Node) -> "Field[T]":
        self.account.taken.update(node.leaf_ids)
        return Field.none(self._source(node))

    def _misfit(self, node: Node, fault: str) -> None:
        self.account.misfits.update(dict.fromkeys(node.leaf_ids, f"'{(node.text or '')[:60]}' {fault}"))

    def _source(self, node: Node) -> Source:
        return Source(self.file, node.path, node.lines)


def _yes_or_no(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise ValueError(text)
    return text.lower() in YES


def _whole_number(text: str) -> int:
    found = COUNT.match(text)
    if not found:
        raise ValueError(text)
    digits = found[1].replace(",", "")
    if len(digits) > MAX_DIGITS:
        refuse_long_number(len(digits))
    return int(digits)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise ValueError(text) from None


def _age(text: str) -> Age:
    found = AGE.match(text)
    if not found:
        raise ValueError(text)
    return Age(int(found[1]), found[2])


def _date(text: str, pattern: str) -> RegistryDate:
    found = re.search(pattern, text, re.DOTALL)
    if not found:
        raise ValueError(text)
    return parse_registry_date(found[0])
