"""The commands to a contract.

Days are local days, the last day of a term included.
"""

from typing import Annotated, Self

from pydantic import Field, StrictBool, StrictInt, model_validator

from domain.messages import Amount, Command, Currency, Day, Id, Text, Word

TermNumber = Annotated[StrictInt, Field(ge=1, le=10_000)]


class SignContract(Command):
    """Begins the first term. ``wins_back`` is the ended contract of the same customer that this one follows."""

    begins = True

    number: Word
    customer_id: Id
    starts_on: Day
    ends_on: Day
    value: Amount
    currency: Currency
    auto_renews: StrictBool = False
    owner: Word | None = None
    wins_back: Id | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("ends_on lies before starts_on")
        return self


class AmendContract(Command):
    """Changes the present term; what is not given stays as it is."""

    ends_on: Day | None = None
    value: Amount | None = None
    currency: Currency | None = None
    auto_renews: StrictBool | None = None
    owner: Word | None = None
    reason: Text


class RecordProgress(Command):
    """A milestone is planned for ``due_on``, or is done."""

    milestone: Word
    done: StrictBool
    due_on: Day | None = None


class RenewContract(Command):
    """Begins the next term, the day after the present one ends, for a number of ``months`` or until ``ends_on``.

    ``value`` and ``currency`` are those of the present term where they are not given. ``term`` is the number that the
    new term gets; with it, the same renewal again stays quiet. Whatever renews by itself is recorded by this command
    too.
    """

    months: Annotated[StrictInt, Field(ge=1, le=1_200)] | None = None
    ends_on: Day | None = None
    value: Amount | None = None
    currency: Currency | None = None
    term: TermNumber | None = None

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if (self.months is None) == (self.ends_on is None):
            raise ValueError("give months or ends_on")
        if self.currency is not None and self.value is None:
            raise ValueError("give the value in the new currency too")
        return self


class TerminateContract(Command):
    """Ends the contract on a day, by default that of the command; the day itself still belongs to it."""

    on: Day | None = None
    reason: Text


class RecordLapse(Command):
    """The grace of a term is over. The due watch alone gives this command."""

    term: TermNumber


ContractCommand = AmendContract | RecordProgress | RenewContract | TerminateContract | RecordLapse
"""What one contract decides alone."""
