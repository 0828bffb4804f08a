"""The reports over tickets as plain values, compared with the plain computation."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from pydantic import BaseModel

from projections.backlog.table import BACKLOG
from projections.figures.service_reports import handling_time, reopen_rate, satisfaction
from projections.first_contact.queries import first_contact_resolution, repeat_rate
from projections.first_contact.table import FIRST_CONTACT
from projections.scope.report_scope import ReportScope
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS
from tests.support.events import START
from tests.support.figure_answers import question_of
from tests.support.filled import SCHEMA
from tests.support.plain_figures import PlainFigures

LATER = START + timedelta(days=300)
PROJECTIONS = (TICKETS, FIRST_CONTACT, BACKLOG, SLA_CLOCKS)
NOBODY_LEFT_OUT = {"merged": 0, "duplicate": 0, "spam": 0, "cancelled": 0}
ONE_DAY = timedelta(days=1)
EVERYTHING = ReportScope(START - timedelta(days=300), LATER)


def reported(connection: psycopg.Connection, scope: ReportScope = EVERYTHING) -> dict[str, dict[str, Any]]:
    """Every report of the scope as plain values; a share is (numerator, denominator), nothing is an empty mapping."""
    reports: dict[str, Sequence[BaseModel]] = {
        "handling_time": handling_time(question_of(connection, scope)),
        "satisfaction": satisfaction(question_of(connection, scope)),
        "reopenings": reopen_rate(question_of(connection, scope)),
        "first_contact": first_contact_resolution(connection, SCHEMA, scope, now=LATER),
        "repeat_contacts": [repeat_rate(connection, SCHEMA, scope.start, scope.end, now=LATER)],
    }
    return {name: _plain(groups[0].model_dump()) if groups else {} for name, groups in reports.items()}


def _plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in figures.items():
        is_share = isinstance(value, dict) and "numerator" in value
        plain[name] = (value["numerator"], value["denominator"]) if is_share else value
    return plain


def expected(plain: PlainFigures) -> dict[str, dict[str, Any]]:
    return {
        "handling_time": plain.handling_time(),
        "satisfaction": plain.satisfaction(),
        "reopenings": plain.reopenings(),
        "first_contact": plain.first_contact(),
        "repeat_contacts": plain.repeat_contacts(),
    }


def same(reports: Mapping[str, Mapping[str, Any]], plain: Mapping[str, Mapping[str, Any]]) -> None:
    """Fails unless every reported figure equals that of the plain computation."""
    for report, figures in plain.items():
        reported = dict(reports[report])
        if not reported:
            nothing = (0, None, (0, 0))
            assert all(value in nothing for name, value in figures.items() if name != "left_out"), report
            assert not any(figures["left_out"].values()), report
            continue
        if report == "handling_time":
            reported |= {"mean": reported["elapsed"]["mean"], "effort": reported["effort_seconds"]}
            assert reported.pop("mean") == pytest.approx(figures["mean"])
        for name, value in figures.items():
            if name != "mean":
                assert reported[name] == value, (report, name)
