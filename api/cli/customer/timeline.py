"""`customer timeline`: everything about a customer in one order, a sentence each."""

from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple
from uuid import UUID

import typer

from api.cli.customer.naming import CustomerName
from api.cli.named_streams import CUSTOMER_IDS, stream_named
from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import PointInTimeOptions
from api.cli.shared_options import options_of
from api.cli.usage_error import UsageError
from domain.event_log.schema import schema_of
from domain.readable import Language
from projections.audit.names import NAMED_IN, names_of_entries
from projections.audit.sentences import sentence
from projections.audit.words import word_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.family import Family, family_of
from projections.engine.checkpoints import position_of
from projections.timeline.kinds import KIND_OF, TOPICS
from projections.timeline.queries import Order, timeline


class TimelineWords(NamedTuple):
    """The words of the table around the sentences."""

    title: str
    columns: Sequence[str]
    merged: str


_WORDS: Mapping[Language, TimelineWords] = {
    "en": TimelineWords("Timeline", ("happened", "kind", "what"), "{} was merged into {}."),
    "vi": TimelineWords("Dòng thời gian", ("xảy ra", "loại", "sự kiện"), "{} đã gộp vào {}."),
}


@options_of(PointInTimeOptions)
def timeline_of_customer(
    reading: PointInTimeOptions,
    customer: CustomerName,
    kind: Annotated[
        list[str] | None, typer.Option(help=f"Of {', '.join(TOPICS)} alone; repeat it for several.")
    ] = None,
    newest: Annotated[bool, typer.Option("--newest", help="The newest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many entries at most.")] = 100,
) -> None:
    """Show everything about a customer in order.

    The order is that in which it happened: over every channel, and of every ticket.
    """
    if unknown := set(kind or ()) - TOPICS.keys():
        named, known_kinds = ", ".join(sorted(unknown)), ", ".join(TOPICS)
        raise UsageError(
            f"--kind {named}: choose from {known_kinds}.", f"--kind {named}: hãy chọn trong {known_kinds}."
        )
    kinds = [known for known in TOPICS if known in (kind or ())]
    order: Order = "newest" if newest else "oldest"
    with reading.connection() as connection:
        schema = schema_of(reading.tenant)
        locale = reading.locale(connection)
        instants = reading.instants(locale)
        position_of(connection, reading.tenant, [AUDIT_HISTORY, *NAMED_IN])
        who = stream_named(connection, reading.tenant, CUSTOMER_IDS, customer)
        family = family_of(connection, schema, who, **instants)
        page = timeline(
            connection, schema, family.members, kinds=kinds, order=order, after=None, limit=limit, **instants
        )
        names = names_of_entries(connection, reading.tenant, page.entries, **instants)
    if not page.entries and not kinds:
        raise UsageError(
            f"Nothing is known of the customer {customer}, or was by then: look at the id and instants.",
            f"Chưa ghi nhận gì về khách hàng {customer}, hoặc đến thời điểm đó: hãy xem lại mã và các thời điểm.",
        )
    if reading.as_json:
        show_json(page.entries)
        return
    words = _WORDS[locale.language]
    rows = [
        (
            local(entry.occurred_at, locale.zone),
            word_of("kind of an entry", KIND_OF[entry.topic], locale.language),
            sentence(entry, locale.language, zone=locale.zone, names=names),
        )
        for entry in page.entries
    ]
    show_table(words.title, [dict(zip(words.columns, row, strict=True)) for row in rows], language=locale.language)
    _say_of(family, who, words)
    say(locale.zone_sentence)


def _say_of(family: Family, customer: UUID, words: TimelineWords) -> None:
    if family.survivor != customer:
        say(words.merged.format(customer, family.survivor))
