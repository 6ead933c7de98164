"""WCAG 2.2 AA: each pair of text and ground in the page, in light and in dark, computed from the style sheet."""

import re
from importlib.resources import files

import pytest

from equipoise.reporting.figures.canvas import look
from equipoise.reporting.figures.mosaic import _on, _tint

SHEET = files("equipoise.reporting").joinpath("report.css").read_text(encoding="utf-8")
THEMES = dict(zip(("light", "dark", "print"), re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL), strict=True))
PAIRS = [
    *((text, ground) for text in ("ink", "quiet", "accent", "red", "amber") for ground in ("paper", "wash")),
    ("amber", "amber-wash"),
    ("ink", "amber-wash"),
]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definition)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] if len(colour) == 7 else [
        int(digit * 2, 16) / 255 for digit in colour[1:]
    ]  # fmt: skip
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_yardstick():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out(theme, text, ground):
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", THEMES[theme]))
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("arm", range(6))
@pytest.mark.parametrize("strength", [1.0, 0.35])
def test_a_number_stands_out_on_the_colour_of_its_arm(arm, strength):
    fill = _tint(look(arm).colour, strength)
    assert contrast(_on(fill), fill) >= 4.5
