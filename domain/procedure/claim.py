"""The claim of a procedure on its subject: its stream says which instance runs, so that no two run at once."""

import re
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.ids import Namespace
from domain.procedure.events import ProcedureClaimEvent, ProcedureClaimTaken
from domain.text_folding import fold_name

_CLAIMS = Namespace(UUID("5d0a6f0e-2f0f-5a53-9a6c-0c8b0d9a7f31"))
_INSTANCES = Namespace(UUID("e4b8f3d2-7f3c-5b0a-8f61-3a9d1c2e5b70"))
_NOTICE_KEY = re.compile(r"procedure/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(.+)")


class ProcedureClaim(NamedTuple):
    """``running`` is the instance that runs; None: none does."""

    running: UUID | None = None


def evolve(claim: ProcedureClaim, event: ProcedureClaimEvent, at: datetime) -> ProcedureClaim:  # noqa: ARG001 -- the shape every fold has
    """The claim after one more event. Total: any history folds."""
    return ProcedureClaim(event.instance if isinstance(event, ProcedureClaimTaken) else None)


def claim_stream(procedure: str, subject: UUID) -> UUID:
    """The stream of the claim of a procedure, by its folded name, on a subject."""
    return _CLAIMS.id_of(f"{subject}/{fold_name(procedure)}")


def instance_stream(procedure: str, subject: UUID, cause: str) -> UUID:
    """The stream of the instance that an event starts; ``cause`` is the id of the event."""
    return _INSTANCES.id_of(f"{subject}/{fold_name(procedure)}/{cause}")


def notice_key(instance: UUID, step: str) -> str:
    """The key under which a step requests its notification, once."""
    return f"procedure/{instance}/{step}"


def step_of_notice(key: str) -> tuple[UUID, str] | None:
    """The instance and the step that requested a notification under a key; None for any other key."""
    match = _NOTICE_KEY.fullmatch(key)
    return match and (UUID(match[1]), match[2])
