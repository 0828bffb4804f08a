"""`procedure start`, `complete`, `answer`, `skip`, `abandon` and `migrate`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from uuid import UUID

import typer
from pydantic import ValidationError

from api.cli.customer.recording import Who, acting, record
from api.cli.options import DEFAULT_TENANT, Data, Tenant
from api.cli.printing import say
from api.cli.tenant_database import open_existing
from api.cli.usage_error import UsageError
from domain.command_handling.pending_command import CommandResult
from domain.event_log.roles import DESK
from domain.ids import new_id
from domain.messages import Command
from domain.procedure import commands as c

ProcedureId = Annotated[UUID, typer.Argument(help="The id of a procedure; `procedure list` shows it.")]
Step = Annotated[str, typer.Argument(help="The id of a step; `procedure show` lists the open ones.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the history of the procedure.")]
Details = Annotated[
    list[str] | None, typer.Option("--detail", help="What is known of the case, as name=value; may be repeated.")
]


def start(
    procedure: Annotated[str, typer.Argument(help="The name of a published procedure.")],
    subject: Annotated[UUID, typer.Argument(help="The id of the ticket, customer or contract.")],
    about: Annotated[Literal["ticket", "customer", "contract"], typer.Option(help="What the subject is.")] = "ticket",
    owner: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
    detail: Details = None,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Start a published procedure for a ticket, a customer or a contract."""
    instance = new_id()
    fields = {
        "procedure": procedure,
        "subject": str(subject),
        "subject_kind": about,
        "owner": owner,
        "details": _details(detail),
    }
    _give(instance, c.StartProcedure, fields, actor, data, tenant)
    say(f"The procedure runs: {instance}.")


def complete(
    procedure: ProcedureId,
    step: Step,
    result: Annotated[str | None, typer.Option(help="What came of it.")] = None,
    detail: Details = None,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Complete an open step."""
    fields = {"step": step, "result": result, "details": _details(detail)}
    _say(_give(procedure, c.CompleteStep, fields, actor, data, tenant), f"The step {step} is done.")


def answer(
    procedure: ProcedureId,
    step: Step,
    given: Annotated[str, typer.Argument(help="One of the answers of the step.")],
    detail: Details = None,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Answer an open decision."""
    fields = {"step": step, "answer": given, "details": _details(detail)}
    _say(_give(procedure, c.AnswerDecision, fields, actor, data, tenant), f"The step {step} is answered.")


def skip(
    procedure: ProcedureId,
    step: Step,
    reason: Reason,
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Skip an open step."""
    fields = {"step": step, "reason": reason}
    _say(_give(procedure, c.SkipStep, fields, actor, data, tenant), f"The step {step} is skipped.")


def abandon(
    procedure: ProcedureId, reason: Reason, actor: Who = None, data: Data = None, tenant: Tenant = DEFAULT_TENANT
) -> None:
    """Abandon a running procedure."""
    _say(_give(procedure, c.AbandonProcedure, {"reason": reason}, actor, data, tenant), "The procedure is abandoned.")


def migrate(
    procedure: ProcedureId,
    version: Annotated[int, typer.Argument(help="A published version of its definition.")],
    actor: Who = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Let a running procedure go on by another version of its definition."""
    sentence = f"The procedure goes on by version {version}."
    _say(_give(procedure, c.MigrateProcedure, {"version": version}, actor, data, tenant), sentence)


def _details(written: Sequence[str] | None) -> dict[str, str]:
    """The details of words like remedy=refund. Raises UsageError."""
    details = {}
    for word in written or ():
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"{word!r} is no detail: write it as name=value, such as remedy=refund.")
        details[name] = value
    return details


def _give(
    procedure: UUID, command: type[Command], fields: Mapping[str, object], actor: str | None, data: Data, tenant: str
) -> CommandResult:
    """Gives a command to a procedure. Raises UsageError for fields that the command refuses, and Refusal."""
    by = acting(actor)
    try:
        given = command.model_validate(fields)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise UsageError(f"The procedure cannot be changed so: {wrong}.") from None
    with open_existing(data, tenant, DESK) as dsn:
        (result,) = record(dsn, tenant, [(procedure, given)], by)
    return result


def _say(result: CommandResult, sentence: str) -> None:
    say(sentence if result.answer.events else f"Nothing changed: {sentence[0].lower()}{sentence[1:]}")
