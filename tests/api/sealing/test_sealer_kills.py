"""A sealer that is killed between any two statements leaves a tree on which the next one goes on."""

import os
from pathlib import Path
from random import Random

from psycopg import Connection

from api.sealing import tree_store
from domain.merkle.tree import consistency_proof
from domain.merkle.verification import verify_consistency
from tests.support.chaos import sealing
from tests.support.chaos.forked import kill, saying
from tests.support.examples import examples
from tests.support.log import DEFAULT
from tests.support.sealing import all_checkpoints, rebuilt, record, sealer_of, stored_tiles

KILLS = examples(12)


def test_after_each_kill_the_tiles_are_those_of_a_rebuild(database_url: str, connection: Connection, key: Path) -> None:
    chance = Random(15)  # noqa: S311 -- when a process is killed is no secret
    for _ in range(KILLS):
        record(connection, 400)
        process, heard = saying(sealing.run, database_url, key)
        with heard, os.fdopen(heard.fileno(), closefd=False) as lines:
            for _ in range(chance.randrange(1, 30)):
                assert lines.readline() == "sealed\n"
            kill(process)
        size = tree_store.tree_size(connection, DEFAULT, "events")
        newest = tree_store.newest_checkpoint(connection, DEFAULT, "events")
        assert newest is not None
        assert newest.size == size
    sealer_of(database_url, key).catch_up(connection)
    assert stored_tiles(connection) == rebuilt(connection)
    *earlier, last = all_checkpoints(connection)
    node = tree_store.nodes(connection, DEFAULT, "events")
    for checkpoint in earlier:
        proof = consistency_proof(checkpoint.size, last.size, node)
        verify_consistency(checkpoint.size, last.size, checkpoint.root, last.root, proof)
    assert len(earlier) > KILLS
