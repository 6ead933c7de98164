"""Where on the site an obstacle of the review is mended: rule and place of a finding -> address of a page."""

import re

from django.urls import NoReverseMatch, reverse

from equipoise.vocabulary import Finding

_OF_PARTICIPANT = {
    "LOCK-STAGE": "participant",
    "LOCK-QUERY": "participant_queries",
    "LOCK-EVENT": "events",
    "LOCK-REPORT": "events",
    "LOCK-SECOND": "reconciliation",
    "LOCK-PACK": "doses",
}
_OF_TRIAL = {"LOCK-DEVIATION": ("review", "#classify"), "LOCK-BREAK": ("code_breaks", "")}
_POINT = re.compile(r"(?P<encounter>[\w-]+)/(?P<form>[\w-]+)(?:/[\w-]+)?(?:#(?P<repetition>[0-9]+))?")
"""A place on a form, as the findings write it: `day_1/laboratory/esr#2`, or the form alone."""


def mended_at(slug: str, finding: Finding) -> str:
    """The address of the page on which a finding is mended; empty where that is not on this site."""
    number, _, rest = finding.place.partition(", ")
    if finding.rule in _OF_TRIAL:
        name, fragment = _OF_TRIAL[finding.rule]
        return reverse(name, args=[slug]) + fragment
    if finding.rule in _OF_PARTICIPANT:
        return reverse(_OF_PARTICIPANT[finding.rule], args=[slug, number])
    point = _POINT.fullmatch(rest)
    if point is None:
        return ""
    try:
        return reverse(
            "form_page", args=[slug, number, point["encounter"], point["form"], int(point["repetition"] or 1)]
        )
    except NoReverseMatch:
        return ""
