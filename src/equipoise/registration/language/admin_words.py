"""Words that speak of approvals, identifiers, suppliers and oversight: patterns for the rules of the same name."""

import re

from equipoise.registration.language.passage import phrase

DEGREE = re.compile(
    r",?\s?\b(?:M\.?D|Ph\.?\s?D|M\.?P\.?H|M\.?Sc|Pharm\.?D|Dr|Prof(?:essor)?|D\.?O|M\.?S|R\.?N|FRCP|MBBS|"
    r"Sp\.?\s?\w+)\b\.?",
    re.IGNORECASE,
)
COMMITTEE = phrase(
    r"ethic\w* (?:committee|review|board|approval|clearance)",
    r"institutional review board",
    r"IRB\b",
    r"research ethics",
    r"KEPK\b",
)
APPROVAL_NUMBER = re.compile(
    r"(?:approv\w*|ethic\w*|IRB|clearance|permit|protocol)[^.;]{0,60}(?:no\.?|number|ref\w*|#|:)\s*[A-Z0-9][\w./-]*\d",
    re.IGNORECASE,
)
APPROVAL_DATE = re.compile(r"approv\w*[^.;]{0,60}\b(?:19|20)\d\d\b", re.IGNORECASE)
EU = [
    "Austria",
    "Belgium",
    "Bulgaria",
    "Croatia",
    "Cyprus",
    "Czechia",
    "Denmark",
    "Estonia",
    "Finland",
    "France",
    "Germany",
    "Greece",
    "Hungary",
    "Ireland",
    "Italy",
    "Latvia",
    "Lithuania",
    "Luxembourg",
    "Malta",
    "Netherlands",
    "Poland",
    "Portugal",
    "Romania",
    "Slovakia",
    "Slovenia",
    "Spain",
    "Sweden",
    "Norway",
    "Iceland",
    "Liechtenstein",
]
EU_NUMBER = re.compile(r"\b20\d\d-\d{6}-\d\d\b|\b20\d\d-5\d{5}-\d\d-\d\d\b|EudraCT|EU ?CT", re.IGNORECASE)
AUTHORISATIONS = {
    "Indonesia": ("BPOM", phrase(r"BPOM\b", r"PPUK\b", r"Badan POM", r"NADFC\b")),
    **dict.fromkeys((*EU, "Czech Republic"), ("EU (EudraCT or EU CT number)", EU_NUMBER)),
}
REGISTER_ID = re.compile(
    r"\bU1111-\d{4}-\d{4}\b|INA-?\w{5,}|\b(?:ISRCTN|ACTRN|CTRI|ChiCTR|JPRN|jRCT|DRKS|NTR|PACTR|IRCT|TCTR|KCT|"
    r"RBR-|EUCTR)\S*|\b20\d\d-\d{6}-\d\d\b",
    re.IGNORECASE,
)
COMPANY = re.compile(
    r"\b(?:obtained|supplied|provided|donated|manufactured|purchased|sourced|produced|funded|sponsored|"
    r"supported)\s+(?:free of charge\s+)?(?:from|by)\s+(?:the\s+)?"
    r"(?P<name>(?:[A-Z][\w&.'-]*\s+){0,5}(?:Pharma\w*|Company|Co\b|Inc\b|Ltd\b|Limited|GmbH|Laborator\w+|"
    r"Corp\w*|Biotech\w*|AG\b|PLC\b|LLC\b|Therapeutics|Biologics|Foundation)(?:\s+(?:Company|Inc|Ltd|Limited|"
    r"GmbH|Corp\w*))?)"
)
MONITORING = phrase(
    r"data (?:and safety )?monitoring (?:committee|board)",
    r"DSMB\b",
    r"DMC\b",
    r"IDMC\b",
    r"safety (?:monitoring|review) (?:committee|board)",
    r"medical monitor",
)
