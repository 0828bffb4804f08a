"""The events of an erasure, and the event that closes each stream of the person."""

from datetime import date
from uuid import UUID

from domain.messages import Event


class PersonalDataErased(Event):
    """The personal values of the stream's earlier events are erased. It stands on a stream of any kind.

    ``erasure`` is the stream of the workflow. ``customer_id`` is the member of the person's merges that the stream
    belongs to.
    """

    topic = "personal_data.erased"
    in_figures = False
    erasure: UUID
    customer_id: UUID


class ErasureRequested(Event):
    """``law`` is the law that sets the deadlines. ``legal_basis`` names its article or the ground of the person.

    ``through`` is how the request came in. ``by`` is the person who recorded it, and ``recorded_by`` the actor who did
    so on the person's behalf; None: the person did.
    """

    topic = "erasure.requested"
    in_figures = False
    customer_id: UUID
    law: str
    legal_basis: str
    through: str
    by: str
    recorded_by: str | None = None


class ErasureVerified(Event):
    """``how`` says how the identity of the person was shown. ``by`` and ``recorded_by`` are as in a request."""

    topic = "erasure.verified"
    in_figures = False
    how: str
    by: str
    recorded_by: str | None = None


class ErasureApproved(Event):
    topic = "erasure.approved"
    in_figures = False
    by: str


class ErasureRefused(Event):
    topic = "erasure.refused"
    in_figures = False
    why: str


class ErasureWithdrawn(Event):
    topic = "erasure.withdrawn"
    in_figures = False
    why: str


class LegalHoldPlaced(Event):
    """The data of the customer is kept. ``until`` is the last day of the hold; None: until it is released."""

    topic = "erasure.hold_placed"
    in_figures = False
    customer_id: UUID
    hold: str
    why: str
    until: date | None = None


class LegalHoldReleased(Event):
    topic = "erasure.hold_released"
    in_figures = False
    hold: str
    why: str


class ErasureStarted(Event):
    """The holds and the retention were looked at for the last time."""

    topic = "erasure.started"
    in_figures = False


class KeysDestroyed(Event):
    """``fingerprints`` holds the fingerprint of each destroyed key by its id.

    ``readable`` holds the positions whose personal values were stored before encryption: no key destroys them.
    """

    topic = "erasure.keys_destroyed"
    in_figures = False
    fingerprints: dict[str, str]
    readable: tuple[int, ...] = ()


class ErasureCertified(Event):
    """Projections, snapshots and caches hold no personal value of the person up to ``position``.

    ``streams`` counts the closed streams by their kind.
    """

    topic = "erasure.certified"
    in_figures = False
    position: int
    streams: dict[str, int]


class KeyLossReported(Event):
    """Data keys are not in the key store and no backup has them. It stands on the stream KEY_LOSS.

    ``keys`` counts the missing ones that events up to ``position`` name, ``affected`` the streams of these events.
    ``digest`` is the SHA-256 of the ids of the keys, sorted. ``key_store`` is the store that lacks them, ``by`` and
    ``recorded_by`` are as in a request.
    """

    topic = "erasure.loss_reported"
    in_figures = False
    keys: int
    affected: int
    position: int
    digest: str
    key_store: UUID
    why: str
    by: str
    recorded_by: str | None = None


class KeyLossConfirmed(Event):
    """A second person confirms the loss: what the keys encrypted reads as lost from now on.

    ``key_store`` is the store of the report, which serves the tenant from now on; None in events from before it was
    recorded.
    """

    topic = "erasure.loss_confirmed"
    in_figures = False
    digest: str
    key_store: UUID | None = None
    by: str


ErasureEvent = (
    ErasureRequested
    | ErasureVerified
    | ErasureApproved
    | ErasureRefused
    | ErasureWithdrawn
    | LegalHoldPlaced
    | LegalHoldReleased
    | ErasureStarted
    | KeysDestroyed
    | ErasureCertified
    | KeyLossReported
    | KeyLossConfirmed
)
"""What happens to an erasure."""
