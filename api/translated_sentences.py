"""Sentences of the program in Vietnamese, by their English text, in which ``{}`` stands for a value."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


def value_in_vietnamese(value: str) -> str:
    """A value in a sentence: numbers have points between their thousands, and what fills a sentence ends none."""
    return value.replace(",", ".") if _GROUPED.fullmatch(value) else value.removesuffix(".")


class TranslatedSentences:
    """A table of sentences; of several that fit, the one with the most own words is said.

    ``shown`` says how a value is written.
    """

    def __init__(self, vietnamese: Mapping[str, str], shown: Callable[[str], str] = value_in_vietnamese) -> None:
        self._vietnamese, self._shown = vietnamese, shown

    def of(self, english: str) -> str | None:
        """The sentence in Vietnamese, also behind a name and a colon; None where the table has it not."""
        if (whole := self.whole(english)) is not None:
            return whole
        name, _, rest = english.partition(": ")
        sentence = self.whole(rest)
        return None if sentence is None else f"{name}: {sentence}"

    def whole(self, english: str) -> str | None:
        """The same without a name before it."""
        for pieces, vietnamese in self._by_pieces:
            if (values := _values(pieces, english)) is not None:
                return vietnamese.format(*map(self._shown, values))
        return None

    @cached_property
    def _by_pieces(self) -> tuple[tuple[Sequence[str], str], ...]:
        return tuple(
            (english.split("{}"), vietnamese)
            for english, vietnamese in sorted(self._vietnamese.items(), key=_own_words)
        )


def _values(pieces: Sequence[str], text: str) -> Sequence[str] | None:
    """What stands between the pieces of a sentence, each value as short as can be; None where the text is another.

    A regular expression takes minutes for long texts.
    """
    first, *others = pieces
    if not others:
        return () if text == first else None
    if not text.startswith(first):
        return None
    *inner, last = others
    values, start = [], len(first)
    for piece in inner:
        end = text.find(piece, start + 1)
        if end < 0:
            return None
        values.append(text[start:end])
        start = end + len(piece)
    end = len(text) - len(last)
    return [*values, text[start:end]] if end > start and text.endswith(last) else None


def _own_words(entry: tuple[str, str]) -> int:
    return -len(entry[0].replace("{}", ""))
