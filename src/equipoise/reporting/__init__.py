"""The trial report in HTML and PDF/A, the CONSORT flow, the figures, and the gaps between what was said and done."""

from equipoise.reporting.conduct_summary import ConductSummary, summarise_conduct
from equipoise.reporting.document import Document
from equipoise.reporting.flow import ArmFlow, FlowCounts, Reason, flow_by_arm
from equipoise.reporting.gap import Gap, gap_report
from equipoise.reporting.html import render_html
from equipoise.reporting.inputs import RegistryInputs, ReportInputs, TrialInputs, Verification
from equipoise.reporting.pdf import render_pdf
from equipoise.reporting.report import Report, ReportPaths, build_report, build_status, write_report

__all__ = [
    "ArmFlow",
    "ConductSummary",
    "Document",
    "FlowCounts",
    "Gap",
    "Reason",
    "RegistryInputs",
    "Report",
    "ReportInputs",
    "ReportPaths",
    "TrialInputs",
    "Verification",
    "build_report",
    "build_status",
    "flow_by_arm",
    "gap_report",
    "render_html",
    "render_pdf",
    "summarise_conduct",
    "write_report",
]
