"""The mappings of customers, purchases, contracts and usage."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from api.importing.columns import missing_column
from api.importing.file_format import FileFormat
from api.importing.mapping import ImportMapping, MappingError, Source, read_keys, validated
from api.importing.sections import Translated
from api.importing.times import Column, TimeFormat
from domain.customer.commands import AddressChannel, Region
from domain.messages import Message, Word
from domain.text_folding import fold_code


class RecordMapping(FileFormat):
    """``customer`` is the column with the customer's reference in the source.

    ``source`` and ``missing`` are as in a mapping of tickets. ``optional``: columns that a file may lack. ``time`` says
    how days and times are written. ``decimal`` is the separator before the fraction of a number.
    """

    group_keys: ClassVar[tuple[str, ...]] = ("customer",)
    """The keys whose cells name the group of a row. The rows of a group are decided in one batch."""
    key_keys: ClassVar[tuple[str, ...]] = ("customer",)
    """The keys whose cells together name a record."""
    order_key: ClassVar[str | None] = None
    """The key of the day by which the rows of a group are ordered; None: as in the file."""

    source: Source
    missing: list[str] = Field(default_factory=lambda: [""])
    optional: list[Column] = Field(default_factory=list)
    customer: Column
    time: TimeFormat = TimeFormat()
    decimal: Literal[".", ","] = "."

    def columns(self) -> dict[str, Column]:
        """The columns that the mapping reads, by key."""
        by_name: dict[str, Column] = {}
        for key, value in self:
            if isinstance(value, str) and key not in _NO_COLUMNS:
                by_name[key] = value
            elif isinstance(value, Translated) and value.column is not None:
                by_name[f"{key}.column"] = value.column
        return by_name

    def in_file(self, header: Sequence[str]) -> dict[str, int]:
        """The index of each key's column. Raises MappingError for a column that the file lacks and may not lack."""
        indexes = {fold_code(column): index for index, column in enumerate(header)}
        optional = set(map(fold_code, self.optional))
        by_key = {}
        for key, column in self.columns().items():
            if fold_code(column) in indexes:
                by_key[key] = indexes[fold_code(column)]
            elif key in self.key_keys or fold_code(column) not in optional:
                raise MappingError(missing_column(key, column, header))
        return by_key


_NO_COLUMNS = frozenset({*FileFormat.model_fields, "source", "record", "decimal", "region"})


class AddressColumn(Message):
    """A column with addresses of one channel; several in a cell are separated by ``separator``.

    ``scope``, ``trust`` and ``shared`` are as in the command that adds an address.
    """

    column: Column
    channel: AddressChannel
    scope: str | None = None
    trust: Literal["claimed", "seen", "asserted"] | None = None
    shared: bool = False
    separator: Annotated[str, Field(min_length=1, max_length=20)] = ";"


class PartyWords(Translated):
    default: Word = "person"


class TierWords(Translated):
    default: Word = "standard"


class CurrencyWords(Translated):
    default: Word = "VND"


class CustomerMapping(RecordMapping):
    """A row is a customer. ``organisation`` is the reference of the organisation that a person belongs to.

    ``registered`` is when the source registered the customer. ``region`` is the country of national telephone numbers,
    ``numbers_of`` the day on which they were written, for old Vietnamese area codes. ``details`` are columns that
    become further fields under their names.
    """

    record: Literal["customer"]
    name: Column
    party: PartyWords = PartyWords()
    tier: TierWords = TierWords()
    organisation: Column | None = None
    role: Column | None = None
    registered: Column | None = None
    region: Region = "VN"
    numbers_of: date | None = None
    addresses: list[AddressColumn] = Field(default_factory=list)
    details: list[Column] = Field(default_factory=list)

    def columns(self) -> dict[str, Column]:
        """The columns that the mapping reads, by key."""
        addresses = {f"addresses.{number}.column": address.column for number, address in enumerate(self.addresses)}
        details = {f"details.{column}": column for column in self.details}
        return super().columns() | addresses | details


class PurchaseMapping(RecordMapping):
    """A row is one item of a purchase. ``amount`` is the price of all its pieces, ``total`` that of the purchase.

    Without ``total`` it is the sum of the items. ``service_every`` is a number of months.
    """

    group_keys = ("customer", "purchase")
    key_keys = group_keys

    record: Literal["purchase"]
    purchase: Column
    at: Column
    item: Column
    quantity: Column | None = None
    sku: Column | None = None
    amount: Column
    total: Column | None = None
    currency: CurrencyWords = CurrencyWords()
    warranty_until: Column | None = None
    service_every: Column | None = None


class ContractMapping(RecordMapping):
    """A row is one term of a contract. ``signed_on`` is the day on which the term was agreed, by default its first.

    ``yes`` are the words in ``auto_renews`` that mean yes.
    """

    group_keys = ("contract",)
    key_keys = ("contract", "starts_on")
    order_key = "starts_on"

    record: Literal["contract"]
    contract: Column
    starts_on: Column
    ends_on: Column
    value: Column
    currency: CurrencyWords = CurrencyWords()
    signed_on: Column | None = None
    auto_renews: Column | None = None
    yes: list[str] = Field(default_factory=lambda: ["yes", "true", "1", "x", "có"])
    owner: Column | None = None
    terminated_on: Column | None = None
    termination_reason: Column | None = None


class UsageMapping(RecordMapping):
    """A row is the value of a metric of a product on a day. ``limit`` is what the customer may use."""

    group_keys = ("customer", "product.column")
    key_keys = ("customer", "product.column", "metric.column", "day")

    record: Literal["usage"]
    product: Translated
    metric: Translated
    day: Column
    value: Column
    limit: Column | None = None


AnyRecordMapping = CustomerMapping | PurchaseMapping | ContractMapping | UsageMapping
_BY_RECORD: dict[str, type[AnyRecordMapping]] = {
    "customer": CustomerMapping,
    "purchase": PurchaseMapping,
    "contract": ContractMapping,
    "usage": UsageMapping,
}


def read_any_mapping(name: Path) -> ImportMapping | AnyRecordMapping:
    """The mapping of a file or of a shipped one; the key ``record`` says of what, without it of tickets.

    Raises MappingError.
    """
    written = read_keys(name)
    if "record" not in written:
        return validated(ImportMapping, written, name)
    record = written["record"]
    if not isinstance(record, str) or record not in _BY_RECORD:
        raise MappingError(
            f"The mapping {name} is wrong. `record` is {record!r}: write one of {', '.join(_BY_RECORD)},"
            " or leave it out for tickets."
        )
    return validated(_BY_RECORD[record], written, name)
