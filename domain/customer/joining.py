"""What a person and an organisation decide together: a membership begins, changes or ends."""

from datetime import datetime
from uuid import UUID

from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.decider import CustomerEvents, must_be_registered
from domain.customer.memberships import Membership, memberships_at
from domain.customer.state import Customer
from domain.refusal import Refusal
from domain.text_folding import same_name


def decide_joining(
    command: c.JoinOrganisation, person: Customer, organisation: Customer, at: datetime
) -> CustomerEvents:
    """The events of the person; an empty list when the membership is so already at ``at``.

    Raises Refusal when a rule forbids it in the state of either.
    """
    must_be_registered(person)
    present = _membership(person, command.organisation, at)
    _must_take_members(person, organisation, command.organisation)
    if present and present.main == command.main and same_name(present.role, command.role):
        return []
    return [e.CustomerJoined(organisation=command.organisation, role=command.role, main=command.main)]


def decide_leaving(command: c.LeaveOrganisation, person: Customer, at: datetime) -> CustomerEvents:
    """The events of the person; an empty list when there is no membership at ``at``.

    The state of the organisation does not count: it may be erased. Raises Refusal.
    """
    must_be_registered(person)
    left = _membership(person, command.organisation, at)
    return [e.CustomerLeft(organisation=command.organisation)] if left else []


def _membership(person: Customer, organisation: UUID, at: datetime) -> Membership | None:
    held = {membership.organisation: membership for membership in memberships_at(person.memberships, at)}
    return held.get(organisation)


def _must_take_members(person: Customer, organisation: Customer, organisation_id: UUID) -> None:
    if person.party != "person":
        raise Refusal("not_a_person", "only a person can join an organisation", person.state)
    must_be_an_organisation(organisation, organisation_id)


def must_be_an_organisation(organisation: Customer, organisation_id: UUID | None) -> None:
    """Raises Refusal when no organisation has the id, or when it was merged into another."""
    if organisation.state == "merged" and organisation.merged_into:
        rule = f"the organisation was merged into {organisation.merged_into}; name that one"
        raise Refusal("customer_merged", rule, organisation.state, merged_into=organisation.merged_into)
    if organisation.state == "none" or organisation.party != "organisation":
        rule = f"{organisation_id} is not an organisation; register it with the party organisation"
        raise Refusal("organisation_unknown", rule, organisation.state)
