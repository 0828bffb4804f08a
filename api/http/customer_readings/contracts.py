"""The contracts of a customer with their terms and milestones."""

from api.http.customer_readings.facts import FactsOf
from projections.contracts.queries import ContractDetails, contract_in, rows_of_contracts
from projections.contracts.table import CONTRACTS


def contracts_with_terms(facts: FactsOf, most: int) -> list[ContractDetails]:
    """The newest contracts with their terms and milestones, at most ``most``."""
    streams = [row["contract"] for row in facts.page(CONTRACTS, "contracts", None, most)]
    if facts.reader.is_point_in_time:
        rows = facts.rows_of(CONTRACTS, streams)
    else:
        rows = rows_of_contracts(facts.view.connection, facts.view.schema, streams)
    contracts = (contract_in(rows.get(stream, []), facts.today, facts.zone) for stream in streams)
    return [contract for contract in contracts if contract is not None]
