"""The section 'Arms and Interventions' of a page: arms with the interventions printed below each."""

import re
from dataclasses import dataclass, field

from equipoise.registration.source.page_lines import Line, Section, branch, value
from equipoise.registration.tree import Node

ARM = re.compile(r"(Experimental|Active Comparator|Placebo Comparator|Sham Comparator|No Intervention|Other): (.+)")
INTERVENTION = re.compile(
    r"(Drug|Biological|Device|Procedure|Radiation|Behavioral|Genetic|Dietary Supplement|Combination Product|"
    r"Diagnostic Test|Other): (.+)"
)
OTHER_NAMES = "Other Names:"


@dataclass(slots=True)
class _Block:
    head: Line
    type: str
    label: str
    body: list[Line] = field(default_factory=list)
    names_head: Line | None = None
    names: list[Line] = field(default_factory=list)
    below: "list[_Block]" = field(default_factory=list)


def read_arms(section: Section) -> list[tuple[str, Node]]:
    """Read arms and interventions; one intervention printed below two arms becomes one node with both labels."""
    arms = _blocks(section.lines)
    nodes = [("arm", _arm(arm)) for arm in arms]
    printed: dict[tuple[str, str], list[tuple[_Block, _Block]]] = {}
    for arm in arms:
        for given in arm.below:
            printed.setdefault((given.type, given.label), []).append((arm, given))
    return nodes + [("intervention", _intervention(copies)) for copies in printed.values()]


def _blocks(lines: tuple[Line, ...]) -> list[_Block]:
    arms: list[_Block] = []
    for line in lines:
        arm, given = ARM.fullmatch(line.text), INTERVENTION.fullmatch(line.text)
        if arm and not (given and arms and not arms[-1].below):  # 'Other: ...' under an arm without intervention is one
            arms.append(_Block(line, arm[1], arm[2]))
        elif given and arms:
            arms[-1].below.append(_Block(line, given[1], given[2]))
        elif not arms:
            arms.append(_Block(line, "", line.text))  # a cohort of an observational study has no type
        else:
            _add(arms[-1].below[-1] if arms[-1].below else arms[-1], line)
    return arms


def _add(block: _Block, line: Line) -> None:
    if line.text == OTHER_NAMES:
        block.names_head = line
    elif block.names_head:
        block.names.append(line)
    else:
        block.body.append(line)


def _arm(arm: _Block) -> Node:
    path = f"Arms and Interventions > {arm.label}"
    children = [("label", value(f"{path} > label", (arm.head,), text=arm.label))]
    if arm.type:
        children.append(("type", value(f"{path} > type", (arm.head,), text=arm.type)))
    if arm.body:
        children.append(("description", value(f"{path} > description", tuple(arm.body))))
    children += [
        ("intervention_name", value(f"{path} > intervention", (given.head,), text=f"{given.type}: {given.label}"))
        for given in arm.below
    ]
    return branch(path, children)


def _intervention(copies: list[tuple[_Block, _Block]]) -> Node:
    """Build one intervention from its printed copies; a description that differs between copies stays unread."""
    _, first = copies[0]
    path = f"Arms and Interventions > {first.type}: {first.label}"
    heads = tuple(given.head for _, given in copies)
    children = [
        ("type", value(f"{path} > type", heads, text=first.type)),
        ("name", value(f"{path} > name", heads, text=first.label)),
        *(("arm_label", value(f"{path} > arm", (arm.head,), text=arm.label)) for arm, _ in copies),
    ]
    same = [given for _, given in copies if [line.text for line in given.body] == [line.text for line in first.body]]
    if first.body:
        repeats = tuple(line for given in same[1:] for line in given.body)
        children.append(("description", value(f"{path} > description", tuple(first.body), also=repeats)))
    if first.names_head and first.names:
        heads_of_names = tuple(given.names_head for _, given in copies if given.names_head)
        for place, line in enumerate(first.names):
            repeats = tuple(other for _, given in copies[1:] for other in given.names if other.text == line.text)
            also = (*repeats, *(heads_of_names if place == 0 else ()))
            children.append(("other_name", value(f"{path} > other name", (line,), also=also)))
    return branch(path, children)
