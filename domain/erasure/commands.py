"""The commands of an erasure.

The stream of the workflow is derived from the customer.
"""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from domain.messages import Command, Day, Id, Text, Word

Law = Literal["vn-91-2025", "gdpr"]
"""Vietnam's Law 91/2025/QH15 with Decree 356/2025/ND-CP, and Regulation (EU) 2016/679."""
Retained = Annotated[SkipJsonSchema[tuple[str, ...]], Field(exclude=True)]
"""The sentences of the retention rules that forbid the erasure now. The program computes them."""


class RequestErasure(Command):
    """Records that a person, or somebody for the person, asks for erasure. Write no personal data into the texts."""

    customer_id: Id
    law: Law = "vn-91-2025"
    legal_basis: Text
    through: Word


class VerifyErasure(Command):
    """Records how the identity of the person was shown."""

    how: Text


class ApproveErasure(Command):
    """Approves the erasure. Another person than the requester and the verifier does it."""

    customer_id: Id
    retained: Retained = ()


class RefuseErasure(Command):
    """Refuses the request; ``why`` is what the person is told."""

    why: Text


class WithdrawErasure(Command):
    """Records that the person takes the request back."""

    why: Text


class PlaceLegalHold(Command):
    """Forbids the erasure of a customer's data until the hold is released, or until the end of a day."""

    customer_id: Id
    hold: Word
    why: Text
    until: Day | None = None


class ReleaseLegalHold(Command):
    hold: Word
    why: Text


class StartErasure(Command):
    """Begins to erase; from now on the erasure cannot be stopped. The program gives it."""

    customer_id: Id
    retained: Retained = ()


class EraseStream(Command):
    """Closes one stream of the person, which is of ``stream_kind``. The program gives it to a started erasure."""

    customer_id: Id
    stream: Id
    stream_kind: Word


class RecordKeysDestroyed(Command):
    """The program gives it after the keys of all closed streams are destroyed."""

    fingerprints: dict[str, str]
    readable: tuple[int, ...] = ()


class CertifyErasure(Command):
    """The program gives it after everything that it keeps is cleaned."""

    position: int
    streams: dict[str, int]


CustomerErasureCommand = RequestErasure | ApproveErasure | PlaceLegalHold | StartErasure
"""The commands that are decided with the state of the customer."""
ErasureCommand = (
    VerifyErasure | RefuseErasure | WithdrawErasure | ReleaseLegalHold | RecordKeysDestroyed | CertifyErasure
)
"""The commands that an erasure decides alone."""
