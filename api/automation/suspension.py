"""Resuming a rule that is suspended for a subject."""

from uuid import UUID

from psycopg import Connection

from domain.automation.commands import ResumeRule
from domain.automation.events import AutomationResumed, AutomationSuspended
from domain.event_log import reader
from domain.refusal import Refusal
from domain.text_folding import fold_name


def resumption(connection: Connection, tenant: str, subject: UUID, rule: str, reason: str) -> ResumeRule:
    """The command that resumes a rule for a subject. Raises Refusal when it is not suspended there."""
    history = reader.stream(connection, tenant, subject)
    switches = [
        event.payload
        for event in history
        if isinstance(event.payload, AutomationSuspended | AutomationResumed)
        and fold_name(event.payload.rule) == fold_name(rule)
    ]
    if not switches or isinstance(switches[-1], AutomationResumed):
        refused = f"the rule {rule!r} is not suspended for {subject}; list the suspended rules to see where one is"
        raise Refusal("rule_not_suspended", refused, "any")
    return ResumeRule(subject_kind=history[0].kind, rule=switches[-1].rule, reason=reason)
