"""The proof of an event as the screen shows it: the proof, or why there is none."""

from typing import NamedTuple

from api.http.read_session import ReadSession
from api.screen.visit import Visit
from api.sealing import tree_store
from api.sealing.proofs import Inclusion, inclusion
from api.sealing.tree_store import NotSealed


class ShownProof(NamedTuple):
    """``verdict`` is a word of the page: unchanged, altered, waiting or damaged. ``why`` says what is damaged."""

    verdict: str
    inclusion: Inclusion | None = None
    why: str | None = None


def proof_of(visit: Visit, session: ReadSession, position: int) -> ShownProof:
    """The proof of a position of the events in the newest checkpoint."""
    tenant = visit.reader.tenant
    try:
        proof = inclusion(session.connection, tenant, "events", position)
    except NotSealed as error:
        newest = tree_store.newest_checkpoint(session.connection, tenant, "events")
        if newest is None or newest.size < position:
            return ShownProof("waiting")
        return ShownProof("damaged", why=error.in_language(visit.language))
    return ShownProof("unchanged" if proof.unchanged else "altered", proof)
