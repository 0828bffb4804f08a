"""Files, a row each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.file import events as e
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import ClampedBigInt, ClampedInt, Table


@dataclass(slots=True)
class FileRow:
    """A file of a ticket, a customer or a contract: ``owner`` is the id of that.

    ``customer`` is None for a file of a ticket, whose customer may be corrected. ``message`` is the version of the
    ticket's message that it came with. ``verdict`` is that of the last scan.
    """

    file: UUID
    version: int
    customer: UUID | None
    at: datetime
    of: str
    owner: UUID
    message: ClampedInt | None
    name: str
    media_type: str
    size: ClampedBigInt
    sha256: str
    address: str
    verdict: str | None
    scanner: str | None
    withdrawn_at: datetime | None


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[FileRow]:
    """The row of one file; none for a stream that does not begin with its attachment."""
    attached, *later = stream.all
    facts = attached.payload
    if not isinstance(facts, e.FileAttached):
        return
    row = FileRow(
        file=attached.stream,
        version=stream.all[-1].version,
        customer=facts.customer_id,
        at=attached.occurred_at,
        of=facts.of,
        owner=facts.stream,
        message=facts.message,
        name=facts.name,
        media_type=facts.media_type,
        size=facts.size,
        sha256=facts.sha256,
        address=facts.where,
        verdict=None,
        scanner=None,
        withdrawn_at=None,
    )
    for event in later:
        match event.payload:
            case e.FileScanned(verdict=verdict, scanner=scanner):
                row.verdict, row.scanner = verdict, scanner
            case e.FileWithdrawn():
                row.withdrawn_at = event.occurred_at
            case _:
                pass
    yield row


FILES = Projection(
    name="files",
    version=1,
    kinds=frozenset({"file"}),
    tables=(Table("files", FileRow, key=("file",), indexes=("(customer, at)", "(owner, at)", "(sha256)")),),
    fold=fold,
)
