"""Audit bundles over HTTP: the bytes of the command line, filters, bounds, refusals, and the record of the access."""

import hashlib
import io
import json
import tempfile
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest

from api.auditing import verify
from api.auditing.audited_lines import lines_between
from api.auditing.writer import AuditExport, write_bundle_into
from api.http import bundle_answer
from domain.event_log import reader
from tests.support.log import DEFAULT
from tests.support.sealed_desk import SealedDesk, sealed_desk
from tests.support.serving import Served, make_key


@pytest.fixture
def sealed(desk: Served, tmp_path: Path) -> Iterator[SealedDesk]:
    """The served desk with 30 events more, all sealed and followed."""
    with sealed_desk(desk.dsn, tmp_path, 30) as made:
        desk.follow()
        yield made


def manifest(content: bytes) -> dict[str, object]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held: dict[str, object] = json.loads(archive.read("manifest.json"))
        return held


def test_a_bundle_is_that_of_the_command_line_and_is_proven(desk: Served, sealed: SealedDesk) -> None:
    answer = desk.get("/v1/audit/bundle?from=3&to=20")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip"), answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="default-events-3-20.zip"'
    assert int(answer.headers["content-length"]) == len(answer.content)
    sealed.export(first=3, last=20)
    assert answer.content == (sealed.folder / "bundle.zip").read_bytes()
    code, proven = sealed.verified()
    assert (code, proven["first"], proven["last"]) == (0, 3, 20)


def test_a_period_has_its_neighbours_and_days_are_the_tenants(desk: Served, sealed: SealedDesk) -> None:
    at = reader.recorded_at(sealed.connection, DEFAULT, 20)
    assert at is not None
    text = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    answer = desk.get(f"/v1/audit/bundle?from={text}&to={text}")
    assert manifest(answer.content)["format"] == verify.PERIOD_FORMAT
    day = datetime.now(UTC).date()
    period = manifest(desk.get(f"/v1/audit/bundle?from=2020-01-01&to={day.year + 1}-12-31").content)["period"]
    assert period == {
        "from": "2019-12-31T17:00:00.000000+00:00", "to": f"{day.year + 1}-12-31T16:59:59.999999+00:00"
    }  # fmt: skip


def test_filters_are_those_of_the_export(desk: Served, sealed: SealedDesk) -> None:
    row = sealed.connection.execute("select stream, actor from tenant_default.audit_history where position = 5")
    stream, actor = row.fetchone() or ()
    for name, value in (("ticket", stream), ("actor", actor)):
        answer = desk.get("/v1/audit/bundle", params={name: str(value), "to": "20"})
        assert (answer.status_code, manifest(answer.content)["filters"]) == (200, {name: str(value)}), answer.text


