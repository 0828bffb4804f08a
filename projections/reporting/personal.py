"""The views with personal data: names, addresses, and what people wrote, beside the ids of the other views."""

from collections.abc import Iterator

from projections.reporting.columns import ViewColumn, customer, instant, view
from projections.reporting.sources import piece


def _names() -> Iterator[ViewColumn]:
    """The customer with its name; the source joins ``customers p``, the survivor."""
    yield from customer("x.customer")
    yield ViewColumn("customer_name", "p.name", "The name of the survivor; null: it has none.")


_WITH_NAMES = piece("with names")

CUSTOMER = view(
    "customer",
    "One row a customer, merged or not: its own name beside that of the survivor.",
    _names(),
    ViewColumn("name", "x.name", "The customer's own name."),
    ViewColumn("external_reference", "x.external_reference", "Its number in another system."),
    source=f'from :"schema".customers x {_WITH_NAMES}',
    personal=True,
)
CUSTOMER_ADDRESS = view(
    "customer_address",
    "One row an address of a customer.",
    _names(),
    ViewColumn("channel", "x.channel", "The channel, such as phone or email."),
    ViewColumn("handle", "x.handle", "The address as it was written."),
    ViewColumn("address_key", "x.key", "The address in the form in which it is compared."),
    ViewColumn(
        "scope", "nullif(x.scope, '')", "Where the address means this customer; null: everywhere in the tenant."
    ),
    ViewColumn("trust", "x.trust", "claimed, seen, asserted or verified."),
    ViewColumn("is_shared", "x.shared", "Whether several customers use it."),
    instant("added", "x.added_at", "When the customer got it."),
    source=f'from :"schema".customer_addresses x {_WITH_NAMES}',
    personal=True,
)
TICKET = view(
    "ticket",
    "One row a ticket that was received: its subject and its number, beside the view reporting.ticket.",
    ViewColumn("ticket_id", "x.ticket", "The ticket."),
    _names(),
    ViewColumn("subject", "x.subject", "The subject."),
    ViewColumn("external_reference", "x.external_reference", "The number of the ticket in another system."),
    source=f'from :"schema".tickets x {_WITH_NAMES}',
    personal=True,
)
NPS_ANSWER = view(
    "nps_answer",
    "One row an answer to a survey of the net promoter score: its comment, beside the view reporting.nps_answer.",
    _names(),
    ViewColumn("version", "x.version", "The version of the customer's event that recorded it."),
    ViewColumn("score", "x.score", "0 to 10."),
    ViewColumn("comment", "x.comment", "What the customer wrote; null: nothing."),
    instant("answered", "x.at", "When it was given."),
    source=f'from :"schema".nps_answers x {_WITH_NAMES}',
    personal=True,
)
FEEDBACK = view(
    "feedback",
    "One row a piece of feedback: what was said, beside the view reporting.feedback.",
    ViewColumn("feedback_id", "x.feedback", "The piece of feedback."),
    _names(),
    ViewColumn("quote", "x.quote", "What was said, word by word; null: it was not noted."),
    source=f'from :"schema".feedback x {_WITH_NAMES}',
    personal=True,
)
CONTRACT = view(
    "contract",
    "One row a contract: whose it is and its number, beside the view reporting.contract_term.",
    ViewColumn("contract_id", "x.contract", "The contract."),
    _names(),
    ViewColumn("number", "x.number", "The number of the contract as people write it."),
    ViewColumn("owner", "x.owner", "The agent who looks after it; null: nobody."),
    source=f'from :"schema".contracts x {_WITH_NAMES}',
    personal=True,
)
