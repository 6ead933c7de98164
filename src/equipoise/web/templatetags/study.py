"""How pages show what belongs to the study: wordings with a mark where they fall back, answers, days and moments."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from equipoise.conduct import PERMISSIONS, Answer
from equipoise.instruments.item import Item, ItemType, Label
from equipoise.vocabulary import Role
from equipoise.web import words
from equipoise.web.refusals import translated

register = template.Library()
_FALLBACK = (
    '<span lang="{0}">{1}</span> <span class="fallback" title="{2}">{3}<span class="visually-hidden"> {2}</span></span>'
)
_CHECKING = frozenset({Role.MONITOR, Role.AUDITOR})
_UNITS = (("Cel", "°C"), ("[", ""), ("]", ""))
_POWER, _RAISED = re.compile(r"10\*(-?[0-9]+)"), str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MICRO = re.compile(r"(?<![A-Za-z])u(?=[A-Za-z])")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def language() -> str:
    """`en` or `id`, as the page is read."""
    return (get_language() or "en")[:2]


@register.filter
def say(label: Label) -> str | SafeString:
    """A study text in the reader's language; where it is missing, another one, marked as such."""
    chosen = language()
    if label.und or getattr(label, chosen, ""):
        return label.text(chosen) if getattr(label, chosen, "") else label.und
    other = "en" if label.en else "id"
    mark = gettext("This text exists only in another language")
    return format_html(_FALLBACK, other, label.text(other), mark, other.upper())


@register.filter
def plain(label: Label) -> str:
    """A study text without the mark, for places that take no markup."""
    return label.text(language())


@register.filter
def told(text: str) -> str:
    """What a rule says, in the reader's language."""
    return translated(text, {})


@register.filter
def word(value: Enum) -> str:
    """A stored word in the reader's language."""
    return words.wording(value)


@register.filter
def day(value: date | None) -> str:
    """A calendar day: `08 Aug 2022` in English, `08-08-2022` in Indonesian."""
    if value is None:
        return ""
    if language() == "id":
        return value.strftime("%d-%m-%Y")
    return f"{value.day:02d} {_MONTHS[value.month - 1]} {value.year}"


@register.simple_tag(takes_context=True)
def moment(context: Mapping[str, Any], value: datetime) -> str:
    """A moment where the trial takes place, such as `08 Aug 2022 09:30 WIB`."""
    local = value.astimezone(context["here"].trial.plan.zone)
    return f"{day(local.date())} {local:%H:%M} {local.tzname()}"


@register.simple_tag(takes_context=True)
def now_here(context: Mapping[str, Any]) -> str:
    """The present moment where the trial takes place."""
    return moment(context, context["here"].trial.now())


@register.simple_tag(takes_context=True)
def zone_name(context: Mapping[str, Any]) -> str:
    """The name of the zone in which the trial takes place, such as `WIB`."""
    trial = context["here"].trial
    return trial.now().astimezone(trial.plan.zone).tzname() or ""


@register.filter
def number(text: str) -> str:
    """A number with the decimal sign of the reader's language."""
    return text.replace(".", ",") if language() == "id" else text


@register.simple_tag(takes_context=True)
def shown(context: Mapping[str, Any], item: Item, answer: Answer | None) -> str | SafeString:
    """An answer as people read it: the label of a code, a number with its unit, a day, a local moment."""
    if answer is None:
        return gettext("not done")
    match item.type:
        case ItemType.CHOICE:
            text = next((say(code.label) for code in item.codes if code.value == answer.value), answer.value)
        case ItemType.BOOLEAN:
            text = gettext("Yes") if answer.value == "true" else gettext("No")
        case ItemType.DATE:
            text = day(answer.date())
        case ItemType.DATETIME:
            text = moment(context, answer.moment())
        case ItemType.TEXT:
            text = answer.value
        case _:
            text = f"{answer.comparator or ''}{number(answer.value)} {unit(answer.unit or '')}".strip()
    return text


@register.filter
def unit(code: str) -> str:
    """A UCUM code as it is written by hand."""
    for ours, common in _UNITS:
        code = code.replace(ours, common)
    return _MICRO.sub("µ", _POWER.sub(lambda power: "10" + power[1].translate(_RAISED), code))


@register.filter
def flat(value: object) -> str:
    """A part of an entry on one line, for the audit trail."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {flat(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(flat(part) for part in value[:12]) + (" …" if len(value) > 12 else "")
    return str(value)


@register.filter
def lookup(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value of a key that the template holds in a variable."""
    return mapping.get(key, "")


@register.filter
def pairs(mapping: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The items of a mapping whose keys others have named: a template's `.items` gives the value of a key `items`."""
    return list(mapping.items())


@register.inclusion_tag("_menu.html", takes_context=True)
def trial_menu(context: Mapping[str, Any]) -> dict[str, Any]:
    """The places of a trial, for the role that one is in: those of every day, and the others behind one word."""
    here, path = context["here"], context["request"].path
    daily = [("trial", gettext("Overview")), ("participants", gettext("Participants")), ("queries", gettext("Queries"))]
    others = [("deviations", gettext("Deviations")), ("code_breaks", gettext("Code breaks"))]
    others.append(("audit", gettext("Audit trail")))
    others += [("delegation", gettext("Delegation log")), ("amendment", gettext("Amendments"))]
    others.append(("opening", gettext("Opening")))
    if here.role in PERMISSIONS["sign_blind_review"] | _CHECKING:
        others.append(("review", gettext("Review")))
    if here.role in PERMISSIONS["register_signing_key"] | _CHECKING:
        others.append(("lock", gettext("Lock")))
    others.append(("release", gettext("Release")))
    links = {name: reverse(name, args=[here.trial.slug]) for name, _ in (*daily, *others)}
    best = max((name for name, url in links.items() if path.startswith(url)), key=lambda name: len(links[name]))
    return {
        "daily": [(links[name], text, name == best) for name, text in daily],
        "others": [(links[name], text, name == best) for name, text in others],
        "current": dict(others).get(best, ""),
    }
