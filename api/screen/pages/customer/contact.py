"""Whether and when the customer may be contacted: consent by purpose and channel, and the days of every year."""

from datetime import date
from typing import get_args

from api.http.customer_readings.answers import dates_in
from api.http.customer_readings.profile import NEWEST, customers_in
from api.http.read_session import ReadSession
from api.screen.customer_of_page import facts_for
from api.screen.page import Content
from api.screen.visit import Visit
from domain.customer.facts.commands import ConsentPurpose
from domain.readable import day
from projections.customers.facts.queries import OccasionRow, permission_of
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
    return {"dates": [(each, _written(each, visit)) for each in dates_in(facts_for(visit, session))]}


def _written(each: OccasionRow, visit: Visit) -> str:
    """The day as it was recorded; one of the lunar calendar, or without a year, by the numbers of day and month."""
    if each.year and not each.lunar:
        return day(date(each.year, each.month, each.day), visit.language)
    written = visit.w("customer.day_of_month", day=each.day, month=each.month)
    return f"{written} {visit.w('customer.of_year', year=each.year)}" if each.year else written
