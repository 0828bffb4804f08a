"""A sentence leaves out what holds nothing."""

import pytest

from domain.readable import Language
from domain.ticket import events as e
from projections.audit.sentences import sentence
from projections.audit.template_parts import parts_of
from projections.audit.templates import TEMPLATES
from projections.audit.words import word
from tests.support.audit_entries import LANGUAGES, TOPICS, entries, entry_of, sample_of
from tests.support.events import at, history, received

OF_CUSTOMERS = {
    "automation", "task", "notification", "procedure", "agent", "customer", "contract", "usage", "feedback",
    "file", "ticket",
}  # fmt: skip
"""What happens to customers, their tickets and those who work for them."""
WITHOUT_A_WORD_FOR_NOTHING = {"before", "routing"}


@pytest.mark.parametrize("topic", sorted(topic for topic in TOPICS if topic.partition(".")[0] in OF_CUSTOMERS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_never_says_none(topic: str, language: Language) -> None:
    event = sample_of(topic)
    optional = {name for name, field in type(event.payload).model_fields.items() if "None" in str(field.annotation)}
    for part in parts_of(TEMPLATES[topic][language]):
        assert part.optional or not optional & set(part.fields) - WITHOUT_A_WORD_FOR_NOTHING
    facts = event.payload.model_dump(mode="json") | dict.fromkeys(optional)
    assert f" {word(None, language)}," not in sentence(entry_of(event, facts), language) + ","


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "an assigned the ticket: team billing"), ("vi", "an phân công phiếu: nhóm billing")],
)
def test_a_sentence_leaves_out_what_holds_nothing(language: Language, expected: str) -> None:
    entry = entries(history(at(0, received()), at(1, e.TicketAssigned(team="billing", agent=None))))[1]
    assert sentence(entry, language) == expected
