"""`customer search`: customers by a name, a number, an address or a reference, however it is written."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import typer
from phonenumbers import country_code_for_region

from api.cli.printing import say, show_json, show_table
from api.cli.read_options import AnswerOptions
from api.cli.shared_options import options_of
from api.cli.usage_error import UsageError
from domain.customer.phone_key import REGIONS
from domain.event_log.schema import schema_of
from domain.readable import Language
from projections.audit.words import word_of
from projections.customers.table import CUSTOMERS
from projections.engine.checkpoints import position_of
from projections.search.queries import CustomerHit, customers_matching
from projections.search.table import SEARCH

_WORDS: Mapping[Language, tuple[str, str, str]] = MappingProxyType(
    {
        "en": ("Customers", "nobody is found by {!r}", "There are more: write more of the name, or a higher --limit."),
        "vi": ("Khách hàng", "không có ai khớp với {!r}", "Còn nữa: viết thêm tên, hoặc đặt --limit lớn hơn."),
    }
)
"""The title, what stands in the place of an empty table, and what is said where more are found."""


@options_of(AnswerOptions)
def search(
    reading: AnswerOptions,
    text: Annotated[str, typer.Argument(help="Words of a name, digits of a number, an address or a reference.")],
    region: Annotated[str, typer.Option(help="The country whose national numbers are meant.")] = "VN",
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many customers at most.")] = 20,
) -> None:
    """Find customers by name, number, address or reference.

    The likeliest come first. Accents and the order of words do not matter.

    A merged customer is answered with the one that it was merged into.
    """
    if region.upper() not in REGIONS:
        raise UsageError(
            "--region is a country as two letters, such as VN.", "--region là mã nước gồm hai chữ cái, ví dụ VN."
        )
    with reading.connection() as connection:
        position_of(connection, reading.tenant, [CUSTOMERS, SEARCH])
        words = reading.language_in(connection)
        code = country_code_for_region(region.upper())
        hits = customers_matching(connection, schema_of(reading.tenant), text, limit=limit + 1, country_code=code)
    if reading.as_json:
        show_json(hits[:limit])
        return
    rows = [
        {
            "name": hit.name,
            "tier": hit.tier and word_of("tier", hit.tier, words),
            "found_by": _found_by(hit, words),
            "id": hit.customer,
        }
        for hit in hits[:limit]
    ]
    title, nobody, more = _WORDS[words]
    show_table(title, rows, nobody.format(text), language=words)
    if len(hits) > limit:
        say(more)


def _found_by(hit: CustomerHit, language: Language) -> str:
    matched = word_of("found by", hit.matched, language)
    return matched if hit.found == hit.customer else f"{matched} ({hit.found_name})"
