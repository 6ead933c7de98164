"""What a role may see of a participant: answers that could betray the arm are hidden from some roles (M13, L9)."""

from dataclasses import replace

from equipoise.conduct.participant import Attachment, Participant, Prompt, Query
from equipoise.conduct.plan import Plan, PlannedForm
from equipoise.conduct.point import Point
from equipoise.conduct.trail import Trail, trail_of
from equipoise.instruments.item import Item
from equipoise.vocabulary import Role


def sees(role: Role, item: Item) -> bool:
    """False for a role from which the item is hidden, since it could betray the arm."""
    return role not in item.restricted


def sees_point(plan: Plan, role: Role, point: Point) -> bool:
    """True if the role may see the answer to this data point, and what was asked about it."""
    return sees(role, plan.form(point.form).item(point.item))


def sees_form(role: Role, form: PlannedForm) -> bool:
    """True if the role sees every answer of a form, computed ones included."""
    return all(sees(role, item) for item in form.items.values())


def sees_attachment(plan: Plan, role: Role, attachment: Attachment) -> bool:
    """True if the role may see a file: all of the form beside which it stands, or an adverse event."""
    if attachment.page is None:
        return True
    form = plan.forms.get(attachment.page.form)
    return form is not None and sees_form(role, form)


def visible_trails(plan: Plan, participant: Participant, role: Role) -> tuple[Trail, ...]:
    """The trails of all answered points that the role may see, in the order of first entry.

    A prompt about several items is left out if one of them is hidden: it would tell how the hidden value compares.
    Numbers of entries, prompts and queries count over the whole trial, hidden ones included: show them to no role from
    which something is hidden.
    """
    trails = (trail_of(participant, point) for point, _ in participant.points() if sees_point(plan, role, point))
    return tuple(replace(trail, prompts=_visible(plan, role, trail.prompts)) for trail in trails)


def visible_queries(plan: Plan, participant: Participant, role: Role) -> tuple[Query, ...]:
    """The queries about a participant that the role may see: not those about an answer that is hidden from it."""
    return tuple(
        query for query in participant.queries.values() if query.point is None or sees_point(plan, role, query.point)
    )


def _visible(plan: Plan, role: Role, prompts: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
    items = {each: [plan.form(each.page.form).item(item) for item in each.items] for each in prompts}
    return tuple(prompt for prompt, about in items.items() if all(sees(role, item) for item in about))
