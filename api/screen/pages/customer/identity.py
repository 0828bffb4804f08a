"""Who the customer is: name, addresses with trust, organisations and members, the records behind it."""

from api.erasing.readings import ErasureReading, erasures_of
from api.http.customer_readings.facts import FactsOf
from api.http.customer_readings.identity import identity_rules, over_limit
from api.http.customer_readings.members import members_in, names_in
from api.http.customer_readings.profile import customers_in
from api.http.read_session import ReadSession
from api.screen.customer_of_page import customer_of, facts_for
from api.screen.page import Content
from api.screen.visit import Visit
from domain.vietnamese_order import vietnamese_key
from projections.audit.words import in_language
from projections.customers.queries import CustomerRow


def title(visit: Visit, session: ReadSession) -> str:
    """The name of the survivor. Raises Problem (not_found)."""
    name = customers_in(facts_for(visit, session))[0].name
    return in_language(name, visit.language) if name else visit.w("customer.no_name")


def who(visit: Visit, session: ReadSession) -> Content:
    """The survivor first; ``asked`` is the merged customer whose address the visitor followed."""
    facts = facts_for(visit, session)
    survivor, *absorbed = customers_in(facts)
    customer = customer_of(visit)
    organisations = [membership.organisation for membership in survivor.memberships]
    return {
        "customer": survivor,
        "asked": next((row for row in absorbed if row.customer == customer), None),
        "absorbed": sorted(absorbed, key=lambda row: vietnamese_key(row.name)),
        "addresses": _addresses([survivor, *absorbed]),
        "organisations": names_in(facts, organisations),
        "members": sorted(members_in(facts), key=lambda member: vietnamese_key(member.name)),
        "over_limit": over_limit(identity_rules(visit.reader, session), survivor),
        "erased": _erased(facts),
        "may": visit.may_record("customers:write"),
    }


def _addresses(records: list[CustomerRow]) -> list[tuple[CustomerRow, object]]:
    """Each address with the record that has it, those of the survivor first."""
    return [(record, address) for record in records for address in record.addresses]


def _erased(facts: FactsOf) -> list[ErasureReading]:
    """The erasures of the records whose personal data is erased or being erased."""
    states = erasures_of(facts.view.connection, facts.reader.tenant, facts.customers)
    return [each for each in states if each.has_begun]
