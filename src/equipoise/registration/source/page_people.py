"""Sites, sponsors and investigators of a page."""

import re

from equipoise.registration.source.countries import countries
from equipoise.registration.source.page_lines import Section, branch, value
from equipoise.registration.tree import Node

Children = list[tuple[str, Node]]
ROW = re.compile(r"\d+\s+(?P<row>.+)")
POSTAL_CODE = re.compile(r"\s+(?P<code>[A-Z0-9][A-Z0-9 -]*\d[A-Z0-9 -]*)\Z")
OFFICIAL = re.compile(r"(?P<role>[A-Z][A-Za-z-]+(?: [A-Z][a-z]+)?):\s*(?P<rest>.+)")
DEGREE = re.compile(
    r"(M\.?D|Ph\.?D|M\.?P\.?H|M\.?Sc|D\.?O|Pharm\.?D|R\.?N|M\.?S|M\.?B|B\.?S|FRCP|Dr|Prof|DDS|DMD|Sp)", re.IGNORECASE
)


def read_sites(section: Section) -> Children:
    """Read numbered rows.  The columns are lost: only country and postal code can be told apart."""
    children: Children = []
    for line in section.lines:
        found = ROW.fullmatch(line.text)
        row = found["row"] if found else line.text
        path = f"Locations > {len(children) + 1}"
        site: Children = [("printed", value(path, (line,), text=row))]
        country, code = _country(row)
        if country:
            site.append(("country", value(f"{path} > country", (line,), text=country)))
        if code:
            site.append(("postal_code", value(f"{path} > postal code", (line,), text=code)))
        children.append(("site", branch(path, site)))
    return children


def _country(row: str) -> tuple[str, str]:
    """The country that a row ends with, before its postal code if it has one."""
    code = POSTAL_CODE.search(row)
    for end, postal in ((row, ""), (row[: code.start()], code["code"]) if code else (row, "")):
        for country in countries():
            if end == country or end.endswith(f" {country}"):
                return country, postal
    return "", ""


def read_sponsors(section: Section) -> Children:
    """Read the list of sponsors: the first is the lead sponsor, the others are collaborators."""
    lead, *others = section.lines
    return [
        ("sponsor_again", value("Sponsors and Collaborators > 1", (lead,))),
        *(("collaborator_again", value("Sponsors and Collaborators", (line,))) for line in others),
    ]


def read_investigators(section: Section) -> Children:
    """Read 'Role: Name, degrees, Affiliation' rows."""
    children: Children = []
    for line in section.lines:
        found = OFFICIAL.fullmatch(line.text)
        if not found:
            continue
        path = f"Investigators > {len(children) + 1}"
        name, affiliation = split_name(found["rest"])
        official: Children = [
            ("role", value(f"{path} > role", (line,), text=found["role"])),
            ("name", value(f"{path} > name", (line,), text=name)),
        ]
        if affiliation:
            official.append(("affiliation", value(f"{path} > affiliation", (line,), text=affiliation)))
        children.append(("official", branch(path, official)))
    return children


def read_responsible_party(node: Node) -> Node:
    """Split the responsible party into a name and an affiliation; the whole text stays with the node."""
    name, affiliation = split_name(node.text or "")
    children = [("name", Node(f"{node.path} > name", name, (), node.lines, node.leaf_ids))]
    if affiliation:
        children.append(("affiliation", Node(f"{node.path} > affiliation", affiliation, (), node.lines, node.leaf_ids)))
    return Node(node.path, node.text, tuple(children), node.lines)


def split_name(text: str) -> tuple[str, str]:
    """Split 'Nurhasan Agung Prabowo, MD, Universitas Sebelas Maret' into a name with its degrees and an affiliation."""
    first, *rest = text.split(", ")
    degrees = 0
    while degrees < len(rest) and len(rest[degrees]) <= 14 and DEGREE.match(rest[degrees]):
        degrees += 1
    return ", ".join([first, *rest[:degrees]]), ", ".join(rest[degrees:])
