"""Imports of customers, purchases, contracts and usage are repeatable and obey the rules of the domain."""

import asyncio
import threading
from pathlib import Path
from unicodedata import normalize

import psycopg
import pytest

from api.importing import chunk_pipeline, importer
from api.importing.records.importer import check_records
from api.importing.records.outcome import RecordsResult
from domain.command_context import Actor, CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.customer.commands import ChangeCustomerDetails, MergeCustomer
from domain.event_log.append import append
from domain.event_log.store import LogConnection
from domain.messages import Command
from projections.audit.vocabularies import VOCABULARIES
from tests.support.importing.histories import record as record_tickets
from tests.support.importing.histories import row, write
from tests.support.importing.records import SAMPLES, customer_named, imported, log_of, mapping_named
from tests.support.importing.workbooks import write_xlsx

HEAD = "id,name,tier,email,phone,city\n"
LAN = "C2,Nguyễn Thị Lan,gold,lan@example.vn,0912 345 678,Huế\n"


@pytest.fixture
def rejects(tmp_path: Path) -> Path:
    return tmp_path / "rejects.csv"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "customers.csv"


def give(dsn: str, reference: str, command: Command) -> None:
    """An agent gives a command to a customer."""

    async def run() -> None:
        service = ServiceDesk(LogConnection(dsn, "default"))
        context = CommandContext(Actor(id="an", kind="agent"), "by-hand")
        await service.handle(customer_named(reference), command, context)
        await service.close()

    asyncio.run(run())


def test_the_same_file_again_adds_nothing(database_url: str, rejects: Path) -> None:
    names = ("customers", "purchases", "contracts", "usage")
    first = [imported(database_url, SAMPLES / f"{name}.csv", name, rejects) for name in names]
    before = log_of(database_url)
    again = [imported(database_url, SAMPLES / f"{name}.csv", name, rejects) for name in names]
    assert [counts.recorded for counts in first] == [counts.known for counts in again]
    assert log_of(database_url) == before


def test_the_same_file_in_another_form_of_unicode_adds_nothing(database_url: str, file: Path, rejects: Path) -> None:
    imported(database_url, file, "customers", rejects, normalize("NFC", HEAD + LAN))
    again = imported(database_url, file, "customers", rejects, normalize("NFD", HEAD + LAN))
    assert (again.known, again.events) == (1, 0)


def test_each_kind_of_event_that_is_counted_has_words(database_url: str, file: Path, rejects: Path) -> None:
    outcome = imported(database_url, file, "customers", rejects, HEAD + LAN)
    assert "address.claimed" in outcome.events_by_kind
    assert outcome.events_by_kind.keys() <= VOCABULARIES["counted event"].keys()


def test_a_changed_row_adds_what_changed(database_url: str, file: Path, rejects: Path) -> None:
    imported(database_url, file, "customers", rejects, HEAD + LAN)
    changed = LAN.replace("Huế", "Đà Nẵng").replace("lan@example.vn", "lan@example.vn;lan2@example.vn")
    outcome = imported(database_url, file, "customers", rejects, HEAD + changed)
    assert outcome.events_by_kind == {
        "customer.details_changed": 1, "customer.address_added": 1, "address.claimed": 1,
    }  # fmt: skip
    back = imported(database_url, file, "customers", rejects, HEAD + LAN)
    assert back.events_by_kind == {"customer.details_changed": 1}


def test_what_somebody_changed_here_stays_when_the_same_row_comes_again(
    database_url: str, file: Path, rejects: Path
) -> None:
    imported(database_url, file, "customers", rejects, HEAD + LAN)
    give(database_url, "C2", ChangeCustomerDetails(name="Lan"))
    again = imported(database_url, file, "customers", rejects, HEAD + LAN)
    assert (again.known, again.events) == (1, 0)


def test_a_taken_address_rejects_its_row_alone(database_url: str, file: Path, rejects: Path) -> None:
    other = "C3,Bình,gold,lan@example.vn,,\n"
    outcome = imported(database_url, file, "customers", rejects, HEAD + LAN + other + "C4,Mai,,,,\n")
    assert (outcome.recorded, outcome.rejected) == (2, 1)
    assert "the address is that of customer" in rejects.read_text(encoding="utf-8")
    assert log_of(database_url, customer_named("C3")) == []


