"""`procedure start`, `complete`, `answer`, `skip`, `abandon` and `migrate`."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

import typer

from api.cli.named_streams import CONTRACT_IDS, CUSTOMER_IDS, PROCEDURE_IDS, look_up_stream
from api.cli.options import Data
from api.cli.recording import RecordOptions, checked
from api.cli.shared_options import options_of
from api.cli.ticket_names import look_up_ticket
from api.cli.usage_error import UsageError
from domain.ids import new_id
from domain.procedure import commands as c
from domain.readable import ByLanguage

ProcedureId = Annotated[
    str, typer.Argument(help="The id of a procedure, or the last 12 digits of it; `procedure list` shows it.")
]
Step = Annotated[str, typer.Argument(help="The id of a step; `procedure show` lists the open ones.")]
Reason = Annotated[str, typer.Option(help="Why; it stands in the history of the procedure.")]
Details = Annotated[
    list[str] | None, typer.Option("--detail", help="What is known of the case, as name=value; may be repeated.")
]


@options_of(RecordOptions)
def start(
    recording: RecordOptions,
    procedure: Annotated[str, typer.Argument(help="The name of a published procedure.")],
    subject: Annotated[str, typer.Argument(help="The ticket, customer or contract, by its id or the end of it.")],
    about: Annotated[Literal["ticket", "customer", "contract"], typer.Option(help="What the subject is.")] = "ticket",
    owner: Annotated[str | None, typer.Option(help="Who answers for it.")] = None,
    detail: Details = None,
) -> None:
    """Start a published procedure for a ticket, a customer or a contract."""
    instance = new_id()
    fields = {
        "procedure": procedure,
        "subject": str(_subject(recording.data, recording.tenant, about, subject)),
        "subject_kind": about,
        "owner": owner,
        "details": _details(detail),
    }
    recording.give(
        instance,
        checked(c.StartProcedure, **fields),
        {"en": f"The procedure runs: {instance}.", "vi": f"Quy trình đang chạy: {instance}."},
    )


@options_of(RecordOptions)
def complete(
    recording: RecordOptions,
    procedure: ProcedureId,
    step: Step,
    result: Annotated[str | None, typer.Option(help="What came of it.")] = None,
    detail: Details = None,
) -> None:
    """Complete an open step."""
    fields = {"step": step, "result": result, "details": _details(detail)}
    recording.give(
        recording.stream(PROCEDURE_IDS, procedure),
        checked(c.CompleteStep, **fields),
        {"en": f"The step {step} is done.", "vi": f"Đã xong bước {step}."},
    )


@options_of(RecordOptions)
def answer(
    recording: RecordOptions,
    procedure: ProcedureId,
    step: Step,
    given: Annotated[str, typer.Argument(help="One of the answers of the step.")],
    detail: Details = None,
) -> None:
    """Answer an open decision."""
    fields = {"step": step, "answer": given, "details": _details(detail)}
    recording.give(
        recording.stream(PROCEDURE_IDS, procedure),
        checked(c.AnswerDecision, **fields),
        {"en": f"The step {step} is answered.", "vi": f"Đã trả lời bước {step}."},
    )


@options_of(RecordOptions)
def skip(recording: RecordOptions, procedure: ProcedureId, step: Step, reason: Reason) -> None:
    """Skip an open step."""
    fields = {"step": step, "reason": reason}
    recording.give(
        recording.stream(PROCEDURE_IDS, procedure),
        checked(c.SkipStep, **fields),
        {"en": f"The step {step} is skipped.", "vi": f"Đã bỏ qua bước {step}."},
    )


@options_of(RecordOptions)
def abandon(recording: RecordOptions, procedure: ProcedureId, reason: Reason) -> None:
    """Abandon a running procedure."""
    recording.give(
        recording.stream(PROCEDURE_IDS, procedure),
        checked(c.AbandonProcedure, reason=reason),
        {"en": "The procedure is abandoned.", "vi": "Đã dừng quy trình."},
    )


@options_of(RecordOptions)
def migrate(
    recording: RecordOptions,
    procedure: ProcedureId,
    version: Annotated[int, typer.Argument(help="A published version of its definition.")],
) -> None:
    """Let a running procedure go on by another version of its definition."""
    sentence: ByLanguage = {
        "en": f"The procedure goes on by version {version}.",
        "vi": f"Quy trình tiếp tục theo phiên bản {version}.",
    }
    recording.give(recording.stream(PROCEDURE_IDS, procedure), checked(c.MigrateProcedure, version=version), sentence)


def _subject(data: Data, tenant: str, about: Literal["ticket", "customer", "contract"], name: str) -> UUID:
    """The subject of a procedure. Raises UsageError."""
    if about == "ticket":
        return look_up_ticket(data, tenant, name)
    return look_up_stream(data, tenant, CUSTOMER_IDS if about == "customer" else CONTRACT_IDS, name)


def _details(written: Sequence[str] | None) -> dict[str, str]:
    """The details of words like remedy=refund. Raises UsageError."""
    details = {}
    for word in written or ():
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageError(
                f"{word!r} is no detail: write it as name=value, such as remedy=refund.",
                f"{word!r} không phải là chi tiết: hãy ghi dạng tên=giá trị, ví dụ remedy=refund.",
            )
        details[name] = value
    return details
