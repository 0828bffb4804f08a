"""The due watch at work beside a follower: it is started with it, and wakes by itself."""

from datetime import date, datetime

import psycopg
import pytest

from tests.support.due_watching import HANOI, contracts_at
from tests.support.worker_thread import WorkerThread

pytestmark = pytest.mark.anyio
MOST_SECONDS = 60


async def test_a_running_desk_announces_the_lapse_of_a_contract_whose_grace_is_over(database_url: str) -> None:
    async with contracts_at(database_url) as contracts:
        contract = await contracts.sign(date(2020, 1, 31), starts_on=date(2019, 2, 1))
        with psycopg.connect(database_url, autocommit=True) as connection, WorkerThread(database_url, ["default"]):
            connection.execute("listen tenant_default")
            for _ in range(MOST_SECONDS):
                if contracts.lapses():
                    break
                list(connection.notifies(timeout=1, stop_after=1))
        (lapsed,) = contracts.lapses()
        assert (lapsed.stream, lapsed.occurred_at) == (contract, datetime(2020, 3, 2, tzinfo=HANOI))
