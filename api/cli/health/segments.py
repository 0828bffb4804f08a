"""`segment list` and `segment show`: the published segments, and the customers in one of them."""

from types import MappingProxyType
from typing import Annotated

import typer

from api.cli.health.bands import Most
from api.cli.health.sources import health_reading, in_words
from api.cli.options import AsOf
from api.cli.printing import say, show_json, show_table
from api.cli.read_options import PointInTimeOptions, ReadOptions
from api.cli.shared_options import options_of
from api.cli.usage_error import UsageError
from domain.definitions.kinds import SEGMENT
from domain.definitions.overview import overview
from domain.definitions.published import definition_in_effect
from domain.event_log import reader
from domain.readable import ByLanguage
from domain.text_by_language import in_language
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.table import CUSTOMERS
from projections.health.readings import all_pages, segment_page

_TITLE: ByLanguage = MappingProxyType({"en": "Segments", "vi": "Nhóm khách hàng"})
_VERSION: ByLanguage = MappingProxyType(
    {"en": "By version {} of the segment.", "vi": "Theo phiên bản {} của nhóm khách hàng."}
)


@options_of(ReadOptions)
def list_all(reading: ReadOptions, as_of: AsOf = None) -> None:
    """List the segments in effect.

    `segment show` lists the customers in one.
    """
    with reading.connection() as connection:
        locale = reading.locale(connection)
        events = reader.definitions(connection, reading.tenant)
        segments = overview(events, locale.instant(as_of) or reader.now(connection), SEGMENT.name)
    rows = [
        {
            "name": each.name,
            "version": each.version,
            "tracked": bool(each.body["tracked"]),
            "description": each.body["description"],
        }
        for each in segments
    ]
    if reading.as_json:
        show_json(rows)
        return
    words = locale.language
    shown = [row | {"description": in_language(row["description"], words)} for row in rows]
    show_table(_TITLE[words], shown, language=words)


@options_of(PointInTimeOptions)
def show(
    reading: PointInTimeOptions,
    name: Annotated[str, typer.Argument(help="The name of a segment.")],
    limit: Most = 100,
) -> None:
    """List the customers in a segment, now or at another instant."""
    with health_reading(reading, AUDIT_HISTORY, CUSTOMERS) as (source, at, locale):
        events = reader.definitions(source.connection, reading.tenant, source.up_to)
        try:
            version, _, segment = definition_in_effect(events, SEGMENT, at, name)
        except LookupError:
            raise UsageError(
                f"There is no segment {name!r} in effect: `segment list` shows those in effect.",
                f"Không có nhóm khách hàng {name!r} đang hiệu lực: `segment list` cho xem các nhóm.",
            ) from None
        customers = all_pages(lambda after, most: segment_page(source, at, segment, after, most), limit)
    rows = [
        {"customer": summary.customer, "name": summary.name, "tier": summary.tier, "band": judged.band}
        for summary, judged in customers
    ]
    if reading.as_json:
        show_json(rows)
        return
    words = locale.language
    show_table(name, [in_words(row, words) for row in rows], language=words)
    say(_VERSION[words].format(version))
