"""Kinds of tampering with the tree and its checkpoints, also by somebody who holds the sealing key."""

import shutil
from uuid import uuid4

from api.sealing.signed_heads import signed_folder
from domain.checkpoint.keys import WITNESS, PrivateKey
from tests.support.sealing import record
from tests.support.signed_logs import Signer
from tests.support.tampering.case import OLDER, Case
from tests.support.tampering.kinds import Tampering

_ROOT = "the hashes of the tree do not give the root that the checkpoint signs"
_TWO = "this history is not the one of which a checkpoint of 361 positions was signed"


def _forge_and_rebuild(case: Case) -> None:
    case.forge()
    case.rebuild_tree()


def _forge_and_sign(case: Case) -> None:
    _forge_and_rebuild(case)
    case.sign()


def _sign_otherwise(case: Case) -> None:
    _forge_and_rebuild(case)
    case.sign(PrivateKey.made())


def _sign_for_another_database(case: Case) -> None:
    _forge_and_rebuild(case)
    case.sign(database=uuid4())


def _delete_and_sign(case: Case) -> None:
    case.delete(100, 100)
    case.move(100, -1)
    case.rebuild_tree()
    case.sign()


def _restore_and_go_on(case: Case) -> None:
    case.restore(OLDER)
    shutil.rmtree(signed_folder(case.desk.key))
    for _ in range(4):
        record(case.desk.connection, 30)
    case.desk.seal()


def _wipe_and_seal(case: Case) -> None:
    """The tree is deleted, so that the sealer of the house signs the forged log anew."""
    case.forge()
    for table in ("tree_tiles", "tree_sizes", "checkpoints"):
        case.sql(f"delete from {{schema}}.{table} where log = 'events'")
    case.seal()


def _sign_without_witness(case: Case) -> None:
    """The auditor kept nothing, and asks for the cosignature of a witness, who has seen another history."""
    _forge_and_sign(case)
    case.kept["events"] = None
    case.witness = Signer("witness.example", WITNESS).public


def _sign_with_the_replaced_key(case: Case) -> None:
    """The house has rotated its key, and the auditor holds both. The checkpoint is signed with the older one."""
    replaced = case.keys["events"]
    origin = replaced[0].split("+")[0]
    case.keys["events"] = [Signer(origin).public, *replaced]
    _forge_and_sign(case)


def _change_tile(case: Case, level: int, tile: int) -> None:
    case.sql(
        "update {schema}.tree_tiles set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1)"
        " where log = 'events' and level = %s and tile = %s",
        level,
        tile,
    )


TREES = [
    Tampering("An event is changed, and the tree is made anew", _forge_and_rebuild, _ROOT),
    Tampering("An event is changed, and the tree is signed with another key", _sign_otherwise, "not signed by the key"),
    Tampering("An event is changed, and the tree is signed with the stolen key", _forge_and_sign, _TWO),
    Tampering(
        "An event is changed, and the tree is deleted, so that the house signs it anew",
        _wipe_and_seal,
        "a tree of 361 rows of the log events was signed, and now it covers 0",
    ),
    Tampering(
        "An event is deleted, and the tree is signed with the stolen key",
        _delete_and_sign,
        "the checkpoint covers 360 positions, and the one that you kept covers 361",
    ),
    Tampering(
        "An event is changed, and the tree is signed with a stolen key that was replaced",
        _sign_with_the_replaced_key,
        "not signed by the newest key",
    ),
    Tampering(
        "The tree is signed with the stolen key for another database", _sign_for_another_database, "is of the log"
    ),
    Tampering("Two auditors are shown two signed histories, and compare checkpoints", _forge_and_sign, _TWO),
    Tampering(
        "A history is signed with the stolen key that the witness has not seen",
        _sign_without_witness,
        "the witness witness.example did not cosign the checkpoint",
    ),
    Tampering(
        "The tail is cut off with its tree and its checkpoints",
        lambda case: case.restore(OLDER),
        "the checkpoint covers 301 positions, and the one that you kept covers 361",
    ),
    Tampering(
        "Yesterday's backup is restored, also of what the sealer keeps, and the desk goes on", _restore_and_go_on, _TWO
    ),
    Tampering(
        "The newest checkpoint is deleted, an older one is shown",
        lambda case: case.forget_checkpoints(OLDER),
        "the checkpoint covers 301 positions, and the one that you kept covers 361",
    ),
    Tampering("A hash in a full tile is changed", lambda case: _change_tile(case, 0, 0), "positions 1 to 256 are not"),
    Tampering("A hash in the last tile is changed", lambda case: _change_tile(case, 0, 1), _ROOT),
    Tampering(
        "A hash in an upper tile is changed",
        lambda case: case.sql("update {schema}.tree_tiles set hashes = set_byte(hashes, 4, 1) where level = 1"),
        "tiles/1/0: hash 1 of this tile is not that of tiles/0/0",
    ),
    Tampering(
        "A tile is deleted",
        lambda case: case.sql("delete from {schema}.tree_tiles where log = 'events' and level = 0 and tile = 1"),
        "tiles/0/1: this file is missing",
    ),
    Tampering(
        "A tile is shortened",
        lambda case: case.sql(
            "update {schema}.tree_tiles set hashes = substr(hashes, 1, 320) where log = 'events' and tile = 1"
        ),
        "tiles/0/1: a tile of 105 hashes has another size",
    ),
    Tampering(
        "The size of a signed checkpoint is changed",
        lambda case: case.edit_note("\n361\n", "\n360\n"),
        "checkpoint.txt: the signature by",
    ),
    Tampering(
        "The signature of a checkpoint is cut",
        lambda case: case.sql("update {schema}.checkpoints set note = left(note, -9) || e'\\n'"),
        "checkpoint.txt: the signature by",
    ),
    Tampering(
        "The checkpoint of the access journal is shown as that of the events",
        lambda case: case.sql(
            "update {schema}.checkpoints e set note = a.note from {schema}.checkpoints a"
            " where e.log = 'events' and a.log = 'access'"
        ),
        "manifest.json: its tenant and log are not those of the origin",
    ),
]
