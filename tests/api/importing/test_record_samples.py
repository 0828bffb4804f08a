"""Each shipped mapping of customers and what belongs to them reads its sample."""

from datetime import date
from pathlib import Path

import pytest

from api.importing.mapping import RECORDS
from api.importing.records.importer import check_records
from tests.support.importing.records import SAMPLES, customer_named, imported, log_of, mapping_named

NAMES = sorted(path.stem for path in RECORDS.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_mapping_has_a_sample_and_the_same_source(name: str) -> None:
    assert mapping_named(name).source == "crm"
    assert (SAMPLES / f"{name}.csv").is_file()


@pytest.mark.parametrize("name", ["customers", "customers_excel_vi"])
def test_a_check_without_a_database_forecasts_the_import(database_url: str, tmp_path: Path, name: str) -> None:
    file = SAMPLES / f"{name}.csv"
    forecast = check_records(None, "default", file, mapping_named(name))
    assert forecast.outcome == imported(database_url, file, name, tmp_path / "rejects.csv")
    assert forecast.outcome.recorded == forecast.outcome.rows


def test_the_sample_of_customers_registers_them_with_addresses_and_an_organisation(
    database_url: str, tmp_path: Path
) -> None:
    outcome = imported(database_url, SAMPLES / "customers.csv", "customers", tmp_path / "rejects.csv")
    assert outcome.events_by_kind == {
        "customer.registered": 4,
        "customer.address_added": 8,
        "address.claimed": 8,
        "customer.joined": 1,
    }
    keys = {event.payload.key for event in log_of(database_url) if event.topic == "customer.address_added"}
    assert {"+84912345678", "+84834567890", "binh.tran@example.com"} <= keys
    assert [event.payload.role for event in log_of(database_url, customer_named("C2")) if "joined" in event.topic] == [
        "buyer"
    ]


def test_the_samples_of_purchases_contracts_and_usage_stand_on_those_customers(
    database_url: str, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    imported(database_url, SAMPLES / "customers.csv", "customers", rejects)
    purchases = imported(database_url, SAMPLES / "purchases.csv", "purchases", rejects)
    assert (purchases.recorded, purchases.rejected) == (3, 1)
    assert "there is no such customer" in rejects.read_text(encoding="utf-8")
    contracts = imported(database_url, SAMPLES / "contracts.csv", "contracts", rejects)
    assert contracts.events_by_kind == {"contract.signed": 2, "contract.renewed": 1, "contract.terminated": 1}
    usage = imported(database_url, SAMPLES / "usage.csv", "usage", rejects)
    assert usage.events_by_kind == {"usage.recorded": 3}
    bought = [event.payload for event in log_of(database_url) if event.topic == "customer.purchase_recorded"]
    assert [(purchase.purchase_id, purchase.total, len(purchase.items)) for purchase in bought] == [
        ("DH-1", 4_700_000, 2),
        ("DH-2", 5990, 1),
    ]
    assert bought[0].warranty_until == date(2027, 2, 1)
