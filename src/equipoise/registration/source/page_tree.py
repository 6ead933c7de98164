"""The page text of clincosm.com's shape as a tree: a title, a headless block, and sections with labels and lists."""

import re
from collections.abc import Callable

from equipoise.registration.source.page_arms import read_arms
from equipoise.registration.source.page_echoes import without_echoes
from equipoise.registration.source.page_lines import Line, Section, branch, sections_of, spans, value
from equipoise.registration.source.page_people import (
    read_investigators,
    read_responsible_party,
    read_sites,
    read_sponsors,
)
from equipoise.registration.tree import Node, Tree

Children = list[tuple[str, Node]]

HEAD_LABELS = {
    "Sponsor": "sponsor",
    "Overall Status": "overall_status",
    "CT.gov ID": "nct_id",
    "Collaborator": "collaborators",
}
FIGURE_NAMES = ("enrolment", "sites", "arms", "months", "per_site_per_month")
DESIGN_LABELS = {
    "Study Type": "study_type",
    "Allocation": "allocation",
    "Intervention Model": "model",
    "Intervention Model Description": "model_description",
    "Observational Model": "observational_model",
    "Time Perspective": "time_perspective",
    "Masking": "masking",
    "Masking Description": "masking_description",
    "Primary Purpose": "primary_purpose",
    "Official Title": "official_title",
}
TYPED_LABELS = {
    "Enrollment": "enrolment",
    "Study Start Date": "start",
    "Primary Completion Date": "primary_completion",
    "Study Completion Date": "completion",
}
ELIGIBILITY_LABELS = {
    "Ages Eligible for Study": "ages",
    "Sexes Eligible for Study": "sex",
    "Accepts Healthy Volunteers": "healthy_volunteers",
}
MORE_LABELS = {
    "Responsible Party": "responsible_party",
    "ClinicalTrials.gov Identifier": "nct_id_again",
    "Other Study ID Numbers": "study_ids",
    "First Posted": "first_posted",
    "Last Update Posted": "last_update_posted",
    "Last Verified": "verified",
    "Individual Participant Data (IPD) Sharing Statement": "sharing_statement",
    "Plan to Share IPD": "sharing_plan",
    "IPD Sharing Statement": "sharing_statement",
    "Studies a U.S. FDA-regulated Drug Product": "fda_regulated_drug",
    "Studies a U.S. FDA-regulated Device Product": "fda_regulated_device",
    "Product Manufactured in and Exported from the U.S.": "us_export",
    "Keywords": "keywords",
}
TYPED = re.compile(r"(Actual|Anticipated|Estimated)\s+(.+)")
FIGURE = re.compile(r"\d[\d,]*(\.\d+)?\Z")
OUTCOME = re.compile(r"(?P<number>\d{1,4})\.\s+(?P<measure>.+?)(?:\s*\[(?P<time_frame>[^\[\]]*)\])?\Z")
AGES = re.compile(r"(?:(?P<low>\d+ \w+|N/A)\s+)?(?:(?:to|up to|and)\s+)?(?P<high>\d+ \w+|Older|N/A)?\Z", re.IGNORECASE)
PHASE = re.compile(r"(Early )?Phase \d(/Phase \d)?\Z|N/A\Z|Not Applicable\Z")
TYPED_NAME = re.compile(
    r"(Drug|Biological|Device|Procedure|Radiation|Behavioral|Genetic|Dietary Supplement|"
    r"Combination Product|Diagnostic Test|Other): "
)


def read_page(text: str) -> Tree:
    """Read page text into a tree; its leaves are lines.  Raises `Refusal` for other texts."""
    sections, structure = sections_of(text)
    children: Children = _head(sections[0])
    for section in sections[1:]:
        if section.lines and (reader := SECTIONS.get(section.heading)):
            children += reader(section)
    children = without_echoes(children)
    placed = structure | {leaf for _, node in children for below in node.leaves() for leaf in below.leaf_ids}
    lines = [line for section in sections for line in section.lines]
    children += [("unplaced", value("page", (line,))) for line in lines if line.leaf not in placed]
    return Tree(branch("", children), structure, {line.leaf: line.text for line in lines})


