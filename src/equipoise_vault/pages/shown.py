"""Template tags: a slot as it is printed everywhere, a moment where the trial is, an act's form in its place."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from equipoise_vault.pages.acts import Failed

register = template.Library()


@register.filter
def place(of: Mapping[str, Any]) -> str:
    """Stratum and slot as on the paper envelopes: `0000 / 000017`."""
    return f"{of['stratum']:04d} / {of['slot']:06d}"


@register.filter
def moment(text: str) -> str:
    """A stored moment in the time zone of the page, to the minute."""
    if not text:
        return ""
    read = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return timezone.localtime(read).strftime("%Y-%m-%d %H:%M")


@register.filter
def clock(text: str) -> str:
    """The time of day of a stored moment."""
    return moment(text)[-5:]


@register.filter
def wording(words: Mapping[str, str]) -> str:
    """A wording of the study definition in the language of the page."""
    return words.get(get_language() or "en") or words.get("en", "")


@register.filter
def spoken(word: str) -> str:
    """A word of a closed list as words."""
    return word.replace("_", " ")


@register.filter
def words_of(text: str) -> list[str]:
    """The words of a text, one after the other."""
    return text.split()


@register.inclusion_tag("vault/act.html", takes_context=True)
def act(context: dict[str, Any], name: str, **given: Any) -> dict[str, Any]:
    """The form of an act, filled in with what is `given`; with what was wrong, where it just failed."""
    chosen = context["acts"][name]
    failed: Failed | None = context.get("failed")
    is_here = failed is not None and failed.name == name and chosen.form.is_about(failed.data, given)
    data = failed.data if failed is not None and is_here else None
    form = chosen.form(data, failed.files if data and failed else None, given=given)
    return {
        "name": name,
        "act": chosen,
        "form": form,
        "is_open": is_here,
        "folded": bool(given.get("folded")),
        "action": reverse(given["to"]) if "to" in given else "",
        "csrf_token": context["csrf_token"],
    }
