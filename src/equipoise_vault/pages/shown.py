"""Template tags: a slot as it is printed everywhere, a moment where the trial is, an act's form in its place."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_noop

from equipoise_vault.pages.acts import Failed
from equipoise_vault.pages.told import told as in_words

register = template.Library()
WORDS = (
    *(gettext_noop("statistician"), gettext_noop("pharmacist"), gettext_noop("quality officer")),
    *(
        gettext_noop("not started"),
        gettext_noop("thawing"),
        gettext_noop("thawed"),
        gettext_noop("prepared"),
        gettext_noop("checked"),
    ),
    *(gettext_noop("dispensed"), gettext_noop("returned"), gettext_noop("discarded"), gettext_noop("destroyed")),
    *(gettext_noop("not found"), gettext_noop("too warm"), gettext_noop("too cold"), gettext_noop("no reading")),
    *(gettext_noop("emergency treatment"), gettext_noop("overdose"), gettext_noop("pregnancy")),
    *(gettext_noop("expedited report"), gettext_noop("other"), gettext_noop("intramuscular")),
    *(gettext_noop("intravenous"), gettext_noop("subcutaneous"), gettext_noop("oral")),
)
"""The words of closed lists, as `spoken` says them; a test holds them to the lists."""


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
    """A word of a closed list as words, in the language of the page."""
    return gettext(word.replace("_", " "))


@register.filter
def told(sentence: str) -> str:
    """What the vault says, in the language of the page."""
    return in_words(sentence)


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