def _labelled(lines: tuple[Line, ...], labels: dict[str, str], where: str, colon: bool = True) -> Children:
    """Read label lines with the lines below each; lines before the first label are left alone."""
    marks = [place for place, line in enumerate(lines) if _label(line, labels, colon)]
    children: Children = []
    for place, end in spans(marks, len(lines)):
        label = _label(lines[place], labels, colon)
        body = lines[place + 1 : end]
        if label in labels and body:
            children.append((labels[label], value(f"{where} > {label}", body, also=(lines[place],))))
        elif (typed := TYPED.fullmatch(label)) and body:
            name, path = TYPED_LABELS[typed[2]], f"{where} > {typed[2]}"
            kind = ("kind", value(f"{path} > type", (lines[place],), text=typed[1]))
            children.append((name, branch(path, [("is", value(path, body)), kind])))
    return children


def _label(line: Line, labels: dict[str, str], colon: bool) -> str:
    """The label that a line is, or the empty text.  'Keywords provided by ...' is the one label with a tail."""
    words = line.text.removesuffix(":").rstrip() if colon else line.text
    if colon and words == line.text:
        return ""
    typed = TYPED.fullmatch(words)
    return words if words in labels or (typed and typed[2] in TYPED_LABELS) else ""


def _head(section: Section) -> Children:
    if not section.lines:
        return []
    title, lines = section.lines[0], section.lines[1:]
    children: Children = [("brief_title", value("title", (title,)))]
    first_figure = next((place for place, line in enumerate(lines) if FIGURE.match(line.text)), len(lines))
    children += [
        (name, _with_class(node) if name in ("sponsor", "collaborators") else node)
        for name, node in _labelled(lines[:first_figure], HEAD_LABELS, "header", colon=False)
    ]
    figures = lines[first_figure:]
    if len(figures) == len(FIGURE_NAMES) and all(FIGURE.match(line.text) for line in figures):
        children += [
            ("figure", branch("header > figures", [(name, value(f"header > figure {place}", (line,)))]))
            for place, (name, line) in enumerate(zip(FIGURE_NAMES, figures, strict=True), start=1)
        ]
    return children


def _with_class(node: Node) -> Node:
    """Split 'Universitas Sebelas Maret (Other)' into a name and a class."""
    found = re.fullmatch(r"(.+?)\s*\(([^()]+)\)", node.text or "", re.DOTALL)
    if not found:
        return node
    name = Node(node.path, found[1], (), node.lines, node.leaf_ids)
    kind = Node(f"{node.path} > class", found[2], (), node.lines, node.leaf_ids)
    return Node(node.path, None, (("name", name), ("class", kind)), node.lines)


def _text(name: str) -> Callable[[Section], Children]:
    return lambda section: [(name, value(section.heading, section.lines))]


def _condition_table(section: Section) -> Children:
    children: Children = []
    for line in section.lines:
        if PHASE.match(line.text):
            children.append(("phase", value("Condition table > Phase", (line,))))
        elif TYPED_NAME.match(line.text):
            children.append(("condition_row", value("Condition table > Intervention", (line,))))
        else:
            children.append(("condition", value("Condition table > Condition", (line,))))
    return children


def _outcomes(name: str) -> Callable[[Section], Children]:
    def read(section: Section) -> Children:
        heads: dict[int, re.Match[str]] = {}
        for place, line in enumerate(section.lines):
            found = OUTCOME.match(line.text)
            if found and int(found["number"]) == len(heads) + 1:
                heads[place] = found
        children: Children = []
        for place, end in spans(list(heads), len(section.lines)):
            found = heads[place]
            path, head, body = (
                f"{section.heading} > {found['number']}",
                section.lines[place],
                section.lines[place + 1 : end],
            )
            outcome: Children = [("measure", value(f"{path} > measure", (head,), text=found["measure"]))]
            if found["time_frame"]:
                outcome.append(("time_frame", value(f"{path} > time frame", (head,), text=found["time_frame"])))
            if body:
                outcome.append(("description", value(f"{path} > description", body)))
            children.append((name, branch(path, outcome)))
        return children

    return read


