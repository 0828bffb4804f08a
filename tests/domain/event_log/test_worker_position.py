"""How far a worker has read is noted; where it begins is noted durably."""

import psycopg
import pytest

from domain.event_log import reader
from domain.event_log.database_connections import with_options
from domain.event_log.store import LogConnection

pytestmark = pytest.mark.anyio
_SPY = """
create table public.seen (setting text);
create function public.spy() returns trigger language plpgsql security definer as $$
begin
    insert into public.seen values (current_setting('synchronous_commit'));
    return new;
end $$;
create trigger spy after insert or update on tenant_default.worker_positions
    for each row execute function public.spy();
update tenant_default.log_head set position = 5;
"""


async def test_only_the_beginning_of_a_worker_waits_for_the_disk(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_SPY)
        log = LogConnection(with_options(database_url, "-c synchronous_commit=on"), "default")
        try:
            await log.keep_worker_position("reactor", 1, begins=True)
            await log.keep_worker_position("reactor", 5)
        finally:
            await log.close()
        assert connection.execute("select setting from public.seen").fetchall() == [("on",), ("off",)]
        assert reader.worker_position(connection, "default", "reactor") == 5
