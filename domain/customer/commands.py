"""The commands to a customer."""

from typing import Literal

from pydantic import StrictBool

from domain.messages import Command, Word

AddressChannel = Literal["email", "phone", "zalo", "facebook", "livechat", "form", "app"]


class RegisterCustomer(Command):
    begins = True

    name: Word
    tier: Word = "standard"
    external_reference: Word | None = None


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


CustomerCommand = RegisterCustomer | ChangeCustomerDetails | ChangeTier
"""What one customer decides alone."""

AddressCommand = AddAddress | RemoveAddress
"""What a customer and an address decide together."""
