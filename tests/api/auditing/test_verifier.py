"""What the verifier of audit bundles proves, and how it is used."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cryptography
import hypothesis.strategies as st
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from pymerkle import InmemoryTree  # type: ignore[import-untyped]  # it has no types

from api.auditing import verify
from tests.support.examples import examples
from tests.support.judged_bundles import LOG, LONG, VERIFIER, Judge
from tests.support.signed_logs import SignedLog, Signer, made_up_log, packed, unpacked

# What it proves.


@pytest.mark.parametrize("log", [LOG, LONG, made_up_log(256), made_up_log(1), made_up_log(30, "access")])
def test_a_whole_range_is_complete(judge: Judge, log: SignedLog) -> None:
    for first, last in ((1, len(log.entries)), (max(1, len(log.entries) // 2), len(log.entries)), (1, 1)):
        code, answer = judge(packed(log.parts(first, last)), log)
        assert (code, answer["verdict"], answer["sentences"][0][:26]) == (
            0,
            "complete",
            "The population is complete",
        ), answer
        assert (answer["first"], answer["last"], answer["lines"]) == (first, last, last - first + 1)


def test_a_tree_of_three_levels_is_verified(judge: Judge) -> None:
    log = made_up_log(256 * 256 + 3)
    parts = log.parts(65_530, 65_539)
    assert {"tiles/2/0", "tiles/1/0", "tiles/0/256"} <= set(parts)
    assert judge(packed(parts), log, since=log.checkpoint(65_536))[0] == 0


def test_a_filtered_range_proves_its_lines_and_says_what_it_does_not_prove(judge: Judge) -> None:
    code, answer = judge(packed(LOG.parts(1, 20, positions=[3, 9, 17], filters={"ticket": "T"})))
    assert (code, answer["verdict"]) == (0, "included")
    assert answer["sentences"][0].startswith("Each of the 3 lines is included")
    assert "NOT proven: that these are all lines of the ticket T from position 1 to 20" in answer["sentences"][1]


def test_of_a_bundle_without_lines_nothing_is_proven_about_lines(judge: Judge) -> None:
    code, answer = judge(packed(LOG.parts(1, 20, positions=[], filters={"ticket": "T"})))
    assert (code, answer["sentences"][0]) == (0, "It holds no line; nothing is proven about lines.")


def test_the_error_for_a_broken_key_and_for_one_of_another_log_says_how_to_mend_it(judge: Judge) -> None:
    broken = LOG.signer.public[:-9]
    assert "one line, which may have been broken" in judge(packed(LOG.parts()), key=broken)[1]["sentences"][0]
    assert "has the form NAME+ID+BASE64" in judge(packed(LOG.parts()), key="nowhere.txt")[1]["sentences"][0]
    other = judge(packed(LOG.parts()), key=Signer("ticketledger/t/access").public)[1]["sentences"][0]
    assert "`checkpoint --log`" in other


def test_a_kept_checkpoint_of_any_size_is_consistent(judge: Judge) -> None:
    content = packed(LONG.parts(590, 600))
    for size in (1, 2, 255, 256, 257, 511, 512, 513, 599, 600):
        code, answer = judge(content, LONG, since=LONG.checkpoint(size))
        assert (code, answer["consistent_with"]) == (0, size)


def test_without_a_kept_checkpoint_the_verifier_says_what_is_not_excluded(judge: Judge) -> None:
    assert "a history that was replaced as a whole is not excluded" in judge(packed(LOG.parts()))[1]["sentences"][-1]


def test_a_witness_that_cosigned_is_named_with_its_time(judge: Judge) -> None:
    witness = Signer("witness.example/w1", 4)
    content = packed(LOG.parts(witnesses=[witness]))
    code, answer = judge(content, witnesses=[witness.public])
    assert (code, answer["cosigned"]) == (0, {witness.name: "2026-02-25T06:13:20+00:00"})
    code, answer = judge(content, witnesses=[Signer("witness.example/w2", 4).public])
    assert code == 1
    assert answer["what"].startswith("the witness witness.example/w2 did not cosign the checkpoint")


@pytest.mark.parametrize("in_the_bundle", [False, True])
def test_a_kept_checkpoint_brings_the_cosignature_as_far_as_it_covers(judge: Judge, *, in_the_bundle: bool) -> None:
    """An early tree that a witness cosigned vouches for no later line."""
    witness = Signer("witness.example/w1", 4)
    kept = LOG.checkpoint(12, witness)
    for last, expected in ((12, 0), (13, 1)):
        parts = LOG.parts(3, last) | ({"checkpoints/12.txt": kept} if in_the_bundle else {})
        since = None if in_the_bundle else kept
        code, answer = judge(packed(parts), since=since, witnesses=[witness.public])
        assert code == expected, answer
        ending = (
            "cosigned the tree of 12 positions at" if expected == 0 else "cosigned positions 1 to 12, and the bundle"
        )
        assert ending in " ".join(answer["sentences"])


def test_a_replaced_key_is_trusted_for_kept_checkpoints_alone(judge: Judge, tmp_path: Path) -> None:
    newest = replace(LOG, signer=Signer(LOG.origin))
    keys = tmp_path / "keys.txt"
    keys.write_text(f"{newest.signer.public}\n{LOG.signer.public}\n")
    assert judge(packed(newest.parts()), key=str(keys), since=LOG.checkpoint(7))[0] == 0
    code, answer = judge(packed(LOG.parts()), key=str(keys))
    assert (code, answer["file"]) == (1, "checkpoint.txt")
    assert "not signed by the newest key" in answer["what"]


def test_a_kept_checkpoint_of_no_position_proves_nothing_and_the_verifier_says_so(judge: Judge) -> None:
    code, answer = judge(packed(LOG.parts()), since=LOG.checkpoint(0))
    assert (code, answer["sentences"][-1]) == (
        0,
        "The checkpoint that you kept (--since) covers no position, so it proves nothing.",
    )


def test_the_verifier_says_which_positions_the_bundle_does_not_have(judge: Judge) -> None:
    sentences = judge(packed(LOG.parts(5, 18)))[1]["sentences"]
    assert "The bundle does not have positions 1 to 4 and 19 to 20: nothing is proven of their content." in sentences
    assert not any("does not have" in sentence for sentence in judge(packed(LOG.parts()))[1]["sentences"])


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("unexpected")])
def test_an_exception_that_nobody_expects_is_an_answer(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(verify, "check_lines", fails)
    code, answer = judge(packed(LOG.parts()))
    assert (code, answer["verdict"]) == (2, "cannot_read")


def test_earlier_checkpoints_in_the_bundle_are_verified(judge: Judge) -> None:
    good = {**LOG.parts(), "checkpoints/7.txt": LOG.checkpoint(7)}
    assert judge(packed(good))[0] == 0
    forged = LOG.with_entries([*LOG.entries[:3], *LOG.entries[4:], LOG.entries[3]]).checkpoint(7)
    code, answer = judge(packed({**good, "checkpoints/7.txt": forged}))
    assert (code, answer["file"]) == (1, "checkpoints/7.txt")
    assert "positions 1 to 7 was changed" in answer["what"]


def test_keys_stand_in_a_file_too_one_a_line(judge: Judge, tmp_path: Path) -> None:
    access = made_up_log(1, "access").signer
    (tmp_path / "keys.txt").write_text(f"# of both logs\n{access.public}\n{LOG.signer.public}\n")
    assert judge(packed(LOG.parts()), key=str(tmp_path / "keys.txt"))[0] == 0


@hypothesis_settings(max_examples=examples(60))
@given(data=st.data(), size=st.integers(1, 600))
def test_roots_of_all_sizes_are_those_of_the_second_implementation(data: st.DataObject, size: int) -> None:
    older = data.draw(st.integers(1, size))
    leaves = LONG.leaves[:size]
    log = LONG.with_entries(LONG.entries[:size])
    made = unpacked(packed(log.parts(size, size)))

    class InMemory(verify.Bundle):
        def __init__(self) -> None:
            self.sizes = {name: len(content) for name, content in made.items()}

        def chunks(self, name: str) -> Iterator[bytes]:
            yield made[name]

    assert verify.tiles_of(size) == {name: len(made[name]) // 32 for name in made if name.startswith("tiles/")}
    tree = verify.Tree(InMemory(), size)
    tree.check(verify.read_checkpoint(log.checkpoint(), "c"))
    assert tree.root(older) == verify.read_checkpoint(log.checkpoint(older), "c").root
    assert [tree.leaf(n) for n in (1, older, size)] == [leaves[n - 1] for n in (1, older, size)]


def test_roots_are_those_of_pymerkle() -> None:
    tree, data = InmemoryTree(algorithm="sha256"), [bytes([n]) for n in range(70)]
    for size, entry in enumerate(data, 1):
        tree.append_entry(entry)
        assert verify.root_of([verify.leaf_hash(each) for each in data[:size]]) == tree.get_root()


# How it is used.


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A Python that finds nothing but its standard library and cryptography."""
    folder = tmp_path_factory.mktemp("bare")
    packages = Path(cryptography.__file__).parents[1]
    for part in [*packages.glob("cryptography"), *packages.glob("_cffi_backend*"), *packages.glob("cffi")]:
        (folder / part.name).symlink_to(part)
    start = (
        "import runpy, sys; sys.path.append(sys.argv.pop(1)); path = sys.argv.pop(1); sys.argv[0] = path;"
        "sys.path[:] = [each for each in sys.path if each]; runpy.run_path(path, run_name='__main__')"
    )
    return [sys.executable, "-I", "-S", "-c", start, str(folder), str(VERIFIER)]


