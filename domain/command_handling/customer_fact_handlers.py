"""The handlers of what customers do and give: facts, contracts, usage, feedback and files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.command_context import Actor
from domain.command_handling.contract_stream import CONTRACT
from domain.command_handling.customer_stream import CUSTOMER, CustomerStream
from domain.command_handling.definition_stream import TENANT_SETTINGS, local_day_by
from domain.command_handling.handler import (
    Aggregate,
    CommandHandler,
    DecidedEvent,
    Handlers,
    Parts,
    alone,
    decided_alone,
    handled,
)
from domain.command_handling.subjects import SUBJECTS, SubjectState, must_be_known
from domain.command_handling.ticket_stream import TicketStream
from domain.contract import decider as contract_decider
from domain.contract.commands import ContractCommand, SignContract
from domain.customer.facts import activity_claim
from domain.customer.facts import decider as fact_decider
from domain.customer.facts.activity_claim import ActivityClaim, activity_stream
from domain.customer.facts.commands import FactCommand, RecordActivity
from domain.feedback import decider as feedback_decider
from domain.feedback import state as feedback_state
from domain.feedback.commands import NoteFeedback
from domain.feedback.state import Feedback
from domain.file import decider as file_decider
from domain.file import state as file_state
from domain.file.commands import AttachFile, FileCommand
from domain.file.state import File
from domain.usage import decider as usage_decider
from domain.usage import state as usage_state
from domain.usage.commands import RecordUsage
from domain.usage.state import Usage, usage_stream

ACTIVITY = Aggregate("activity", ActivityClaim(), activity_claim.evolve)
USAGE = Aggregate("usage", Usage(), usage_state.evolve)
FEEDBACK = Aggregate("feedback", Feedback(), feedback_state.evolve)
FILE = Aggregate("file", File(), file_state.evolve)
FACT_AGGREGATES = (ACTIVITY, CONTRACT, USAGE, FEEDBACK, FILE)


def _decide_fact(
    command: FactCommand, stream: UUID, states: Sequence[CustomerStream], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    ((customer, facts),) = states
    return [(stream, event, at) for event in fact_decider.decide(command, customer, facts)]


def _with_claim(stream: UUID, command: RecordActivity) -> Parts:
    return ((stream, CUSTOMER), (activity_stream(command.source, command.external_id), ACTIVITY))


def _decide_activity(
    command: RecordActivity, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (customer, _), claim = states
    recorded, claimed = fact_decider.decide_activity(command, stream, customer, claim)
    of_claim = activity_stream(command.source, command.external_id)
    return [(stream, event, at) for event in recorded] + [(of_claim, event, at) for event in claimed]


def _with_usage(stream: UUID, command: RecordUsage) -> Parts:
    return ((stream, CUSTOMER), (usage_stream(stream, command.product), USAGE))


def _decide_usage(
    command: RecordUsage, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    (customer, _), usage = states
    of_usage = usage_stream(stream, command.product)
    return [(of_usage, event, at) for event in usage_decider.decide(command, stream, customer, usage)]


def _with_customer_and_past(stream: UUID, command: SignContract) -> Parts:
    past = ((command.wins_back, CONTRACT),) if command.wins_back else ()
    return ((stream, CONTRACT), (command.customer_id, CUSTOMER), TENANT_SETTINGS, *past)


def _decide_signing(
    command: SignContract, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    contract, (customer, _), settings, *past = states
    on = local_day_by(settings, at)
    signed = contract_decider.decide_signing(command, contract, customer, past[0] if past else None, on)
    return [(stream, event, at) for event in signed]


def _with_settings(stream: UUID, _command: ContractCommand) -> Parts:
    return ((stream, CONTRACT), TENANT_SETTINGS)


def _decide_contract(
    command: ContractCommand, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    contract, settings = states
    decided = contract_decider.decide(command, contract, local_day_by(settings, at))
    return [(stream, event, at) for event in decided]


def _with_its_customer(stream: UUID, command: NoteFeedback) -> Parts:
    return ((stream, FEEDBACK), (command.customer_id, CUSTOMER))


def _decide_feedback(
    command: NoteFeedback, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    feedback, (customer, _) = states
    return [(stream, event, at) for event in feedback_decider.decide(command, feedback, customer)]


def _with_owner(stream: UUID, command: AttachFile) -> Parts:
    return ((stream, FILE), (command.stream, SUBJECTS[command.of]))


def _decide_attaching(
    command: AttachFile, stream: UUID, states: Sequence[Any], _by: Actor, at: datetime
) -> list[DecidedEvent]:
    file, owner = states
    must_be_known(owner)
    customer = _customer_of(owner, command.stream)
    return [(stream, event, at) for event in file_decider.decide_attaching(command, file, customer)]


def _customer_of(owner: SubjectState, stream: UUID) -> UUID | None:
    """The customer of what a file is attached to; None for a ticket."""
    if isinstance(owner, TicketStream):
        return None
    return stream if isinstance(owner, CustomerStream) else owner.customer


FACT_HANDLERS: Handlers = (
    handled(FactCommand, CommandHandler(alone(CUSTOMER), _decide_fact))
    | handled(RecordActivity, CommandHandler(_with_claim, _decide_activity))
    | handled(RecordUsage, CommandHandler(_with_usage, _decide_usage))
    | handled(SignContract, CommandHandler(_with_customer_and_past, _decide_signing, others_only_read=True))
    | handled(ContractCommand, CommandHandler(_with_settings, _decide_contract, others_only_read=True))
    | handled(NoteFeedback, CommandHandler(_with_its_customer, _decide_feedback, others_only_read=True))
    | handled(AttachFile, CommandHandler(_with_owner, _decide_attaching, others_only_read=True))
    | handled(FileCommand, decided_alone(FILE, file_decider.decide))
)
