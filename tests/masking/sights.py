"""What each masked role sees of the participants: a surface per role (leak L9).

A role from which answers are hidden learns neither them nor what was asked about them; what it sees does not move with
them.  Numbers that count over the whole trial are no part of it (`equipoise.conduct.sight`).
"""

from collections.abc import Iterator

from equipoise.cli.rehearsal.trial import Rehearsal
from equipoise.conduct.participant import Datum
from equipoise.conduct.sight import sees, visible_queries, visible_trails
from equipoise.conduct.trail import Trail
from equipoise.vocabulary import MASKED_ROLES, Role

PREFIX = "seen by "


def sights(rehearsal: Rehearsal) -> dict[str, bytes]:
    """Role by role, every trail that it may see; roles that see the same share the bytes."""
    seen: dict[frozenset[tuple[str, str]], bytes] = {}
    surfaces = {}
    for role in sorted(MASKED_ROLES):
        hidden = hidden_items(rehearsal, role)
        if hidden not in seen:
            seen[hidden] = "\n".join(_seen(rehearsal, role)).encode()
        surfaces[f"{PREFIX}{role.value}"] = seen[hidden]
    return surfaces


def without_sight(rehearsal: Rehearsal) -> frozenset[Role]:
    """The masked roles from which some answers of this study are hidden."""
    return frozenset(role for role in MASKED_ROLES if hidden_items(rehearsal, role))


def hidden_items(rehearsal: Rehearsal, role: Role) -> frozenset[tuple[str, str]]:
    """(form, item) of all that the role does not see."""
    forms = rehearsal.desk.plan.forms.items()
    return frozenset((name, item.id) for name, form in forms for item in form.items.values() if not sees(role, item))


def _seen(rehearsal: Rehearsal, role: Role) -> Iterator[str]:
    desk = rehearsal.desk
    for participant in desk.state.participants.values():
        yield f"{participant.number} {participant.stage} {participant.completed_on} {len(participant.deviations)}"
        for trail in visible_trails(desk.plan, participant, role):
            yield from _lines(trail)
        for query in visible_queries(desk.plan, participant, role):
            yield f"  query {query.point} {query.text} {query.status} {query.answer} {query.closing_reason}"


def _lines(trail: Trail) -> Iterator[str]:
    for datum in trail.values:
        yield f"{trail.participant} {trail.point.text()} {_datum(datum)}"
    yield from (f"  check {each.check} {each.status} {each.reason}" for each in trail.prompts)


def _datum(datum: Datum) -> str:
    return f"{datum.recorded_at} {datum.who} {datum.role} {datum.answer} {datum.reason}"
