"""Bundles of a period: the verifier names both ends and their neighbours, or says why a period is not proven."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from api.auditing import verify
from tests.support.examples import examples
from tests.support.signed_logs import Period, SignedLog, made_up_log, packed, unpacked

LOG = made_up_log(20)
"""Each entry is recorded a second after the one before it."""
ACCESS = made_up_log(20, "access")
BEFORE, AFTER = "2026-01-01T00:00:00.000000+00:00", "2026-12-31T23:59:59.999999+00:00"
PERIOD = (LOG.at(5), LOG.at(9))

Judge = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    def judged(content: bytes, log: SignedLog = LOG) -> tuple[int, dict[str, Any]]:
        (tmp_path / "bundle.zip").write_bytes(content)
        return verify.judge(str(tmp_path / "bundle.zip"), [log.signer.public])

    return judged


@pytest.mark.parametrize("log", [LOG, ACCESS])
def test_a_period_with_both_neighbours_is_complete(judge: Judge, log: SignedLog) -> None:
    code, answer = judge(packed(log.parts(5, 9, period=PERIOD)), log)
    assert (code, answer["verdict"], answer["first"], answer["last"], answer["lines"]) == (0, "complete", 5, 9, 5), (
        answer
    )
    assert answer["period"] == {"from": LOG.at(5), "to": LOG.at(9)}
    assert answer["neighbours"] == [{"position": n, "recorded": LOG.at(n)} for n in (4, 10)]
    assert (
        f"It is complete from {LOG.at(5)} to {LOG.at(9)}: position 4 was recorded at {LOG.at(4)}, and position 10 was"
        f" recorded at {LOG.at(10)}. Times of a log do not fall as positions rise."
    ) in answer["sentences"]
    assert (
        "The bundle does not have positions 1 to 3 and 11 to 20: nothing is proven of their content."
        in (answer["sentences"])
    )


@pytest.mark.parametrize(
    ("first", "last", "period", "expected"),
    [
        (1, 4, (BEFORE, LOG.at(4)), f"It is complete from {BEFORE} to {LOG.at(4)}: position 1 is the first of the log"),
        (5, 20, (LOG.at(5), AFTER), f"It is complete from {LOG.at(5)} to position 20: position 4 was recorded at"),
        (5, 20, (LOG.at(5), AFTER), f"the tree ends there, so what was recorded later, until {AFTER}, is not in it"),
        (5, 20, (LOG.at(5), None), f"It is complete from {LOG.at(5)} to position 20: position 4 was recorded at"),
        (5, 9, (None, LOG.at(9)), f"It is complete from position 5 to {LOG.at(9)}: position 10 was recorded at"),
        (5, 4, (LOG.at(4).replace("0+", "1+"), LOG.at(4).replace("0+", "2+")), "Nothing was recorded from"),
        (1, 0, (None, BEFORE), f"Nothing was recorded from position 1 to {BEFORE}: position 1 was recorded at"),
    ],
)
def test_each_kind_of_end_is_said(judge: Judge, first: int, last: int, period: Period, expected: str) -> None:
    code, answer = judge(packed(LOG.parts(first, last, period=period)))
    assert (code, any(expected in sentence for sentence in answer["sentences"])) == (0, True), answer
    assert answer["tree_ends"] == (last == 20)


def test_a_filter_proves_that_its_positions_are_those_of_the_period(judge: Judge) -> None:
    code, answer = judge(packed(LOG.parts(5, 9, period=PERIOD, positions=[6, 8], filters={"actor": "lan"})))
    assert (code, answer["verdict"]) == (0, "included")
    assert any("Positions 5 to 9 are all that were recorded from" in sentence for sentence in answer["sentences"])
    assert any("NOT proven: that these are all lines" in sentence for sentence in answer["sentences"])


@pytest.mark.parametrize(
    ("changed", "file", "position", "what"),
    [
        ({"neighbours.jsonl": LOG.lines([10])}, "neighbours.jsonl", 4, "4 is missing: the line before the period"),
        ({"neighbours.jsonl": LOG.lines([4])}, "neighbours.jsonl", 10, "10 is missing: the line after the period"),
        ({"neighbours.jsonl": []}, "neighbours.jsonl", 4, "position 4 is missing: the line before the period"),
        ({"neighbours.jsonl": LOG.lines([3, 10])}, "neighbours.jsonl", 4, "position 4 is missing"),
        ({"neighbours.jsonl": LOG.lines([4, 10, 11])}, "neighbours.jsonl", None, "more than the lines beside"),
        (
            {"neighbours.jsonl": [LOG.lines([4])[0].replace(b"lan", b"Lan"), *LOG.lines([10])]},
            "neighbours.jsonl", 4, "the line of position 4 is not what was sealed",
        ),
        (
            {"neighbours.jsonl": [LOG.lines([3])[0].replace(b'n":3', b'n":4'), *LOG.lines([10])]},
            "neighbours.jsonl", 4, "the line of position 4 is what was sealed at position 3",
        ),
        ({"neighbours.jsonl": [b"{}\n"]}, "neighbours.jsonl", 4, "has other fields than the format"),
    ],
)  # fmt: skip
def test_a_neighbour_that_is_missing_or_changed_is_named(
    judge: Judge, changed: dict[str, list[bytes]], file: str, position: int | None, what: str
) -> None:
    joined = {name: b"".join(lines) for name, lines in changed.items()}
    code, answer = judge(packed({**LOG.parts(5, 9, period=PERIOD), **joined}))
    assert (code, answer["file"], answer["position"]) == (1, file, position), answer
    assert what in answer["what"]


@pytest.mark.parametrize(
    ("first", "last", "period", "file", "what"),
    [
        (6, 9, PERIOD, "neighbours.jsonl", f"position 5 was recorded at {LOG.at(5)}: it is not before the period"),
        (5, 8, PERIOD, "neighbours.jsonl", f"position 9 was recorded at {LOG.at(9)}: it is not after the period"),
        (4, 9, PERIOD, "events.jsonl", f"position 4 was recorded at {LOG.at(4)}, outside of the period"),
        (5, 10, PERIOD, "events.jsonl", f"position 10 was recorded at {LOG.at(10)}, outside of the period"),
        (21, 20, (AFTER, None), "manifest.json", "no position of the period and no line after it"),
        (21, 20, (AFTER.replace("9+", "8+"), AFTER), "manifest.json", "no position of the period and no line after it"),
        (7, 5, PERIOD, "manifest.json", "its positions and counts contradict each other"),
        (5, 9, (LOG.at(9), LOG.at(5)), "manifest.json", "its period is not written as the format writes it"),
        (5, 9, ("2026-03-01", LOG.at(9)), "manifest.json", "its period is not written as the format writes it"),
        (5, 9, (LOG.at(5).replace("+00:00", "+01:00"), None), "manifest.json", "its period is not written as"),
    ],
)
def test_a_period_that_is_cut_or_claimed_wrongly_is_named(
    judge: Judge, first: int, last: int, period: Period, file: str, what: str
) -> None:
    code, answer = judge(packed(LOG.parts(first, last, period=period)))
    assert (code, answer["file"], what in answer["what"]) == (1, file, True), answer


def test_each_change_of_the_period_in_the_manifest_is_found(judge: Judge) -> None:
    parts = LOG.parts(5, 9, period=PERIOD)
    periods: list[object] = [
        {"from": LOG.at(4), "to": LOG.at(9)}, {"from": LOG.at(5), "to": LOG.at(10)},
        {"from": LOG.at(6), "to": LOG.at(9)}, {"from": LOG.at(5), "to": LOG.at(8)},
        {"from": None, "to": LOG.at(9)}, {"from": LOG.at(5), "to": None}, {"from": None, "to": None}, {}, [], None, 1,
        {"to": LOG.at(9), "from": LOG.at(5)}, {"from": LOG.at(5)}, {"from": 5, "to": 9}, {"from": True, "to": "x"},
    ]  # fmt: skip
    for period in periods:
        code, answer = judge(packed(parts, period=period))
        assert code == 1, (period, answer)


def test_a_period_belongs_to_its_format_alone(judge: Judge) -> None:
    parts = LOG.parts(5, 9, period=PERIOD)
    assert judge(packed(parts, format=verify.FORMAT))[0] == 1
    assert judge(packed(LOG.parts(5, 9), format=verify.PERIOD_FORMAT))[0] == 1
    without = {name: content for name, content in parts.items() if name != verify.NEIGHBOURS}
    code, answer = judge(packed(without))
    assert (code, answer["file"], answer["what"]) == (1, "neighbours.jsonl", "this file is missing from the bundle")
    more = {**LOG.parts(5, 9), "neighbours.jsonl": b""}
    assert judge(packed(more))[1]["what"] == "this file does not belong into the bundle"


@hypothesis_settings(max_examples=examples(300))
@given(data=st.data())
def test_only_the_positions_of_the_period_are_proven(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever positions a bundle claims for a period: it is proven exactly when they are all of the period."""
    begin, end = data.draw(st.integers(1, 20)), data.draw(st.integers(1, 20))
    first, last = data.draw(st.integers(1, 20)), data.draw(st.integers(0, 20))
    period = (LOG.at(begin), LOG.at(end))
    path = tmp_path_factory.mktemp("period") / "b.zip"
    path.write_bytes(packed(LOG.parts(first, last, period=period)))
    proven = verify.judge(str(path), [LOG.signer.public])[0] == 0
    assert proven == (first == begin and last == end and begin <= end)


@hypothesis_settings(max_examples=examples(200))
@given(data=st.data())
def test_every_flipped_bit_of_a_neighbour_or_of_the_manifest_is_found(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same lines prove a period that ends after its last line and before the neighbour."""
    parts = unpacked(packed(LOG.parts(5, 9, period=PERIOD)))
    name = data.draw(st.sampled_from(["neighbours.jsonl", "manifest.json"]))
    at, bit = data.draw(st.integers(0, len(parts[name]) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(parts[name])
    changed[at] ^= 1 << bit
    path = tmp_path_factory.mktemp("flipped") / "b.zip"
    try:
        path.write_bytes(packed({**parts, name: bytes(changed)}))
    except (ValueError, RecursionError):
        return  # a manifest that is no JSON cannot be mended
    if unpacked(path.read_bytes()) != parts:  # the digests of the manifest are mended
        code, answer = verify.judge(str(path), [LOG.signer.public])
        assert code != 0 or (answer["period"]["from"] == LOG.at(5) and LOG.at(9) < answer["period"]["to"] < LOG.at(10))
