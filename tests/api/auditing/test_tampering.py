"""What a superuser does to a log is found and named; the page about it is current."""

import re
from pathlib import Path

import pytest

from domain.checkpoint.keys import WITNESS
from tests.support.examples import THOROUGH
from tests.support.run_databases import RunDatabases
from tests.support.sealing import record
from tests.support.signed_logs import Signer, packed
from tests.support.tampering.case import Case, Detection
from tests.support.tampering.exam import GROUPS, KINDS, PAGE, Result, page, tampered
from tests.support.tampering.kinds import Tampering

FEW = (
    "What an event says is changed",
    "Events: a row is deleted, and the later ones move up",
    "The name of who read is changed",
    "An event is changed, and the tree is signed with the stolen key",
    "A history is signed with the stolen key that the witness has not seen",
    "Yesterday's backup is restored, also of what the sealer keeps, and the desk goes on",
    "Bundle: lines that a filter chose are passed off as all",
    "Events: a row is added behind the head",
    "The data keys of events are deleted from the key store",
    "Period: its first line is cut off, and stands beside it",
)
"""The kinds of the ordinary suite; with THOROUGH=1 all run."""
TRIED = [kind for kind in KINDS if THOROUGH or kind.name in FEW]


@pytest.mark.parametrize("kind", TRIED, ids=lambda kind: kind.name)
def test_it_is_found_named_and_stands_on_the_page(
    run_databases: RunDatabases, exam_desk: str, exam_key: Path, kind: Tampering
) -> None:
    result = tampered(run_databases, exam_desk, exam_key, kind)
    assert result.is_named, result.detection
    assert re.sub(r"key [0-9a-f]{8}", "key ...", result.row) in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_has_every_kind_and_is_otherwise_as_it_is_written() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 25
    assert set(FEW) <= {kind.name for kind in KINDS}
    rows = {line.split(" | ")[0][2:]: line for line in PAGE.read_text(encoding="utf-8").splitlines() if "|" in line}
    results = [Result(kind, Detection(*rows[kind.name].strip("| ").split(" | ")[1:])) for kind in KINDS]
    assert all(result.is_named for result in results)
    assert page(results) == PAGE.read_text(encoding="utf-8")
    assert sum(map(len, GROUPS.values())) == len(KINDS)


def test_the_unharmed_logs_are_proven(case: Case) -> None:
    """The negative control of all kinds."""
    assert case.look().by is None
    case.zip = packed(case.parts())
    assert case.look().by is None
    case.zip, case.log = None, "access"
    assert case.look().by is None


def test_an_honest_checkpoint_that_the_witness_cosigned_is_proven(case: Case) -> None:
    """The control of the history that the witness has not seen."""
    witness = Signer("witness.example", WITNESS)
    text = case.desk.checkpoint().partition("\n\n")[0] + "\n"
    case.sql("update {schema}.checkpoints set note = note || %s where log = 'events'", witness.line(text))
    case.witness = witness.public
    assert case.look().by is None


def test_what_is_changed_before_it_is_sealed_is_not_found(case: Case) -> None:
    """The stated window, and no more: the same change a moment later is found."""
    record(case.desk.connection, 30)
    case.forge(370)
    case.desk.seal()
    assert case.look().by is None
    case.forge(371)
    assert case.look() == ("the bundle alone", "events.jsonl: the line of position 371 is not what was sealed.")