@pytest.mark.usefixtures("sealed")
def test_a_bundle_that_is_being_made_has_no_name_that_a_killed_server_leaves(
    desk: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary, names = tmp_path / "temporary", []
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def looked(*given: Any) -> Iterator[bytes]:
        for line in lines_between(*given):
            names.append([*temporary.rglob("*")])
            yield line

    monkeypatch.setattr("api.auditing.writer.lines_between", looked)
    assert desk.get("/v1/audit/bundle?from=3&to=20").status_code == 200
    assert names == [[]] * 18


@pytest.mark.parametrize(
    ("query", "status", "expected"),
    [
        ("from=30&to=10", 422, "Nothing was recorded"),
        ("to=99999", 422, "are not sealed yet"),
        ("from=yesterday", 422, "a position such as 4711"),
        ("from=0", 422, "a position such as 4711"),
        ("ticket=7", 422, "ticket"),
        ("actor=lan&ticket=01890a5d-ac96-774b-bcce-b302099a8057", 422, "choose one of ticket, customer and actor"),
        ("since=1", 422, "since"),
        ("log=tickets", 422, "log"),
    ],
)
@pytest.mark.usefixtures("sealed")
def test_what_cannot_be_exported_is_said(desk: Served, query: str, status: int, expected: str) -> None:
    answer = desk.get(f"/v1/audit/bundle?{query}")
    assert (answer.status_code, expected in answer.text) == (status, True), answer.text


@pytest.mark.usefixtures("sealed")
def test_a_range_is_bounded(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_answer, "MOST_LINES", 10)
    assert desk.get("/v1/audit/bundle?from=1&to=10").status_code == 200
    answer = desk.get("/v1/audit/bundle?from=1&to=11")
    assert (answer.status_code, "at most 10 are exported here" in answer.text) == (422, True)


@pytest.mark.usefixtures("sealed")
def test_the_lines_of_a_range_are_bounded(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_answer, "MOST_BYTES", 1_000)
    assert desk.get("/v1/audit/bundle?from=1&to=1").status_code == 200
    answer = desk.get("/v1/audit/bundle?from=1&to=10")
    assert (answer.status_code, "have more than 1000 bytes" in answer.text) == (422, True), answer.text


@pytest.mark.usefixtures("sealed")
def test_a_server_that_stops_ends_a_bundle(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    written = write_bundle_into

    def stopped_meanwhile(file: Any, connection: Any, tenant: str, export: AuditExport) -> Any:
        desk.container.stopping.set()
        return written(file, connection, tenant, export)

    monkeypatch.setattr(bundle_answer, "write_bundle_into", stopped_meanwhile)
    answer = desk.get("/v1/audit/bundle")
    desk.container.stopping.clear()
    assert (answer.status_code, answer.json()["detail"]) == (503, "the server stops; try again")


@pytest.mark.usefixtures("sealed")
def test_a_key_that_makes_a_bundle_keeps_no_other_key_from_its_own(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = desk.as_key(make_key(desk.dsn, "audit"))
    written, begun, goes_on = write_bundle_into, Event(), Event()

    def write_slowly(*given: Any) -> Any:
        if not begun.is_set():
            begun.set()
            assert goes_on.wait(60)
        return written(*given)

    monkeypatch.setattr(bundle_answer, "write_bundle_into", write_slowly)
    with ThreadPoolExecutor(1) as apart:
        slow = apart.submit(desk.get, "/v1/audit/bundle")
        assert begun.wait(60)
        try:
            assert desk.get("/v1/audit/bundle").status_code == 429, "its key makes one already"
            assert other.get("/v1/audit/bundle").status_code == 200
        finally:
            goes_on.set()
        assert slow.result().status_code == 200


@pytest.mark.usefixtures("sealed")
def test_files_that_wait_for_their_readers_are_bounded(desk: Served) -> None:
    desk.container.unread_files.most = 100
    assert desk.get("/v1/audit/bundle").status_code == 429
    assert desk.container.unread_files.size == 0


@pytest.mark.usefixtures("sealed")
def test_a_bundle_is_recorded_as_an_export_with_its_lines(desk: Served) -> None:
    assert desk.get("/v1/audit/bundle?from=3&to=20").status_code == 200
    desk.container.journal.flush()
    with psycopg.connect(desk.dsn) as connection:
        entries = connection.execute("select entry::json from tenant_default.access_journal order by position desc")
        (entry,) = entries.fetchone() or ()
    assert (entry["action"], entry["what"], entry["rows"]) == ("export", "GET /v1/audit/bundle", 18)


def test_the_access_journal_needs_its_own_scope(desk: Served, sealed: SealedDesk) -> None:
    auditor = desk.as_key(make_key(desk.dsn, "audit", actor="auditor"))
    refused = auditor.get("/v1/audit/bundle?log=access")
    assert (refused.status_code, refused.json()["scope"]) == (403, "audit:read")
    assert desk.as_key(make_key(desk.dsn, "read", actor="reader")).get("/v1/audit/bundle").status_code == 403
    desk.get("/v1/audit")
    desk.container.journal.flush()
    sealed.seal()
    assert manifest(desk.get("/v1/audit/bundle?log=access").content)["log"] == "access"


def test_the_verifier_is_the_file_that_verifies(desk: Served) -> None:
    answer = desk.get("/v1/audit/verify.py")
    assert answer.content == Path(verify.__file__).read_bytes()
    digest = b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["content-digest"] == f"sha-256=:{digest}:"
    assert answer.headers["content-disposition"] == 'attachment; filename="verify.py"'
