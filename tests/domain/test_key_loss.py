"""The rules of a loss of data keys."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.command_context import Actor
from domain.erasure.events import ErasureEvent
from domain.erasure.key_loss import MissingKeys, confirm_loss, digest_of, report_loss
from domain.erasure.state import Erasure, evolve
from domain.refusal import Refusal

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LAN, MAI = Actor(id="lan", kind="agent"), Actor(id="mai", kind="agent")
FIRST, SECOND = UUID(int=1), UUID(int=2)
STORE, OTHER_STORE = UUID(int=7), UUID(int=8)


def missing(*keys: UUID, key_store: UUID = STORE) -> MissingKeys:
    return MissingKeys(frozenset(keys), frozenset({UUID(int=9)} if keys else ()), 12, key_store, 3)


def after(*events: ErasureEvent) -> Erasure:
    loss = Erasure()
    for event in events:
        loss = evolve(loss, event, AT)
    return loss


def refused(loss: Erasure, keys: MissingKeys, by: Actor) -> str:
    with pytest.raises(Refusal) as refusal:
        confirm_loss(loss, keys, by)
    return refusal.value.code


def test_a_loss_is_reported_by_one_person_and_confirmed_by_another() -> None:
    (report,) = report_loss(Erasure(), missing(FIRST, SECOND), "the disk broke", LAN)
    assert (report.keys, report.affected, report.position, report.by) == (2, 1, 12, "lan")
    (confirmed,) = confirm_loss(after(report), missing(SECOND, FIRST), MAI)
    assert (confirmed.digest, confirmed.key_store, confirmed.by) == (report.digest, STORE, "mai")
    assert after(report, confirmed).state == "loss_confirmed"
    assert not after(report).open


def test_the_reporter_does_not_confirm_in_any_name() -> None:
    (report,) = report_loss(Erasure(), missing(FIRST), "w", LAN.model_copy(update={"on_behalf_of": "an"}))
    for by in (LAN, Actor(id="LAN", kind="agent"), Actor(id="an", kind="agent"), Actor(id="sealer", kind="system")):
        assert refused(after(report), missing(FIRST), by) == "second_person_needed"


def test_only_the_keys_of_the_report_are_confirmed() -> None:
    (report,) = report_loss(Erasure(), missing(FIRST), "w", LAN)
    assert refused(after(report), missing(FIRST, SECOND), MAI) == "loss_changed"
    assert refused(after(report), missing(), MAI) == "loss_changed"
    assert refused(Erasure(), missing(FIRST), MAI) == "loss_unknown"


def test_another_key_store_than_that_of_the_report_is_not_confirmed_nor_repeated() -> None:
    (report,) = report_loss(Erasure(), missing(FIRST), "w", LAN)
    (confirmed,) = confirm_loss(after(report), missing(FIRST), MAI)
    for loss in (after(report), after(report, confirmed)):
        for left in (missing(FIRST, key_store=OTHER_STORE), missing(key_store=OTHER_STORE)):
            assert refused(loss, left, MAI) == "another_key_store"
    (again,) = report_loss(after(report), missing(FIRST, key_store=OTHER_STORE), "w", LAN)
    assert again.key_store == OTHER_STORE


def test_both_steps_can_be_repeated_and_a_further_loss_is_reported_anew() -> None:
    (report,) = report_loss(Erasure(), missing(FIRST), "w", LAN)
    assert report_loss(after(report), missing(FIRST), "w", LAN) == []
    (confirmed,) = confirm_loss(after(report), missing(FIRST), MAI)
    for left in (missing(FIRST), missing()):
        assert confirm_loss(after(report, confirmed), left, MAI) == []
    assert refused(after(report, confirmed), missing(SECOND), MAI) == "loss_unknown"
    (again,) = report_loss(after(report, confirmed), missing(SECOND), "w", MAI)
    assert confirm_loss(after(report, confirmed, again), missing(SECOND), LAN)


def test_nothing_is_reported_where_no_key_is_missing() -> None:
    with pytest.raises(Refusal) as refusal:
        report_loss(Erasure(), missing(), "w", LAN)
    assert refusal.value.code == "no_key_missing"


def test_the_digest_names_the_keys_in_any_order() -> None:
    assert digest_of([FIRST, SECOND]) == digest_of([SECOND, FIRST]) != digest_of([FIRST])
