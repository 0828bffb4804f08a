"""The events of a file.

Its bytes are stored elsewhere.
"""

from typing import Annotated
from uuid import UUID

from domain.messages import PERSONAL, Event


class FileAttached(Event):
    """``of`` is ticket, customer or contract, ``stream`` its id; ``message`` the version of the message it came with.

    ``customer_id`` is the customer, or that of the contract; None for a ticket, whose customer may be corrected.
    ``size`` is in bytes, ``sha256`` in hexadecimal digits, ``where`` an address that the caller understands.
    """

    topic = "file.attached"
    of: str
    stream: UUID
    customer_id: UUID | None = None
    message: int | None = None
    name: Annotated[str, PERSONAL]
    media_type: str
    size: int
    sha256: Annotated[str, PERSONAL]
    where: Annotated[str, PERSONAL]


class FileScanned(Event):
    """``verdict`` is clean, infected or failed."""

    topic = "file.scanned"
    verdict: str
    scanner: str


class FileWithdrawn(Event):
    """The file is no longer offered; the reason stands in the envelope."""

    topic = "file.withdrawn"


FileEvent = FileAttached | FileScanned | FileWithdrawn
"""What happens to a file."""