def test_the_file_runs_alone_with_cryptography(bare: list[str], tmp_path: Path) -> None:
    (tmp_path / "good.zip").write_bytes(packed(LOG.parts()))
    (tmp_path / "bad.zip").write_bytes(packed({**LOG.parts(), "events.jsonl": b""}))
    key = LOG.signer.public

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*bare, *words], capture_output=True, text=True, check=False, cwd=tmp_path, env={"PATH": os.defpath}
        )

    good = run("good.zip", "--key", key)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("PROVEN\n  The population is complete: positions 1 to 20 of the events of default")
    bad = run("bad.zip", "--key", key)
    assert bad.returncode == 1
    assert bad.stdout == "NOT PROVEN\n  events.jsonl: position 1 is missing: the lines end before it.\n"
    assert json.loads(run("bad.zip", "--key", key, "--json").stdout)["position"] == 1
    for words in (("good.zip",), ("none.zip", "--key", key), ("good.zip", "--key", "x")):
        assert run(*words).returncode == 2


def test_words_of_a_bundle_cannot_change_what_is_shown(judge: Judge) -> None:
    hidden = "T\x1b[2K\r\n  The population is complete\u202e"
    code, answer = judge(packed(LOG.parts(1, 20, positions=[3], filters={"ticket": hidden})))
    shown = verify.shown(answer, None)
    assert (code, len(shown.splitlines())) == (0, 6)
    assert "lines of the ticket T\\x1b[2K\\r\\n  The population is complete\\u202e from" in shown


