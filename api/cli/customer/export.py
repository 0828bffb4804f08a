"""`customer export`: a person's own copy of everything that is recorded about them."""

from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer
from pydantic_core import to_json

from api.cli.customer.naming import CustomerName
from api.cli.locale import locale_of
from api.cli.named_streams import CUSTOMER_IDS, no_stream, stream_named
from api.cli.options import DEFAULT_TENANT, Data, Lang, Tenant, Zone
from api.cli.printing import say
from api.cli.tenant_database import tenant_connection
from api.cli.usage_error import UsageError
from api.erasing.persons_copy import persons_copy, persons_page
from api.private_files import private_folder, write_private
from domain.readable import ByLanguage, Language
from projections.engine.checkpoints import position_of
from projections.registry import PROJECTIONS

_LANGUAGES: tuple[Language, ...] = ("vi", "en")
_THERE: ByLanguage = MappingProxyType(
    {
        "en": "There is a copy {} already, perhaps of somebody else: choose another place with --to.",
        "vi": "Đã có bản sao {}, có thể của người khác: hãy chọn nơi khác với --to.",
    }
)
_WRITTEN: ByLanguage = MappingProxyType(
    {
        "en": "{} events about {} are written to {}, up to position {}.",
        "vi": "Đã ghi {} sự kiện về {} vào {}, đến vị trí {}.",
    }
)


def export(
    customer: CustomerName,
    to: Annotated[Path, typer.Option("--to", help="A folder for copy.json and the pages, or a .json file.")],
    language: Lang = None,
    zone: Zone = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
) -> None:
    """Write a customer's own copy of all that is recorded.

    It is JSON, and pages in Vietnamese and English, in files that no other user of the computer reads. Customers that
    were merged are one person.
    """
    in_folder = to.suffix != ".json"
    main = to / "copy.json" if in_folder else to
    page_files = {each: to / f"copy.{each}.html" for each in _LANGUAGES} if in_folder else {}
    with tenant_connection(data, tenant) as connection:
        read_in, days = locale_of(connection, tenant, language, zone)
        for file in (main, *page_files.values()):
            if file.exists():
                raise UsageError(_THERE[read_in].format(file))
        position = position_of(connection, tenant, PROJECTIONS)
        who = stream_named(connection, tenant, CUSTOMER_IDS, customer)
        copy = persons_copy(connection, tenant, who, position)
        if copy is None:
            raise no_stream(CUSTOMER_IDS, customer)
        pages = {file: persons_page(connection, tenant, who, position, each, days) for each, file in page_files.items()}
    if in_folder:
        private_folder(to)
    write_private(main, to_json(copy, indent=2), new=True)
    for file, page in pages.items():
        write_private(file, (page or "").encode(), new=True)
    say(_WRITTEN[read_in].format(len(copy.events), copy.customer, to, copy.position))
