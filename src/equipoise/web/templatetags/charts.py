"""A chart as SVG.  Written here and not in a template, which would take a third of a participant page's time for it."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from equipoise.web.drawing import Chart, Mark

register = template.Library()
_CHART = '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}<path class="line" d="{}"/>{}{}</svg>'
_HEIGHT = '<line class="axis" x1="{0}" x2="{1}" y1="{3}" y2="{3}"/><text class="end" x="{2}" y="{3}" dy="3">{4}</text>'
_TARGET = '<line class="target" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>'
_BOUND = '<line class="bound" x1="{0}" x2="{0}" y1="{1}" y2="{2}"><title>{3}</title></line>'
_DOT = '<circle class="dot" cx="{}" cy="{}" r="{}"><title>{}</title></circle>'
_SIGN = '<text class="middle" x="{}" y="{}" dy="-7">{}</text>'
_DAY = '<text class="{}" x="{}" y="{}" dy="-6">{}{}</text>'


@register.simple_tag
def chart(drawn: Chart, name: str, radius: int, prefix: str = "") -> SafeString:
    """The chart with `name` for screen readers; `radius` of a dot in its own unit, `prefix` before each day."""
    heights = ((drawn.left, drawn.right, drawn.left - 5, tick.at, tick.text) for tick in drawn.y_ticks)
    days = (
        ("end" if place else "start", tick.at, drawn.height, prefix, tick.text)
        for place, tick in enumerate(drawn.x_ticks)
    )
    return format_html(
        _CHART,
        drawn.width,
        drawn.height,
        name,
        format_html_join("", _HEIGHT, heights),
        format_html(_TARGET, drawn.left, drawn.right, drawn.target) if drawn.target else "",
        drawn.line,
        format_html_join("", "{}", ((_mark(each, radius),) for each in drawn.marks)),
        format_html_join("", _DAY, days),
    )


def _mark(mark: Mark, radius: int) -> SafeString:
    bound = format_html(_BOUND, mark.x, mark.low, mark.high, mark.text) if mark.low else ""
    dot = format_html(_DOT, mark.x, mark.y, radius, mark.text) if mark.y else ""
    sign = format_html(_SIGN, mark.x, mark.y, mark.sign) if mark.y and mark.sign else ""
    return format_html("{}{}{}", bound, dot, sign)
