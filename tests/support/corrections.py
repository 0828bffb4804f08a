"""Verdict corrections of a log: computed by a policy, and recorded."""

from typing import Any
from uuid import UUID

import psycopg

from domain.event_log import reader
from domain.sla.calendar.business_time import CalendarDefinition
from domain.sla.commands import CorrectSla
from domain.sla.policy.policy import Policy
from domain.sla.policy.published import always_as_published
from domain.ticket.commands import ResolveTicket, SendReply
from projections.what_if.verdict_corrections import CorrectionRequest, ProposedCorrection, corrections
from tests.support.told import END, TENANT, Told, march

OFFICE: dict[str, Any] = {
    "name": "Office",
    "zone": "Asia/Ho_Chi_Minh",
    "public_holidays": "VN",
    "week": {"mon-fri": ["08:00-12:00", "13:00-17:00"]},
}

SLOW = {"name": "Slow", "rules": [{"resolution": "240h"}]}


def resolved(desk: Told, day: int = 9, customer: UUID | None = None) -> UUID:
    """A ticket of 2 March, breached by the default policy when it is resolved after the 4th."""
    ticket = desk.ticket(march(2, 1), customer)
    desk.send(ticket, SendReply(body="!", occurred_at=march(2, 2)))
    desk.send(ticket, ResolveTicket(resolution="done", occurred_at=march(day)))
    return ticket


def find(desk: Told, policy: dict[str, Any], **days: Any) -> list[ProposedCorrection]:
    with psycopg.connect(desk.dsn) as connection:
        up_to = reader.head(connection, TENANT)
        policy_history = always_as_published(
            reader.rules(connection, TENANT, up_to),
            Policy.model_validate(policy),
            [CalendarDefinition.model_validate(OFFICE)],
        )
        question = CorrectionRequest(policy_history, up_to, END, **days)
        return [finding for findings in corrections(connection, TENANT, question) for finding in findings]


def correct(desk: Told, *findings: ProposedCorrection) -> None:
    for finding in findings:
        facts = {
            field: getattr(finding, field) for field in CorrectSla.model_fields if field in ProposedCorrection._fields
        }
        desk.send(finding.ticket, CorrectSla(**facts, reason="the flood"))
