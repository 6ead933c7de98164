"""Names for what people point at, that say nothing of what a role does not see.

Entries, queries and prompts are numbered over the whole trial; a prompt about a hidden answer would move every later
number.  The names here count at one place of one participant alone, so that who sees the place sees the same count.
"""

from equipoise.conduct.participant import Participant, Prompt, Query
from equipoise.conduct.plan import Plan
from equipoise.conduct.point import Point
from equipoise.conduct.sight import sees, visible_queries
from equipoise.vocabulary import Refusal, Role

_RECORD = "record"


def version_of(participant: Participant, point: Point) -> int:
    """How many values a data point has held: 0 before the first answer, and one more with every correction."""
    return len(participant.history(point))


def entry_of_version(participant: Participant, point: Point, version: int) -> int:
    """The entry that holds the value of this version.  Raises `Refusal` if there is none."""
    history = participant.history(point)
    if not 1 <= version <= len(history):
        raise Refusal("ANSWER-VERSION", "This item never held such a value.", "Read the page anew.")
    return history[version - 1].seq


def query_name(participant: Participant, query: Query) -> str:
    """`baseline/vital_signs/weight:1` for the first query about a point, `record:1` for one about the whole record."""
    about = [each.number for each in participant.queries.values() if each.point == query.point]
    return f"{query.point.text() if query.point else _RECORD}:{about.index(query.number) + 1}"


def prompt_name(participant: Participant, prompt: Prompt) -> str:
    """`baseline/vital_signs/heavy:1` for the first time that a check asked on a page."""
    page = prompt.page
    same = [each.number for each in participant.prompts.values() if (each.page, each.check) == (page, prompt.check)]
    return f"{page.point(prompt.check).text()}:{same.index(prompt.number) + 1}"


def find_query(plan: Plan, participant: Participant, role: Role, name: str) -> Query:
    """The query of this name among those that the role sees.  Raises `Refusal` if there is none."""
    for query in visible_queries(plan, participant, role):
        if query_name(participant, query) == name:
            return query
    raise Refusal("QUERY", "There is no such query about this participant.", "Check its name.")


def find_prompt(plan: Plan, participant: Participant, role: Role, name: str) -> Prompt:
    """The prompt of this name, if the role sees everything that it is about.  Raises `Refusal` if there is none."""
    for prompt in participant.prompts.values():
        if prompt_name(participant, prompt) == name and sees_prompt(plan, role, prompt):
            return prompt
    raise Refusal("PROMPT", "There is no such prompt about this participant.", "Check its name.")


def sees_prompt(plan: Plan, role: Role, prompt: Prompt) -> bool:
    """False if one of the items that a prompt is about is hidden: it would tell how the hidden value compares."""
    form = plan.form(prompt.page.form)
    return all(sees(role, form.item(item)) for item in prompt.items)
