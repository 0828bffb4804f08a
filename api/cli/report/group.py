"""The commands for reports."""

from api.cli.default_group import DefaultGroup
from api.cli.lazy_command import LazyCommand

REPORT = DefaultGroup(
    name="report",
    default="ask",
    help="Show reports and figures: `report NAME`, now, or as they were known or stood before.",
    no_args_is_help=True,
    commands=[
        LazyCommand(
            "ask", "api.cli.report.ask:report", "Show a report or a figure: now, or as it was known or stood before."
        ),
        LazyCommand("list", "api.cli.report.figures:list_figures", "List the figures, with what each counts."),
        LazyCommand(
            "issue",
            "api.cli.report.issue:issue",
            "Issue a report: record its figures with their position and their digest.",
        ),
        LazyCommand("issued", "api.cli.report.issued:issued", "List the issued reports, the newest first."),
        LazyCommand(
            "show",
            "api.cli.report.issued:show",
            "Show an issued report as it was issued: here, as a page of HTML or as a workbook.",
        ),
        LazyCommand(
            "verify",
            "api.cli.report.compare:verify",
            "Make an issued report again at its position, and compare the bytes.",
        ),
        LazyCommand(
            "changed",
            "api.cli.report.compare:changed",
            "Show how an issued report differs from the figures of today, and what was recorded since.",
        ),
    ],
)
