"""Data keys that no backup has: who says so, what reads as lost, and that everything else goes on."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from api.erasing.erasure_runner import follow as catch_up
from api.key_store.setup import KEY_FILE, URL, KeyStoreAddress, make
from api.sealing import tree_store
from benchmarks.databases import empty_database
from domain.personal_data.data_keys import KeysUnavailable, using
from domain.personal_data.encrypted import key_ids_of
from tests.support.command_line import Run
from tests.support.key_stores import encrypt
from tests.support.registered import register
from tests.support.serving import CUSTOMER, make_key, serving

TENANT = "default"
OTHER = UUID("01890a5d-ac96-774b-bcce-b302099a8058")
WHY = "the disk broke, no backup was made"


@pytest.fixture
def keys(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyStoreAddress]:
    """The key store, whose keys no process has in memory. The log has two customers."""
    with new_key_store(database_url, tmp_path, monkeypatch) as address:
        with closing(address.store()) as store, using(store):
            encrypt(database_url, TENANT, store)
            register(database_url, CUSTOMER, OTHER)
        yield address


@contextmanager
def new_key_store(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyStoreAddress]:
    """A key store that the programs of the test find."""
    with empty_database(url) as other:
        address = KeyStoreAddress(other, folder / "key_encryption_key")
        make(address)
        monkeypatch.setenv(URL, address.url)
        monkeypatch.setenv(KEY_FILE, str(address.key_file))
        yield address


def follow(url: str, keys: KeyStoreAddress) -> None:
    """Lets the projections of a new process catch up."""
    with closing(keys.store()) as store, using(store):
        catch_up(url, TENANT)


def lose_the_key_of(url: str, keys: KeyStoreAddress, customer: UUID) -> None:
    """Removes the keys of a customer's events, as an older copy of the key store lacks them."""
    with psycopg.connect(url, autocommit=True) as log:
        rows = log.execute("select state from tenant_default.events where stream = %s", [customer]).fetchall()
    lost = key_ids_of(state for (state,) in rows)
    with psycopg.connect(keys.url, autocommit=True) as connection:
        removed = connection.execute("delete from ticketledger_keys.keys where key_id = any(%s)", [list(lost)])
    assert removed.rowcount == len(lost)


def names(run: Run) -> list[str]:
    """The names in the history, in the order of the log."""
    registered = json.loads(run("history", "--kind", "customer.registered", "--json").out)
    return [entry["facts"]["name"] for entry in registered]


def check(run: Run, name: str) -> dict[str, Any]:
    (finding,) = [each for each in json.loads(run("doctor", "--json").out) if each["check"] == name]
    return dict(finding)


def rows_of(url: str, customer: UUID) -> dict[str, int]:
    """How many rows some tables hold of a customer."""
    count = "select count(*) from tenant_default.{} where customer = %s"
    with psycopg.connect(url, autocommit=True) as log:
        return {
            table: log.execute(sql.SQL(count).format(sql.Identifier(table)), [customer]).fetchall()[0][0]
            for table in ("customer_addresses", "customer_dates", "search_terms")
        }


def store_of_log(url: str) -> str:
    with psycopg.connect(url, autocommit=True) as log:
        (store,) = log.execute("select key_store from tenant_default.log_head").fetchone() or (None,)
    return str(store)


def id_of(keys: KeyStoreAddress) -> str:
    with closing(keys.store()) as store:
        return str(store.id)


def leaves(url: str) -> list[bytes]:
    with psycopg.connect(url, autocommit=True) as log:
        return list(tree_store.leaves(log, TENANT, "events", 0, 2))


def confirmed(run: Run, *options: str) -> None:
    reported = run("keystore", "report-loss", "--why", WHY, "--actor", "lan", *options)
    assert reported.code == 0, reported.err
    ran = run("keystore", "confirm-loss", "--actor", "mai", *options)
    assert ran.code == 0, ran.err


def test_a_loss_is_named_reported_and_confirmed_and_the_follower_goes_on(
    database_url: str, keys: KeyStoreAddress, run: Run
) -> None:
    before = leaves(database_url)
    lose_the_key_of(database_url, keys, CUSTOMER)
    with pytest.raises(KeysUnavailable, match="record the loss"):
        follow(database_url, keys)
    unsound = check(run, "data keys")
    assert not unsound["sound"]
    assert str(CUSTOMER) in unsound["seen"]
    assert str(OTHER) not in unsound["seen"]
    reported = run("keystore", "report-loss", "--why", WHY, "--actor", "lan")
    assert reported.code == 0, reported.err
    assert str(CUSTOMER) in reported.out
    own = run("keystore", "confirm-loss", "--actor", "lan")
    assert own.code == 2
    assert "lan đã báo mất khóa; người khác phải xác nhận." in own.err
    with pytest.raises(KeysUnavailable):
        follow(database_url, keys)
    assert run("keystore", "confirm-loss", "--actor", "mai").code == 0
    follow(database_url, keys)
    assert names(run) == ["[lost]", "Mai"]
    sound = check(run, "data keys")
    assert sound["sound"]
    assert "1 keys are recorded as lost" in sound["seen"]
    assert leaves(database_url) == before
    printed = run("history", "--kind", "erasure").out
    assert WHY in printed
    again = run("keystore", "confirm-loss", "--actor", "mai")
    assert again.code == 0, again.err
    assert "có đủ các khóa" in run("keystore", "report-loss", "--why", WHY, "--actor", "lan").err


