"""The versions of definitions that count for an event, and what a book of rules makes of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.definitions.events import DefinitionPublished
from domain.definitions.kinds import AUTOMATION
from domain.definitions.rule_book import RuleBook
from domain.definitions.versions_in_effect import VersionsInEffect, recorded_versions
from domain.envelope import RecordedEvent
from domain.versions import in_effect
from tests.support.events import START, at, history

DAY = timedelta(days=1)
NOTING = {"on": ["ticket.received"], "then": [{"do": "add-note", "body": "noted"}]}
"""The body of a rule."""
UNREADABLE = NOTING | {"on": ["moon.risen"]}
BEHIND_ALL, IN_THE_END = 1_000, START + 100 * DAY


def published(
    position: int, name: str, version: int, *, day: int = 0, body: dict[str, Any] | None = None
) -> RecordedEvent:
    definition = DefinitionPublished(
        kind="automation", name=name, version=version, effective_from=START + day * DAY, body=body or NOTING
    )
    (event,) = history(at(position, definition), ticket=UUID(int=position))
    return event._replace(position=position)


@st.composite
def publications(draw: st.DrawFn) -> list[RecordedEvent]:
    """Versions of up to three rules, each effective on a day of its own, in recorded order."""
    events: list[RecordedEvent] = []
    versions = dict.fromkeys("abc", 0)
    for number in range(draw(st.integers(0, 8))):
        name = draw(st.sampled_from("abc"))
        versions[name] += 1
        events.append(published(10 * (number + 1), name, versions[name], day=draw(st.integers(0, 5))))
    return events


@given(publications(), st.sampled_from(range(0, 95, 5)), st.integers(-1, 6))
def test_the_version_in_effect_is_the_last_one_to_begin_of_those_published_before_the_event(
    events: list[RecordedEvent], position: int, day: int
) -> None:
    by_name = recorded_versions(events, AUTOMATION)
    names_and_versions = VersionsInEffect(by_name.values()).cached(
        lambda versions: {(each.name, each.version) for each in versions}
    )
    expected = {
        (chosen.name, chosen.version)
        for versions in by_name.values()
        if (chosen := in_effect([each for each in versions if each.position < position], START + day * DAY)) is not None
    }
    assert names_and_versions(position, START + day * DAY) == expected
    assert names_and_versions(position, START + day * DAY) == expected  # from the answers that are kept


def test_a_rule_whose_version_in_effect_cannot_be_read_does_not_fire_by_an_older_one() -> None:
    book = RuleBook([published(10, "a", 1), published(20, "a", 2, body=UNREADABLE), published(30, "b", 1)])
    assert [rule.name for rule in book.in_effect(15, IN_THE_END)] == ["a"]
    assert [rule.name for rule in book.in_effect(BEHIND_ALL, IN_THE_END)] == ["b"]
    assert [(version.name, version.version) for version in book.unreadable] == [("a", 2)]
    assert book.topics == {"ticket.received"}


def test_rules_fire_by_their_numbers_then_by_their_names_and_a_disabled_one_reacts_to_nothing() -> None:
    bodies = {"b": NOTING, "a": NOTING, "c": NOTING | {"order": 1}, "off": NOTING | {"order": 2, "enabled": False}}
    book = RuleBook(
        [published(10 * number, name, 1, body=body) for number, (name, body) in enumerate(bodies.items(), 1)]
    )
    assert [rule.name for rule in book.in_effect(BEHIND_ALL, IN_THE_END)] == ["c", "off", "a", "b"]
    index = book.reacting(BEHIND_ALL, IN_THE_END)["ticket.received"]
    assert [rule.name for rule in index.matching(published(1, "any", 1))] == ["c", "a", "b"]
    assert book.named("OFF", BEHIND_ALL, IN_THE_END) is None
    assert (rule := book.named(" off ", BEHIND_ALL, IN_THE_END)) is not None
    assert rule.since == published(40, "off", 1).recorded_at


def test_every_version_of_a_rule_knows_when_the_first_one_was_recorded() -> None:
    first, second, other = published(10, "Rule", 1), published(20, " Rule", 2), published(30, "rule", 1)
    by_name = recorded_versions([first, second, other], AUTOMATION)
    assert [version.since for version in by_name["Rule"]] == [first.recorded_at, first.recorded_at]
    assert [version.since for version in by_name["rule"]] == [other.recorded_at]
