"""The late facts that are listed explain every figure of the registry: without all of them it is as it was issued."""

import json
import random
from collections.abc import Sequence

import psycopg
import pytest

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.engine.past_histories import HistoriesThen
from projections.engine.temporary_tables import TEMPORARY, fold_temporarily
from projections.figures.registry import FIGURES
from projections.issued_reports import late_facts as listing
from projections.issued_reports.differences import differences
from projections.issued_reports.issuing import PackRequest
from projections.issued_reports.late_facts import FROM_THE_LOG, late_facts, published_for
from projections.issued_reports.pack_figures import figures_of, projections_of
from tests.support import drawn_facts as drawn
from tests.support.catching_up import catch_up
from tests.support.drawn_tickets import TicketDraw, drawn_tickets
from tests.support.examples import THOROUGH
from tests.support.issued_reports import AFTERWARDS, issued, publish_pack
from tests.support.told import TENANT, told

BEFORE, LATE = (400, 200) if THOROUGH else (80, 40)
COMPARED = [
    figure
    for figure in FIGURES.values()
    if figure.judged != "at the present instant" and FROM_THE_LOG.isdisjoint(figure.definitions)
]


class Without(HistoriesThen):
    """Histories without some events."""

    def __init__(self, connection: psycopg.Connection, up_to: int, left_out: set[int]) -> None:
        super().__init__(connection, TENANT, up_to, None)
        self._left_out = left_out

    def of(self, history: Sequence[RecordedEvent]) -> list[RecordedEvent]:
        return [event for event in super().of(history) if event.position not in self._left_out]


def test_without_the_late_facts_that_are_listed_every_figure_is_as_it_was_issued(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST", 100_000)
    draw = TicketDraw(random.Random(11))  # noqa: S311 -- no secret
    drawn.hand_in(database_url, [*drawn.published(), *drawn.drawn_facts(draw, BEFORE), *drawn_tickets(draw, BEFORE)])
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        publish_pack(desk, *[figure.name for figure in COMPARED])
        catch_up(database_url, TENANT)
        issue = issued(desk, connection, PackRequest("own", "2020-W53"))
        more = list(drawn.drawn_facts(draw, LATE))[len(draw.customers) :]
        drawn.hand_in(database_url, [*more, *drawn_tickets(draw, LATE)])
        catch_up(database_url, TENANT)
        question = issue.question(reader.head(connection, TENANT), AFTERWARDS)
        listed = late_facts(
            connection, schema_of(TENANT), issue.facts.position, question.period, AFTERWARDS, published_for(COMPARED)
        )

        def made_without(left_out: set[int]) -> str:
            with connection.transaction(force_rollback=True):
                then = Without(connection, question.position, left_out)
                fold_temporarily(connection, TENANT, projections_of(question.pack), question.position, then=then)
                return figures_of(connection, TENANT, TEMPORARY, question)

        today = json.loads(made_without(set()))
        explained = json.loads(made_without({fact.position for fact in listed.facts}))
    assert len({each.figure for each in differences(issue.document, today)}) > len(COMPARED) / 4
    assert len(listed.facts) < question.position - issue.facts.position
    assert differences(issue.document, explained) == []
