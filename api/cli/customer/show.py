"""`customer show`: who a customer is, what is open, and what happened last."""

from collections.abc import Sequence
from types import MappingProxyType

from api.cli.customer.naming import CustomerName
from api.cli.locale import Locale
from api.cli.named_streams import CUSTOMER_IDS, no_stream, stream_named
from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from api.headings import heading
from domain.event_log.schema import schema_of
from domain.readable import NOTHING, ByLanguage
from projections.audit.names import names_of_entries
from projections.audit.sentences import sentence
from projections.audit.words import in_language, word_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.queries import CustomerRow, customers_of
from projections.customers.same_survivor import same_survivor
from projections.customers.table import CUSTOMERS
from projections.engine.checkpoints import position_of
from projections.tickets.of_customer import TicketsOfCustomer, tickets_of
from projections.tickets.table import TICKETS
from projections.timeline.queries import timeline

NEWEST = 5
LATEST = 10
_LATEST: ByLanguage = MappingProxyType({"en": "Latest", "vi": "Gần đây"})
_TICKETS: ByLanguage = MappingProxyType({"en": "{}, of which {} open", "vi": "{}, trong đó {} đang mở"})


@options_of(ReadOptions)
def show(reading: ReadOptions, customer: CustomerName) -> None:
    """Show who a customer is, what is open, what happened last.

    A merged customer is answered with the one that it was merged into.
    """
    with reading.connection() as connection:
        schema = schema_of(reading.tenant)
        locale = reading.locale(connection)
        position_of(connection, reading.tenant, [CUSTOMERS, TICKETS, AUDIT_HISTORY])
        who = stream_named(connection, reading.tenant, CUSTOMER_IDS, customer)
        same = same_survivor(connection, schema, who)
        if not same:
            raise no_stream(CUSTOMER_IDS, customer)
        survivor, *absorbed = customers_of(connection, schema, same)
        tickets = tickets_of(connection, schema, same, NEWEST)
        latest = timeline(connection, schema, same, order="newest", limit=LATEST).entries
        names = names_of_entries(connection, reading.tenant, latest)
    if reading.as_json:
        show_json({"customer": survivor, "absorbed": absorbed, "tickets": tickets, "latest": latest})
        return
    title = in_language(survivor.name or str(survivor.customer), locale.language)
    show_table(title, _facts(survivor, absorbed, tickets, locale), language=locale.language)
    entries = [
        {
            "happened": local(entry.occurred_at, locale.zone),
            "what": sentence(entry, locale.language, zone=locale.zone, names=names),
        }
        for entry in latest
    ]
    show_table(_LATEST[locale.language], entries, language=locale.language)
    say(locale.zone_sentence)


def _facts(
    survivor: CustomerRow, absorbed: Sequence[CustomerRow], tickets: TicketsOfCustomer, locale: Locale
) -> list[dict[str, object]]:
    """What is known of the customer: a row each."""
    language = locale.language
    own = {
        "party": word_of("party", survivor.party, language),
        "tier": survivor.tier and word_of("tier", survivor.tier, language),
        "registered": local(survivor.registered_at, locale.zone),
        "reference": survivor.external_reference,
    }
    facts: list[tuple[str, object]] = [
        *((heading(name, language), value) for name, value in own.items() if value),
        *(
            (word_of("channel", address.channel, language), in_language(address.handle, language))
            for row in (survivor, *absorbed)
            for address in row.addresses
        ),
        (heading("tickets", language), _TICKETS[language].format(tickets.total, tickets.open)),
        *(
            (heading("merged_into_it", language), f"{in_language(row.name or NOTHING, language)} ({row.customer})")
            for row in absorbed
        ),
        ("id", survivor.customer),
    ]
    return [{"fact": name, "value": value} for name, value in facts]
