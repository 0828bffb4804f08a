"""The health of the customer with its arithmetic, and the segments it is in."""

from api.http.customer_readings.health import health_of, segments_of, source_of, summary_of_customer
from api.http.read_session import ReadSession
from api.screen.customer_of_page import customer_of
from api.screen.page import Content
from api.screen.vietnamese_order import vietnamese_key
from api.screen.visit import Visit
from projections.health.gather import GatheredCustomers


def health(visit: Visit, session: ReadSession) -> Content:
    """Score, band, coverage, each measure with its weight and points, and the same in sentences."""
    customer = customer_of(visit)
    gathered = GatheredCustomers(source_of(visit.reader, session), [customer])
    summary = summary_of_customer(gathered, customer, session)
    found, text = health_of(gathered, summary, visit.language, visit.zone)
    return {
        "health": found,
        "lines": text.splitlines(),
        "segments": sorted(segments_of(gathered, summary), key=vietnamese_key),
    }