def test_after_the_loss_of_the_whole_store_another_one_serves_the_tenant(
    database_url: str, keys: KeyStoreAddress, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keys.key_file.exists()
    other = tmp_path / "other"
    other.mkdir()
    with new_key_store(database_url, other, monkeypatch) as new:
        assert not check(run, "personal data")["sound"]
        confirmed(run, "--new-store", id_of(new))
        assert check(run, "personal data")["sound"]
        with closing(new.store()) as store, using(store), serving(database_url, key=make_key(database_url)) as desk:
            made = desk.post("/v1/customers", {"name": "Minh"})
            assert made.status_code == 201, made.text
            desk.follow()
        assert names(run) == ["[lost]", "[lost]", "Minh"]


def test_one_person_does_not_change_the_key_store_of_the_log(
    database_url: str, keys: KeyStoreAddress, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, other = id_of(keys), tmp_path / "other"
    other.mkdir()
    with monkeypatch.context() as there, new_key_store(database_url, other, there) as new:
        second = id_of(new)
        unnamed = run("keystore", "report-loss", "--why", "a typing error", "--actor", "lan")
        assert unnamed.code == 2
        assert f"lacks 2 of 2 keys. Look at {URL}." in unnamed.err
        assert run("keystore", "report-loss", "--why", WHY, "--actor", "lan", "--new-store", second).code == 0
        assert run("keystore", "confirm-loss", "--actor", "mai").code == 2
        assert store_of_log(database_url) == first
        confirmed(run, "--new-store", second)
        assert store_of_log(database_url) == second
        follow(database_url, new)
        (event,) = json.loads(run("history", "--kind", "erasure.loss_confirmed", "--json").out)
        assert event["facts"]["key_store"] == second
    for by in ("lan", "mai"):
        back = run("keystore", "confirm-loss", "--actor", by, "--new-store", first)
        assert back.code == 2
        assert "hoặc báo lại" in back.err
    assert store_of_log(database_url) == second


def test_no_date_no_address_and_no_term_comes_of_lost_values(
    database_url: str, keys: KeyStoreAddress, run: Run
) -> None:
    known = (
        ("add-address", {"channel": "email", "handle": "a@b.vn"}),
        ("add-address", {"channel": "zalo", "handle": "zz1"}),
        ("record-date", {"name": "birthday", "day": 17, "month": 5}),
    )
    with closing(keys.store()) as store, using(store), serving(database_url, key=make_key(database_url)) as desk:
        made = UUID(desk.post("/v1/customers", {"name": "Minh", "external_reference": "M-1"}).json()["id"])
        for command, body in known:
            assert desk.post(f"/v1/customers/{made}/{command}", body).is_success
        desk.follow()
    assert rows_of(database_url, made) == {"customer_addresses": 2, "customer_dates": 1, "search_terms": 5}
    lose_the_key_of(database_url, keys, made)
    confirmed(run)
    assert run("rebuild").code == 0
    assert rows_of(database_url, made) == {"customer_addresses": 0, "customer_dates": 0, "search_terms": 0}


def test_lists_and_objects_whose_key_is_lost_are_marked_in_the_views(
    database_url: str, keys: KeyStoreAddress, run: Run
) -> None:
    filter_ = {"name": "Filter", "total": 5}
    known = (
        ("change-details", {"name": "Minh", "details": {"hobby": "tea"}}),
        ("record-purchase", {"purchase_id": "P", "items": [filter_, filter_], "total": 10, "currency": "VND"}),
    )
    with closing(keys.store()) as store, using(store), serving(database_url, key=make_key(database_url)) as desk:
        made = UUID(desk.post("/v1/customers", {"name": "Minh"}).json()["id"])
        for command, body in known:
            assert desk.post(f"/v1/customers/{made}/{command}", body).is_success
    lose_the_key_of(database_url, keys, made)
    confirmed(run)
    assert run("rebuild").code == 0
    with psycopg.connect(database_url) as log:
        (items,) = log.execute("select items from tenant_default.purchases").fetchall()[0]
    assert [item["name"] for item in items] == ["[lost]"]
    shown = run("customer", "show", str(made), "--json")
    assert "Filter" not in shown.out
    assert shown.out.count("[lost]") >= 3, shown.err + shown.out
    printed = run("history", "--customer", str(made), "--language", "vi")
    assert "[đã mất]: [đã mất]" in printed.out, printed.err + printed.out


def test_a_person_whose_keys_are_lost_can_be_erased_and_the_certificate_says_so(
    database_url: str, keys: KeyStoreAddress, run: Run, tmp_path: Path
) -> None:
    lose_the_key_of(database_url, keys, CUSTOMER)
    confirmed(run)
    who = str(CUSTOMER)
    run("erasure", "request", who, "--basis", "b", "--through", "email", "--actor", "lan")
    run("erasure", "verify", who, "--how", "h", "--actor", "lan")
    assert run("erasure", "approve", who, "--actor", "mai").code == 0
    assert run("erasure", "run").code == 0
    assert list(json.loads(run("erasure", "certificate", who).out)["fingerprints"].values()) == [""]
    page = tmp_path / "letter.html"
    assert run("erasure", "certificate", who, "--to", str(page), "--language", "en").code == 0
    assert "lost before the erasure" in page.read_text(encoding="utf-8")
    assert names(run) == ["[erased]", "Mai"]
