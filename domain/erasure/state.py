"""The state of an erasure: how far its workflow is, and which legal holds stand."""

from datetime import date, datetime
from typing import Literal, NamedTuple, assert_never
from uuid import UUID

from domain.erasure import events as e
from domain.erasure.second_person import folded_person
from domain.ids import Namespace
from domain.text_folding import fold_code

_IDS = Namespace(UUID("d1c1f6c8-6d0b-4c1e-9a57-0f9e3b7a2c48"))

ErasureStatus = Literal[
    "none",
    "requested",
    "verified",
    "approved",
    "refused",
    "withdrawn",
    "started",
    "keys_destroyed",
    "certified",
    "loss_reported",
    "loss_confirmed",
]
KEY_LOSS = UUID("5b0d6a3c-6f7e-4d0a-9a54-2c1f8e7b9d31")
"""The stream of the loss of a tenant's data keys, an erasure that nobody asked for."""

BEGUN: frozenset[str] = frozenset({"started", "keys_destroyed", "certified"})
"""The states in which data has been, or is being, destroyed."""


class LegalHold(NamedTuple):
    """``until`` is its last day; None: it has no end."""

    hold: str
    why: str
    until: date | None = None


class Erasure(NamedTuple):
    """``involved`` are the folded names of those who requested and verified it, and of those who recorded it for them.

    ``request`` counts the requests. ``digest`` names the keys that are reported as lost, ``key_store`` the store that
    lacks them.
    """

    state: ErasureStatus = "none"
    request: int = 0
    law: str = ""
    requested_at: datetime | None = None
    involved: frozenset[str] = frozenset()
    holds: tuple[LegalHold, ...] = ()
    readable: tuple[int, ...] = ()
    digest: str = ""
    key_store: UUID | None = None

    def hold_on(self, day: date) -> LegalHold | None:
        """A hold that stands on a day."""
        return next((hold for hold in self.holds if hold.until is None or day <= hold.until), None)

    @property
    def open(self) -> bool:
        """Whether a request waits for its end; its deadlines count."""
        return self.state in {"requested", "verified", "approved", "started", "keys_destroyed"}

    @property
    def begun(self) -> bool:
        """Whether data has been, or is being, destroyed."""
        return self.state in BEGUN


def erasure_stream(customer: UUID) -> UUID:
    """The stream of the erasures and legal holds of a customer."""
    return _IDS.id_of(str(customer))


def _folded(event: e.ErasureRequested | e.ErasureVerified | e.KeyLossReported) -> frozenset[str]:
    """The folded names of the person who decided and of the actor who recorded it."""
    return frozenset(folded_person(name) for name in (event.by, event.recorded_by) if name is not None)


def evolve(erasure: Erasure, event: e.ErasureEvent, at: datetime) -> Erasure:  # noqa: C901, PLR0911, PLR0912 -- one case an event
    """The erasure after one more event. Total: any history folds."""
    match event:
        case e.ErasureRequested(law=law):
            involved = _folded(event)
            requested = erasure._replace(state="requested", request=erasure.request + 1, law=law, involved=involved)
            return requested._replace(requested_at=at)
        case e.ErasureVerified():
            return erasure._replace(state="verified", involved=erasure.involved | _folded(event))
        case e.ErasureApproved():
            return erasure._replace(state="approved")
        case e.ErasureRefused():
            return erasure._replace(state="refused")
        case e.ErasureWithdrawn():
            return erasure._replace(state="withdrawn")
        case e.LegalHoldPlaced(hold=hold, why=why, until=until):
            others = tuple(other for other in erasure.holds if fold_code(other.hold) != fold_code(hold))
            return erasure._replace(holds=(*others, LegalHold(hold, why, until)))
        case e.LegalHoldReleased(hold=hold):
            others = tuple(other for other in erasure.holds if fold_code(other.hold) != fold_code(hold))
            return erasure._replace(holds=others)
        case e.ErasureStarted():
            return erasure._replace(state="started")
        case e.KeysDestroyed(readable=readable):
            return erasure._replace(state="keys_destroyed", readable=readable)
        case e.ErasureCertified():
            return erasure._replace(state="certified")
        case e.KeyLossReported(digest=digest, key_store=store):
            reported = erasure._replace(state="loss_reported", involved=_folded(event))
            return reported._replace(digest=digest, key_store=store)
        case e.KeyLossConfirmed(digest=digest, key_store=store):
            return erasure._replace(state="loss_confirmed", digest=digest, key_store=store or erasure.key_store)
        case _:
            assert_never(event)
