"""Two databases of one backup go on, each for an auditor of its own: the auditors find out when they compare."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.sealing.signed_heads import SealingStopped, signed_folder
from api.sealing.witness import Witness, steps_in
from domain.checkpoint.checkpoint import Checkpoint
from domain.checkpoint.keys import PublicKey
from domain.checkpoint.note import Note
from domain.checkpoint.witness import WitnessRefused
from tests.support.command_line import Run
from tests.support.log import DEFAULT
from tests.support.run_databases import RunDatabases
from tests.support.sealing import published, record
from tests.support.tampering.case import Case
from tests.support.tampering.exam import copied

TWO_HISTORIES = "there are two histories"


@pytest.fixture
def other(run_databases: RunDatabases, exam_desk: str, exam_key: Path) -> Iterator[Case]:
    """Another copy of the same desk, with the same key and the same memory of what was signed."""
    with copied(run_databases, exam_desk, exam_key) as made:
        yield made


def go_on(case: Case, events: int = 30) -> str:
    """Records and seals so many events more; returns the checkpoint."""
    record(case.desk.connection, events)
    case.desk.seal()
    return case.desk.checkpoint()


def verdict(case: Case, since: str) -> tuple[int, str]:
    """What the verifier says of a bundle of the whole log and a checkpoint of another auditor."""
    case.desk.export()
    code, answer = case.desk.verified(since=since)
    return code, answer["sentences"][0 if code else -1]


def test_two_checkpoints_of_one_size_have_two_roots_and_two_good_signatures(case: Case, other: Case) -> None:
    notes = [Note.of(go_on(each)) for each in (case, other)]
    for note in notes:
        note.verify(PublicKey.of(case.desk.public()[0]))
    first, second = (Checkpoint.of(note.text) for note in notes)
    assert (first.origin, first.size) == (second.origin, second.size)
    assert first.root != second.root


@pytest.mark.parametrize("more", [0, 7])
def test_the_bundle_of_the_larger_history_contradicts_the_checkpoint_of_the_other_auditor(
    case: Case, other: Case, more: int
) -> None:
    before = case.desk.checkpoint()
    theirs = go_on(other)
    go_on(case, 30 + more)
    code, sentence = verdict(case, theirs)
    assert (code, TWO_HISTORIES in sentence) == (1, True)
    assert verdict(case, before) == (
        0,
        "It is consistent with the checkpoint that you kept: positions 1 to 361 are unchanged.",
    )


def test_the_desk_itself_says_so_of_the_checkpoint_of_the_other_auditor(
    case: Case, other: Case, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = {"before.txt": case.desk.checkpoint(), "own.txt": go_on(case, 40), "theirs.txt": go_on(other)}
    for name, note in kept.items():
        (tmp_path / name).write_text(note, encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", case.desk.dsn)
    assert [run("consistency", str(tmp_path / name)).code for name in kept] == [0, 0, 1]


def test_one_witness_cosigns_one_of_them(case: Case, other: Case, tmp_path: Path) -> None:
    witness = Witness(tmp_path / "state", "w.example", [PublicKey.of(case.desk.public()[0])])

    def follow(name: str, each: Case) -> Note:
        published(each.desk.dsn, tmp_path / name, each.desk.connection)
        return witness.cosign(steps_in(tmp_path / name / DEFAULT / "events", witness.kept()), 1)

    follow("first", case)
    go_on(case)
    cosigned = follow("first", case)
    for events in (30, 1):  # of one size, and longer
        go_on(other, events)
        with pytest.raises(WitnessRefused, match="The log was forked"):
            follow("second", other)
    assert witness.kept() == Note.of(case.desk.checkpoint())
    assert cosigned.text == Note.of(case.desk.checkpoint()).text


def test_the_sealer_that_signed_one_of_them_does_not_sign_the_other(case: Case, other: Case) -> None:
    go_on(case)
    shutil.rmtree(signed_folder(other.desk.key))
    shutil.copytree(signed_folder(case.desk.key), signed_folder(other.desk.key))
    with pytest.raises(SealingStopped, match="does not begin with the 391 rows that were signed"):
        go_on(other)


def test_a_clock_that_goes_back_between_checkpoints_is_named_and_times_do_not_fall(case: Case) -> None:
    """As if the server's clock had been two hours ahead, and was set right."""
    case.sql("update {schema}.log_head set recorded_at = recorded_at + interval '2 hours'")
    kept = go_on(case)
    go_on(case)
    assert verdict(case, kept)[0] == 0
    assert case.look().by == "`doctor`"
    assert case.look().finding.startswith("clock: the head's time is 7")
