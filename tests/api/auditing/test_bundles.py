"""Bundles of a sealed log: what they hold, what is refused, and that the verifier accepts them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.access_journal.tables import append_access
from api.auditing import audited_lines, writer
from api.auditing.audited_lines import AuditFilter
from api.auditing.writer import MICROSECOND
from api.exporting.snapshot import ExportFailed, ExportRefused
from api.sealing.key_file import rotated_key
from domain.event_log import reader
from domain.ids import new_id
from tests.support.access_entries import add_as_owner, entry
from tests.support.log import DEFAULT
from tests.support.sealed_desk import SealedDesk, sealed_desk
from tests.support.sealing import record
from tests.support.signed_logs import leaf, tiles, unpacked


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[SealedDesk]:
    with sealed_desk(database_url, tmp_path) as made:
        yield made


def test_a_bundle_of_the_whole_log_is_complete(desk: SealedDesk) -> None:
    written = desk.export()
    assert written[:4] == (1, 301, 301, 301)
    code, answer = desk.verified()
    assert (code, answer["verdict"], answer["first"], answer["last"]) == (0, "complete", 1, 301), answer


def test_lines_and_tiles_are_those_of_the_second_implementation(desk: SealedDesk) -> None:
    desk.export()
    parts = unpacked((desk.folder / "bundle.zip").read_bytes())
    entries = [json.loads(line) for line in parts["events.jsonl"].splitlines()]
    assert [entry["position"] for entry in entries] == list(range(1, 302))
    made = tiles([leaf(entry) for entry in entries])
    assert {name: content for name, content in parts.items() if name.startswith("tiles/")} == made
    assert set(made) == {"tiles/0/0", "tiles/0/1", "tiles/1/0"}
    assert parts["keys.txt"].decode().splitlines() == desk.public()


def test_two_bundles_of_one_range_and_checkpoint_have_the_same_bytes(desk: SealedDesk) -> None:
    kept = desk.checkpoint()
    for name in ("one.zip", "other.zip"):
        desk.export(name, first=5, last=250, since=kept)
    first, second = ((desk.folder / name).read_bytes() for name in ("one.zip", "other.zip"))
    assert first == second
    assert "checkpoints/301.txt" in unpacked(first)


def test_a_bundle_of_a_range_is_consistent_with_a_checkpoint_kept_before(desk: SealedDesk) -> None:
    kept = desk.checkpoint()
    record(desk.connection, 400)
    desk.seal()
    desk.export(first=290, last=310, since=kept)
    code, answer = desk.verified(since=kept)
    assert (code, answer["consistent_with"], answer["size"], answer["lines"]) == (0, 301, 701, 21), answer


def test_a_tree_that_grew_beyond_the_checkpoint_is_cut_to_it(desk: SealedDesk) -> None:
    """A sealer may have written tiles whose checkpoint another transaction shows later."""
    record(desk.connection, 30)
    desk.seal()
    desk.connection.execute("delete from tenant_default.checkpoints where log = 'events' and size > 301")
    assert desk.export().size == 301
    assert desk.verified()[0] == 0


def test_instants_choose_the_positions_that_were_recorded_between_them(desk: SealedDesk) -> None:
    record(desk.connection, 5)
    desk.seal()
    first = reader.recorded_at(desk.connection, DEFAULT, 302)
    assert first is not None
    assert desk.export(first=first)[:2] == (302, 306)
    assert desk.export(last=first - timedelta(microseconds=1))[:2] == (1, 301)
    with pytest.raises(ExportRefused, match="Nothing was recorded"):
        desk.export(first=first + timedelta(days=1))


def test_what_is_not_sealed_yet_is_refused_and_said(desk: SealedDesk) -> None:
    record(desk.connection, 7)
    with pytest.raises(ExportRefused, match=r"Positions 302 to 308 are not sealed yet: .* 1 to 301. 7 positions"):
        desk.export(first=300, last=308)
    with pytest.raises(ExportRefused, match=r"Positions 400 to 400 are not sealed yet"):
        desk.export(first=400, last=400)
    written = desk.export()
    assert (written.last, written.window.events) == (301, 7)
    assert "7 positions wait for the sealer" in writer.waiting(written.window)


def test_nothing_is_written_before_the_first_checkpoint(database_url: str, tmp_path: Path) -> None:
    with sealed_desk(database_url, tmp_path, 1) as desk:
        desk.connection.execute("truncate tenant_default.checkpoints")
        with pytest.raises(ExportRefused, match="Nothing of the log events is sealed yet"):
            desk.export()
        assert not (tmp_path / "bundle.zip").exists()


def test_a_failure_half_way_leaves_nothing_and_an_older_file_as_it_was(
    desk: SealedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.folder / "bundle.zip").write_text("older")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "public_keys", full)
    with pytest.raises(OSError, match="No space left"):
        desk.export()
    assert {path.name for path in desk.folder.iterdir()} == {"bundle.zip", "sealing_key", "sealing_key.signed"}
    assert (desk.folder / "bundle.zip").read_text() == "older"


def test_a_kept_checkpoint_that_this_log_cannot_contain_is_refused(desk: SealedDesk) -> None:
    kept = desk.checkpoint()
    with pytest.raises(ExportRefused, match="holds no checkpoint"):
        desk.export(since="nonsense")
    with pytest.raises(ExportRefused, match="is of another log"):
        desk.export(since=kept.replace("/default/", "/other/"))
    with pytest.raises(ExportRefused, match="covers 999 positions, and the newest one here 301"):
        desk.export(since=kept.replace("\n301\n", "\n999\n"))


def test_a_row_that_no_line_can_hold_is_named_and_nothing_is_written(desk: SealedDesk) -> None:
    desk.connection.execute("update tenant_default.events set recorded_at = 'infinity' where position = 7")
    with pytest.raises(ExportFailed, match="A row of the log events holds a value that no line can"):
        desk.export()
    assert not (desk.folder / "bundle.zip").exists()


@pytest.mark.usefixtures("exported_template")
def test_filters_choose_what_history_shows_and_each_line_is_included(database_url: str, tmp_path: Path) -> None:
    with sealed_desk(database_url, tmp_path, 3) as desk:
        rows = desk.connection.execute(
            "select stream, customer, actor from tenant_default.audit_history where topic = 'ticket.received'"
        ).fetchall()
        ticket, customer, actor = rows[0]
        last = 15
        for only, condition in (
            (AuditFilter("ticket", str(ticket)), f"stream = '{ticket}'"),
            (AuditFilter("actor", actor), f"actor = '{actor}'"),
        ):
            expected = desk.connection.execute(
                f"select position from tenant_default.audit_history where {condition} and position <= {last} order by 1"
            ).fetchall()
            written = desk.export(only=only, last=last)
            lines = unpacked((tmp_path / "bundle.zip").read_bytes())["events.jsonl"].splitlines()
            assert [json.loads(line)["position"] for line in lines] == [position for (position,) in expected]
            code, answer = desk.verified()
            assert (code, answer["verdict"], answer["lines"]) == (0, "included", written.lines)
            assert answer["filters"] == {only.name: only.value}
        assert 0 < desk.export(only=AuditFilter("customer", str(customer)), last=last).lines < last
        assert desk.verified()[0] == 0
        with pytest.raises(ExportRefused, match="The audit history has read up to position"):
            desk.export(only=AuditFilter("actor", actor))


def test_a_bundle_that_is_read_in_parts_is_the_same(desk: SealedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.export("whole.zip")
    monkeypatch.setattr(audited_lines, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr(writer, "TILES_AT_ONCE", 1)
    desk.export("parts.zip")
    whole, parts = ((desk.folder / name).read_bytes() for name in ("whole.zip", "parts.zip"))
    assert whole == parts


def test_a_bundle_after_a_rotation_is_verified_with_the_new_key_and_the_kept_checkpoint_with_the_old_one(
    desk: SealedDesk,
) -> None:
    (old,), kept = desk.public(), desk.checkpoint()
    rotated_key(desk.key)
    record(desk.connection, 5)
    desk.seal()
    new = desk.public()[0]
    desk.export(since=kept)
    assert old != new
    assert desk.verified(keys=[new, old], since=kept)[0] == 0
    code, answer = desk.verified(keys=[old, new], since=kept)
    assert (code, answer["what"]) == (
        1, "the checkpoint is not signed by the newest key, which is the first that you gave"
    )  # fmt: skip
    code, answer = desk.verified(keys=[old])
    assert (code, answer["what"]) == (1, "the checkpoint is not signed by the key that you gave")
    code, answer = desk.verified(keys=[new], since=kept)
    assert (code, "Give the key of that time as well" in answer["sentences"][0]) == (2, True)
    code, answer = desk.verified(keys=[new])
    assert (code, answer["file"]) == (1, "checkpoints/301.txt")


def test_the_access_journal_is_exported_and_proven_like_the_events(desk: SealedDesk) -> None:
    ticket = str(new_id())
    entries = [
        entry(actor="linh", subjects={"ticket": ticket}),
        entry(actor="minh", on_behalf_of="linh"),
        entry(action="export", actor="minh"),
    ]
    append_access(desk.connection, DEFAULT, entries)
    with pytest.raises(ExportRefused, match=r"Nothing of the log access is sealed yet\. 3 positions wait"):
        desk.export(log="access")
    desk.seal()
    assert desk.export(log="access")[:4] == (1, 3, 3, 3)
    assert desk.verified(keys=desk.public("access"))[1]["verdict"] == "complete"
    assert desk.verified()[0] == 1  # the key of the events is not that of the journal
    for only, lines in ((AuditFilter("actor", "linh"), 2), (AuditFilter("ticket", ticket), 1)):
        assert desk.export(log="access", only=only).lines == lines
        assert desk.verified(keys=desk.public("access"))[1]["verdict"] == "included"


def test_entries_whose_retention_ended_are_refused_and_the_others_are_proven(desk: SealedDesk) -> None:
    append_access(desk.connection, DEFAULT, [entry(rows=n) for n in range(8)])
    desk.seal()
    desk.connection.execute("delete from tenant_default.access_journal where position <= 4")
    desk.connection.execute("update tenant_default.access_head set trimmed = 4")
    with pytest.raises(ExportRefused, match="says 1 to 0: entries were removed without a record"):
        desk.export(log="access")
    add_as_owner(desk.connection, entry(action="trimmed", removed_to=4))
    desk.seal()
    with pytest.raises(ExportRefused, match="Positions 1 to 4 were removed when their retention ended"):
        desk.export(log="access", first=3)
    assert desk.export(log="access")[:3] == (5, 9, 5)
    code, answer = desk.verified(keys=desk.public("access"))
    assert (code, answer["first"], answer["last"]) == (0, 5, 9)


@pytest.fixture
def times(desk: SealedDesk) -> list[datetime]:
    """When positions 301, 302 to 306, 307 to 311 and 312 to 316 were recorded; all are sealed."""
    for _ in range(3):
        record(desk.connection, 5)
    desk.seal()
    recorded = [reader.recorded_at(desk.connection, DEFAULT, position) for position in (301, 302, 307, 312)]
    return [at for at in recorded if at is not None]


def test_a_bundle_of_a_period_has_the_lines_beside_it(desk: SealedDesk, times: list[datetime]) -> None:
    _, begin, end, later = times
    assert desk.export(first=begin, last=end)[:3] == (302, 311, 10)
    code, answer = desk.verified()
    assert (code, answer["verdict"], answer["tree_ends"]) == (0, "complete", False), answer
    assert [line["position"] for line in answer["neighbours"]] == [301, 312]
    parts = unpacked((desk.folder / "bundle.zip").read_bytes())
    beside = [json.loads(line) for line in parts["neighbours.jsonl"].splitlines()]
    assert [(line["position"], line["recorded_at"]) for line in beside] == [
        (position, at.astimezone(UTC).isoformat(timespec="microseconds"))
        for position, at in ((301, times[0]), (312, later))
    ]


def test_a_period_without_an_event_is_proven_to_have_none(desk: SealedDesk, times: list[datetime]) -> None:
    began = reader.recorded_at(desk.connection, DEFAULT, 1)
    assert began is not None
    for after, before, beside in ((times[1], times[2], [306, 307]), (began - timedelta(days=2), began, [1])):
        written = desk.export(first=after + MICROSECOND, last=before - MICROSECOND)
        assert written[:3] == (beside[-1], beside[-1] - 1, 0)
        code, answer = desk.verified()
        assert (code, answer["sentences"][0][:26]) == (0, "Nothing was recorded from "), answer
        assert [line["position"] for line in answer["neighbours"]] == beside


def test_a_period_that_the_log_has_not_left_ends_with_the_tree(desk: SealedDesk, times: list[datetime]) -> None:
    assert desk.export(first=times[2], last=times[3] + timedelta(days=1))[:3] == (307, 316, 10)
    code, answer = desk.verified()
    assert (code, answer["tree_ends"], len(answer["neighbours"])) == (0, True, 1)
    with pytest.raises(ExportRefused, match="Nothing was recorded"):
        desk.export(first=times[3] + MICROSECOND, last=times[3] + timedelta(days=1))


def test_a_period_whose_later_neighbour_is_not_sealed_yet_waits_for_it(desk: SealedDesk) -> None:
    newest = reader.recorded_at(desk.connection, DEFAULT, 301)
    record(desk.connection, 1)
    with pytest.raises(ExportRefused, match="302 to 302 are not sealed yet, with the one after the period"):
        desk.export(last=newest)
    desk.seal()
    assert desk.export(last=newest).last == 301
    assert desk.verified()[1]["neighbours"][0]["position"] == 302


def test_a_bundle_of_a_period_chosen_by_a_filter_has_the_lines_beside_it(desk: SealedDesk) -> None:
    append_access(desk.connection, DEFAULT, [entry(actor="linh")])
    append_access(desk.connection, DEFAULT, [entry(actor="minh"), entry()])
    append_access(desk.connection, DEFAULT, [entry(actor="linh")])
    desk.seal()
    at = "select at from tenant_default.access_journal where position = 2"
    (begin,) = desk.connection.execute(at).fetchone() or ()
    assert desk.export(log="access", first=begin, last=begin, only=AuditFilter("actor", "minh"))[:3] == (2, 3, 1)
    code, answer = desk.verified(keys=desk.public("access"))
    assert (code, answer["verdict"], len(answer["neighbours"])) == (0, "included", 2), answer


def test_a_range_of_more_positions_than_are_exported_is_refused(desk: SealedDesk) -> None:
    assert desk.export(first=1, last=100, most_lines=100).lines == 100
    with pytest.raises(ExportRefused, match="The range has 101 positions, and at most 100 are exported here"):
        desk.export(first=1, last=101, most_lines=100)
