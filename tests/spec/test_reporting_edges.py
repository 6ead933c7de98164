"""A report is written of whatever there is: nobody randomised, no result, no record, a name that is no name."""

from dataclasses import replace

import pytest

from equipoise.conduct import Flow
from equipoise.reporting.conduct_summary import ConductSummary
from equipoise.reporting.inputs import ReportInputs, TrialInputs
from equipoise.reporting.report import build_report, build_status, write_report
from reporting_fixture import a_definition, a_trial, some_inputs

NOBODY = Flow(0, {}, {}, 0, 0, ())


def emptied(conduct: ConductSummary) -> ConductSummary:
    return replace(
        conduct,
        harms=replace(conduct.harms, flow=NOBODY, terms=()),
        recruited=None,
        last_contact=None,
        visits=(),
        doses_given=0,
        doses_omitted=(),
        deviations=(),
    )


def with_conduct(trial: TrialInputs) -> TrialInputs:
    return replace(trial, conduct=emptied(trial.conduct))


def without_results() -> ReportInputs:
    """The analyses of the plan were refused: a finding stands where each result would have stood."""
    given = some_inputs()
    return replace(given, results=replace(given.results, results=(), distributions={}))


def without_anything() -> ReportInputs:
    given = without_results()
    return replace(
        given,
        trial=with_conduct(given.trial),
        registry=None,
        results=replace(
            given.results, arms={}, sets={}, observations=(), events=(), baseline={}, baseline_categories=()
        ),
    )


def with_hostile_names() -> ReportInputs:
    given = some_inputs()
    arms = tuple(
        arm.model_copy(
            update={"name": arm.name.model_copy(update={"en": f"$x$ <b>&*_#[{arm.id}]\u202e\\ " + "y" * 90})}
        )
        for arm in a_definition().arms
    )
    title = a_definition().title.model_copy(update={"en": "#import <script>{{ x }}" + "中" * 40})
    definition = a_definition().model_copy(update={"arms": arms, "title": title})
    return replace(given, trial=replace(given.trial, definition=definition))


@pytest.mark.parametrize("inputs", [without_results, without_anything, with_hostile_names])
def test_the_report_is_written_all_the_same(inputs, tmp_path):
    written = write_report(build_report(inputs()), tmp_path)
    assert written.pdf.read_bytes().startswith(b"%PDF-")
    assert "<script" not in written.html.read_text(encoding="utf-8")


def test_a_status_report_can_be_written_before_the_first_participant(tmp_path):
    written = write_report(build_status(with_conduct(a_trial())), tmp_path)
    assert "No adverse event has been recorded." in written.html.read_text(encoding="utf-8")


def test_a_missing_main_result_is_said_on_the_front_page(tmp_path):
    html = write_report(build_report(without_results()), tmp_path).html.read_text(encoding="utf-8")
    assert "The primary endpoint could not be analysed" in html
