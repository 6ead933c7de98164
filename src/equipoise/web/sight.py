"""Which queries a role sees: one may repeat what stands at its point, and is hidden with it (M13)."""

from equipoise.conduct import Plan, Query
from equipoise.conduct.sight import sees_point
from equipoise.vocabulary import Role


def sees_query(plan: Plan, role: Role, query: Query) -> bool:
    """False for a query about an answer that is hidden from the role."""
    return query.point is None or sees_point(plan, role, query.point)
