"""What a page prints twice is one field; a second copy that disagrees stays apart, and so among the unread."""

from dataclasses import replace

from equipoise.registration.tree import Node

Children = list[tuple[str, Node]]

ECHOES = {
    "nct_id_again": "nct_id",
    "sponsor_again": "sponsor",
    "responsible_party_again": "responsible_party",
}


def without_echoes(children: Children) -> Children:
    """Join each second copy that agrees to its field; take collaborators from the list at the foot if there is one."""
    kept = _with_listed_collaborators(children)
    for again, name in ECHOES.items():
        first = next((node for key, node in kept if key == name), None)
        echo = next((node for key, node in kept if key == again), None)
        if first and echo and _words(echo) == _words(first):
            joined = _joined(first, echo)
            kept = [(key, joined if node is first else node) for key, node in kept if node is not echo]
    return kept


def _with_listed_collaborators(children: Children) -> Children:
    listed = [node for key, node in children if key == "collaborator_again"]
    if not listed:
        return children
    header = next((node for key, node in children if key == "collaborators"), None)
    names = [node.text or "" for node in listed]
    agree = header is not None and all(name in _words(header) for name in names)
    others = [(key, node) for key, node in children if key != "collaborator_again" and not (agree and node is header)]
    rows = [Node(node.path, None, (("name", node),), node.lines) for node in listed]
    if agree and header is not None:
        rows[0] = _joined(rows[0], header)
    return others + [("collaborators", row) for row in rows]


def _words(node: Node) -> str:
    return node.text or (node.children[0][1].text if node.children else "") or ""


def _joined(first: Node, echo: Node) -> Node:
    """Let `first` stand for the lines of `echo` too: at its first named child, or at itself."""
    more = tuple(leaf for node in echo.leaves() for leaf in node.leaf_ids)
    if first.children:
        (key, child), *rest = first.children
        return replace(first, children=((key, replace(child, leaf_ids=child.leaf_ids + more)), *rest))
    return replace(first, leaf_ids=first.leaf_ids + more)
