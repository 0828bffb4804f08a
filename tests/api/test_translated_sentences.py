"""Sentences with values are told apart by their own words, in long texts too."""

import re

from hypothesis import given
from hypothesis import strategies as st

from api.translated_sentences import TranslatedSentences

PIECES = st.lists(st.text("ab:", max_size=2), min_size=1, max_size=5)


@given(PIECES, st.text("ab:", max_size=12))
def test_each_value_is_as_short_as_can_be(pieces: list[str], text: str) -> None:
    vietnamese = "|".join(["{}"] * (len(pieces) - 1))
    match = re.fullmatch("(.+?)".join(map(re.escape, pieces)), text)
    translated = TranslatedSentences({"{}".join(pieces): vietnamese}).whole(text)
    assert translated == (None if match is None else "|".join(match.groups()))


def test_a_long_text_that_is_no_sentence_of_the_table_is_none() -> None:
    sentences = TranslatedSentences({"{}: {}: {}: {}: {}: {}!": ""})
    assert sentences.of(": " * 100_000) is None
