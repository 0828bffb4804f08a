"""Kinds of tampering with a bundle on its way to the auditor; whoever does it mends the digests of the manifest."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC

from tests.support.signed_logs import packed
from tests.support.tampering.case import Case
from tests.support.tampering.kinds import Tampering


def _edit(name: str, old: bytes, new: bytes) -> Callable[[Case], object]:
    """Changes one file of the bundle, with its digest."""

    def edit(case: Case) -> None:
        parts = case.parts()
        changed = parts[name].replace(old, new, 1)
        assert changed != parts[name]
        case.hand_over({**parts, name: changed})

    return edit


def _say(**manifest_fields: object) -> Callable[[Case], object]:
    """Changes the manifest."""
    return lambda case: case.hand_over(case.parts(), **manifest_fields)


def _lines(change: Callable[[list[bytes]], Sequence[bytes]]) -> Callable[[Case], object]:
    """Changes the lines, and mends their count."""
    return lambda case: case.lines(change)


def _without(name: str) -> Callable[[Case], object]:
    """Takes a file out of the bundle."""
    return lambda case: case.hand_over({each: content for each, content in case.parts().items() if each != name})


def _as_complete(case: Case) -> None:
    """Chooses lines as a filter does, and says that they are all."""
    case.lines(lambda lines: [line for number, line in enumerate(lines) if number % 3 == 0], filters={})


def _older_checkpoint(case: Case) -> None:
    older = case.desk.connection.execute(
        "select note from tenant_default.checkpoints where log = 'events' and size = 301"
    ).fetchone()
    assert older is not None
    case.hand_over({**case.parts(), "checkpoint.txt": older[0].encode()})


def _twice(case: Case) -> None:
    """Appends a second file of the same name, which other programs may read instead."""
    first, second = packed(case.parts()), packed({**case.parts(), "events.jsonl": b"{}\n"})
    case.zip = first + second


def _left_digest(case: Case) -> None:
    parts = case.parts()
    files = json.loads(parts["manifest.json"])["files"]
    case.hand_over({**parts, "events.jsonl": parts["events.jsonl"].replace(b"body", b"Body", 1)}, files=files)


def _another_tile(case: Case) -> None:
    parts = case.parts()
    case.hand_over({**parts, "tiles/0/1": parts["tiles/0/1"][:-32] + bytes(32)})


FIRST, LAST = 91, 180
"""The positions of three streams, which were recorded at three instants."""


def _of_period(change: Callable[[dict[str, bytes]], object], **manifest_fields: object) -> Callable[[Case], object]:
    """Changes a bundle of the period in which FIRST to LAST were recorded, and mends its digests."""

    def done(case: Case) -> None:
        parts = case.parts(first=case.recorded_at(FIRST), last=case.recorded_at(LAST))
        change(parts)
        case.hand_over(parts, **manifest_fields)

    return done


def _beside(change: Callable[[list[bytes]], Sequence[bytes]]) -> Callable[[Case], object]:
    """Changes the lines beside the period."""

    def changed(parts: dict[str, bytes]) -> None:
        parts["neighbours.jsonl"] = b"".join(change(parts["neighbours.jsonl"].splitlines(keepends=True)))

    return _of_period(changed)


def _cut_first(parts: dict[str, bytes]) -> None:
    """Cuts the first line off; it stands beside the period then."""
    first, *others = parts["events.jsonl"].splitlines(keepends=True)
    parts["events.jsonl"] = b"".join(others)
    parts["neighbours.jsonl"] = first + parts["neighbours.jsonl"].splitlines(keepends=True)[1]


def _cut_last(parts: dict[str, bytes]) -> None:
    """Cuts the last line off; it stands beside the period then."""
    *others, last = parts["events.jsonl"].splitlines(keepends=True)
    parts["events.jsonl"] = b"".join(others)
    parts["neighbours.jsonl"] = parts["neighbours.jsonl"].splitlines(keepends=True)[0] + last


def _claim(first: int, last: int) -> Callable[[Case], object]:
    """Says that the period is that of other events."""

    def claimed(case: Case) -> None:
        ends = [f"{case.recorded_at(n).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}+00:00" for n in (first, last)]
        _of_period(lambda _: None, period={"from": ends[0], "to": ends[1]})(case)

    return claimed


def _renumbered(line: bytes, old: int, new: int) -> bytes:
    return line.replace(b'"position":%d,' % old, b'"position":%d,' % new)


BUNDLES = [
    Tampering("Bundle: a line is dropped", _lines(lambda every: [*every[:9], *every[10:]]), "position 10 is missing"),
    Tampering(
        "Bundle: a line is dropped and the later ones are numbered anew",
        _lines(lambda every: [*every[:9], *(_renumbered(line, n, n - 1) for n, line in enumerate(every[10:], 11))]),
        "the line of position 10 is what was sealed at position 11",
    ),
    Tampering("Bundle: the last lines are dropped", _lines(lambda every: every[:350]), "position 351 is missing"),
    Tampering(
        "Bundle: a line is added",
        _lines(lambda every: [*every, _renumbered(every[-1], 361, 362)]),
        "position 362 lies outside of the range",
    ),
    Tampering(
        "Bundle: a line stands there twice",
        _lines(lambda every: [*every[:10], every[9], *every[10:]]),
        "position 10 stands behind position 10",
    ),
    Tampering(
        "Bundle: two lines change places",
        _lines(lambda every: [*every[:9], every[10], every[9], *every[11:]]),
        "position 10 is missing: position 11 follows",
    ),
    Tampering("Bundle: a line is changed", _edit("events.jsonl", b"body", b"Body"), "the line of position 1 is not"),
    Tampering("Bundle: a line is changed, its digest is left", _left_digest, "events.jsonl: the file has another SHA"),
    Tampering(
        "Bundle: a line says a field twice",
        _edit("events.jsonl", b'"version":1,', b'"version":1,"version":1,'),
        "a key is repeated",
    ),
    Tampering("Bundle: lines that a filter chose are passed off as all", _as_complete, "position 2 is missing"),
    Tampering("Bundle: the manifest claims more positions", _say(size=400, last=400), "tiles/0/1: a tile of"),
    Tampering(
        "Bundle: the manifest claims other bounds",
        _say(first=5),
        "position 1 lies outside of the range of the manifest",
    ),
    Tampering("Bundle: the manifest claims another count", _say(lines=360), "it says 360 lines, and there are 361"),
    Tampering("Bundle: the manifest names another tenant", _say(tenant="other"), "manifest.json: its tenant and log"),
    Tampering("Bundle: the manifest names another log", _say(log="access"), "manifest.json: its tenant and log"),
    Tampering(
        "Bundle: the size of the checkpoint is changed",
        _edit("checkpoint.txt", b"\n361\n", b"\n362\n"),
        "checkpoint.txt: the signature by",
    ),
    Tampering(
        "Bundle: the root of the checkpoint is changed",
        _edit("checkpoint.txt", b"\n361\n", b"\n361\nAAAA"),
        "checkpoint.txt: this is no signed checkpoint",
    ),
    Tampering(
        "Bundle: an older checkpoint is put in its place", _older_checkpoint, "manifest.json: its origin or size"
    ),
    Tampering("Bundle: a tile is changed", _another_tile, "the hashes of the tree do not give the root"),
    Tampering("Bundle: a tile is taken out", _without("tiles/0/0"), "tiles/0/0: this file is missing"),
    Tampering("Bundle: the checkpoint is taken out", _without("checkpoint.txt"), "checkpoint.txt: this file is miss"),
    Tampering(
        "Bundle: a file is added",
        lambda c: c.hand_over({**c.parts(), "note.txt": b"all is well"}),
        "note.txt: this file does not belong",
    ),
    Tampering("Bundle: a second zip stands in the same file", _twice, "bytes that belong to no file"),
]
PERIODS = [
    Tampering(
        "Period: the line before it is taken out", _beside(lambda lines: lines[1:]), "neighbours.jsonl: position 90 is"
    ),
    Tampering(
        "Period: the line after it is taken out", _beside(lambda lines: lines[:1]), "neighbours.jsonl: position 181 is"
    ),
    Tampering(
        "Period: the lines beside it are changed",
        _beside(lambda lines: [line.replace(b"body", b"Body") for line in lines]),
        "neighbours.jsonl: the line of position 90 is not what was sealed",
    ),
    Tampering(
        "Period: its first line is cut off, and stands beside it",
        _of_period(_cut_first, first=FIRST + 1, lines=LAST - FIRST),
        "it is not before the period, so that lines are cut",
    ),
    Tampering(
        "Period: its last line is cut off, and stands beside it",
        _of_period(_cut_last, last=LAST - 1, lines=LAST - FIRST),
        "it is not after the period, so that lines are cut",
    ),
    Tampering(
        "Period: the manifest claims one that begins earlier",
        _claim(FIRST - 1, LAST),
        "it is not before the period, so that lines are cut",
    ),
    Tampering(
        "Period: the manifest claims one that ends later",
        _claim(FIRST, LAST + 1),
        "it is not after the period, so that lines are cut",
    ),
    Tampering("Period: the manifest claims a shorter one", _claim(FIRST + 30, LAST), "outside of the period"),
    Tampering(
        "Period: positions are passed off as a period",
        _of_period(lambda _: None, format="ticketledger audit bundle v1"),
        "manifest.json: it has other fields than the format",
    ),
]