def _eligibility(section: Section) -> Children:
    lines = section.lines
    ends = [place for place, line in enumerate(lines) if _label(line, ELIGIBILITY_LABELS, True)]
    start = min(ends[-1] + 2, len(lines)) if ends else 0  # each of these labels has one line of value
    children = _labelled(lines[:start], ELIGIBILITY_LABELS, "Eligibility Criteria")
    if lines[start:]:
        children.append(("criteria", value("Eligibility Criteria > Criteria", lines[start:])))
    return [pair for name, node in children for pair in (_ages(node) if name == "ages" else [(name, node)])]


def _ages(node: Node) -> Children:
    found = AGES.match(node.text or "")
    if not found:
        return [("ages", node)]
    low, high = found["low"] or "N/A", found["high"] or "N/A"
    high = "N/A" if high.lower() == "older" else high
    return [
        ("minimum_age", Node(f"{node.path} > minimum", low, (), node.lines, node.leaf_ids)),
        ("maximum_age", Node(f"{node.path} > maximum", high, (), node.lines, node.leaf_ids)),
    ]


def _documents(section: Section) -> Children:
    if section.lines[0].text.lower().startswith("none"):
        return [("documents", value(section.heading, section.lines[:1]))]
    return [
        ("documents", branch(section.heading, [("label", value(section.heading, (line,)))])) for line in section.lines
    ]


def _more(section: Section) -> Children:
    lines = tuple(line for line in section.lines if not line.text.startswith("Keywords provided by"))
    keywords = [line for line in section.lines if line.text.startswith("Keywords provided by")]
    children: Children = []
    if keywords:
        place = section.lines.index(keywords[0])
        lines, terms = section.lines[:place], section.lines[place + 1 :]
        by = keywords[0].text.removeprefix("Keywords provided by").strip()
        children.append(("responsible_party_again", value("More Information > Keywords", (keywords[0],), text=by)))
        children += [("keyword", value("More Information > Keywords", (line,))) for line in terms]
    first = next((place for place, line in enumerate(lines) if _label(line, MORE_LABELS, True)), len(lines))
    if lines[:1] and lines[0].text.lower().startswith("none provided"):
        children.append(("references", value("Publications", lines[:1])))
    else:
        children += [
            ("references", branch("Publications", [("citation", value("Publications", (line,)))]))
            for line in lines[:first]
        ]
    for name, node in _labelled(lines[first:], MORE_LABELS, "More Information"):
        if name == "study_ids":
            children += _study_ids(node, lines)
        elif name == "responsible_party":
            children.append((name, read_responsible_party(node)))
        else:
            children.append((name, node))
    return children


def _study_ids(node: Node, lines: tuple[Line, ...]) -> Children:
    """The sponsor's own number stands first; those after it are secondary."""
    mine = [line for line in lines if line.leaf in node.leaf_ids]
    first = value(f"{node.path} > 1", (mine[1],), also=(mine[0],))
    rest = [("secondary_id", value(f"{node.path} > {place}", (line,))) for place, line in enumerate(mine[2:], start=2)]
    return [("org_study_id", first), *rest]


def _results(section: Section) -> Children:
    head = section.lines[0]
    if head.text.startswith("No Results Posted"):
        children: Children = [("has_results", value("Study Results", (head,), text="No"))]
        if " as of " in head.text:
            children.append(("seen_on", value("Study Results > as of", (head,), text=head.text.split(" as of ", 1)[1])))
        return children
    rows = [("line", value("Study Results", (line,))) for line in section.lines]
    return [("has_results", value("Study Results", (head,), text="Yes")), ("results", branch("Study Results", rows))]


SECTIONS: dict[str, Callable[[Section], Children]] = {
    "Brief Summary": _text("brief_summary"),
    "Condition or Disease Intervention/Treatment Phase": _condition_table,
    "Detailed Description": _text("detailed_description"),
    "Study Design": lambda section: _labelled(section.lines, DESIGN_LABELS, "Study Design"),
    "Arms and Interventions": read_arms,
    "Primary Outcome Measures": _outcomes("primary_outcome"),
    "Secondary Outcome Measures": _outcomes("secondary_outcome"),
    "Other Outcome Measures": _outcomes("other_outcome"),
    "Eligibility Criteria": _eligibility,
    "Criteria": _eligibility,
    "Locations": read_sites,
    "Sponsors and Collaborators": read_sponsors,
    "Investigators": read_investigators,
    "Study Documents (Full-Text)": _documents,
    "Publications": _more,
    "More Information": _more,
    "Study Results": _results,
}
