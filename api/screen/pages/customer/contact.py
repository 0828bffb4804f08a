"""Whether and when the customer may be contacted: consent by purpose and channel, and the days of every year."""

from typing import get_args

from api.http.customer_readings.answers import dates_in
from api.http.customer_readings.profile import NEWEST, customers_in
from api.http.read_session import ReadSession
from api.screen.customer_of_page import facts_for
from api.screen.page import Content
from api.screen.visit import Visit
from domain.customer.facts.commands import ConsentPurpose
from projections.customers.facts.queries import permission_of
from projections.customers.facts.table import CUSTOMER_FACTS

PURPOSES: tuple[str, ...] = ("service", *get_args(ConsentPurpose))


def consent(visit: Visit, session: ReadSession) -> Content:
    """Whether each purpose is allowed on each channel of the customer, and the newest words of the customer."""
    facts = facts_for(visit, session)
    channels = sorted({address.channel for record in customers_in(facts) for address in record.addresses})
    words = facts.all(CUSTOMER_FACTS, "consents")
    allowed = {
        purpose: [permission_of(words, purpose, channel, facts.today) for channel in channels] for purpose in PURPOSES
    }
    return {"today": facts.today, "channels": channels, "allowed": allowed, **facts.newest({"consents": 2 * NEWEST})}


def dates(visit: Visit, session: ReadSession) -> Content:
    """Birthdays, anniversaries and other days of every year, the next one first."""
    return {"dates": dates_in(facts_for(visit, session))}
