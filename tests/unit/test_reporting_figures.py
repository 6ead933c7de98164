"""Figures: what is drawn for few and for many, and letters that people typed."""

import re
from fractions import Fraction
from math import comb
from xml.etree import ElementTree

import pytest

from equipoise.analysis.analysis_results import PermutationDistribution
from equipoise.reporting.drawing import inline_svg, svg_file
from equipoise.reporting.figures.canvas import look, middle
from equipoise.reporting.figures.permutation import permutation, probability_bars
from equipoise.reporting.figures.trajectories import INDIVIDUALS_AT_MOST, Axis, Courses, trajectories

WORDS = {"title": "T", "description": "D", "synthetic": False}
AXIS = Axis(("Baseline", "Day 31"), "Score")


def binomial(n: int, observed: int) -> PermutationDistribution:
    weights = tuple(comb(n, step) for step in range(n + 1))
    values = tuple(Fraction(step) for step in range(n + 1))
    return PermutationDistribution(values, weights, 2**n, Fraction(observed), Fraction(n, 2))


@pytest.mark.parametrize(("n", "observed"), [(10, 2), (10, 8), (61, 20), (400, 170), (3, 3)])
def test_the_coloured_bars_are_the_two_sided_p(n, observed):
    law = binomial(n, observed)
    edges, inner, outer = probability_bars(law)
    far = abs(2 * observed - n)
    p = Fraction(sum(comb(n, step) for step in range(n + 1) if abs(2 * step - n) >= far), 2**n)
    assert sum(outer) == pytest.approx(float(p))
    assert sum(inner) + sum(outer) == pytest.approx(1)
    assert len(edges) == len(inner) + 1 <= 64


def test_a_law_of_one_value_is_drawn():
    law = PermutationDistribution((Fraction(0),), (1,), 1, Fraction(0), Fraction(0))
    assert "observed" in permutation(law, "difference", **WORDS)


def test_few_participants_are_lines_and_many_are_bands():
    few = Courses("A", ((3.0, 1.0), (5.0, None), (4.0, 4.0)))
    many = Courses("A", tuple((float(n % 9), float(n % 7)) for n in range(INDIVIDUALS_AT_MOST + 1)))
    drawn_few, drawn_many = (trajectories((each,), AXIS, **WORDS) for each in (few, many))
    assert "FillBetweenPolyCollection" not in drawn_few
    assert drawn_few.count("stroke-width: 0.7;") == 3
    assert drawn_many.count("stroke-width: 0.7;") == 0
    assert drawn_many.count("FillBetweenPolyCollection") == 2


def test_typed_letters_are_letters():
    drawn = trajectories((Courses("<b>$x^2$ & \x07中", ((1.0, 2.0),)),), AXIS, **WORDS)
    texts = [element.text for element in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert "<b>$x^2$ & [U+0007][U+4E2D] (n = 1)" in texts


def test_arms_differ_in_more_than_colour():
    looks = [look(index) for index in range(4)]
    assert len({each.marker for each in looks}) == 4
    assert len({each.dash for each in looks}) == 4
    assert look(6) == look(0)


def test_nothing_but_drawing_passes():
    hostile = (
        '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>x()</script><style>a{}</style>'
        '<foreignObject/><image href="https://example.org/a.png"/><rect id="r" onclick="x()"/><use href="#r"/></svg>'
    )
    clean = inline_svg(svg_file(hostile, "T", "D"), "fig-x", "words", 100)
    assert not re.search("script|style>|foreignObject|image|onload|onclick|https", clean.replace("www.w3.org", ""))
    assert 'id="fig-x-r"' in clean and 'href="#fig-x-r"' in clean


def test_quantiles_interpolate():
    assert middle([1, 2, 3, 4], 0.25) == 1.75
    assert middle([5], 0.9) == 5
