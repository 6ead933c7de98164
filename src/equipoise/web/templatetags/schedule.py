"""States by symbol and word, and the cells of the schedule: tags, since a page has fifty of them."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from equipoise.web.matrix import Cell
from equipoise.web.templatetags.study import word

register = template.Library()
_STATE = '<span class="state {}">{}{}</span>'
_SYMBOL = '<span aria-hidden="true">{}</span> '
_LINK = '<a class="cell {}" href="{}">{}</a>'
_NO_LINK = '<span class="cell {}">{}</span>'
_CELL = '<span aria-hidden="true">{}</span>{}<span class="visually-hidden"> {}</span>{}'
_UNNAMED = '<span class="visually-hidden">{}: </span>'
_QUERIES = '<span class="q">?{}<span class="visually-hidden"> {}</span></span>'


@register.simple_tag
def state(value: Enum, symbol: str = "") -> SafeString:
    """A state in the reader's language, with its symbol where it has one."""
    return format_html(_STATE, value.value, format_html(_SYMBOL, symbol) if symbol else "", word(value))


@register.simple_tag(takes_context=True)
def show_cell(context: Mapping[str, Any], asked: Cell, *, named: bool = False) -> SafeString:
    """One form of one visit, a link where the reader may open it; its name is hidden where a column's head tells it."""
    title = context["titles"][asked.page.form]
    content = format_html(
        _CELL,
        asked.symbol,
        format_html(" {}", title) if named else format_html(_UNNAMED, title),
        word(asked.progress),
        format_html(_QUERIES, asked.queries, gettext("open queries")) if asked.queries else "",
    )
    if not asked.is_open or asked.is_hidden:
        return format_html(_NO_LINK, asked.progress.value, content)
    place = (context["here"].trial.slug, context["number"], asked.page.encounter, asked.page.form, 1)
    return format_html(_LINK, asked.progress.value, reverse("form_page", args=place), content)
