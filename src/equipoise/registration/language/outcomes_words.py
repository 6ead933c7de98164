"""Words that speak of outcome measures: patterns for the rules of the same name."""

import re

from equipoise.registration.language.passage import phrase

NOT_A_TIME = phrase(
    r"change",
    r"activity\b",
    r"improve\w*",
    r"differen\w*",
    r"scores?\b",
    r"severity",
    r"efficacy",
    r"effects?\b",
    r"reduction",
    r"increase",
)
EVENT_BOUND = phrase(
    r"through (?:study|hospital)",
    r"(?:study|treatment) completion",
    r"baseline\b",
    r"discharge",
    r"end of (?:study|treatment)",
    r"intra-?operative\w*",
    r"immediately",
    r"at birth",
    r"during (?:surgery|the procedure|hospital)",
    r"(?:pre|post)-?\s?(?:dose|operative|procedure)",
)
GENERIC = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "in",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
        "after",
        "before",
        "during",
        "primary",
        "secondary",
        "outcome",
        "outcomes",
        "measure",
        "measures",
        "endpoint",
        "endpoints",
        "result",
        "results",
        "disease",
        "activity",
        "efficacy",
        "effectiveness",
        "effect",
        "effects",
        "safety",
        "tolerability",
        "feasibility",
        "acceptability",
        "quality",
        "life",
        "health",
        "symptom",
        "symptoms",
        "clinical",
        "response",
        "improvement",
        "improvements",
        "change",
        "changes",
        "status",
        "function",
        "functional",
        "general",
        "overall",
        "patient",
        "patients",
        "participant",
        "participants",
        "treatment",
        "therapy",
        "study",
        "level",
        "levels",
        "well",
        "being",
        "wellbeing",
        "success",
    ]
)
CLEAR_METRIC = phrase(
    r"(?:change|difference|reduction|increase|decrease|improvement)s?\b[^.;]{0,80}?\bfrom (?:the )?(?:baseline|"
    r"screening|day|week|randomi[sz]ation)",
    r"from baseline",
    r"per\s?cent(?:age)?s?",
    r"proportions?\b",
    r"number of\b",
    r"rates?\b",
    r"incidence",
    r"time (?:to|from|until)",
    r"risk of",
    r"occurrence",
    r"(?:death|mortality|survival|recurrence|relapse|remission|candidiasis)",
    r"duration of",
    r"length of",
    r"AUC",
    r"area under",
    r"Cmax\b",
    r"C\d+h\b",
    r"maximum observed",
    r"tmax\b",
    r"half-life",
    r"respon(?:der|se rate)s?",
    r"%\s",
    r"(?:score|level|value|concentration)s?\s+(?:at|on)\s+(?:day|week|month|year|the end)",
    r"total duration",
    r"counts?\b",
    r"yes/no",
    r"complete\b",
    r"success\b",
)
CHANGE = phrase(
    r"chang\w*",
    r"before and after",
    r"improve\w*",
    r"reduc\w*",
    r"increas\w*",
    r"decreas\w*",
    r"pre[- ](?:and|to)[- ]post",
    r"difference",
)
AGGREGATION = phrase(
    r"means?\b",
    r"medians?\b",
    r"average",
    r"proportions?\b",
    r"per\s?cent(?:age)?s?",
    r"%",
    r"rates?\b",
    r"number of",
    r"counts?\b",
    r"incidence",
    r"geometric",
    r"hazard",
    r"odds",
    r"risk (?:ratio|difference)",
    r"least[- ]squares",
    r"frequency",
    r"Kaplan",
    r"total duration",
    r"cumulative",
)
SCALE = re.compile(
    r"\b(?:scores?|scales?|index|questionnaire|inventory|rating|SLEDAI|VAS|SDQ|PASI|EASI|DLQI|PHQ-?9|GAD-?7|"
    r"HAM-?D|MADRS|HAQ(?:-DI)?|DAS-?28)\b",
    re.IGNORECASE,
)
NOT_A_SCALE = phrase(r"mass index", r"z[- ]?scores?", r"rating of perceived", r"therapeutic index", r"glycemic index")
SCALE_RANGE = re.compile(
    r"(?:rang\w*|scor\w*|scale\w*|from|between|point)[^.;]{0,60}?(?<![\d.])(?P<low>\d+(?:\.\d+)?)\s*(?:to|-|–|"
    r"and|through)\s*(?P<high>\d+(?:\.\d+)?)",
    re.IGNORECASE,
)
DIRECTION = phrase(
    r"(?:higher|lower|greater|larger|smaller|increas\w*|decreas\w*)\b[^.;]{0,60}?(?:worse|better|sever\w*|"
    r"impair\w*|problem|symptom|disab\w*|health|function|outcome|activity|wellbeing|distress|stress|satisf\w*|"
    r"quality|pain)",
    r"(?:being|is|=|indicat\w*|represent\w*|means?)\s+(?:the )?(?:worst|best|least|most|no |severe|normal|worse|"
    r"better)",
)
EXPANSION = re.compile(
    r"(?:[A-Z][\w'-]*[ -](?:(?:of|and|in|for|the)[ ])?){1,8}[A-Z]?[\w'-]*\s*\(\s*[A-Z][\w-]{1,}|"
    r"\b[A-Z][A-Z0-9-]{1,}\s*\(\s*[A-Z][a-z]+"
)
ACRONYM = re.compile(r"\b(?:[A-Z]{2,}[A-Z0-9-]*)(?:[ -][A-Z]{2,}[A-Z0-9-]*)*\b")
ASSESSED = phrase(
    r"collect\w*",
    r"measur\w*",
    r"assess\w*",
    r"evaluat\w*",
    r"record\w*",
    r"monitor\w*",
    r"determin\w*",
    r"analy[sz]\w*",
    r"examin\w*",
    r"test(?:ed|s)\b",
)
SAFETY_WORDS = phrase(
    r"safety",
    r"adverse",
    r"side[- ]effects?",
    r"toxicit\w*",
    r"toler(?:ab|at|an)\w*",
    r"S?AEs?\b",
    r"harms?\b",
    r"complications?",
    r"discontinu\w*",
    r"reactions?\b",
    r"death",
    r"mortality",
    r"perforation",
    r"h[ae]+morrhage",
    r"enterocolitis",
)
MULTIPLICITY = phrase(
    r"multiplicity",
    r"bonferroni",
    r"holm\b",
    r"hochberg",
    r"hierarch\w*",
    r"gate-?keep\w*",
    r"multiple (?:comparison|test|end)\w*",
    r"family-?wise",
    r"false discovery",
    r"alpha (?:split|spend|level of 0\.02)",
    r"adjusted? (?:for|p)",
    r"fixed[- ]sequence",
)
BASELINE_DEFINED = phrase(
    r"baseline[^.;]{0,60}?(?:\(|is |was |as |visit|defined|day|week|within|prior|before|pre-?dose|measure|assessment)",
    r"(?:day|week)\s+(?:0|1|-\d+)\b",
    r"pre-?dose",
    r"(?:prior to|before) (?:the )?(?:first|randomi[sz]ation|dos\w*|infusion|injection|surgery)",
    r"screening",
)
