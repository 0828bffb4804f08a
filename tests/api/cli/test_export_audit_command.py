"""`export audit` and `verify`: what a person asks for and reads."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.auditing import verify
from tests.support.command_line import Run
from tests.support.sealed_desk import SealedDesk, sealed_desk
from tests.support.sealing import published, record


@pytest.fixture
def desk(exported_template: str, database_url: str, tmp_path: Path) -> Iterator[SealedDesk]:  # noqa: ARG001 -- a copy
    with sealed_desk(database_url, tmp_path, 3) as sealed:
        yield sealed


def test_a_bundle_is_made_and_verified_by_the_same_file_that_an_auditor_runs(desk: SealedDesk, run: Run) -> None:
    (desk.folder / "key.txt").write_text(desk.public()[0])
    (desk.folder / "kept.txt").write_text(desk.checkpoint(), encoding="utf-8")
    answer = run("export", "audit", "march.zip", "--from", "3", "--to", "20", "--since", "kept.txt")
    assert (answer.code, answer.out.splitlines()[0]) == (0, "march.zip: 18 lines of events, positions 3 to 20.")
    assert answer.out.endswith("To verify it: ./run verify march.zip --key KEY\n")
    words = ("march.zip", "--key", "key.txt", "--since", "kept.txt")
    answer = run("verify", *words)
    assert answer.code == 0, answer
    assert answer.out.startswith(
        "PROVEN\n  The population is complete: positions 3 to 20 of the events of default, 18 li"
    )
    alone = subprocess.run(
        [sys.executable, "-I", verify.__file__, *words], capture_output=True, text=True, check=False, cwd=desk.folder
    )
    assert (alone.returncode, alone.stdout) == (0, answer.out)
    assert run("verify", *words, "--json").json == json.loads(
        subprocess.run(
            [sys.executable, "-I", verify.__file__, *words, "--json"], capture_output=True, check=True, cwd=desk.folder
        ).stdout
    )


def test_what_a_witness_cosigned_is_verified_with_the_bundle(desk: SealedDesk, run: Run) -> None:
    """The control is the bundle alone: the desk has no cosignature."""
    published(desk.dsn, desk.folder / "out", desk.connection)
    (key,) = desk.public()
    words = ("witness", "out/default/events", "--key", key, "--state", "w", "--name", "audit.example/w1", "--json")
    witness = run(*words).json["witness"]
    assert run("export", "audit", "b.zip").code == 0
    alone = run("verify", "b.zip", "--key", key, "--witness", witness)
    assert (alone.code, "did not cosign" in alone.out) == (1, True)
    both = run("verify", "b.zip", "--key", key, "--since", "w/cosigned", "--witness", witness)
    assert (both.code, "The witness audit.example/w1 cosigned the tree of" in both.out) == (0, True)


def test_a_tampered_log_ends_with_one_and_the_position(desk: SealedDesk, run: Run) -> None:
    desk.connection.execute("update tenant_default.events set state = state || ' ' where position = 4")
    assert run("export", "audit", "b.zip").code == 0
    answer = run("verify", "b.zip", "--key", desk.public()[0])
    assert answer.code == 1
    assert answer.out == "NOT PROVEN\n  events.jsonl: the line of position 4 is not what was sealed.\n"


def test_a_filter_is_said(desk: SealedDesk, run: Run) -> None:
    ((ticket,),) = desk.connection.execute("select ticket from tenant_default.tickets order by 1 limit 1").fetchall()
    assert run("export", "audit", "b.zip", "--to", "20", "--ticket", str(ticket)).code == 0
    answer = run("verify", "b.zip", "--key", desk.public()[0])
    assert (answer.code, "NOT proven: that these are all lines of the ticket" in answer.out) == (0, True)


def test_days_and_instants_bound_a_range(desk: SealedDesk, run: Run) -> None:
    ((first, last),) = desk.connection.execute(
        "select min(recorded_at), max(recorded_at) from tenant_default.events"
    ).fetchall()
    count = desk.connection.execute("select count(*) from tenant_default.events").fetchone()
    words = ("export", "audit", "b.zip", "--zone", "UTC")
    answer = run(*words, "--from", f"{first:%Y-%m-%d}", "--to", f"{last:%Y-%m-%d}")
    assert (answer.code, count is not None and f"positions 1 to {count[0]}." in answer.out) == (0, True)
    answer = run(*words, "--to", f"{first:%Y-%m-%dT00:00:00}")
    assert (answer.code, answer.out.startswith("b.zip: 0 ")) == (0, True)


def test_what_is_not_sealed_is_said_with_how_long_to_wait(desk: SealedDesk, run: Run) -> None:
    record(desk.connection, 2)
    answer = run("export", "audit", "b.zip")
    assert re.search(r"2 positions wait for the sealer, the oldest for \d+ s\. A sealer that runs takes", answer.out)
    answer = run("export", "audit", "b.zip", "--to", "900")
    assert (answer.code, "are not sealed yet" in answer.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--from", "x"), "--from 'x' is neither a position nor an instant"),
        (("--from", "0"), "--from '0' is neither a position nor an instant"),
        (("--from", "9", "--to", "3"), "Nothing was recorded"),
        (("--ticket", "T9"), "Không có phiếu 'T9'"),
        (("--customer", "An"), "is no id of a customer"),
        (("--customer", "An", "--actor", "lan"), "Choose one of"),
        (("--since", "nowhere.txt"), "nowhere.txt cannot be used"),
    ],
)
def test_words_that_cannot_be_used_are_refused(desk: SealedDesk, run: Run, words: tuple[str, ...], reason: str) -> None:
    answer = run("export", "audit", "b.zip", *words)
    assert (answer.code, reason in answer.err) == (2, True), answer.err
    assert not (desk.folder / "b.zip").exists()


def test_the_verifier_needs_no_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nowhere.invalid/none")
    answer = run("verify", "nowhere.zip", "--key", "nowhere.txt")
    assert answer.code == 2
    assert answer.out == (
        "CANNOT BE READ\n  'nowhere.txt' cannot be read: No such file or directory."
        " A public key itself has the form NAME+ID+BASE64.\n"
    )
