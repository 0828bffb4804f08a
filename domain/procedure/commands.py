"""The command that starts a procedure. Those to a running one stand beside it once they are written."""

from domain.messages import Command, Id, Word


class StartProcedure(Command):
    """Starts a published procedure for a subject; one of a name runs for a subject at a time."""

    begins = True

    procedure: Word
    subject: Id
    subject_kind: Word
    customer_id: Id | None = None
    owner: Word | None = None
