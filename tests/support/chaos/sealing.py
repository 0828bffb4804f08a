"""A sealer of small batches in a process that is killed. It says a word after each of them."""

import os
from pathlib import Path

from api.sealing import sealer as module
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_types import register_event_types
from tests.support.sealing import sealer_of


def run(url: str, key: Path) -> None:
    register_event_types()
    module.BATCH = 7
    sealer = sealer_of(url, key)
    with connect(url, ADMINISTRATION) as connection:
        while True:
            sealer.step(connection, "events")
            os.write(1, b"sealed\n")
