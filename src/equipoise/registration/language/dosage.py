"""What a text says of giving a product: form, route, volume, strength, frequency, duration."""

import re
from dataclasses import dataclass
from decimal import Decimal

from equipoise.registration.language.passage import phrase

ROUTES = {
    "intramuscular": r"intra-?muscular\w*|\bI\.?M\.?\b(?! ?medicine)",
    "subcutaneous": r"sub-?cutaneous\w*|\bS\.?C\.?\b|\bsubcut\b",
    "intravenous": r"intra-?venous\w*|\bI\.?V\.?\b",
    "oral": r"\boral(?:ly)?\b|by mouth|\bP\.?O\.?\b",
    "topical": r"\btopical\w*|applied to the skin",
    "inhaled": r"\binhal\w*|\bnebuli[sz]\w*",
    "intranasal": r"intra-?nasal\w*|nasal spray",
    "rectal": r"\brectal\w*",
    "vaginal": r"\bvaginal\w*|intra-?vaginal\w*",
    "sublingual": r"\bsub-?lingual\w*",
    "transdermal": r"\btrans-?dermal\w*",
    "intradermal": r"\bintra-?dermal\w*",
    "intrathecal": r"\bintra-?thecal\w*",
    "intra-articular": r"\bintra-?articular\w*",
    "intravitreal": r"\bintra-?vitre\w*",
    "ophthalmic": r"\bophthalmic\w*|eye drops?",
    "epidural": r"\bepidural\w*",
    "intraperitoneal": r"\bintra-?peritoneal\w*",
}
FORMS = {
    "tablet": (r"\btablets?\b|\bpills?\b", "oral"),
    "capsule": (r"\bcapsules?\b", "oral"),
    "syrup": (r"\bsyrups?\b", "oral"),
    "injection": (r"\binject\w*", "parenteral"),
    "infusion": (r"\binfus(?:ions?|ed)\b", "parenteral"),
    "cream": (r"\bcreams?\b", "topical"),
    "gel": (r"\bgels?\b", "topical"),
    "ointment": (r"\bointments?\b", "topical"),
    "patch": (r"\bpatch(?:es)?\b", "transdermal"),
    "spray": (r"\bsprays?\b", "nasal"),
    "drops": (r"\bdrops\b", "drops"),
    "suppository": (r"\bsuppositor\w*", "rectal"),
    "inhaler": (r"\binhalers?\b", "inhaled"),
}
IMPLIED_ROUTE = {"tablet": "oral", "capsule": "oral", "syrup": "oral", "patch": "transdermal", "inhaler": "inhaled"}
FAMILY_OF_ROUTE = {
    "intramuscular": "parenteral",
    "subcutaneous": "parenteral",
    "intravenous": "parenteral",
    "intradermal": "parenteral",
}
VOLUME = re.compile(
    r"(?<![\d.,])(?P<amount>\d{1,6}(?:[.,]\d{1,6})?)\s?(?P<unit>cc|mL|millilit(?:er|re)s?)\b(?!\s*/)", re.IGNORECASE
)
STRENGTH = re.compile(
    r"\d[\d.,]{0,15}\s?(?:mg|milligrams?|µg|μg|mcg|micrograms?|ng|g|grams?|I\.?U\.?|units?|mmol|mEq|MBq|Gy|"
    r"particles?|cells?|cell equivalents|vesicles?|PFU|CFU|kcal)\b|"
    r"(?:x|×)\s*10\s*\^?\s*\d+\s*(?:cells|particles|vesicles)|\bmillion cells\b|\bpotency\b|total protein",
    re.IGNORECASE,
)
FREQUENCY = phrase(
    r"daily\b",
    r"\d+ times\b",
    r"(?:once|twice|thrice|three times|four times)\b",
    r"weekly\b",
    r"monthly\b",
    r"every\b",
    r"each (?:day|week|month|meal)\b",
    r"per (?:day|week|month)\b",
    r"[BTQ]\.?I\.?D\b",
    r"O\.?D\b",
    r"q\d+h\b",
    r"single dose",
    r"one dose",
    r"days? \d",
    r"cycles?\b",
    r"before (?:each|every) meal",
    r"sessions?\b",
    r"continuous\w*",
)
DURATION = phrase(
    r"(?:for|over|during|up to|within)\s+(?:a |an |the )?(?:total of |period of |maximum of |duration of |"
    r"approximately )*"
    r"(?:\d+|one|two|three|four|five|six|eight|ten|twelve)",
    r"until\b",
    r"days? \d+\s*(?:to|-|–|through|,)",
    r"\d+[- ](?:day|week|month|year)s?\b",
    r"weeks? \d",
    r"single (?:dose|session)",
    r"one (?:dose|time)",
    r"total of \d+",
)


@dataclass(frozen=True, slots=True)
class Giving:
    """Forms and routes that a text names."""

    forms: frozenset[str]
    routes: frozenset[str]

    @property
    def families(self) -> frozenset[str]:
        """The way into the body that forms and routes belong to: oral, parenteral, topical, ..."""
        of_forms = {FORMS[form][1] for form in self.forms}
        return frozenset(of_forms | {FAMILY_OF_ROUTE.get(route, route) for route in self.routes})

    def differs_from(self, other: "Giving") -> bool:
        """True when both are known and cannot look alike: no common family, or forms of one family without overlap."""
        if not self.families or not other.families:
            return False
        if not self.families & other.families:
            return True
        both_routes = self.routes and other.routes
        if both_routes and not self.routes & other.routes:
            return True
        return bool(self.forms and other.forms and not self.forms & other.forms)

    def __str__(self) -> str:
        return " ".join(sorted(self.routes) + sorted(self.forms)) or "nothing"


def giving(text: str) -> Giving:
    """Find the forms and routes that a text names."""
    forms = frozenset(form for form, (pattern, _) in FORMS.items() if re.search(pattern, text, re.IGNORECASE))
    return Giving(forms, routes_in(text))


def routes_in(text: str) -> frozenset[str]:
    """Find the routes of administration that a text names; the abbreviations IM, IV, SC and PO only in capitals."""
    return frozenset(
        route
        for route, pattern in ROUTES.items()
        for part in pattern.split("|")
        if re.search(part, text, 0 if "\\." in part else re.IGNORECASE)
    )


def volumes_ml(text: str) -> tuple[Decimal, ...]:
    """Give the volumes that a text names, in millilitres; a decimal comma is read as a point."""
    return tuple(Decimal(found["amount"].replace(",", ".")) for found in VOLUME.finditer(text))
