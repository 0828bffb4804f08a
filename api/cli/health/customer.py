"""`customer health`: the health of one customer, explained."""

from typing import Annotated
from uuid import UUID

import typer

from api.cli.health.sources import Definition, definition_in, health_reading
from api.cli.options import DEFAULT_TENANT, AsJson, AsOf, Data, KnownAt, Lang, Tenant, Zone, in_zone, zone_of
from api.cli.printing import show_json, show_line
from api.cli.usage_error import UsageError
from domain.health.explain_text import health_as_text
from projections.audit_history.table import AUDIT_HISTORY
from projections.health.readings import customer_health


def health(
    customer: Annotated[UUID, typer.Argument(help="The id of a customer.")],
    definition: Definition = None,
    language: Lang = "en",
    zone: Zone = "Asia/Ho_Chi_Minh",
    known_at: KnownAt = None,
    as_of: AsOf = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Explain the health of a customer: facts, thresholds, weights and arithmetic.

    A merged customer has the health of the survivor. With --definition it is judged by a file; nothing is recorded.
    """
    days, given = zone_of(zone), definition_in(definition)
    as_of, known_at = in_zone(as_of, days), in_zone(known_at, days)
    with health_reading(data, tenant, as_of, known_at, AUDIT_HISTORY) as (source, at):
        answer = customer_health(source, customer, at, given)
    if answer is None:
        raise UsageError(f"There is no customer {customer}, or there was none by then.")
    if as_json:
        show_json(answer)
    else:
        show_line(health_as_text(answer, language, days))
