"""A sealer that is killed between any two statements leaves a tree on which the next one goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

from psycopg import Connection

from api.sealing import tree_store
from domain.merkle.tree import consistency_proof
from domain.merkle.verification import verify_consistency
from tests.support.examples import examples
from tests.support.log import DEFAULT
from tests.support.sealing import rebuilt, record, sealer_of, stored_tiles

ROOT = Path(__file__).parents[3]
SEALS_SMALL_BATCHES = """
import sys
from pathlib import Path
from api.sealing import sealer as module
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.event_types import register_event_types
from tests.support.sealing import sealer_of

register_event_types()
module.BATCH = 7
url, key = sys.argv[1], Path(sys.argv[2])
sealer = sealer_of(url, key)
with connect(url, ADMINISTRATION) as connection:
    while True:
        sealer.step(connection, "events")
        print("sealed", flush=True)
"""
KILLS = examples(12)


def test_after_each_kill_the_tiles_are_those_of_a_rebuild(database_url: str, connection: Connection, key: Path) -> None:
    chance = Random(15)  # noqa: S311 -- when a process is killed is no secret
    for _ in range(KILLS):
        record(connection, 400)
        words = [sys.executable, "-P", "-c", SEALS_SMALL_BATCHES, database_url, str(key)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment) as child:
            assert child.stdout is not None
            for _ in range(chance.randrange(1, 30)):
                assert child.stdout.readline() == b"sealed\n"
            child.send_signal(signal.SIGKILL)
        size = tree_store.tree_size(connection, DEFAULT, "events")
        newest = tree_store.newest_checkpoint(connection, DEFAULT, "events")
        assert newest is not None
        assert newest.size == size
    sealer_of(database_url, key).catch_up(connection)
    assert stored_tiles(connection) == rebuilt(connection)
    *earlier, last = tree_store.all_checkpoints(connection, DEFAULT, "events")
    node = tree_store.nodes(connection, DEFAULT, "events")
    for checkpoint in earlier:
        proof = consistency_proof(checkpoint.size, last.size, node)
        verify_consistency(checkpoint.size, last.size, checkpoint.root, last.root, proof)
    assert len(earlier) > KILLS
