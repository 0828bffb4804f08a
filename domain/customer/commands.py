"""The commands to a customer."""

from typing import Literal

from pydantic import StrictBool

from domain.messages import Command, Id, Text, Word

AddressChannel = Literal["email", "phone", "zalo", "facebook", "livechat", "form", "app"]
Party = Literal["person", "organisation"]


class RegisterCustomer(Command):
    begins = True

    name: Word
    tier: Word = "standard"
    external_reference: Word | None = None
    party: Party = "person"


class ChangeCustomerDetails(Command):
    """Changes the name of the customer."""

    name: Word


class AddAddress(Command):
    """An address belongs to one customer, or to several that all have it as ``shared``."""

    channel: AddressChannel
    handle: Word
    shared: StrictBool = False


class RemoveAddress(Command):
    channel: AddressChannel
    handle: Word


class ChangeTier(Command):
    tier: Word


class JoinOrganisation(Command):
    """Begins a membership or changes it. ``main`` makes it the usual one instead of any other."""

    organisation: Id
    role: Word | None = None
    main: StrictBool = False


class LeaveOrganisation(Command):
    organisation: Id


class MergeCustomer(Command):
    """Ends this customer; ``into`` goes on for both."""

    into: Id
    reason: Text


class UndoCustomerMerge(Command):
    """Undoes a merge; ``into`` names the customer that had absorbed this one."""

    into: Id
    reason: Text


CustomerCommand = RegisterCustomer | ChangeCustomerDetails | ChangeTier
"""What one customer decides alone."""

AddressCommand = AddAddress | RemoveAddress
"""What a customer and an address decide together."""

MembershipCommand = JoinOrganisation | LeaveOrganisation
"""What a person and an organisation decide together."""

CustomerMergeCommand = MergeCustomer | UndoCustomerMerge
"""What two customers decide together."""
