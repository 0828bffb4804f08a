"""Every bound on what callers and files may ask for, in the order of its page, docs/reference/bounds.md.

Each is the constant by which it is refused.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api import api_keys, http_limits, screen_sessions, settings
from api.access_journal import journal
from api.automation import explanation, what_if_result
from api.automation import what_if as automation_what_if
from api.http import (
    bundle_answer,
    container,
    feed_page,
    moves,
    paging,
    problems,
    report_request,
    request_body,
    sign_in_attempts,
)
from api.http.routes import customer_health, feed, sla
from api.importing import outcome, rows
from api.importing.readers import archive, excel_file, json_file, lines, ods_extent, sheet_process, workbook_extent
from domain import messages, predicate, toml_text
from domain.automation import definition as rules
from domain.command_context import LONGEST_COMMAND_ID
from domain.command_handling import service_desk
from domain.definitions import definition_file, publishing
from domain.procedure import definition as procedure
from domain.routing import definition as routing_definition
from domain.sla.policy import bounds
from domain.sla.policy.bounds import Bound
from domain.ticket import routing_choice
from domain.ticket.conversation import decider, review, thanks
from projections.audit import queries as audit_queries
from projections.figures import upselling
from projections.health import readings
from projections.issued_reports import explaining
from projections.scope import recorded_values, report_scope
from projections.what_if import request

MEBIBYTE = 1024 * 1024
_HTTP = http_limits.HttpLimits()
_WHATIF = settings.WhatIfBounds()

BOUNDS: Mapping[str, tuple[Bound, ...]] = MappingProxyType(
    {
        "Calendars": (
            bounds.SHIFTS,
            bounds.HOLIDAYS,
            bounds.SPECIAL_DAYS,
            bounds.NAME,
            bounds.PUBLISHED_CALENDARS,
            bounds.CALENDAR_VERSIONS,
        ),
        "Policies": (
            bounds.RULES,
            bounds.SELECTED_WORDS,
            bounds.WARNINGS,
            bounds.DURATION,
            bounds.COUNTED_ON,
            bounds.POLICY_VERSIONS,
        ),
        "Policy files and mappings": (
            Bound("characters of a file", toml_text.LARGEST_FILE),
            Bound("tables and lists in each other", toml_text.DEEPEST),
            bounds.CALENDARS,
            bounds.EXAMPLES,
            bounds.STORY,
            bounds.INSTANCES,
            bounds.EXPECTED_WARNINGS,
        ),
        "Definitions, health and segments": (
            Bound("versions of a definition", publishing.MOST_VERSIONS),
            Bound("examples of a definition file", definition_file.MOST_EXAMPLES),
            Bound("parts of one `all` or `any` of a segment or a rule", predicate.MOST_PARTS),
            Bound("steps of a procedure", procedure.MOST_STEPS),
            Bound("customers that one page of health or of a segment looks at", readings.MOST_LOOKED_AT),
            Bound("rules of a routing", routing_definition.MOST_RULES),
            Bound("candidates that an assignment names", routing_choice.MOST_CANDIDATES),
            Bound("judgements of customers at instants of a figure", upselling.MOST_JUDGED),
            Bound("instants of a what-if of health", customer_health.MOST_INSTANTS),
            Bound("ended terms that health is tested against, over HTTP", customer_health.MOST_TERMS),
        ),
        "Tickets": (
            Bound("promised calls of a ticket that wait", decider.MOST_OPEN),
            Bound("proposed replies of a ticket that wait", decider.MOST_OPEN),
            Bound("categories whose replies are reviewed", review.MOST_CATEGORIES),
            Bound("phrases of thanks, and as many words beside them", thanks.MOST_PHRASES),
        ),
        "Rules": (
            Bound("topics that a rule reacts to", rules.MOST_TOPICS),
            Bound("effects of a rule", rules.MOST_EFFECTS),
            Bound("events of a subject that an explanation judges", explanation.MOST_EVENTS),
            Bound("events that a what-if of a rule reads, over HTTP", automation_what_if.SERVED_BOUNDS.events),
            Bound("judgements of a what-if of a rule, over HTTP", automation_what_if.SERVED_BOUNDS.judged),
            Bound("subjects that a what-if of a rule names", what_if_result.MOST_LISTED),
        ),
        "What-ifs": (
            bounds.RUNGS,
            Bound("changed verdicts that are named, over HTTP", request.MOST_LISTED),
            Bound("tickets, over HTTP", _WHATIF.tickets),
            Bound("seconds, over HTTP", int(_WHATIF.seconds)),
            Bound("MiB of memory, over HTTP", _WHATIF.memory // MEBIBYTE),
        ),
        "Requests": (
            Bound("bytes of a request line", _HTTP.request_line_bytes),
            Bound("parameters of an address", _HTTP.parameters),
            Bound("bytes of a request without its body", _HTTP.head_bytes),
            Bound("headers", _HTTP.headers),
            Bound("bytes of all cookies of a request", _HTTP.cookie_bytes),
            Bound("bytes of a body", request_body.LARGEST_BODY),
            Bound("names of members of a body that publishes nothing", request_body.MOST_NAMES),
            Bound("errors of a body that the answer lists", problems.MOST_ERRORS),
            Bound("errors of a body above which only their number is told", request_body.MOST_COUNTED),
            Bound("characters of a name or code", messages.LONGEST_WORD),
            Bound("characters of a text, and of the subject of an imported ticket", messages.LONGEST_TEXT),
            Bound("characters of a command id", LONGEST_COMMAND_ID),
            Bound("commands of a tenant that wait", service_desk.LONGEST_QUEUE),
            Bound("commands that are recorded at once", service_desk.LARGEST_BATCH),
        ),
        "Readings": (
            Bound("entries of a page", paging.LARGEST_PAGE),
            Bound("events that a page of a filtered history looks at", audit_queries.MOST_LOOKED_AT),
            Bound(
                "characters of the texts of a page of a history, timeline or conversation",
                recorded_values.MOST_CHARACTERS,
            ),
            Bound("characters in which such a page looks for a text", audit_queries.MOST_SEARCHED),
            Bound("positions of an audit bundle, over HTTP", bundle_answer.MOST_LINES),
            Bound("bytes of the lines of an audit bundle, over HTTP", bundle_answer.MOST_BYTES),
            Bound("events of a page of the feed", feed.LARGEST_PAGE),
            Bound("bytes of a page of the feed, besides its first event", feed_page.LARGEST_PAGE_BYTES),
            Bound("readers that follow the feed", feed.MOST_STREAMS),
            Bound("open pages that are told of changes", moves.MOST_OPEN_PAGES),
            Bound("open pages of a key that are told of changes", moves.MOST_OPEN_PAGES_OF_A_KEY),
            Bound("open pages of a tenant that are told of changes", moves.MOST_OPEN_PAGES_OF_A_TENANT),
            Bound("readings of a key that wait for a position", container.MOST_WAITS_OF_A_KEY),
            Bound("readings of a tenant that wait for a position", container.MOST_WAITS_OF_A_TENANT),
            Bound(
                "what-ifs of policies of a tenant that are judged or wait, two of each key",
                container.MOST_JUDGED_OF_A_TENANT,
            ),
            Bound("days of a report, over HTTP", report_request.LONGEST_PERIOD.days),
            Bound("days between two instants on a calendar, over HTTP", sla.LONGEST_SPAN.days),
            Bound("groups of a report", report_scope.MOST_GROUPS),
            Bound("figures that are computed to name the late facts of a report", explaining.MOST_FIGURES),
        ),
        "Signing in": (
            Bound("attempts of one address", sign_in_attempts.ATTEMPTS_OF_AN_ORIGIN),
            Bound("attempts of one address in an hour after those", int(3600 / sign_in_attempts.SECONDS_FOR_ONE_MORE)),
            Bound("attempts of all addresses", sign_in_attempts.ATTEMPTS_OVER_ALL),
            Bound(
                "attempts of all addresses in an hour after those",
                int(3600 / sign_in_attempts.SECONDS_FOR_ONE_MORE_OVER_ALL),
            ),
            Bound("sessions of a key", screen_sessions.MOST_SESSIONS_OF_A_KEY),
            Bound("hours of a session", screen_sessions.SESSION_SECONDS // 3600),
            Bound("days of a wall link", api_keys.LONGEST_WALL.days),
        ),
        "Access journal": (
            Bound("different entries that wait while the database is away", journal.MOST_WAITING),
            Bound("unknown keys of a tenant with their ids in a batch", journal.MOST_STRANGERS),
        ),
        "Imports": (
            Bound("characters of a record or a line", lines.LARGEST_RECORD),
            Bound(
                "bytes of a packed file unpacked, unless that is less than 200 times its size", archive.MOST_UNPACKED
            ),
            Bound("columns of a file", rows.MOST_COLUMNS),
            Bound(
                "cells of a sheet up to its last row and column with a value, the empty ones too",
                workbook_extent.MOST_CELLS,
            ),
            Bound(
                "MiB of memory that a workbook of up to 38 MiB takes", excel_file.LEAST_MEMORY // excel_file.MEBIBYTE
            ),
            Bound("the same of larger ones, 20 times their size", excel_file.MOST_MEMORY // excel_file.MEBIBYTE),
            Bound("sheets of a workbook, where the mapping names none", sheet_process.MOST_SHEETS),
            Bound("filled cells that the tags of an .ods repeat", ods_extent.MOST_COPIES),
            Bound("different names in the records of a JSON file", json_file.MOST_COLUMNS),
            Bound("digits of a number in a JSON file, but in lines", json_file.LONGEST_NUMBER),
            Bound("objects and lists in each other in a JSON file, but in lines", json_file.DEEPEST_RECORD),
            Bound("unknown words that are counted one by one", outcome.MOST_WORDS),
        ),
    }
)


def as_tables() -> str:
    """The tables of the page."""
    return "\n\n".join(
        f"## {section}\n\n| | at most |\n|---|---|\n" + "\n".join(f"| {what} | {most:,} |" for what, most in rows)
        for section, rows in BOUNDS.items()
    )


if __name__ == "__main__":
    from pathlib import Path

    page = Path(__file__).parents[1] / "docs" / "reference" / "bounds.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text[: text.index("\n## ") + 1] + as_tables() + "\n", encoding="utf-8")
