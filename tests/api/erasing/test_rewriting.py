"""After `erasure run --rewrite` no file holds an erased value, or the command names what keeps it there."""

import psycopg
import pytest

from api.database_roles import under
from api.erasing import rewriting
from api.erasing.rewriting import NotRewritten, rewrite
from api.migrations import migrate_roles
from domain.event_log.roles import OWNER
from tests.support.erased_files import files_with
from tests.support.erasing import TENANT, Erasing, Person

APPLICATION = "nightly-report"


async def approved(erasing: Erasing) -> Person:
    """A person whose values stand in the files, and whose erasure is approved."""
    person = Person("canary", 1)
    await erasing.record(person)
    erasing.follower.catch_up()
    await erasing.approve(person.customer)
    return person


def reader_of(url: str, isolation: str = "repeatable read") -> psycopg.Connection:
    """A connection in a transaction that has read the customers."""
    connection = psycopg.connect(url, application_name=APPLICATION)
    connection.execute(f"set transaction isolation level {isolation}")
    connection.execute("select count(*) from tenant_default.customers")
    return connection


@pytest.mark.anyio
async def test_a_transaction_that_may_see_erased_rows_is_named_and_without_it_they_are_gone(
    erasing: Erasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await approved(erasing)
    monkeypatch.setattr(rewriting, "LONGEST_LOCK_MS", 100)
    with reader_of(erasing.url) as holding:
        monkeypatch.setattr(rewriting, "PATIENCE", 0.0)
        await erasing.runner.run([person.customer])
        with pytest.raises(NotRewritten) as kept:
            rewrite(erasing.connection, TENANT)
        assert f"connection {holding.info.backend_pid} (" in str(kept.value)
        assert f"application {APPLICATION}, since 2" in str(kept.value)
        assert str(kept.value).endswith("; then run `erasure run --rewrite` again")
        holding.rollback()
        monkeypatch.setattr(rewriting, "PATIENCE", 60.0)
        reader = reader_of(erasing.url, "read committed")
        with pytest.raises(NotRewritten, match=r'"customers" is being used by another transaction'), reader:
            rewrite(erasing.connection, TENANT)
    rewrite(erasing.connection, TENANT)
    assert files_with(erasing.connection, "canary") == set()


@pytest.mark.anyio
async def test_rows_that_a_snapshot_may_see_stay_in_rewritten_files(
    erasing: Erasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what the rewriting waits for does keep them."""
    person = await approved(erasing)
    with psycopg.connect(erasing.url) as holding:
        holding.execute("set transaction isolation level repeatable read")
        holding.execute("select 1")
        await erasing.runner.run([person.customer])
        monkeypatch.setattr(rewriting, "_wait_for_transactions", lambda *_: None)
        rewrite(erasing.connection, TENANT)
        assert len(files_with(erasing.connection, "canary")) > 5


@pytest.mark.anyio
async def test_a_user_who_may_not_rewrite_the_statistics_is_told_so(erasing: Erasing) -> None:
    migrate_roles(erasing.url)
    with (
        psycopg.connect(under(erasing.url, OWNER), autocommit=True) as owner,
        pytest.raises(NotRewritten, match='permission denied to vacuum "pg_statistic"'),
    ):
        rewrite(owner, TENANT)
