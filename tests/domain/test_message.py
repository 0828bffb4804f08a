"""The words that commands and events are made of."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.messages import Text, Word
from domain.ticket.commands import AddNote


@pytest.mark.parametrize("kind", [Word, Text])
@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "a\udfffb"])
def test_what_no_database_can_store_is_refused(kind: Any, text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize("kind", [Word, Text])
def test_any_other_text_is_taken_as_it_is(kind: Any) -> None:
    for text in ("🧾", "tab\tand\nline", "\x01", "Hóa đơn"):
        assert TypeAdapter(kind).validate_python(text) == text


def test_the_text_of_an_error_leaves_out_what_was_written() -> None:
    """It may go to a log; the control is what the error holds for answers."""
    with pytest.raises(ValidationError) as refused:
        AddNote(body="Lan, 0901 234 567\x00")
    assert "Lan" not in f"{refused.value} {refused.value!r}"
    assert "Lan" in refused.value.errors()[0]["input"]
