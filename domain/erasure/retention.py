"""Statutory retention: which records forbid the erasure of their customer, for how long, and by which law."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StrictInt

from domain.days import months_later
from domain.messages import Day, Message, Text
from domain.text_by_language import Title

RecordKind = Literal["contract", "purchase", "ticket", "feedback"]
MOST_RULES = 20


class RetainedRecords(Message):
    """Records of a kind are kept for some years after the day of their last fact."""

    records: RecordKind
    years: Annotated[StrictInt, Field(ge=1, le=100)]
    law: Text


class RetentionRules(Message):
    """What the tenant has to keep by law. Without rules nothing is kept."""

    rules: Annotated[tuple[RetainedRecords, ...], Field(max_length=MOST_RULES)] = ()


class KeptRecord(NamedTuple):
    """A record of the person: its kind and the local day of its last fact."""

    records: RecordKind
    last_day: date


def kept_until(rule: RetainedRecords, last_day: date) -> date:
    """The first day on which a rule no longer keeps a record; 29 February counts to 28 February."""
    return months_later(last_day, 12 * rule.years, last_day.day)


def retained(rules: RetentionRules, records: Iterable[KeptRecord], today: date) -> tuple[str, ...]:
    """A sentence for each rule that keeps a record today, with the day on which the last of them may go."""
    kept = list(records)
    sentences = []
    for rule in rules.rules:
        ends = [kept_until(rule, record.last_day) for record in kept if record.records == rule.records]
        if ends and max(ends) > today:
            sentences.append(f"{rule.records} records are kept until {max(ends)}: {rule.law}")
    return tuple(sentences)


class RetentionExample(Message):
    """A record of a kind with its last day, and whether it is kept on another day."""

    name: Title
    records: RecordKind
    last_day: Day
    today: Day
    kept: bool

    def differences(self, body: RetentionRules) -> list[str]:
        """Where the answer differs from the expected one."""
        kept = bool(retained(body, [KeptRecord(self.records, self.last_day)], self.today))
        return [] if kept == self.kept else [f"the record is {'kept' if kept else 'not kept'}"]
