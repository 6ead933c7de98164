"""Words that speak of masking: patterns for the rules of the same name."""

import re

from equipoise.registration.language.dosage import FORMS, ROUTES
from equipoise.registration.language.passage import phrase

PREPARER = phrase(
    r"pharmac(?:ist|y)\w*",
    r"prepared by",
    r"dispens\w*",
    r"manufactur\w* (?:of|the) placebo",
    r"blinded kits?",
    r"unblinded (?:nurse|staff|person\w*)",
)
MATCHING = {
    "volume": phrase(r"volume", r"same amount", r"equal amount"),
    "look": phrase(
        r"colou?r",
        r"appearance",
        r"look\w*",
        r"identical",
        r"indistinguishable",
        r"opaque",
        r"matching placebo",
        r"matched placebo",
    ),
    "consistency or smell": phrase(
        r"consisten\w*", r"viscosity", r"smell", r"odou?r", r"taste", r"identical", r"indistinguishable"
    ),
    "container": phrase(
        r"container", r"vials?\b", r"syringes?", r"packag\w*", r"bottles?", r"labell?\w*", r"identical"
    ),
}
UNBLINDED = phrase(
    r"unblind\w*",
    r"unmask\w*",
    r"not (?:be )?(?:blind|mask)ed",
    r"only the (?:pharmac|statistic)\w*",
    r"aware of (?:the )?(?:alloc|treat)\w*",
    r"code[- ]?break\w*",
)
ROUTING = re.compile(
    r"(?:laborator\w*|results?|values?|assays?)[^.;]{0,80}(?:withheld|not (?:be )?(?:disclosed|shown|available|"
    r"communicated|revealed|reported|"
    r"released|shared)|blind\w*|mask\w*)|(?:blind\w*|mask\w*)[^.;]{0,60}(?:laborator\w*|lab results?|assays?)|"
    r"central laborator\w*",
    re.IGNORECASE,
)
FORM_WORDS = re.compile(
    "|".join(pattern for pattern, _ in FORMS.values())
    + "|"
    + "|".join(part for pattern in ROUTES.values() for part in pattern.split("|") if "\\." not in part),
    re.IGNORECASE,
)
