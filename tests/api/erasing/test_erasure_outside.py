"""Erasure on the command line and over HTTP, from the request to the certificate and the person's copy."""

import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from api.cli.erasure import running
from api.erasing import rewriting
from api.erasing.erasure_runner import follow
from api.http.routes import erasures
from api.key_store.setup import KEY_FILE, URL
from api.migrations import migrate_roles
from domain.event_log import reader
from tests.support.command_line import Run
from tests.support.key_stores import encrypt, key_store
from tests.support.registered import register
from tests.support.serving import CUSTOMER, Served, make_key, serving

TENANT = "default"
WHO = str(CUSTOMER)
BEGINS_TO_REWRITE = "Đang ghi lại các bảng; phải chờ các giao dịch còn có thể thấy dòng đã xóa."
REWRITTEN = (
    "Không còn dòng đã bỏ nào giữ giá trị cũ. Nhật ký ghi trước (WAL) còn giữ cho đến khi được dùng lại, và các bản lưu"
    " trữ, bản sao, bản sao lưu của nó cũng vậy.\n"
)


@pytest.fixture
def encrypted(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database whose default tenant is encrypted, for programs that find the key store by the environment."""
    with key_store(database_url, tmp_path) as store:
        encrypt(database_url, TENANT, store)
        monkeypatch.setenv(URL, store.url)
        monkeypatch.setenv(KEY_FILE, str(store.key_file))
        yield database_url


def test_a_request_goes_through_on_the_command_line(encrypted: str, run: Run, tmp_path: Path) -> None:
    register(encrypted, CUSTOMER)
    request = ("erasure", "request", WHO, "--basis", "Điều 14", "--through", "email", "--actor", "lan")
    assert run(*request).err == "Đã ghi nhận yêu cầu. Tiếp theo: erasure verify.\n"
    assert run(*request, "--language", "en").err == "Nothing changed: it was so already.\n"
    assert run("erasure", "verify", WHO, "--how", "called back", "--actor", "lan").code == 0
    own = run("erasure", "approve", WHO, "--actor", "lan")
    assert own.code == 2
    assert "người khác phải duyệt." in own.err
    assert run("erasure", "hold", WHO, "--hold", "Case 7", "--why", "the court", "--actor", "lan").code == 0
    held = run("erasure", "approve", WHO, "--actor", "mai")
    assert "the court" in held.err
    assert run("erasure", "release", WHO, "--hold", "Case 7", "--reason", "settled", "--actor", "lan").code == 0
    assert run("erasure", "approve", WHO, "--actor", "mai").code == 0
    follow(encrypted, TENANT)
    assert [each["state"] for each in json.loads(run("erasure", "list", "--json").out)] == ["approved"]
    said = run("erasure", "run", "--rewrite").err.splitlines()
    assert [line.partition(":")[0] for line in said[:2]] == ["Số khách hàng cần xóa dữ liệu", BEGINS_TO_REWRITE]
    assert said[2:] == ["Đã xóa và chứng nhận: 1.", *REWRITTEN.splitlines()]
    assert json.loads(run("erasure", "show", WHO, "--json").out)["state"] == "certified"
    certificate = json.loads(run("erasure", "certificate", WHO).out)
    assert (certificate["requested_by"], certificate["approved_by"]) == ("lan", "mai")
    assert len(certificate["fingerprints"]) == 1
    assert len(certificate["leaf"]) == 64
    texts = {
        "vi": ("Chứng nhận", "Luật Bảo vệ dữ liệu cá nhân", "<td>Khách hàng</td><td>1</td>", "Asia/Ho_Chi_Minh"),
        "en": ("Certificate", "Law 91/2025/QH15", "<td>Customer</td><td>1</td>", "Asia/Ho_Chi_Minh"),
    }
    for language, shown in texts.items():
        page = tmp_path / f"{language}.html"
        assert run("erasure", "certificate", WHO, "--to", str(page), "--language", language).code == 0
        assert [each for each in shown if each not in page.read_text(encoding="utf-8")] == []
        assert page.stat().st_mode & 0o777 == 0o600
    assert run("erasure", "certificate", WHO, "--to", str(tmp_path / "cert.json")).code == 0
    assert json.loads((tmp_path / "cert.json").read_text(encoding="utf-8")) == certificate
    assert "không kết thúc bằng .html" in run("erasure", "certificate", WHO, "--to", str(tmp_path / "cert.pdf")).err


def approved(run: Run, who: str) -> None:
    run("erasure", "request", who, "--basis", "b", "--through", "email", "--actor", "lan")
    run("erasure", "verify", who, "--how", "h", "--actor", "lan")
    assert run("erasure", "approve", who, "--actor", "mai").code == 0


def test_a_run_names_the_erasure_that_is_held_and_ends_with_one(encrypted: str, run: Run) -> None:
    other = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
    for customer in (CUSTOMER, other):
        register(encrypted, customer)
        approved(run, str(customer))
    assert run("erasure", "hold", WHO, "--hold", "Case 7", "--why", "the court", "--actor", "lan").code == 0
    ran = run("erasure", "run")
    assert ran.code == 1
    assert "Số khách hàng cần xóa dữ liệu: 1." in ran.err
    assert "Đã xóa và chứng nhận: 1." in ran.err
    assert "Các dòng đã bỏ và nhật ký ghi trước (WAL) còn giữ giá trị cũ một thời gian" in ran.err
    assert f"Chưa chạy: {WHO}: Lệnh lưu giữ Case 7 không cho phép xóa: the court.\n" in ran.err
    shown = run("erasure", "show", str(other), "--language", "en")
    assert "keys destroyed" in shown.out
    assert "Times are of Asia/Ho_Chi_Minh." in shown.err


def test_a_run_that_is_refused_says_nothing_else(encrypted: str, run: Run) -> None:
    register(encrypted, CUSTOMER)
    run("erasure", "request", WHO, "--basis", "b", "--through", "email", "--actor", "lan")
    ran = run("erasure", "run", WHO, "--language", "en")
    assert ran.code == 1
    assert ran.err.startswith(f"Not run: {WHO}: Only an approved erasure can be run")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("step", [("approve",), ("verify", "--how", "h"), ("refuse", "--why", "w")], ids=" ".join)
def test_a_step_without_a_request_names_the_command_that_records_one(
    encrypted: str, run: Run, step: tuple[str, ...]
) -> None:
    register(encrypted, CUSTOMER)
    word, *options = step
    refused = run("erasure", word, WHO, *options, "--actor", "mai")
    assert refused.code == 2
    assert "hãy ghi nhận yêu cầu trước: `erasure request`." in refused.err


def test_a_run_rewrites_under_the_database_roles_and_names_what_keeps_erased_rows(
    encrypted: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate_roles(encrypted)
    register(encrypted, CUSTOMER)
    approved(run, WHO)
    with psycopg.connect(encrypted, application_name="nightly-report") as holding:
        holding.execute("set transaction isolation level repeatable read")
        ((process,),) = holding.execute("select pg_backend_pid()").fetchall()
        with monkeypatch.context() as impatient:
            impatient.setattr(rewriting, "PATIENCE", 0.0)
            ran = run("erasure", "run", "--rewrite")
    assert ran.code == 1
    assert "Đã xóa và chứng nhận: 1.\nChưa ghi lại các bảng: dữ liệu đã xóa có thể vẫn còn trong tệp" in ran.err
    assert f"kết nối {process} (" in ran.err
    nothing = run("erasure", "run", "--rewrite")
    said = [BEGINS_TO_REWRITE, "Không có yêu cầu xóa nào đã được duyệt.", *REWRITTEN.splitlines()]
    assert (nothing.code, nothing.err.splitlines()) == (0, said)
    monkeypatch.setattr(running, "remove_write_ahead_log", lambda _: True)
    assert "nhật ký ghi trước (WAL) cũ đã được xóa" in run("erasure", "run", "--rewrite").err


def test_doctor_names_living_keys_of_certificates_and_a_further_run_destroys_them(encrypted: str, run: Run) -> None:
    register(encrypted, CUSTOMER)
    with closing(psycopg.connect(os.environ[URL], autocommit=True)) as keys:
        backup = keys.execute("select key_id, wrapped from ticketledger_keys.keys where wrapped is not null").fetchall()
        approved(run, WHO)
        assert run("erasure", "run").code == 0
        assert data_keys(run)["sound"]
        for key_id, wrapped in backup:
            restored = "update ticketledger_keys.keys set wrapped = %s, destroyed_at = null where key_id = %s"
            keys.execute(restored, [wrapped, key_id])
        assert data_keys(run)["seen"].startswith("1 keys of certified erasures are alive: `erasure run --again`")
        again = run("erasure", "run", "--again", "--language", "en")
        assert again.code == 0
        assert "Keys of certified erasures that are destroyed again: 1." in again.err
        assert data_keys(run)["sound"]
        keys.execute("delete from ticketledger_keys.keys")
        assert data_keys(run)["seen"].startswith("1 events name keys that the store does not hold")
        assert run("erasure", "run", "--again").code == 0
        assert data_keys(run)["sound"]


def test_doctor_names_keys_that_were_destroyed_without_an_erasure(encrypted: str, run: Run) -> None:
    register(encrypted, CUSTOMER)
    with closing(psycopg.connect(os.environ[URL], autocommit=True)) as keys:
        keys.execute("update ticketledger_keys.keys set wrapped = null, destroyed_at = now()")
    assert data_keys(run)["seen"].startswith("1 events read as erased and no erasure names their keys, in 1 streams")
    assert not data_keys(run)["sound"]


@pytest.mark.parametrize("change", ["key_store = null, encrypted_since = null", "encrypted_since = 1000"])
def test_doctor_names_a_head_that_says_of_encryption_what_the_events_do_not(
    encrypted: str, run: Run, change: str
) -> None:
    register(encrypted, CUSTOMER)
    with psycopg.connect(encrypted, autocommit=True) as superuser:
        superuser.execute(f"update tenant_default.log_head set {change}")
    (check,) = [each for each in json.loads(run("doctor", "--json").out) if each["check"] == "personal data"]
    assert not check["sound"]
    assert "is encrypted: the row of the head was changed: stop the servers" in check["seen"]


def data_keys(run: Run) -> dict[str, Any]:
    (check,) = [each for each in json.loads(run("doctor", "--json").out) if each["check"] == "data keys"]
    return dict(check)


def test_without_encryption_approval_and_run_are_refused_with_the_reason(database_url: str, run: Run) -> None:
    register(database_url, CUSTOMER)
    run("erasure", "request", WHO, "--basis", "b", "--through", "email", "--actor", "lan")
    run("erasure", "verify", WHO, "--how", "h", "--actor", "lan")
    for words in (("approve", WHO, "--actor", "mai"), ("run", WHO)):
        refused = run("erasure", *words)
        assert refused.code == 2
        assert "is not encrypted" in refused.err
    with serving(database_url, key=make_key(database_url)) as desk:
        answer = desk.post(f"/v1/erasures/{WHO}/approve", {"customer_id": WHO})
        assert answer.status_code == 409
        assert "is not encrypted" in answer.text


def test_the_steps_over_http_need_the_scope_of_each(encrypted: str) -> None:
    desks: dict[str, Served] = {}
    keys = {
        "asks": make_key(encrypted, "customers:write", "read", actor="lan"),
        "decides": make_key(encrypted, "admin", actor="mai"),
    }
    with serving(encrypted, key=keys["asks"]) as asks:
        desks = {name: asks.as_key(key) for name, key in keys.items()}
        request: dict[str, Any] = {"customer_id": WHO, "law": "gdpr", "legal_basis": "17", "through": "email"}
        assert desks["asks"].post(f"/v1/erasures/{WHO}/request", request).status_code == 200
        assert desks["asks"].post(f"/v1/erasures/{WHO}/verify", {"how": "called back"}).status_code == 200
        assert desks["asks"].post(f"/v1/erasures/{WHO}/approve", {"customer_id": WHO}).status_code == 403
        other = {"customer_id": "01890a5d-ac96-774b-bcce-b302099a8058"}
        assert desks["decides"].post(f"/v1/erasures/{WHO}/approve", other).status_code == 422
        assert desks["decides"].post(f"/v1/erasures/{WHO}/approve", {"customer_id": WHO}).status_code == 200
        asks.follow()
        shown = desks["asks"].get(f"/v1/erasures/{WHO}").json()
        assert shown["state"] == "approved"
        assert shown["answer_by"] == shown["erase_by"]
        assert [each["customer"] for each in desks["asks"].get("/v1/erasures").json()] == [WHO]
        assert desks["asks"].get(f"/v1/erasures/{WHO}/certificate").status_code == 404


def test_a_copy_that_takes_much_memory_is_left_to_the_command_line(
    encrypted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasures, "LARGEST_COPY", 1)
    with serving(encrypted, key=make_key(encrypted)) as desk:
        desk.follow()
        for query in ("", "?page=en"):
            refused = desk.get(f"/v1/customers/{WHO}/export{query}")
            assert (refused.status_code, "command line" in refused.json()["detail"]) == (413, True)


def test_a_persons_copy_holds_every_event_of_the_person_and_none_of_others(
    encrypted: str, run: Run, tmp_path: Path
) -> None:
    with serving(encrypted, key=make_key(encrypted)) as desk:
        ticket = desk.receive(subject="Mất mạng").rpartition("/")[2]
        other = desk.post("/v1/customers", {"name": "Somebody else"}).json()["id"]
        desk.follow()
        copy = desk.get(f"/v1/customers/{WHO}/export").json()
        page = desk.get(f"/v1/customers/{WHO}/export", params={"page": "vi"})
    assert {each["stream"] for each in copy["events"]} == {WHO, ticket}
    assert other not in json.dumps(copy)
    assert "Mất mạng" in page.text
    assert "không có" not in page.text.partition("<footer>")[0]
    assert "<h1>Dữ liệu cá nhân: " in page.text
    assert page.headers["content-type"].startswith("text/html")
    assert run("customer", "export", WHO, "--to", str(tmp_path / "copy")).code == 0
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "copy").iterdir()} == {0o600}
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700
    assert "Asia/Ho_Chi_Minh" in (tmp_path / "copy" / "copy.vi.html").read_text(encoding="utf-8")
    assert {file.name for file in (tmp_path / "copy").iterdir()} == {"copy.json", "copy.vi.html", "copy.en.html"}
    written = json.loads((tmp_path / "copy" / "copy.json").read_text(encoding="utf-8"))
    assert written["events"] == copy["events"]
    again = run("customer", "export", WHO, "--to", str(tmp_path / "copy"))
    assert (again.code, "Đã có bản sao" in again.err) == (2, True)
    for page_alone in ("copy.vi.html", "copy.en.html"):
        for file in (tmp_path / "copy").iterdir():
            file.unlink()
        (tmp_path / "copy" / page_alone).write_text("of somebody else")
        assert run("customer", "export", WHO, "--to", str(tmp_path / "copy")).code == 2
        assert (tmp_path / "copy" / page_alone).read_text() == "of somebody else"
    with psycopg.connect(encrypted, autocommit=True) as connection:
        assert reader.head(connection, TENANT) > 0