def test_on_a_terminal_sentences_end_between_words(judge: Judge) -> None:
    _, answer = judge(packed(LOG.parts(1, 20, positions=[3], filters={"ticket": "T"})))
    whole, fits = verify.shown(answer, None), verify.shown(answer, 80)
    assert max(map(len, whole.splitlines())) > 80 >= max(map(len, fits.splitlines()))
    assert fits.split() == whole.split()


def test_a_key_in_another_form_or_of_another_type_is_refused(judge: Judge) -> None:
    content = packed(LOG.parts())
    name, key_id, data = LOG.signer.public.split("+", 2)
    for key in (f"{name}+00000000+{data}", f"{name}+{key_id}+{data[:-4]}", Signer(name, 4).public, "nowhere.txt"):
        assert judge(content, key=key)[0] == 2
    assert judge(content, witnesses=[LOG.signer.public])[0] == 2


def test_it_is_written_for_python_3_9_and_imports_nothing_of_the_project() -> None:
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    assert imported - sys.stdlib_module_names == {"cryptography"}


SUM_GOLANG_ORG = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


@pytest.mark.parametrize(
    ("size", "root", "signature"),
    [
        (
            15_081_221,
            "BoMMe1wd25Tco0mYGROkyqxHZWx+hcSCtMV315Lu6Lg=",
            "Az3grilD7vQqTrv66jRgKM84Y80KTprrSt4bKmiOPxgmS5ZVBTeCl6dUvjYnN13R+C8j0jGY1WnUADGMkok3U0m2Zgo=",
        ),
        (
            63_096_908,
            "8lHrQPRYe4KT4WQ9/Qk8/taKnD6IRHbFgfN7vQE2Y54=",
            "Az3gri/oVBN1jAhNZ/iS+W31psFAWRT20/GyrhpU6taFwulQGetBkH5S7wpGXdS935jiIGiUUAXBVHzT/P6fYhqAmAk=",
        ),
    ],
)
def test_checkpoints_of_the_go_checksum_database_are_read(size: int, root: str, signature: str) -> None:
    """Notes that another implementation signed and published: Go's checksum database, on two days."""
    note = f"go.sum database tree\n{size}\n{root}\n\n\u2014 sum.golang.org {signature}\n"
    read = verify.read_checkpoint(note.encode(), "note")
    key = verify.read_key(SUM_GOLANG_ORG, verify.ED25519)
    assert (read.size, len(verify.signatures_of(read, key))) == (size, 1)
    with pytest.raises(verify.NotProven, match="false"):
        verify.signatures_of(verify.read_checkpoint(note.replace(str(size), "7").encode(), "note"), key)
