"""The commands to a procedure: a person, a rule, the reactor or the due watch gives them."""

from typing import Annotated, Literal

from pydantic import Field

from domain.messages import Command, Id, Instant, Text, Word

ProcedureSubject = Literal["ticket", "customer", "contract"]
"""The kinds of streams that a procedure is about."""
Details = Annotated[dict[Word, Word], Field(max_length=30)]
"""What is known of the case, by the names that the definition asks for."""


class StartProcedure(Command):
    """Starts a published procedure for a subject; one of a name runs for a subject at a time.

    ``customer_id`` is by default the customer of the subject, ``owner`` that of the contract.
    """

    begins = True

    procedure: Word
    subject: Id
    subject_kind: ProcedureSubject
    customer_id: Id | None = None
    owner: Word | None = None
    details: Details = Field(default_factory=dict)


class CompleteStep(Command):
    """Ends an open step as done. The detail ``owner`` names the owner of the steps that open later.

    ``event`` is the id of the event that ends it; None: a person says so.
    """

    step: Word
    result: Word | None = None
    details: Details = Field(default_factory=dict)
    event: Word | None = None


class AnswerDecision(Command):
    """Ends an open step of kind decide with one of its answers."""

    step: Word
    answer: Word
    details: Details = Field(default_factory=dict)


class SkipStep(Command):
    """Ends an open step as skipped."""

    step: Word
    reason: Text


class RecordStepOverdue(Command):
    """Records that the due time of an open step has come: a step of kind wait is done, any other one is overdue."""

    step: Word
    due_at: Instant


class AbandonProcedure(Command):
    """Ends the procedure without an outcome."""

    reason: Text


class EndProcedure(Command):
    """Completes the procedure before its last step, because of an event that its definition names."""

    outcome: Word


class MigrateProcedure(Command):
    """Goes on by another version of the definition. Open steps that it does not have are skipped."""

    version: Annotated[int, Field(strict=True, ge=1)]


StepCommand = (
    CompleteStep | AnswerDecision | SkipStep | RecordStepOverdue | AbandonProcedure | EndProcedure | MigrateProcedure
)
"""What a running procedure takes."""
