"""Everything that can be asked of a customer."""

from typing import Literal

from domain.message import Command, Word

AddressChannel = Literal["email", "phone", "zalo", "facebook", "livechat", "form", "app"]


class RegisterCustomer(Command):
    begins = True

    name: Word
    tier: Word = "standard"
    external_reference: Word | None = None


class ChangeCustomerDetails(Command):
    """The customer is known by another name from now on."""

    name: Word


class AddAddress(Command):
    channel: AddressChannel
    handle: Word


class RemoveAddress(Command):
    channel: AddressChannel
    handle: Word


class ChangeTier(Command):
    tier: Word


CustomerCommand = RegisterCustomer | ChangeCustomerDetails | AddAddress | RemoveAddress | ChangeTier
