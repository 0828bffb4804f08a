"""`customer merge` and `customer undo-merge`."""

from types import MappingProxyType
from typing import Annotated

import typer

from api.cli.named_streams import CUSTOMER_IDS, look_up_stream
from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.recording import RecordOptions, Who, Why, checked, person, record
from api.cli.shared_options import options_of
from api.cli.tenant_database import address_if_there, connected, open_existing
from domain.customer.commands import MergeCustomer, UndoCustomerMerge
from domain.event_log import reader
from domain.event_log.roles import DESK, READER
from domain.readable import ByLanguage
from projections.customers.during_merge import recorded_meanwhile

Source = Annotated[str, typer.Argument(help="The customer that ends, by the id or the last 12 digits of it.")]
_UNDONE: ByLanguage = MappingProxyType(
    {"en": "{customer} is taken out of {into} again.", "vi": "Đã tách {customer} khỏi {into}."}
)
_MEANWHILE: ByLanguage = MappingProxyType(
    {"en": "Recorded on the survivor meanwhile", "vi": "Ghi nhận ở khách hàng còn lại trong lúc đó"}
)
Into = Annotated[str, typer.Argument(help="The survivor, likewise.")]


@options_of(RecordOptions)
def merge(recording: RecordOptions, customer: Source, into: Into, reason: Why) -> None:
    """Merge a customer into another.

    Nothing is copied, and the merge can be undone.
    """
    source, survivor = (recording.stream(CUSTOMER_IDS, name) for name in (customer, into))
    command = checked(MergeCustomer, into=str(survivor), reason=reason)
    merged: ByLanguage = {
        "en": f"{source} is merged into {survivor}.",
        "vi": f"Đã gộp {source} vào {survivor}.",
    }
    recording.give(source, command, merged)


@options_of(ReadOptions)
def undo_merge(reading: ReadOptions, customer: Source, into: Into, reason: Why, actor: Who = None) -> None:
    """Undo a merge, and list what was recorded on the survivor meanwhile.

    It stays there. A ticket is moved by correcting its customer.
    """
    by, why = person(actor, reason)
    data, tenant = reading.data, reading.tenant
    source, survivor = (look_up_stream(data, tenant, CUSTOMER_IDS, name) for name in (customer, into))
    with open_existing(data, tenant, DESK) as dsn:
        record(dsn, tenant, [(source, UndoCustomerMerge(into=survivor, reason=why))], by)
    with address_if_there(data, tenant, READER) as address, connected(address or dsn) as connection:
        locale = reading.locale(connection)
        since_merge = recorded_meanwhile(connection, tenant, source, reader.head(connection, tenant))
    if reading.as_json:
        show_json(since_merge)
        return
    say(_UNDONE[locale.language].format(customer=source, into=survivor))
    rows = [
        {
            "position": each.position,
            "recorded": local(each.recorded_at, locale.zone),
            "topic": each.topic,
            "stream": each.stream,
        }
        for each in since_merge
    ]
    show_table(_MEANWHILE[locale.language], rows, language=locale.language)
    if rows:
        say(locale.zone_sentence)
