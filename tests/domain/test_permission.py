"""Had we the right to write to them? What the customer said, what silence means, and until when."""

from datetime import UTC, date, datetime

import pytest

from domain.customer.facts.permission import ConsentWord, permission

TODAY = date(2026, 3, 5)


def word(day: int, given: bool, *channels: str, until: date | None = None) -> ConsentWord:
    return ConsentWord(datetime(2026, 3, day, tzinfo=UTC), given, channels, until)


@pytest.mark.parametrize(
    ("purpose", "words", "allowed", "ground"),
    [
        ("service", [word(1, False)], True, "not_needed"),
        ("marketing", [], False, "silence"),
        ("survey", [], True, "silence"),
        ("care", [], True, "silence"),
        ("marketing", [word(1, True)], True, "given"),
        ("marketing", [word(1, True), word(2, False)], False, "withdrawn"),
        ("marketing", [word(2, False), word(1, True)], False, "withdrawn"),
        ("marketing", [word(1, True), word(1, False)], False, "withdrawn"),
        ("marketing", [word(1, True, "zalo")], False, "silence"),
        ("marketing", [word(1, True, "email", "zalo")], True, "given"),
        ("marketing", [word(1, True), word(2, False, "zalo")], True, "given"),
        ("marketing", [word(1, True, "email"), word(2, False)], False, "withdrawn"),
        ("survey", [word(1, False, "zalo")], True, "silence"),
        ("survey", [word(1, False)], False, "withdrawn"),
        ("marketing", [word(1, True, until=TODAY)], True, "given"),
        ("marketing", [word(1, True, until=date(2026, 3, 4))], False, "expired"),
        ("care", [word(1, True, until=date(2026, 3, 4))], True, "expired"),
        ("care", [word(1, False), word(2, True, until=date(2026, 3, 4))], False, "withdrawn"),
        ("care", [word(1, False), word(2, True), word(3, True, until=date(2026, 3, 4))], True, "expired"),
        ("care", [word(1, False, "zalo"), word(2, True, until=date(2026, 3, 4))], True, "expired"),
        ("care", [word(1, False), word(2, True, until=TODAY)], True, "given"),
    ],
)
def test_it_is_allowed_or_not_and_says_why(purpose: str, words: list[ConsentWord], allowed: bool, ground: str) -> None:
    answer = permission(purpose, "email", words, TODAY)
    assert (answer.allowed, answer.ground, answer.policy_version) == (allowed, ground, 1)
