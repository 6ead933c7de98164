"""The lines of a page text, cut into its sections."""

import re
from dataclasses import dataclass

from equipoise.registration.source.limits import refuse
from equipoise.registration.tree import Node

HEADINGS = (
    "Study Details",
    "Study Description",
    "Brief Summary",
    "Condition or Disease Intervention/Treatment Phase",
    "Detailed Description",
    "Study Design",
    "Arms and Interventions",
    "Outcome Measures",
    "Primary Outcome Measures",
    "Secondary Outcome Measures",
    "Other Outcome Measures",
    "Eligibility Criteria",
    "Criteria",
    "Contacts and Locations",
    "Locations",
    "Sponsors and Collaborators",
    "Investigators",
    "Study Documents (Full-Text)",
    "More Information",
    "Publications",
    "Study Results",
)
"""In the order of the page; a heading counts only after those before it, so that a description may use these words."""

COLUMNS = re.compile(r"(Condition or Disease|Arm|Site|Condition)\s+(Intervention/Treatment|City)\b.*")
BULLET = re.compile(r"^[•*·-]\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank: number from 1, text without bullet and margin, and whether it follows a blank line."""

    number: int
    text: str
    after_blank: bool

    @property
    def leaf(self) -> str:
        """The name under which this line is accounted for."""
        return f"line {self.number}"


@dataclass(frozen=True, slots=True)
class Section:
    """The lines below one heading."""

    heading: str
    lines: tuple[Line, ...]


def sections_of(text: str) -> tuple[tuple[Section, ...], frozenset[str]]:
    """Cut a page into sections, the first one headless, and name the lines that are only headings.

    Raises `Refusal` where the text is not such a page, or breaks off before its last section.
    """
    bodies: list[tuple[str, list[Line]]] = [("", [])]
    structure: set[str] = set()
    rank, blank = -1, True
    for number, raw in enumerate(text.splitlines(), start=1):
        words = BULLET.sub("", raw.strip()).strip()
        if not words:
            blank = True
            continue
        line = Line(number, words, blank)
        blank = False
        if words in HEADINGS and HEADINGS.index(words) > rank:
            rank = HEADINGS.index(words)
            bodies.append((words, []))
            structure.add(line.leaf)
        elif COLUMNS.fullmatch(words) and not bodies[-1][1]:
            structure.add(line.leaf)
        else:
            bodies[-1][1].append(line)
    sections = tuple(Section(heading, tuple(lines)) for heading, lines in bodies)
    _must_be_whole(sections)
    return sections, frozenset(structure)


def _must_be_whole(sections: tuple[Section, ...]) -> None:
    present = [section.heading for section in sections]
    if "Study Details" not in present or "Study Design" not in present:
        refuse(
            "The file is text, but neither the page of a registry record, nor JSON or XML of ClinicalTrials.gov.",
            "Give the text of a record's page, the JSON of API v2, or the legacy XML.",
        )
    if present[-1] != "Study Results" or not sections[-1].lines:
        refuse(f"The page breaks off in the section '{present[-1]}'; its last section, 'Study Results', is missing.")


def spans(starts: list[int], end: int) -> list[tuple[int, int]]:
    """Pair each start with the start after it, and the last one with the end."""
    return list(zip(starts, [*starts[1:], end], strict=False))


def value(path: str, lines: tuple[Line, ...], also: tuple[Line, ...] = (), text: str | None = None) -> Node:
    """Make a node from lines; paragraphs stay apart.  `also` are label lines that belong to the value."""
    paragraphs = "".join(("\n\n" if line.after_blank else "\n") + line.text for line in lines).strip()
    said = paragraphs if text is None else text
    owned = sorted({line.number for line in (*also, *lines)})
    return Node(path, said, (), (owned[0], owned[-1]), tuple(f"line {number}" for number in owned))


def branch(path: str, children: list[tuple[str, Node]]) -> Node:
    """Make a node that only holds others; its lines span theirs."""
    spans = [node.lines for _, node in children if node.lines]
    lines = (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None
    return Node(path, None, tuple(children), lines)
