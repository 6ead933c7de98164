"""The report of a masked trial: nothing by arm, not even the arms' names."""

import dataclasses
import io
import typing

import pypdf

from equipoise.analysis.analysis_results import AnalysisResults
from equipoise.reporting.flow import ArmFlow
from equipoise.reporting.html import render_html
from equipoise.reporting.inputs import TrialInputs
from equipoise.reporting.report import build_status, write_report
from reporting_fixture import ARMS, a_trial


def test_no_arm_stands_anywhere_in_a_masked_report(tmp_path):
    written = write_report(build_status(a_trial()), tmp_path)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(written.pdf.read_bytes())).pages)
    surfaces = [text, written.html.read_text(), *(figure.read_text() for figure in written.figures)]
    title = a_trial().definition.title.text()
    for surface in surfaces:
        plain = " ".join(surface.split()).replace(title, "")
        for arm, name in ARMS.items():
            assert name.lower() not in plain.lower()
            assert arm not in plain.lower()
    assert written.numbers is None


def test_a_masked_report_still_tells_how_the_trial_goes():
    html = render_html(build_status(a_trial()).document)
    assert "All arms together, masked" in html
    assert "35 raised" in html


def test_what_a_masked_report_is_made_of_has_no_place_for_an_arm():
    """Follow every field of TrialInputs.conduct and .verification: no type there can pair a participant with an arm."""
    waiting, seen = [TrialInputs], set()
    while waiting:
        kind = waiting.pop()
        if not dataclasses.is_dataclass(kind) or kind in seen:
            continue
        seen.add(kind)
        assert kind not in (ArmFlow, AnalysisResults)
        for hint in typing.get_type_hints(kind).values():
            waiting += [hint, *_inside(hint)]


def _inside(hint):
    for argument in typing.get_args(hint):
        yield argument
        yield from _inside(argument)
