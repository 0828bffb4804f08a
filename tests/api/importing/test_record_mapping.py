"""The mappings of customers and what belongs to them: their keys, their errors, and how they read money."""

import re
import tomllib
from pathlib import Path

import pytest

from api.importing.file_format import FileFormat
from api.importing.mapping import RECORDS, MappingError
from api.importing.records.mapping import (
    AddressColumn,
    ContractMapping,
    CustomerMapping,
    PurchaseMapping,
    UsageMapping,
    read_any_mapping,
)
from api.importing.records.money import Decimals, minor_units
from api.importing.rows import RowRejected

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "mapping-records.md").read_text(encoding="utf-8")


def test_the_page_names_every_key_and_every_shipped_mapping() -> None:
    named = {part for quoted in re.findall(r"`([a-z_.]+)`", PAGE) for part in quoted.split(".")}
    for model in (CustomerMapping, PurchaseMapping, ContractMapping, UsageMapping):
        assert set(model.model_fields) - set(FileFormat.model_fields) - {"time"} <= named
    assert set(AddressColumn.model_fields) <= named
    assert {path.stem for path in RECORDS.glob("*.toml")} <= named


def test_the_example_of_the_page_can_be_used() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert CustomerMapping.model_validate(tomllib.loads(block)).numbers_of is not None


def test_an_unknown_record_names_those_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('record = "invoice"\n', encoding="utf-8")
    with pytest.raises(MappingError, match="write one of customer, purchase, contract, usage"):
        read_any_mapping(tmp_path / "map.toml")


@pytest.mark.parametrize(
    ("written", "currency", "decimal", "minor"),
    [
        ("1,500,000", "VND", ".", 1_500_000),
        ("1.500.000", "VND", ",", 1_500_000),
        ("1 500 000", "VND", ".", 1_500_000),
        ("1500000.0", "VND", ".", 1_500_000),
        ("59.9", "EUR", ".", 5_990),
        ("1.059,90", "EUR", ",", 105_990),
        ("1'059.90", "CHF", ".", 105_990),
        ("1.234", "KWD", ".", 1_234),
    ],
)
def test_money_is_read_in_minor_units(written: str, currency: str, decimal: Decimals, minor: int) -> None:
    assert minor_units(written, currency, decimal) == minor


@pytest.mark.parametrize(
    ("written", "currency"),
    [("1.500.000", "VND"), ("1.500", "VND"), ("59.999", "EUR"), ("a lot", "EUR"), ("", "EUR"), ("9" * 5_000, "VND")],
)
def test_money_that_cannot_be_meant_is_rejected(written: str, currency: str) -> None:
    with pytest.raises(RowRejected):
        minor_units(written, currency, ".")
