"""The fields that an event changed are said in words."""

from datetime import UTC, datetime

import pytest

from domain.automation import effect_targets
from domain.contract.state import Contract
from domain.readable import Language
from domain.task.state import Task
from domain.ticket.state import Ticket
from domain.zones import zone_named
from projections.audit.changed_words import _FIELDS, field_in_words, value_in_words
from projections.audit.words import word_of
from projections.audit_history.field_changes import _WRITTEN_FIELDS, _fields_of
from projections.first_contact.table import NOT_FIRST_LEVEL_CODES

HANOI = zone_named("Asia/Ho_Chi_Minh")


def test_every_field_that_a_history_tells_of_has_words() -> None:
    fields = {field for state in (Ticket(), Contract(), Task()) for field in _fields_of(state)}
    written = {field for of_event in _WRITTEN_FIELDS.values() for field in of_event.values()}
    assert fields | written <= _FIELDS.keys()
    assert field_in_words("details.kho", "vi") == "kho"


@pytest.mark.parametrize(
    ("kind", "field", "value", "expected"),
    [
        ("ticket", "state", "received", "mới tiếp nhận"),
        ("task", "state", "done", "hoàn thành"),
        ("contract", "state", "terminated", "đã chấm dứt"),
        ("ticket", "subject", "received", "received"),
        ("ticket", "hold_until", datetime(2026, 3, 2, 2, tzinfo=UTC).isoformat(), "09:00 02/03/2026"),
        ("definition", "version", 2, 2),
        ("customer", "addresses", ["phone:1"], ["phone:1"]),
    ],
)
def test_a_value_is_said_in_words_where_it_is_a_code_or_an_instant(
    kind: str, field: str, value: str, expected: str
) -> None:
    assert value_in_words(kind, field, value, "vi", HANOI) == expected


def test_every_code_that_rules_know_of_a_resolution_has_a_word_in_vietnamese() -> None:
    codes = {"solved", *NOT_FIRST_LEVEL_CODES}
    assert {code for code in codes if word_of("resolution code", code, "vi") == code} == set()


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_code_that_an_effect_is_refused_with_is_said_in_words(language: Language) -> None:
    codes = [code for name, code in vars(effect_targets).items() if name.isupper() and isinstance(code, str)]
    assert {"no_ticket", "placeholder_missing", "command_invalid"} <= set(codes)
    assert [code for code in codes if word_of("why", code, language) == code and "_" in code] == []