def test_a_customer_of_a_ticket_import_is_the_same_customer(database_url: str, tmp_path: Path, rejects: Path) -> None:
    tickets = write(tmp_path / "tickets.csv", [row("New", customer="C2")])
    record_tickets(database_url, tickets, source="crm")
    outcome = imported(database_url, tmp_path / "customers.csv", "customers", rejects, HEAD + LAN)
    assert "customer.registered" not in outcome.events_by_kind
    topics = [event.topic for event in log_of(database_url, customer_named("C2"))]
    assert topics[:3] == ["customer.registered", "customer.details_changed", "customer.tier_changed"]


def test_a_killed_import_is_completed_by_the_next_one(
    database_url: str, file: Path, rejects: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"C{number},Name {number},,c{number}@example.vn,,\n" for number in range(20))
    monkeypatch.setattr(importer, "ROWS_AT_ONCE", 5)
    batches = []

    def killed(*arguments: object) -> object:
        batches.append(arguments)
        if len(batches) == 3:
            raise KeyboardInterrupt
        return append(*arguments)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(chunk_pipeline, "append", killed)
    with pytest.raises(KeyboardInterrupt):
        imported(database_url, file, "customers", rejects, HEAD + rows)
    monkeypatch.setattr(chunk_pipeline, "append", append)
    outcome = imported(database_url, file, "customers", rejects)
    assert (outcome.known, outcome.recorded) == (10, 10)


