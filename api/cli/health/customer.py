"""`customer health`: the health of one customer, explained."""

from api.cli.customer.naming import CustomerName
from api.cli.health.sources import Definition, definition_in, health_reading
from api.cli.named_streams import CUSTOMER_IDS, stream_named
from api.cli.printing import show_json, show_sentence
from api.cli.read_options import PointInTimeOptions
from api.cli.shared_options import options_of
from api.cli.usage_error import UsageError
from domain.health.explain_text import health_as_text
from projections.audit_history.table import AUDIT_HISTORY
from projections.health.readings import customer_health


@options_of(PointInTimeOptions)
def health(
    reading: PointInTimeOptions,
    customer: CustomerName,
    definition: Definition = None,
) -> None:
    """Explain the health of a customer: facts, thresholds, weights and arithmetic.

    A merged customer has the health of the survivor. With --definition it is judged by a file; nothing is recorded.
    """
    given = definition_in(definition)
    with health_reading(reading, AUDIT_HISTORY) as (source, at, locale):
        who = stream_named(source.connection, source.tenant, CUSTOMER_IDS, customer)
        answer = customer_health(source, who, at, given)
    if answer is None:
        raise UsageError(
            f"There is no customer {customer}, or there was none by then.",
            f"Không có khách hàng {customer}, hoặc chưa có vào thời điểm đó.",
        )
    if reading.as_json:
        show_json(answer)
    else:
        show_sentence(health_as_text(answer, locale.language, locale.zone))
