"""A source document as a tree of leaves: the shape that all three formats share before they become a record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tree:
    """A whole source: its root, the leaves that are only headings, and the printed text of leaves that are lines."""

    root: "Node"
    headings: frozenset[str] = frozenset()
    lines: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a source: its path, its text if it has any, and what lies below, in the order of the source.

    `lines` are first and last line (from 1) where known.  `leaf_ids` name the leaves of the source that this node's own
    text stands for: its path, or the lines of a page.
    """

    path: str
    text: str | None = None
    children: tuple[tuple[str, "Node"], ...] = ()
    lines: tuple[int, int] | None = None
    leaf_ids: tuple[str, ...] = ()

    def all(self, path: str) -> tuple["Node", ...]:
        """Give every node at `path` (keys joined by `/`) below this one, in the order of the source."""
        found: tuple[Node, ...] = (self,)
        for key in path.split("/"):
            found = tuple(child for node in found for name, child in node.children if name == key)
        return found

    def first(self, path: str) -> "Node | None":
        """Give the first node at `path`, or None."""
        found = self.all(path)
        return found[0] if found else None

    def walk(self) -> Iterator["Node"]:
        """Give this node and all below it, parents first."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(child for _, child in reversed(node.children))

    def leaves(self) -> Iterator["Node"]:
        """Give the nodes that carry text."""
        return (node for node in self.walk() if node.leaf_ids)
