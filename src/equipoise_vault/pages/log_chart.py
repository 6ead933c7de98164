"""A temperature log as an SVG picture: readings, the range of each product, excursions.  Pure; no style, no script."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_WIDTH, _HEIGHT = 900, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 16, 44
_LINES = 5


@dataclass(frozen=True, slots=True)
class _Scale:
    """Moments (Unix seconds) and degrees Celsius to places on the picture."""

    began: float
    ended: float
    low: float
    high: float

    def x(self, seconds: float) -> float:
        inside = min(max(seconds, self.began), self.ended)
        part = (inside - self.began) / ((self.ended - self.began) or 1)
        return round(_LEFT + part * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, celsius: float) -> float:
        part = (celsius - self.low) / ((self.high - self.low) or 1)
        return round(_HEIGHT - _BOTTOM - part * (_HEIGHT - _TOP - _BOTTOM), 1)


def draw_log(log: Mapping[str, Any], excursions: Sequence[Mapping[str, Any]], time_zone: str) -> SafeString:
    """The picture of what `show_log` gave, with the excursions that fall into it."""
    readings = [(_seconds(at), float(celsius)) for at, celsius in log["readings"]]
    ranges = {product: (float(low), float(high)) for product, (low, high) in log["ranges"].items()}
    scale = _scale(readings, list(ranges.values()))
    line = " ".join(f"{scale.x(at)},{scale.y(celsius)}" for at, celsius in readings)
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="log-title">'
        '<title id="log-title">{}</title>{}{}{}<polyline class="reading" points="{}"/></svg>',
        _WIDTH,
        _HEIGHT,
        log["place"],
        format_html_join("", "{}", ((band,) for band in _bands(scale, ranges))),
        format_html_join("", "{}", ((spell,) for spell in _spells(scale, excursions, log["ended_at"]))),
        format_html_join("", "{}", ((axis,) for axis in _axes(scale, ZoneInfo(time_zone)))),
        line,
    )


def _scale(readings: Sequence[tuple[float, float]], ranges: Sequence[tuple[float, float]]) -> _Scale:
    degrees = [celsius for _, celsius in readings] + [end for ends in ranges for end in ends]
    margin = (max(degrees) - min(degrees)) * 0.06 or 1.0
    return _Scale(readings[0][0], readings[-1][0], min(degrees) - margin, max(degrees) + margin)


def _bands(scale: _Scale, ranges: Mapping[str, tuple[float, float]]) -> Iterator[SafeString]:
    for product, (low, high) in ranges.items():
        top, bottom = scale.y(high), scale.y(low)
        yield format_html(
            '<rect class="range" x="{}" y="{}" width="{}" height="{}"/>'
            '<text class="name" x="{}" y="{}">{} {} … {} °C</text>',
            _LEFT,
            top,
            _WIDTH - _LEFT - _RIGHT,
            round(bottom - top, 1),
            _LEFT + 8,
            round(top + 16, 1),
            product,
            f"{low:g}",
            f"{high:g}",
        )


def _spells(scale: _Scale, excursions: Sequence[Mapping[str, Any]], until: str) -> Iterator[SafeString]:
    for found in excursions:
        left = scale.x(_seconds(found["began_at"]))
        right = scale.x(_seconds(found["ended_at"] or until))
        yield format_html(
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}"/><text class="spell" x="{}" y="{}">{}</text>',
            found["kind"],
            left,
            _TOP,
            max(3, round(right - left, 1)),
            _HEIGHT - _TOP - _BOTTOM,
            left,
            _TOP - 4,
            found["excursion"],
        )


def _axes(scale: _Scale, zone: ZoneInfo) -> Iterator[SafeString]:
    for at in range(_LINES):
        celsius = scale.low + (scale.high - scale.low) * at / (_LINES - 1)
        y = scale.y(celsius)
        yield format_html(
            '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/>'
            '<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>',
            _LEFT,
            _WIDTH - _RIGHT,
            y,
            y,
            _LEFT - 8,
            y + 4,
            f"{celsius:.0f} °C",
        )
        seconds = scale.began + (scale.ended - scale.began) * at / (_LINES - 1)
        anchor = "start" if at == 0 else "end" if at == _LINES - 1 else "middle"
        yield format_html(
            '<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>',
            scale.x(seconds),
            _HEIGHT - _BOTTOM + 22,
            anchor,
            datetime.fromtimestamp(seconds, zone).strftime("%d %b %H:%M"),
        )


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
