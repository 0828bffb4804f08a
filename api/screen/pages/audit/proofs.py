"""The proofs of the logs: how far each is sealed, its checkpoints and keys, consistency, and what a check finds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

from api.auditing.verifier_file import verifier
from api.http.paging import POSITION_KEY, cursor_key, page_of
from api.http.problems import malformed
from api.http.read_session import ReadSession
from api.screen.page import Content, Page, Panel
from api.screen.pages.audit.proof_check import check
from api.screen.pages.query import is_set, last_instant, last_position, one_of
from api.screen.visit import Visit
from api.sealing import tree_store
from api.sealing.key_events import public_keys
from api.sealing.proofs import consistency
from api.sealing.tree_store import SEALED_LOGS, NotSealed, StoredCheckpoint
from api.whole_numbers import POSITION_DIGITS, whole_number
from domain.checkpoint.keys import PublicKey
from domain.envelope import BEHIND_ALL
from domain.merkle.verification import ProofInvalid, verify_consistency
from domain.sealing.leaf import SealedLog

SHOWN = 20


def _state(visit: Visit, session: ReadSession) -> Content:
    """The newest checkpoint of the chosen log at the instants of the visit, and what it does not cover."""
    log = _chosen(visit, session)
    newest = next(iter(_checkpoints(visit, session, log, BEHIND_ALL, 1)), None)
    window = None if visit.is_past else tree_store.window_of(session.connection, visit.reader.tenant, log)
    return {
        "log": log,
        "logs": _logs(visit, session),
        "newest": newest,
        "root": newest and newest.root.hex(),
        "window": window,
    }


def _verify(visit: Visit, session: ReadSession) -> Content:
    return {"log": _chosen(visit, session), "digest": verifier().digest}


def _checkpoints_panel(visit: Visit, session: ReadSession) -> Content:
    """The checkpoints, the newest first, page by page."""
    log = _chosen(visit, session)
    before = cursor_key(visit.one("cursor"), POSITION_KEY) or BEHIND_ALL
    checkpoints = _checkpoints(visit, session, log, before, SHOWN + 1)
    shown, following = page_of(checkpoints, SHOWN, lambda each: each.size)
    return {
        "log": log,
        "checkpoints": [(each, each.root.hex()) for each in shown],
        "cursor": following,
    }


def _keys(visit: Visit, session: ReadSession) -> Content:
    """The keys of the chosen log that were listed by then, the newest first, each with the SHA-256 of its bytes."""
    log = _chosen(visit, session)
    keys = public_keys(session.connection, visit.reader.tenant, log, last_position(visit, session))
    return {"log": log, "keys": [(key, _fingerprint(key)) for key in reversed(keys)]}


def _consistency(visit: Visit, session: ReadSession) -> Content:
    """The proof that the tree of one checkpoint begins with that of another; ``wrong`` says why there is none."""
    log = _chosen(visit, session)
    old, new = (_size(visit, name) for name in ("old", "new"))
    shown: dict[str, object] = {"log": log, "old": old or "", "new": new or "", "proof": None, "wrong": None}
    if old is None:
        return shown
    try:
        proof = consistency(session.connection, visit.reader.tenant, log, old, new)
        hashes = [bytes.fromhex(hashed) for hashed in proof.proof]
        verify_consistency(proof.old, proof.new, bytes.fromhex(proof.old_root), bytes.fromhex(proof.new_root), hashes)
    except NotSealed as error:
        return {**shown, "wrong": error.in_language(visit.language)}
    except ProofInvalid:
        return {**shown, "wrong": visit.w("proofs.invalid")}
    return {**shown, "proof": proof}


def _check(visit: Visit, session: ReadSession) -> Content:
    """What `doctor --proofs` finds, when it is asked for."""
    log = _chosen(visit, session)
    return {"found": [check(visit, log)] if _is_check(visit) else (), "log": log}


def _is_check(visit: Visit) -> bool:
    """Whether a check is asked for. Raises Problem (malformed)."""
    return is_set(visit, "check") and not visit.is_past


@contextmanager
def _reading(visit: Visit) -> Iterator[ReadSession]:
    """A snapshot; a check waits for its slot without a connection. Raises SlotsTaken while others check."""
    with visit.reader.live_in_slot() if _is_check(visit) else visit.reader.live() as session:
        yield session


def _checkpoints(
    visit: Visit, session: ReadSession, log: SealedLog, before: int, limit: int
) -> Sequence[StoredCheckpoint]:
    return tree_store.checkpoints_before(
        session.connection, visit.reader.tenant, log, before, last_instant(visit), limit
    )


def _logs(visit: Visit, session: ReadSession) -> list[SealedLog]:
    return [log for log in SEALED_LOGS if tree_store.has_log(session.connection, visit.reader.tenant, log)]


def _chosen(visit: Visit, session: ReadSession) -> SealedLog:
    """The log that is asked for. Raises Problem (malformed)."""
    logs = _logs(visit, session)
    given = one_of(visit, "log", logs)
    return next((log for log in logs if log == given), "events")


def _size(visit: Visit, name: str) -> int | None:
    """A number of positions; None without it. Raises Problem (malformed)."""
    text = visit.one(name)
    if text is None:
        return None
    size = whole_number(text, POSITION_DIGITS)
    if not size:
        raise malformed([{"loc": (name,), "msg": "the size of a checkpoint, such as 18400"}])
    return size


def _fingerprint(key: PublicKey) -> str:
    return sha256(key.key).hexdigest()


PAGE = Page(
    "proofs",
    "/audit/proofs",
    (
        Panel("state", _state, wide=True),
        Panel("verify", _verify, wide=True, still=True),
        Panel("keys", _keys, wide=True, still=True),
        Panel("checkpoints", _checkpoints_panel, wide=True, still=True),
        Panel("consistency", _consistency, still=True),
        Panel("check", _check, still=True),
    ),
    scope="audit",
    reading=_reading,
    parameters=frozenset({"log", "cursor", "old", "new", "check"}),
    refreshes=False,
)
