"""When a report is issued, issued again, or stays as it is."""

from datetime import date

import pytest

from domain.command_context import CommandContext
from domain.command_handling.command_request import CommandRequest
from domain.issued_report.commands import IssueReport
from domain.issued_report.decider import decide
from domain.issued_report.state import IssuedReport, evolve, report_stream
from domain.refusal import Refusal
from tests.support.events import AGENT, NOON

FIRST = IssueReport(
    name="weekly",
    first=date(2026, 11, 23),
    last=date(2026, 11, 29),
    zone="Asia/Ho_Chi_Minh",
    definition_version=0,
    complete=True,
    position=90,
    judged_at=NOON,
    projections=("tickets 1",),
    figures="{}",
    sha256="ab" * 32,
    made_by=("ticketledger 1", "tzdata 1"),
    formulas={"csat": 1},
)
OTHER = FIRST.model_copy(update={"position": 95, "sha256": "cd" * 32})


def after(*commands: IssueReport) -> IssuedReport:
    report = IssuedReport()
    for command in commands:
        for event in decide(command, report):
            report = evolve(report, event, NOON)
    return report


def test_the_event_holds_what_the_command_holds() -> None:
    (event,) = decide(FIRST, IssuedReport())
    assert event.position == 90
    assert event.figures == "{}"
    assert event.projections == ("tickets 1",)


def test_the_same_figures_again_are_no_second_issue_whatever_the_position() -> None:
    assert decide(FIRST.model_copy(update={"position": 95, "reason": "again"}), after(FIRST)) == []


def test_figures_that_differ_in_versions_alone_are_no_second_issue_of_the_one_that_they_were_compared_with() -> None:
    published = OTHER.model_copy(update={"same_as": FIRST.sha256})
    assert decide(published, after(FIRST)) == []
    assert len(decide(published, after(FIRST.model_copy(update={"complete": False})))) == 1
    meanwhile = FIRST.model_copy(update={"position": 92, "sha256": "ef" * 32, "reason": "a late rating"})
    with pytest.raises(Refusal):
        decide(published, after(FIRST, meanwhile))


def test_other_figures_of_a_complete_period_need_a_reason() -> None:
    with pytest.raises(Refusal) as refused:
        decide(OTHER, after(FIRST))
    assert refused.value.code == "report_issued"
    assert "position 90" in refused.value.rule
    (event,) = decide(OTHER.model_copy(update={"reason": "a late rating"}), after(FIRST))
    assert event.position == 95


def test_a_period_that_was_not_over_is_issued_again_without_a_reason() -> None:
    early = FIRST.model_copy(update={"complete": False})
    assert len(decide(OTHER, after(early))) == 1
    assert len(decide(FIRST, after(early))) == 1, "the same figures, and now the period is over"


def test_figures_of_an_earlier_position_than_the_newest_issue_are_not_issued() -> None:
    reasoned = FIRST.model_copy(update={"reason": "computed before the other one"})
    assert decide(reasoned, after(OTHER)) == []
    assert decide(reasoned, after(OTHER.model_copy(update={"complete": False}))) == []


def test_a_retry_is_the_same_command_though_the_log_has_grown() -> None:
    context = CommandContext(AGENT, "retry-1")
    stream = report_stream(FIRST.name, FIRST.first, FIRST.last, FIRST.zone)
    fingerprints = {CommandRequest.of(stream, command, context).fingerprint for command in (FIRST, OTHER)}
    assert len(fingerprints) == 1
    reasoned = OTHER.model_copy(update={"reason": "a late rating"})
    assert CommandRequest.of(stream, reasoned, context).fingerprint not in fingerprints


@pytest.mark.parametrize(
    ("figures", "month"), [('{"year_begins":4}', 4), ("{}", 1), ('{"year_begins":13}', 1), ("[]", 1), ("no JSON", 1)]
)
def test_the_year_begins_as_the_figures_say(figures: str, month: int) -> None:
    (event,) = decide(FIRST.model_copy(update={"figures": figures}), IssuedReport())
    assert event.year_begins == month


def test_the_stream_is_that_of_a_pack_its_days_and_its_zone() -> None:
    days = FIRST.first, FIRST.last
    streams = {
        report_stream("weekly", *days, "UTC"),
        report_stream("weekly ", *days, "UTC"),
        report_stream("weekly", *days, "Asia/Ho_Chi_Minh"),
        report_stream("monthly", *days, "UTC"),
        report_stream("weekly", days[0], days[0], "UTC"),
    }
    assert len(streams) == 4
