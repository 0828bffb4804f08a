"""The rules of a loss of data keys: one person reports it, another one confirms it."""

from collections.abc import Collection
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from domain.command_context import Actor
from domain.erasure.events import KeyLossConfirmed, KeyLossReported
from domain.erasure.second_person import problem_of_second_person, recorder_of
from domain.erasure.state import Erasure
from domain.refusal import Refusal


class MissingKeys(NamedTuple):
    """The data keys that events up to ``position`` name and ``key_store`` does not hold, and the streams of these.

    ``named`` counts all keys that these events name.
    """

    keys: frozenset[UUID]
    streams: frozenset[UUID]
    position: int
    key_store: UUID
    named: int

    @property
    def digest(self) -> str:
        """Names the keys: the SHA-256 of their ids in order."""
        return digest_of(self.keys)


def digest_of(keys: Collection[UUID]) -> str:
    """The SHA-256 of the ids of keys in order."""
    return sha256(b"".join(sorted(key.bytes for key in keys))).hexdigest()


def report_loss(loss: Erasure, missing: MissingKeys, why: str, by: Actor) -> list[KeyLossReported]:
    """The report that keys are lost; none where the same keys are reported already. Raises Refusal."""
    if not missing.keys:
        raise Refusal("no_key_missing", "the key store holds every key that the log names", loss.state)
    if loss.state == "loss_reported" and (loss.digest, loss.key_store) == (missing.digest, missing.key_store):
        return []
    return [
        KeyLossReported(
            keys=len(missing.keys),
            affected=len(missing.streams),
            position=missing.position,
            digest=missing.digest,
            key_store=missing.key_store,
            why=why,
            by=by.person,
            recorded_by=recorder_of(by),
        )
    ]


def confirm_loss(loss: Erasure, missing: MissingKeys, by: Actor) -> list[KeyLossConfirmed]:
    """The confirmation by a second person; none where it is confirmed. Raises Refusal.

    Only the keys and the key store of the report are confirmed: a backup that came back since then, a further loss, or
    another store needs another report.
    """
    if loss.key_store not in (None, missing.key_store):
        raise Refusal(
            "another_key_store",
            f"the report is about the key store {loss.key_store}, and this program uses {missing.key_store};"
            " use that of the report (TICKETLEDGER_KEYS_URL), or report the loss again",
            loss.state,
        )
    if loss.state == "loss_confirmed" and (not missing.keys or missing.digest == loss.digest):
        return []
    if loss.state != "loss_reported":
        raise Refusal("loss_unknown", "no loss of these keys is reported; report it first", loss.state)
    if missing.digest != loss.digest:
        raise Refusal(
            "loss_changed", "other keys are missing than those of the report; report the loss again", loss.state
        )
    rule = problem_of_second_person(by, loss.involved, before="reported the loss", now="confirm the loss")
    if rule is not None:
        raise Refusal("second_person_needed", rule, loss.state)
    return [KeyLossConfirmed(digest=loss.digest, key_store=missing.key_store, by=by.person)]
