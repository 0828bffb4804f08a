"""The commands to a customer."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, model_validator

from domain.customer.address_keys import WrittenAddress
from domain.customer.phone_key import REGIONS
from domain.messages import Command, Id, Text, Word

AddressChannel = Literal["email", "phone", "zalo", "facebook", "livechat", "form", "app"]
Party = Literal["person", "organisation"]
MOST_DETAILS = 100


def _region(code: str) -> str:
    if code not in REGIONS:
        raise ValueError("write the country as two capital letters of ISO 3166, such as VN")
    return code


Region = Annotated[str, AfterValidator(_region)]
"""An ISO country whose national telephone numbers can be read."""


class RegisterCustomer(Command):
    """``details`` are further fields by name, such as a city."""

    begins = True

    name: Word
    tier: Word = "standard"
    external_reference: Word | None = None
    party: Party = "person"
    details: Annotated[dict[Word, Word], Field(max_length=MOST_DETAILS)] = Field(default_factory=dict)


class ChangeCustomerDetails(Command):
    """Changes the name, further fields or both. A field that is null is removed; fields that are not given stay."""

    name: Word | None = None
    details: Annotated[dict[Word, Word | None], Field(max_length=MOST_DETAILS)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.name is None and not self.details:
            raise ValueError("give a name, further fields or both")
        return self


class OfAddress(Command):
    """``scope`` is the account in which the handle means something, such as a page id; by default the tenant.

    ``region`` is the ISO country of national telephone numbers. ``written_on`` is the day on which the source wrote the
    number; old area codes are then translated.
    """

    channel: AddressChannel
    handle: Word
    scope: Word | None = None
    region: Region = "VN"
    written_on: date | None = None

    @property
    def written(self) -> WrittenAddress:
        """The address that the command is about."""
        return WrittenAddress(self.channel, self.handle, self.scope, self.region, self.written_on)


class AddAddress(OfAddress):
    """An address belongs to one customer, or to several that all have it as ``shared``.

    ``trust``: claimed when somebody typed it, seen when the channel shows it, asserted when the channel vouches for it.
    By default it is seen from an agent or an import, else claimed. A claimed address finds nobody.
    """

    shared: StrictBool = False
    trust: Literal["claimed", "seen", "asserted"] | None = None


class RemoveAddress(OfAddress):
    pass


class VerifyAddress(OfAddress):
    """Records the proof that an address is the customer's; a new address is added. ``agent`` needs a reason.

    A verified address has one owner. A proof outweighs owners who have none.
    """

    method: Literal["code", "session", "signature", "agent"]

    @model_validator(mode="after")
    def _agents_say_why(self) -> Self:
        if self.method == "agent" and self.reason is None:
            raise ValueError("give the reason for which an agent takes the address for proven")
        return self


class WithdrawAddress(OfAddress):
    """The address no longer reaches the customer; it stays in the history and finds nobody."""

    method: Literal["customer", "bounce", "reassigned", "agent"] = "agent"
    reason: Text


class MakeAddressPrivate(OfAddress):
    """Ends the sharing of an address that no other customer shares any more."""


class RekeyAddress(OfAddress):
    """Gives an address the key of the newest key function. Operators apply it to all old addresses."""


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


class ProposeMatch(Command):
    """Says that this customer may be the same as ``other``. ``alike`` names what is alike, such as phone or name."""

    other: Id
    alike: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    reason: Text


class AcceptMatch(Command):
    """Merges this customer into ``other``, to which a match was proposed."""

    other: Id
    reason: Text


class RefuseMatch(Command):
    """Says that the two are different customers; they are not proposed again."""

    other: Id
    reason: Text


CustomerCommand = RegisterCustomer | ChangeCustomerDetails | ChangeTier
"""What one customer decides alone."""

AddressCommand = AddAddress | RemoveAddress | VerifyAddress | WithdrawAddress | MakeAddressPrivate | RekeyAddress
"""What a customer and an address decide together."""

CustomerMergeCommand = MergeCustomer | AcceptMatch | UndoCustomerMerge
"""What two customers decide together on a merge."""

MatchCommand = ProposeMatch | RefuseMatch
"""What two customers decide together on a match."""