def test_two_imports_at_once_record_each_row_once(
    database_url: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(HEAD + LAN, encoding="utf-8")
    both = threading.Barrier(2)
    decided: list[int] = []

    def together(*arguments: object) -> object:
        if len(decided) < 2:
            decided.append(1)
            both.wait(60)
        return append(*arguments)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(chunk_pipeline, "append", together)
    outcomes: list[RecordsResult] = []
    threads = [
        threading.Thread(
            target=lambda name=name: outcomes.append(imported(database_url, file, "customers", tmp_path / name))
        )
        for name in ("one.csv", "two.csv")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((outcome.recorded, outcome.known) for outcome in outcomes) == [(0, 1), (1, 0)]
    assert [event.topic for event in log_of(database_url)].count("customer.registered") == 1


def test_a_check_says_what_would_happen_and_records_nothing(database_url: str, rejects: Path) -> None:
    imported(database_url, SAMPLES / "customers.csv", "customers", rejects)
    before = log_of(database_url)
    with psycopg.connect(database_url, autocommit=True) as connection:
        forecast = check_records(connection, "default", SAMPLES / "purchases.csv", mapping_named("purchases"))
    assert log_of(database_url) == before
    assert forecast.outcome == imported(database_url, SAMPLES / "purchases.csv", "purchases", rejects)
    assert [group.lines for group in forecast.not_taken] == [[5]]


def test_a_changed_purchase_is_corrected(database_url: str, tmp_path: Path, rejects: Path) -> None:
    imported(database_url, SAMPLES / "customers.csv", "customers", rejects)
    content = (SAMPLES / "purchases.csv").read_text(encoding="utf-8")
    imported(database_url, tmp_path / "purchases.csv", "purchases", rejects, content)
    changed = content.replace('"4,700,000"', '"4,600,000"')
    outcome = imported(database_url, tmp_path / "purchases.csv", "purchases", rejects, changed)
    assert outcome.events_by_kind == {"customer.purchase_corrected": 1}


@pytest.mark.parametrize(
    ("before", "after", "topic"),
    [
        ("999.5,EUR,,yes,,2025-11-30,moved away", "999.5,EUR,,yes,,,", None),
        ("132000000,VND,2025-01-10", "133000000,VND,2025-01-10", "contract.amended"),
    ],
)
def test_a_changed_newest_term_is_amended(
    database_url: str, tmp_path: Path, rejects: Path, before: str, after: str, topic: str | None
) -> None:
    imported(database_url, SAMPLES / "customers.csv", "customers", rejects)
    content = (SAMPLES / "contracts.csv").read_text(encoding="utf-8").replace("2025-12-31", "2099-12-31")
    imported(database_url, tmp_path / "contracts.csv", "contracts", rejects, content)
    outcome = imported(database_url, tmp_path / "contracts.csv", "contracts", rejects, content.replace(before, after))
    assert outcome.events_by_kind == ({topic: 1} if topic else {})


def test_a_term_that_never_began_is_passed_over_when_its_row_comes_again(
    database_url: str, tmp_path: Path, rejects: Path
) -> None:
    imported(database_url, SAMPLES / "customers.csv", "customers", rejects)
    content = (SAMPLES / "contracts.csv").read_text(encoding="utf-8").replace("2025-01-10,no,linh,,", "2024-11-10,{}")
    kinds = [
        imported(database_url, tmp_path / "contracts.csv", "contracts", rejects, content.format(rest)).events_by_kind
        for rest in ("no,linh,,", "no,linh,2024-12-10,moved", "no,mai,2024-12-10,moved away")
    ]
    assert kinds[1:] == [{"contract.terminated": 1}, {}]


@pytest.mark.parametrize("starts_on", ["2025-01-01", "2025-03-01"])
def test_a_term_that_follows_a_termination_is_rejected(
    database_url: str, tmp_path: Path, rejects: Path, starts_on: str
) -> None:
    imported(database_url, SAMPLES / "customers.csv", "customers", rejects)
    content = (SAMPLES / "contracts.csv").read_text(encoding="utf-8").replace("2025-01-01", starts_on)
    content = content.replace("2023-12-20,no,linh,,", "2023-12-20,no,linh,2024-06-15,moved")
    outcome = imported(database_url, tmp_path / "contracts.csv", "contracts", rejects, content)
    assert (outcome.recorded, outcome.known, outcome.rejected) == (2, 0, 1)


def test_an_earlier_term_cannot_change(database_url: str, tmp_path: Path, rejects: Path) -> None:
    imported(database_url, SAMPLES / "customers.csv", "customers", rejects)
    content = (SAMPLES / "contracts.csv").read_text(encoding="utf-8")
    imported(database_url, tmp_path / "contracts.csv", "contracts", rejects, content)
    changed = content.replace("120000000", "110000000")
    outcome = imported(database_url, tmp_path / "contracts.csv", "contracts", rejects, changed)
    assert (outcome.rejected, outcome.known, outcome.events) == (1, 2, 0)
    assert "cannot change an earlier term" in rejects.read_text(encoding="utf-8")


def test_json_lines_and_a_workbook_come_in_like_csv(database_url: str, tmp_path: Path, rejects: Path) -> None:
    lines = tmp_path / "customers.jsonl"
    content = '{"id": "C2", "name": "Lan", "email": "lan@example.vn"}\n{"id": "C3", "name": "Mai", "email": null}\n'
    assert imported(database_url, lines, "customers", rejects, content).recorded == 2
    book = tmp_path / "customers.xlsx"
    write_xlsx(book, {"A": [["id", "name", "email"], ["C2", "Lan", "lan@example.vn"], ["C5", "Tú", ""]]})
    outcome = imported(database_url, book, "customers", rejects)
    assert outcome.recorded + outcome.known == 2


def test_a_row_that_cannot_be_read_holds_back_the_others_of_its_purchase(
    database_url: str, tmp_path: Path, rejects: Path
) -> None:
    imported(database_url, SAMPLES / "customers.csv", "customers", rejects)
    content = (SAMPLES / "purchases.csv").read_text(encoding="utf-8") + "C2,DH-1,2025-02-01,x,1,,5,,VND,,,too much\n"
    outcome = imported(database_url, tmp_path / "purchases.csv", "purchases", rejects, content)
    assert (outcome.held_back, outcome.rejected, outcome.recorded) == (2, 2, 1)


def test_what_belongs_to_a_merged_customer_goes_to_the_survivor(database_url: str, rejects: Path) -> None:
    imported(database_url, SAMPLES / "customers.csv", "customers", rejects)
    give(database_url, "C2", MergeCustomer(into=customer_named("C3"), reason="the same person"))
    imported(database_url, SAMPLES / "purchases.csv", "purchases", rejects)
    (bought,) = (event for event in log_of(database_url) if getattr(event.payload, "purchase_id", None) == "DH-1")
    assert bought.stream == customer_named("C3")
    again = imported(database_url, SAMPLES / "purchases.csv", "purchases", rejects)
    assert (again.known, again.events) == (3, 0)
