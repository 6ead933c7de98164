"""Words that speak of statistical analysis: patterns for the rules of the same name."""

import re

from equipoise.registration.language.passage import phrase

WITHIN = phrase(
    r"paired\b",
    r"signed[- ]rank",
    r"mcnemar",
    r"within[- ](?:group|arm|subject|participant)s?\b",
    r"dependent (?:sample|t)",
    r"repeated[- ]measures? t",
    r"pre-?post test",
)
BETWEEN = phrase(
    r"un-?paired",
    r"independent[- ](?:sample|t)\w*",
    r"two[- ]sample",
    r"mann[- ]?whitney",
    r"rank[- ]sum",
    r"AN[C]?OVA",
    r"analysis of (?:co)?variance",
    r"chi[- ]?squared?",
    r"fisher\w*",
    r"log[- ]?rank",
    r"cox\b",
    r"(?:linear|logistic|poisson|proportional) \w*\s?(?:regression|model|hazard)\w*",
    r"regression",
    r"mixed[- ](?:effects?|model)\w*",
    r"MMRM",
    r"between[- ](?:group|arm|treatment)s?\b",
    r"compar\w* (?:\w+ ){0,4}(?:between|with placebo|to placebo|versus|vs)",
    r"cochran",
    r"kaplan",
    r"t[- ]tests? (?:between|for)",
)
TEST = re.compile(
    BETWEEN.pattern + "|" + WITHIN.pattern + r"|\bt[- ]?tests?\b|\bwilcoxon\b|\bstudent'?s t\b", re.IGNORECASE
)
LEVEL = re.compile(
    r"\bp\s*(?:-?value\w*)?\s*[<=≤]\s*0?[.,]\d+|\balpha\b[^.;]{0,20}0?[.,]\d+|significance (?:level|"
    r"set)[^.;]{0,40}0?[.,]\d+|\b5\s?% (?:significance|level)|"
    r"\bp[- ]?values? (?:of )?less than",
    re.IGNORECASE,
)
SIDED = phrase(r"(?:one|two|1|2)[- ](?:sided|tailed)")
POPULATION = phrase(
    r"intent(?:ion)?[- ]to[- ]treat",
    r"m?ITT\b",
    r"per[- ]protocol",
    r"full analysis set",
    r"(?:safety|efficacy|analysis|evaluable) (?:set|population|sample)",
    r"analys\w* set",
    r"all randomi[sz]ed",
    r"as[- ]treated",
    r"evaluable (?:participants|patients|subjects)",
)
MISSING = phrase(
    r"missing (?:data|values?|outcomes?|observations?)",
    r"imput\w*",
    r"last observation",
    r"LOCF\b",
    r"multiple imputation",
    r"complete[- ]case",
    r"drop-?outs? (?:will|were|are)",
    r"non-?responder imputation",
    r"MMRM\b",
    r"lost to follow-?up (?:will|were|are) (?:be )?(?:treated|counted|considered|censored)",
    r"censor\w*",
)
INTERCURRENT = phrase(
    r"intercurrent",
    r"rescue",
    r"discontinu\w*",
    r"treatment policy",
    r"composite strategy",
    r"hypothetical strategy",
    r"while on treatment",
    r"principal stratum",
    r"regardless of",
    r"censor\w*",
    r"intent(?:ion)?[- ]to[- ]treat",
)
PAST = re.compile(
    r"\b(?:was|were)\s+(?:\w+ly\s+)?(?:conducted|collected|enrolled|recruited|divided|randomi[sz]ed|assigned|"
    r"allocated|given|administered|performed|measured|assessed|evaluated|"
    r"treated|followed|included|obtained|analy[sz]ed|carried out|examined|recorded)\b|\b(?:participants|"
    r"patients|subjects|groups?|arms?|both|they)\s+(?:\w+\s+)?(?:received|underwent|completed|took)\b",
    re.IGNORECASE,
)
PAST_OF_OTHERS = phrase(
    r"previous\w*",
    r"prior\b",
    r"earlier\b",
    r"in (?:a|an|another) (?:recent|other)",
    r"have\b",
    r"has been",
    r"who (?:received|have|had|underwent)",
    r"trials? (?:have|has)",
    r"stud(?:y|ies) (?:have|showed)",
)
